"""Compile the console's native code: a program of its own, see `kernels`; and a step of the build of a wheel.

    python -m daemon.audio.build            for this machine, where it is kept
    python -m daemon.audio.build FOLDER     for every machine that a wheel has native code for, into a folder
    python -m daemon.audio.build --effect MODULE    only an effect's algorithm, for this machine

It prints the name of each function that is compiled, a line each.
"""

import gc
import os
import pathlib
import sys

from daemon.audio import units
from dsp.effects import library


def main(arguments: list[str]) -> None:
    """Make what is not there yet, or all of it."""
    gc.disable()  # little of what a compiler makes is garbage before it ends
    if arguments and arguments[0] == "--effect":
        library.unit(arguments[1]).make(_tell)
        return
    for unit in units.ALWAYS:
        if arguments:
            unit.ship(pathlib.Path(arguments[0]), _tell)
        else:
            unit.make(_tell)


def _tell(name: str) -> None:
    print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # to take apart what it has built takes two seconds: the system does it at once
