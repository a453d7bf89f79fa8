"""The C library's heap: one for all threads, which gives back what is large.

Left to itself it keeps one for each thread that ever asked, each half empty, and stops giving back large blocks
once one of their size has been freed: 25 MB more after the start, and more with every recall.
"""

import contextlib
import ctypes

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
LARGE = 262_144
"""Bytes from which a block is the system's again as soon as it is freed."""


def keep_small() -> bool:
    """Set it so for this process, before its threads begin; whether this C library can."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        return bool(mallopt(_M_ARENA_MAX, 1)) and bool(mallopt(_M_MMAP_THRESHOLD, LARGE))
    return False
