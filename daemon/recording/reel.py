"""One file of many tracks that other programs open at every moment, also after a power cut.

    0 RF64 · 12 ds64 · 48 fmt · 96 iXML (names of tracks) · JUNK · 16,376 data · 16,384 float32 frames

Only the sizes in `ds64` change, inside one sector, after the frames they promise are on the disk.
"""

import contextlib
import html
import os
import pathlib
import struct
import zlib

import numpy as np
import numpy.typing as npt

from daemon import errors

HEADER = 16_384
SIZES = 20
SAMPLE = 4  # bytes
FLOAT = 3
FLOAT_GUID = struct.pack("<H", FLOAT) + bytes.fromhex("000000001000800000aa00389b71")

Float32 = npt.NDArray[np.float32]


def sizes(frames: int, tracks: int) -> bytes:
    """Return the three sizes of `ds64`: of the file after its first 8 bytes, of the data, in frames."""
    data = frames * tracks * SAMPLE
    return struct.pack("<QQQ", HEADER - 8 + data, data, frames)


def header(rate: int, names: list[str]) -> bytes:
    """Return the header of an empty reel."""
    tracks = len(names)
    frame = tracks * SAMPLE
    form = struct.pack("<HHIIHHHHI", 0xFFFE, tracks, rate, rate * frame, frame, 32, 22, 32, 0) + FLOAT_GUID
    listed = "".join(
        f"<TRACK><CHANNEL_INDEX>{at}</CHANNEL_INDEX><INTERLEAVE_INDEX>{at}</INTERLEAVE_INDEX>"
        f"<NAME>{html.escape(name, quote=False)}</NAME></TRACK>"
        for at, name in enumerate(names, 1)
    )
    ixml = (
        '<?xml version="1.0" encoding="UTF-8"?><BWFXML><IXML_VERSION>1.61</IXML_VERSION>'
        f"<TRACK_LIST><TRACK_COUNT>{tracks}</TRACK_COUNT>{listed}</TRACK_LIST></BWFXML>"
    ).encode()
    head = b"RF64\xff\xff\xff\xffWAVE" + _chunk(b"ds64", sizes(0, tracks) + bytes(4)) + _chunk(b"fmt ", form)
    head += _chunk(b"iXML", ixml + b" " * (len(ixml) % 2))  # libsndfile does not skip the byte that fills up an odd one
    room = HEADER - 8 - len(head) - 8
    if room < 0:
        raise errors.Refusal(f"the names of {tracks} tracks do not fit into the head of a file: shorten them")
    return head + _chunk(b"JUNK", bytes(room)) + b"data\xff\xff\xff\xff"


def form(head: bytes) -> tuple[int, int]:
    """Rate and tracks that the head of a reel tells; none where there is no format."""
    at = head.find(b"fmt ")
    if at < 0 or len(head) < at + 16:
        return 0, 0
    tracks, rate = struct.unpack_from("<HI", head, at + 10)
    return rate, tracks


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


class Writer:
    """A reel being written.

    Parameters
    ----------
    path : Path
        A file that does not exist yet.
    rate : int
        Frames per second.
    names : list of str
        One for each track.
    """

    def __init__(self, path: pathlib.Path, rate: int, names: list[str]) -> None:
        self.frames = 0
        self._tracks = len(names)
        self._file = path.open("xb", buffering=0)
        try:
            self._put(header(rate, names))
            os.fsync(self._file.fileno())
        except OSError:
            self.abandon()
            path.unlink()
            raise

    def write(self, frames: Float32) -> bytes:
        """Append frames and return their bytes as they are in the file."""
        data = np.ascontiguousarray(frames, "<f4").tobytes()
        self._put(data)
        self.frames += len(frames)
        return data

    def sync(self) -> None:
        """Have the disk hold what was written, then let the header say so."""
        os.fdatasync(self._file.fileno())
        os.pwrite(self._file.fileno(), sizes(self.frames, self._tracks), SIZES)

    def close(self) -> None:
        """Make the last sizes durable too."""
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that the disk does not take any more."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left:  # a disk that becomes full takes a part first
            left = left[self._file.write(left) :]


def read_back(path: pathlib.Path, first: int, frames: int, tracks: int) -> int:
    """Checksum of frames as the disk has them, not as the system remembers them."""
    with path.open("rb") as file:
        begin, size = HEADER + first * tracks * SAMPLE, frames * tracks * SAMPLE
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), begin, size, os.POSIX_FADV_DONTNEED)
        file.seek(begin)
        return zlib.crc32(file.read(size))


def promise(path: pathlib.Path, tracks: int, frames: int) -> None:
    """Let the head of a reel say that it holds so many frames."""
    with path.open("r+b") as file:
        os.pwrite(file.fileno(), sizes(frames, tracks), SIZES)
        os.fsync(file.fileno())


def repair(path: pathlib.Path, tracks: int, frames: int) -> None:
    """Let a reel say that it holds so many frames, and cut off what follows them."""
    with path.open("r+b") as file:
        file.truncate(HEADER + frames * tracks * SAMPLE)
        os.fsync(file.fileno())
        os.pwrite(file.fileno(), sizes(frames, tracks), SIZES)
        os.fsync(file.fileno())
