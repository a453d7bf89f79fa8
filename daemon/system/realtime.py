"""Going first: real-time scheduling and memory that stays where it is, asked for and told what came of it."""

import contextlib
import ctypes
import functools
import os
import sys
from collections.abc import Iterable

PRIORITY = 40
"""Below the kernel's interrupt threads (50), above everything that is not audio."""

SCHEDULING_REMEDY = "sudo apt install jackd2, answer yes, then: sudo usermod -aG audio $USER, and log in again"
MEMORY_REMEDY = "put '@audio - memlock unlimited' into /etc/security/limits.d/audio.conf, and log in again"

_MCL_CURRENT, _MCL_ONFAULT = 1, 4
_MLOCK_ONFAULT = 1
_TASKS = "/proc/self/task"


def threads() -> set[int]:
    """System's numbers of the threads of this process; empty where they can't be known."""
    with contextlib.suppress(OSError):
        return {int(name) for name in os.listdir(_TASKS)}
    return set()


def hasten(numbers: Iterable[int]) -> bool:
    """Ask for real-time scheduling of threads of this process; whether all of them have it now."""
    if sys.platform != "linux":
        return sys.platform == "darwin"  # Core Audio's own threads have it always
    have = [_hasten(number) for number in numbers]
    return bool(have) and all(have)


def _hasten(number: int) -> bool:
    with contextlib.suppress(OSError):
        if os.sched_getscheduler(number) & ~os.SCHED_RESET_ON_FORK in (os.SCHED_FIFO, os.SCHED_RR):
            return True
        os.sched_setscheduler(number, os.SCHED_FIFO, os.sched_param(PRIORITY))
        return True
    return False


def lock(address: int, size: int) -> bool:
    """Keep memory that is in use, or will be, from being swapped out; whether the system agreed."""
    where = ctypes.c_void_p(address), ctypes.c_size_t(size)
    return _called("mlock2", *where, ctypes.c_uint(_MLOCK_ONFAULT)) or _called("mlock", *where)


def lock_all() -> bool:
    """Keep all that this process has in use now from being swapped out; whether the system agreed."""
    return _called("mlockall", ctypes.c_int(_MCL_CURRENT | _MCL_ONFAULT))


def _called(name: str, *arguments: object) -> bool:
    with contextlib.suppress(OSError, AttributeError, TypeError):
        return int(getattr(_library(), name)(*arguments)) == 0
    return False


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
