"""The walk: every parameter moved over OSC on a running desk, and heard.

    a recipe says   which rows of the table it shows, what to play, where to listen, and what must be heard
    a walker        sends each setting as a datagram to a real server, plays through the compiled callback
    a ledger        keeps what was set and what was expected and heard of each leaf: every one must have moved

All leaves of a row move at the same time, each by a sequence of values of its own (`codes`): whatever
acted on a strip that is not its own, or on several, would break the sequence that is heard there.
"""

import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.wire import packet
from dsp.parameters.row import Stored
from dsp.table import TABLE
from rigs import desk, talk

Vector = npt.NDArray[np.float64]
Setting = desk.Setting

BURST = 128  # datagrams before the server gets its turn
MOST_FAULTS = 8


# --- recipes ---------------------------------------------------------------------------------------


class Recipe(NamedTuple):
    """How some leaves are shown."""

    name: str
    leaves: tuple[str, ...]
    show: Callable[["Ledger"], None]


RECIPES: list[Recipe] = []


def leaves_of(pattern: str) -> list[str]:
    """Addresses of all leaves of a row, or of the one leaf with this address."""
    return [pattern] if pattern in TABLE.leaves else TABLE.rows[pattern].addresses()


def shows(*patterns: str | Iterable[str]) -> Callable[[Callable[["Ledger"], None]], Callable[["Ledger"], None]]:
    """Mark a function as the recipe for rows, or for leaves by their addresses."""
    named = [each for pattern in patterns for each in ([pattern] if isinstance(pattern, str) else pattern)]

    def mark(show: Callable[["Ledger"], None]) -> Callable[["Ledger"], None]:
        leaves = tuple(leaf for pattern in named for leaf in leaves_of(pattern))
        RECIPES.append(Recipe(show.__name__, leaves, show))
        return show

    return mark


class Ledger:
    """What was set, expected and heard of every leaf that a recipe shows."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._seen: dict[str, list[tuple[Stored, Vector, Vector]]] = {}

    def note(self, path: str, value: Stored, heard: Any, expected: Any, tolerance: Any) -> None:
        """Enter what a leaf with a stored value should make and made; `tolerance` is absolute."""
        heard, expected = (np.atleast_1d(np.asarray(each, np.float64)) for each in (heard, expected))
        tolerance = np.broadcast_to(np.asarray(tolerance, np.float64), expected.shape)
        self._seen.setdefault(path, []).append((value, expected, tolerance))
        wrong = ~(np.abs(heard - expected) <= tolerance)
        if wrong.any():
            which = np.unravel_index(np.argmax(np.abs(heard - expected) / tolerance), wrong.shape)
            place = "" if expected.size == 1 else f" [{', '.join(map(str, which))}]"
            self.fault(f"{path} at {told(path, value)}: {heard[which]:.6g}, not {expected[which]:.6g}{place}")

    def fault(self, words: str) -> None:
        """Enter something wrong."""
        self.faults.append(words)

    def close(self, leaves: Iterable[str]) -> None:
        """All is as expected, and what was expected of each leaf depends on its value."""
        assert not self.faults, "\n".join([f"{len(self.faults)} wrong", *self.faults[:MOST_FAULTS]])
        still = [path for path in leaves if not self._moved(path)]
        assert not still, f"{len(still)} not shown: {still[:MOST_FAULTS]}"

    def _moved(self, path: str) -> bool:
        seen = self._seen.get(path, [])
        return any(
            value != other and other_expected.shape == expected.shape
            and (np.abs(expected - other_expected) > 2 * tolerance).any()
            for i, (value, expected, tolerance) in enumerate(seen)
            for other, other_expected, _ in seen[:i]
        )  # fmt: skip


def told(path: str, value: Stored) -> str:
    """Text of a stored value."""
    return TABLE.row_of(TABLE.leaves[path]).to_text(value).strip()


def codes(count: int, values: int) -> npt.NDArray[np.int64]:
    """Which of `values` each of `count` leaves takes in each phase; shape (phases, count).

    No two leaves go the same way, none stands still, and neighbours differ in every phase.
    """
    number = np.arange(count)
    first, way = number % values, number // values + 1
    digits = 1
    while values**digits <= way.max():
        digits += 1
    offsets = [way // values**digit % values for digit in range(digits)]
    return np.stack([first, *((first + offset) % values for offset in offsets)])


# --- the desk under test ---------------------------------------------------------------------------


class Walker(desk.Rig):
    """A running desk, put together as the daemon does it, whose settings all arrive by OSC over UDP."""

    def __init__(self, outputs: Sequence[str] | None = None, **plan: Any) -> None:
        super().__init__(outputs, **plan)
        self._folder = tempfile.TemporaryDirectory()
        self.seconds = 0.0  # that clients wait, on top of the time that passes
        self.net = talk.Net(Path(self._folder.name), self.console, clock=lambda: time.monotonic() + self.seconds)
        self.client: socket.socket = self.net.client()
        self._sent: dict[str, Stored] = {}

    def __enter__(self) -> "Walker":
        return self

    def __exit__(self, *reason: object) -> None:
        self.net.__exit__(*reason)
        self._folder.cleanup()
        assert not self.net.faults, self.net.faults

    def set(self, path: str, value: Setting) -> None:
        """Send a setting, see `rigdesk.set_leaf`."""
        self.send({path: value})

    def send(self, settings: Mapping[str, Setting], obeyed: bool = True) -> dict[str, Stored]:
        """Send settings, each in a datagram of its own, and return them in stored form.

        When they are to be `obeyed` as they are, the desk is asked whether it has them.
        """
        stored = {path: stored_of(path, value) for path, value in settings.items()}
        for number, (path, value) in enumerate(stored.items(), 1):
            self.client.send(packet.build(path, TABLE.row_of(TABLE.leaves[path]).to_wire(value)))
            if number % BURST == 0:
                self.net.turn()
        self.net.turn()
        if obeyed:
            deaf = [path for path, value in stored.items() if self.stored(path) != value]
            assert not deaf, f"not taken: {deaf[:MOST_FAULTS]}"
        return stored

    def set_many(self, settings: Mapping[str, Setting]) -> None:
        """Send settings that others may follow."""
        self.send(settings, obeyed=False)

    def set_row(self, pattern: str, values: Any) -> None:
        """Send all leaves of a row, one value for all or one each."""
        paths = leaves_of(pattern)
        each = [values] * len(paths) if np.ndim(values) == 0 else list(np.ravel(np.asarray(values, object)))
        self.send(dict(zip(paths, each, strict=True)))

    def ask(self, path: str, *arguments: Any) -> list[Any]:
        """Ask, and return the arguments of the answer."""
        answers = [answer for answer in self.net.ask(self.client, path, *arguments) if answer[0] == path]
        assert answers, f"{path} does not answer"
        return list(answers[-1][1:])

    def order(self, path: str, *arguments: Any) -> list[Any]:
        """Ask for what takes its time, and wait for the answer."""
        self.client.send(packet.build(path, *arguments))
        for _ in range(100):
            self.net.turn(0.02)
            answers = [answer for answer in talk.hear(self.client) if answer[0] == path]
            if answers:
                return list(answers[-1][1:])
        raise AssertionError(f"{path} does not answer")


def stored_of(path: str, value: Setting) -> Stored:
    """Stored form of a setting: a float is an engineering value, an int stays as it is, a text is the desk's own."""
    row = TABLE.row_of(TABLE.leaves[path])
    if isinstance(value, str):
        return value if row.kind == "text" else row.from_text(value)
    return row.nearest(value) if isinstance(value, float) else int(value)


def walk(
    walker: Walker,
    patterns: Sequence[str],
    palette: Sequence[Setting],
    hear: Callable[[dict[str, Stored]], None],
    leaves: Sequence[str] | None = None,
) -> None:
    """Move all leaves of rows through a palette by their codes; `hear` judges each phase.

    Parameters
    ----------
    patterns : sequence of str
        Rows that move together.
    palette : sequence of float, int or str
        Values, see `stored_of`.
    hear : callable
        Takes the stored values of all leaves that move.
    leaves : sequence of str, optional
        Only these of the rows' leaves.
    """
    paths = [path for pattern in patterns for path in leaves_of(pattern) if leaves is None or path in leaves]
    turns = list(codes(len(paths), len(palette)))
    # Every value is somebody's at some time.
    while missing := sorted(set(range(len(palette))) - set(np.ravel(turns).tolist())):
        turns.append(np.resize(missing, len(paths)))
    for phase in turns:
        hear(walker.send({path: palette[choice] for path, choice in zip(paths, phase, strict=True)}))
