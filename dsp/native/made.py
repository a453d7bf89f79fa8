"""Kernels whose lines the program writes, because it can count: one for each of several steps, or rows.

    @in_turn(gate.forget, comp.forget)           def forget(desk):
    def forget(desk): ...                            gate.forget(desk)
                                                     comp.forget(desk)

    @any_of(low.ride, high.ride)                 def ride(desk):
    def ride(desk): ...                              return low.ride(desk) | high.ride(desk)

    settled = rows("lanes.load(p, {row})", 12)   (lanes.load(p, 0), lanes.load(p, 1), … lanes.load(p, 11))
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from dsp.native.kernel import Kernel


def in_turn(*steps: Kernel | None) -> Callable[[Callable[..., Any]], Kernel]:
    """Make a kernel that calls each of these that there is, in order, with what it is called with.

    What it decorates says what it takes, and what it is for.  Of one step it is that one itself.
    """
    return _called(steps, lambda calls: calls or ["pass"])


def any_of(*steps: Kernel | None) -> Callable[[Callable[..., Any]], Kernel]:
    """The same, and true if any of them is; every one of them is called."""
    return _called(steps, lambda calls: [f"return {' | '.join(calls) or False}"])


def _called(
    steps: Sequence[Kernel | None], lines: Callable[[list[str]], list[str]]
) -> Callable[[Callable[..., Any]], Kernel]:
    there = [step for step in steps if step is not None]

    def declare(function: Callable[..., Any]) -> Kernel:
        if len(there) == 1:
            return there[0]
        names = {f"step_{number}": step for number, step in enumerate(there)}
        taken = ", ".join(inspect.signature(function).parameters)
        calls = lines([f"{name}({taken})" for name in names])
        return Kernel(_written(function.__module__, function.__name__, taken, calls, names, function.__doc__))

    return declare


def rows(taken: str, row: str, count: int, names: dict[str, Any]) -> Kernel:
    """Make a kernel that is compiled into its callers and gives a tuple: `row` for each of so many numbers.

    Parameters
    ----------
    taken : str
        What it takes, as in a definition.
    row : str
        An expression in which `{row}` is the number of the row.
    count : int
    names : dict
        What the expression uses.
    """
    each = " ".join(f"{row.format(row=number)}," for number in range(count))
    written = _written(__name__, f"rows_{count}", taken, [f"return ({each})"], names, f"So many rows: {count}.")
    return Kernel(written, inlined=True)


def _written(
    module: str, name: str, taken: str, lines: list[str], names: dict[str, Any], told: str | None
) -> Callable[..., Any]:
    """Define a function by its lines."""
    scope = {"__name__": module, **names}
    exec("\n    ".join((f"def {name}({taken}):", *lines)), scope)
    function: Callable[..., Any] = scope[name]
    function.__doc__ = told
    return function
