"""Memory that two processes see: the wall lies in it when the audio library has a process of its own."""

import mmap
import os
import sys
import tempfile

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]


class Room:
    """Memory that a process started with `descriptor` sees, too.

    Attributes
    ----------
    descriptor : int
        File descriptor to hand to the other process.
    size : int
        Bytes lent so far; memory is lent once.
    """

    def __init__(self) -> None:
        self.size = 0
        self._lent: Bytes | None = None
        if sys.platform == "linux":
            self.descriptor = os.memfd_create("faderd", os.MFD_CLOEXEC)
        else:
            with tempfile.TemporaryFile() as file:  # it has no name: nothing is left behind, however we end
                self.descriptor = os.dup(file.fileno())

    def lend(self, size: int) -> Bytes:
        """Memory of so many bytes, all zero; its pages are taken from the machine when they are first used."""
        os.ftruncate(self.descriptor, size)
        self.size, self._lent = size, seen(self.descriptor, size)
        return self._lent

    def offset(self, address: int) -> int:
        """Where an address in the lent memory lies, counted from its beginning."""
        if self._lent is None or not 0 <= address - self._lent.ctypes.data < self.size:
            raise ValueError("this address is not in the memory that another process sees")
        return int(address - self._lent.ctypes.data)


def seen(descriptor: int, size: int) -> Bytes:
    """Memory behind a descriptor, as an array."""
    return np.frombuffer(mmap.mmap(descriptor, size), np.uint8)
