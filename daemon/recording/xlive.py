"""Sessions of an X32's card recorder: a log, and takes of eleven minutes that follow one another.

    SE_LOG.BIN    2,048 bytes: rate, tracks, length of each take, markers, name
    00000001.WAV  the first take, samples of 24 bits in 32, from byte 32,768 on
"""

import pathlib
import re
import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon import errors

LOG = "SE_LOG.BIN"
LOG_BYTES = 2048
TAKES, MARKERS, NAME = slice(28, 1052), slice(1052, 1552), slice(1552, 1568)
HEADER = 32_768
SAMPLE = 4
SCALE = np.float32(2.0**-31)
NAMED = re.compile(r'^/ch/(\d\d)/config "([^"]*)"', re.MULTILINE)
SCENES = {".scn", ".snp", ".snap"}


class Session(NamedTuple):
    """What the log of a session says."""

    rate: int
    tracks: int
    takes: list[int]
    """Frames of each."""
    markers: list[int]
    name: str


def log_of(folder: pathlib.Path) -> pathlib.Path | None:
    """The log of a session, in whatever case a card wrote its name."""
    return next((each for each in folder.iterdir() if each.name.upper() == LOG), None)


def read(log: pathlib.Path) -> Session:
    """Read the log of a session.

    Raises
    ------
    Refusal
        When it is none.
    """
    try:
        data = log.read_bytes()
    except OSError as error:
        raise errors.Refusal(f"{log}: {error.strerror or error}") from None
    if len(data) < NAME.stop:
        raise errors.Refusal(f"{log} is cut: it has {len(data)} bytes and should have {LOG_BYTES}")
    _, tracks, rate, _, takes, markers, length = struct.unpack_from("<7I", data)
    if rate not in (44_100, 48_000) or not 1 <= tracks <= 32 or takes > 256:
        raise errors.Refusal(f"{log} is damaged: it speaks of {tracks} tracks at {rate} Hz in {takes} takes")
    sizes = np.frombuffer(data[TAKES], "<u4")[:takes].tolist()
    # The card counts the samples of all tracks; other programs that write such logs count frames.
    counted = tracks if sum(sizes) > length else 1
    found = np.frombuffer(data[MARKERS], "<u4")[: min(markers, 125)].tolist()
    name = data[NAME].split(b"\0")[0].decode("latin-1").strip()
    return Session(rate, tracks, [size // counted for size in sizes], found, name)


def take(folder: pathlib.Path, number: int) -> pathlib.Path:
    """File of a take, counted from 1."""
    name = f"{number:08X}.WAV"
    return next((each for each in folder.iterdir() if each.name.upper() == name), folder / name)


def names(folder: pathlib.Path, tracks: int) -> list[str]:
    """Names of the tracks: those of the channels, where a scene lies beside the takes."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SCENES:
            named = dict(NAMED.findall(path.read_text("utf-8", "replace")))
            return [named.get(f"{n:02}", "") or f"Ch {n:02}" for n in range(1, tracks + 1)]
    return [f"Ch {n:02}" for n in range(1, tracks + 1)]


class Take:
    """The samples of a take.

    Parameters
    ----------
    path : Path
    tracks : int

    Attributes
    ----------
    frames : int
        As many as the file holds and speaks of.

    Raises
    ------
    Refusal
        When the file is not there, or is no take of so many tracks.
    """

    def __init__(self, path: pathlib.Path, tracks: int) -> None:
        self._tracks, self._frame = tracks, SAMPLE * tracks
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise errors.Refusal(f"{path}: {error.strerror or error}") from None
        head = self._file.read(HEADER)
        at = head.rfind(b"data", 0, HEADER - 4)  # what fills the header up may hold others
        form = head.find(b"fmt ")
        if head[:4] != b"RIFF" or at < 0 or form < 0:
            self.close()
            raise errors.Refusal(f"{path} is no take of a session: it does not begin as one")
        channels, bits = struct.unpack_from("<2xH", head, form + 8)[0], struct.unpack_from("<H", head, form + 22)[0]
        if (channels, bits) != (tracks, 8 * SAMPLE):
            self.close()
            raise errors.Refusal(f"{path} is of another session: it has {channels} tracks of {bits} bits")
        self._first = at + 8
        promised = int.from_bytes(head[at + 4 : at + 8], "little")
        self.frames = min(promised, path.stat().st_size - self._first) // self._frame

    def read(self, first: int, count: int) -> npt.NDArray[np.float32]:
        """Frames from `first` on."""
        count = max(0, min(count, self.frames - first))
        self._file.seek(self._first + first * self._frame)
        data = self._file.read(count * self._frame) or b""
        whole = data[: len(data) // self._frame * self._frame]
        return (np.frombuffer(whole, "<i4") * SCALE).astype(np.float32).reshape(-1, self._tracks)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
