"""The C library's heap: kept small where a process runs all evening, kept whole where it works on large pieces.

Left to itself it keeps one for each thread that ever asked, each half empty, and stops giving back large blocks
once one of their size has been freed: 25 MB more after the start, and more with every recall.
"""

import contextlib
import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -3, -4, -8
LARGE = 262_144
"""Bytes from which a block is the system's again as soon as it is freed."""


def keep_small() -> bool:
    """One heap for all threads, which gives back what is large, before threads begin; whether this system can."""
    return _told({_M_ARENA_MAX: 1, _M_MMAP_THRESHOLD: LARGE})


def keep_all() -> bool:
    """Give nothing back: to have the next large piece cleared anew takes a sixth of the time; as `keep_small`."""
    return _told({_M_MMAP_MAX: 0, _M_TRIM_THRESHOLD: -1})


def _told(options: dict[int, int]) -> bool:
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        return all(mallopt(option, value) for option, value in options.items())
    return False
