"""Memory that two processes see: the wall and the effects' delay lines lie in it when PortAudio has its own process.

    room │ wall │ delay line │ … free … │ delay line │ …          each process sees it at an address of its own
"""

import ctypes
import mmap
import os
import sys
import tempfile
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

SIZE = 1 << 30
"""Bytes of addresses, not of memory: pages are taken from the machine when they are first used."""
PAGE = 4096


class Room:
    """Memory that a process started with `descriptor` sees, too.

    Attributes
    ----------
    descriptor : int
        File descriptor to hand to the other process.
    """

    def __init__(self) -> None:
        if sys.platform == "linux":
            self.descriptor = os.memfd_create("faderd", os.MFD_CLOEXEC)
        else:
            with tempfile.TemporaryFile() as file:  # it has no name: nothing is left behind, however we end
                self.descriptor = os.dup(file.fileno())
        os.ftruncate(self.descriptor, SIZE)
        self._pages = mmap.mmap(self.descriptor, SIZE)
        self._address = int(np.frombuffer(self._pages, np.uint8).ctypes.data)
        self._free = [(0, SIZE)]

    def lend(self, size: int) -> Bytes:
        """Memory of so many bytes, zeros; it comes back when nobody holds it any more."""
        size = -(-size // PAGE) * PAGE
        for which, (first, free) in enumerate(self._free):
            if free >= size:
                self._free[which : which + 1] = [(first + size, free - size)] if free > size else []
                # Not a slice: of one, NumPy keeps no hold while others still look at its memory.
                kind: Any = type("Lent", (ctypes.c_uint8 * size,), {})
                lent = kind.from_buffer(self._pages, first)
                weakref.finalize(lent, self._take_back, first, size).atexit = False
                return np.frombuffer(lent, np.uint8)
        raise MemoryError(f"no {size} bytes in a row are left of what two processes share")

    def offset(self, address: int) -> int:
        """Where an address in the room lies, counted from its beginning."""
        offset = address - self._address
        if not 0 <= offset < SIZE:
            raise ValueError("this address is not in the memory that another process sees")
        return offset

    def _take_back(self, first: int, size: int) -> None:
        """Give its pages back to the machine, and join it with what is free beside it."""
        try:
            self._pages.madvise(mmap.MADV_REMOVE, first, size)
        except (AttributeError, OSError):  # where it is locked, or not Linux
            ctypes.memset(self._address + first, 0, size)
        self._free = sorted([*self._free, (first, size)])
        for which in range(len(self._free) - 1, 0, -1):
            (before, length), (after, more) = self._free[which - 1 : which + 1]
            if before + length == after:
                self._free[which - 1 : which + 1] = [(before, length + more)]


def seen(descriptor: int) -> Bytes:
    """All of a room, behind its descriptor."""
    return np.frombuffer(mmap.mmap(descriptor, SIZE), np.uint8)
