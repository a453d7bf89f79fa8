"""Samples of 24 bits as they lie in a WAV file, all of a stretch turned into floats at once.

    … b0 b1 b2 │ b0 b1 b2 │ …     each sample, and the byte before it, seen as one number of 32 bits

libsndfile turns them one by one, in several times as long; the floats are the same, bit by bit.  All but
these goes through the same memory again and again: to be given more of it takes longer than to turn them.
"""

import os
import pathlib
import struct
from io import BufferedReader
from typing import Self

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

BYTES = 3
FORMATS = frozenset({"WAV", "WAVEX", "RF64"})
PACKED = "PCM_24"
CHUNK = struct.Struct("<4sI")
RIFF_BYTES = 12  # before the first chunk
SCALE = np.float32(2.0**-31)
UPPER = np.int32(-256)  # all but the byte that belongs to the sample before
AT_ONCE = 1 << 16
"""Samples that are turned at a time: what the processor's cache holds."""


class Packed:
    """Reads the samples of one WAV file on.

    Parameters
    ----------
    file : binary file
        Its own, at the first sample.
    channels : int
    """

    def __init__(self, file: BufferedReader, channels: int) -> None:
        self._file, self._channels, self._first = file, channels, file.tell()
        self._raw = bytearray(1)
        self._numbers = np.empty(AT_ONCE, np.int32)

    @classmethod
    def open(cls, path: pathlib.Path, kind: str, subtype: str, channels: int) -> Self | None:
        """Open a file of which libsndfile tells `kind` and `subtype`; None if it is none that can be read here."""
        if kind not in FORMATS or subtype != PACKED:
            return None
        file = path.open("rb")
        if _seek_samples(file):
            return cls(file, channels)
        file.close()
        return None

    def read(self, frames: int) -> Samples:
        """Read at most `frames` rows, shape (frames, channels)."""
        size = frames * self._channels * BYTES
        if len(self._raw) < 1 + size:
            self._raw = bytearray(1 + size)
        read = self._file.readinto(memoryview(self._raw)[1 : 1 + size])
        count = read // BYTES // self._channels * self._channels
        seen = np.ndarray((count,), "<i4", self._raw, 0, (BYTES,))
        samples = np.empty(count, np.float32)
        for first in range(0, count, AT_ONCE):
            here = slice(first, first + AT_ONCE)
            numbers = np.bitwise_and(seen[here], UPPER, out=self._numbers[: min(AT_ONCE, count - first)])
            np.multiply(numbers, SCALE, out=samples[here], casting="unsafe", dtype=np.float32)
        return samples.reshape(-1, self._channels)

    def seek(self, frame: int) -> None:
        """Go to a frame."""
        self._file.seek(self._first + frame * self._channels * BYTES)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _seek_samples(file: BufferedReader) -> bool:
    """Go to the first sample; false if there is no chunk of samples."""
    file.seek(RIFF_BYTES)
    while len(head := file.read(CHUNK.size)) == CHUNK.size:
        name, size = CHUNK.unpack(head)
        if name == b"data":
            return True
        file.seek(size + size % 2, os.SEEK_CUR)
    return False
