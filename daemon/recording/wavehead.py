"""What a WAV file says of itself beside its samples: when it began, what its tracks are called, its marks.

    RIFF or RF64 ─▶ ds64 · fmt · bext (frames since midnight) · iXML (names) · cue, adtl (marks) · data
"""

import pathlib
import struct
from typing import BinaryIO, NamedTuple
from xml.etree import ElementTree

from daemon.recording import marks

REFERENCE = 338
"""Bytes of `bext` before its count of frames since midnight."""
LARGEST_CHUNK = 1 << 20
UNKNOWN = 0xFFFFFFFF


class Head(NamedTuple):
    """What is known of a file before its samples are read."""

    reference: int | None = None
    """Frames since midnight at its beginning, where somebody noted that."""
    names: tuple[str, ...] = ()
    noted: tuple[marks.Mark, ...] = ()
    promised: int = 0
    """Frames its header speaks of."""
    held: int = 0
    """Frames that are there."""


def read(path: pathlib.Path) -> Head:
    """Read the chunks of a file; a file that is no WAV says nothing.

    Raises
    ------
    OSError
        When it can't be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
            return Head()
        return _chunks(file, size)


def _chunks(file: BinaryIO, size: int) -> Head:
    found: dict[bytes, bytes] = {}
    data_size = data_at = 0
    while len(head := file.read(8)) == 8:
        name, length = head[:4], int.from_bytes(head[4:], "little")
        at = file.tell()
        if name == b"data":
            data_at, data_size = at, length
            if length == UNKNOWN:
                long = int.from_bytes(found.get(b"ds64", b"")[8:16], "little")
                data_size = length = long or size - at
        elif length <= LARGEST_CHUNK and (name not in found or name == b"LIST"):
            content = file.read(length)
            if name != b"LIST" or content[:4] == b"adtl":
                found[name] = content
        file.seek(at + length + length % 2)
    frame = int.from_bytes(found.get(b"fmt ", b"")[12:14], "little") or 1
    held = max(0, min(data_size, size - data_at)) // frame
    reference = found.get(b"bext", b"")[REFERENCE : REFERENCE + 8]
    return Head(
        int.from_bytes(reference, "little") if len(reference) == 8 else None,
        _names(found.get(b"iXML", b"")), _marks(found.get(b"cue ", b""), found.get(b"LIST", b"")),
        data_size // frame, held,
    )  # fmt: skip


def _names(ixml: bytes) -> tuple[str, ...]:
    """Names of the tracks, in the order in which they lie in the file."""
    try:
        tree = ElementTree.fromstring(ixml.rstrip(b"\0 ").decode("utf-8", "replace"))
    except (ElementTree.ParseError, ValueError):
        return ()
    listed = []
    for track in tree.iter("TRACK"):
        index = track.findtext("INTERLEAVE_INDEX") or track.findtext("CHANNEL_INDEX") or ""
        if index.strip().isdecimal():
            listed.append((int(index), (track.findtext("NAME") or "").strip()))
    return tuple(name for _, name in sorted(listed))


def _marks(cue: bytes, adtl: bytes) -> tuple[marks.Mark, ...]:
    labels: dict[int, str] = {}
    at = 4
    while at + 8 <= len(adtl):
        name, length = adtl[at : at + 4], int.from_bytes(adtl[at + 4 : at + 8], "little")
        if name == b"labl" and length >= 4:
            text = adtl[at + 12 : at + 8 + length].split(b"\0")[0]
            labels[int.from_bytes(adtl[at + 8 : at + 12], "little")] = text.decode("utf-8", "replace")
        at += 8 + length + length % 2
    points = [struct.unpack_from("<II4sIII", cue, first) for first in range(4, len(cue) - 23, 24)]
    return tuple(sorted(marks.Mark(point[5], labels.get(point[0], "")) for point in points))
