"""Loading the audio callback: compiled once on each machine, with visible progress, then kept on disk."""

import contextlib
import ctypes
import shutil
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dsp.native import atomic, kernel

MARK = "complete"
PROTOTYPE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)
"""The callback as Python may call it: input, output, frames, time, status, memory."""


def compiled() -> bool:
    """Whether everything of this version has been compiled on this machine before."""
    return (kernel.cache_folder() / MARK).exists()


def load(screen: Console | None = None) -> int:
    """Compile or load everything the audio thread runs.

    Parameters
    ----------
    screen : rich Console, optional
        Where progress is shown; standard error by default.

    Returns
    -------
    address : int
        Of the callback, as PortAudio wants it.
    """
    screen = screen or Console(stderr=True)
    if compiled():
        return _import()
    screen.print("Compiling the audio kernels for this machine. This happens once, and takes about a minute.")
    began = time.perf_counter()
    _forget_old()
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("compiling", total=None)
        finished: set[str] = set()

        def advance(name: str) -> None:
            finished.add(name)
            progress.update(task, total=kernel.count(), completed=len(finished), description=f"compiled {name}")
            if not screen.is_terminal:
                print(f"compiled {len(finished)} of {kernel.count()}: {name}", file=sys.stderr, flush=True)

        with kernel.watch(advance):
            address = _import()
    _mark_compiled()
    screen.print(f"Compiled in {time.perf_counter() - began:.0f} s.")
    return address


def rehearsal() -> int:
    """Address of what rehearses recalls beside the audio thread; `load` first."""
    from daemon.audio import callback

    compiled: Any = callback.rehearse
    return int(compiled.address)


def _import() -> int:
    # The callback compiles when its module is imported, and not before somebody needs it.
    from daemon.audio import callback, stage

    atomic.prepare()
    stage.prepare()
    compiled: Any = callback.callback
    return int(compiled.address)


def _mark_compiled() -> None:
    with contextlib.suppress(OSError):  # a read-only home: it compiles again next time
        kernel.cache_folder().mkdir(parents=True, exist_ok=True)
        (kernel.cache_folder() / MARK).touch()


def _forget_old() -> None:
    """Delete what other versions compiled."""
    for folder in kernel.cache_folder().parent.glob("*"):
        if folder != kernel.cache_folder():
            shutil.rmtree(folder, ignore_errors=True)
