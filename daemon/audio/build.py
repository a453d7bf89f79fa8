"""Compile the console's native code for this machine: a program of its own, see `kernels`.

It prints the name of each function that is compiled, a line each.
"""

import gc

from daemon.audio import kernels


def main() -> None:
    """Make what is not there yet."""
    gc.disable()  # little of what a compiler makes is garbage before it ends
    for unit in kernels.UNITS:
        unit.make(lambda name: print(name, flush=True))


if __name__ == "__main__":
    main()
