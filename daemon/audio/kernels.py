"""The console's native code: found finished, or compiled with visible progress by a process of its own."""

import ctypes
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from daemon import errors
from daemon.audio import callback as native
from daemon.audio import units
from dsp.native import objects

if TYPE_CHECKING:  # only who compiles needs a screen: a start does not wait for it
    from rich.console import Console

FUNCTIONS = 300
"""About so many are compiled: for the bar."""
LOOKS = 4
"""So often a second it is drawn."""

PROTOTYPE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)
"""The callback as Python may call it: input, output, frames, time, status, memory."""
Callback = Callable[..., int]


class KernelError(errors.Refusal):
    """The native code can't be compiled here; the message says why."""


def compiled() -> bool:
    """Whether nothing has to be compiled on this machine."""
    return all(unit.path() for unit in units.ALWAYS)


def load(screen: "Console | None" = None) -> int:
    """Load everything the audio thread runs; compile it first if it has to be.

    Parameters
    ----------
    screen : rich Console, optional
        Where progress is shown; standard error by default.

    Returns
    -------
    address : int
        Of the callback, as PortAudio wants it.
    """
    if not compiled():
        _compile(screen)
    return native.callback.address


@functools.cache
def callback(screen: "Console | None" = None) -> Callback:
    """What `load` loads, as Python may call it: for what is played without a device."""
    return PROTOTYPE(load(screen))


def rehearsal() -> int:
    """Address of what rehearses recalls beside the audio thread; `load` first."""
    return native.rehearse.address


def compiler(*wanted: str) -> tuple[list[str], dict[str, str]]:
    """Command that compiles what is wanted, see `build`, and its environment: a process gives its memory back."""
    environment = os.environ | {objects.FOLDER: str(objects.folder()), "PYTHONPATH": os.pathsep.join(sys.path)}
    return [sys.executable, "-m", "daemon.audio.build", *wanted], environment


def last_line(complaint: str) -> str:
    """What matters of what a compiler complains."""
    return complaint.strip().rpartition("\n")[2]


def _compile(screen: "Console | None") -> None:
    """Compile in another process, whose memory is given back when it ends."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    screen = screen or Console(stderr=True)
    screen.print("Compiling the audio kernels for this machine. This happens once.")
    began = time.perf_counter()
    command, environment = compiler()
    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=screen, transient=True, refresh_per_second=LOOKS) as progress,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child,
    ):
        assert child.stdout is not None
        assert child.stderr is not None
        task = progress.add_task("compiling", total=FUNCTIONS)
        for count, name in enumerate(map(str.strip, child.stdout), 1):
            progress.update(task, completed=count, description=name)
            if not screen.is_terminal:
                print(f"{count}: {name}", file=sys.stderr, flush=True)
        problem = child.stderr.read()
    if child.returncode:
        raise KernelError(f"the audio kernels can't be compiled: {last_line(problem)}")
    screen.print(f"Compiled in {time.perf_counter() - began:.0f} s.")
