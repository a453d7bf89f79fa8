"""The monotonic clock, as the audio thread may read it, for kernels.

    clock.now()          nanoseconds: Python's `time.monotonic_ns` reads the same clock
    clock.sleep(ns)      or less when a signal arrives; not for the audio thread

On Linux and macOS `clock_gettime` is answered from a page that the kernel shares with every program: it is
no system call, takes no lock and costs some tens of nanoseconds.  Both are in `machine`, which is imported
when something has to be compiled.
"""

from dsp.native import kernel

SECOND = 1_000_000_000

__getattr__ = kernel.emitted_by("dsp.native.machine")
