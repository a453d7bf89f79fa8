"""The walk once more on a daemon of its own: one leaf of every row, seen by its meters alone.

    faderd run --device FOLDER ◀── the same messages ──▶ the desk of the walk
             │ /meters                                        │ /meters
             └────────────────── the same words ──────────────┘

What the desk of the walk does is what the parameters say (see test_walk); here everything is as it is
run: the program, its audio thread in real time, its socket, and a client that has nothing but OSC.
"""

import contextlib
import itertools
import re
import struct
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from daemon.audio import audiofile
from daemon.wire import packet
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs import console, desk, talk
from rigs.busydesk import CONTEXTS, PERIOD, TALK_INPUT, busy, signals
from rigs.desk import PASSING
from walk.test_walk import RECIPES
from walk.walker import Setting, Walker, stored_of, told

RATE = desk.RATE
PAGE = 2400
LEVEL_METERS = (0, 1, 2, 4, 11, 12, 13)
GAIN_METER = 16
SHARE, FLOOR = 0.005, 3e-5
VISIBLE = 3  # times as far apart as what counts as equal
TOGETHER = 4  # rows that move before the daemon is asked
PATIENCE_S = 120.0
MOST_TRIES = 60

# What no level meter shows, and why.
UNSEEN = {
    r"^-ha/|^-insert/": "it only tells",
    r"^-action/|^-stat/solo$|^-stat/selidx": "a button, or what others make",
    r"^fx/\{(slot|insert)\}/(type|par/)": "effects have no steady level; test_walk_effects listens to them",
    r"rta": "the spectrum has a meter of its own, in test_analyser",
    r"config/solo/(exclusive|followsel|followsolo|delay)|/latch$|hardmute|dcamute|safe_masterlevels|linkcfg": (
        "it acts on what comes after it"
    ),
    r"^config/osc/(type|f1|f2|fsel|dest)$": "noise has no steady peak, a sine the same at any frequency, and no phase",
    r"config/routing/(AES50|CARD|OUT|\{aes_port\})|userrout/out": "outputs of the device have no meter on the desk",
    r"(gate|dyn)/(attack|hold|release|auto|env)$": "a steady signal tells nothing of times",
    r"invert$|/delay/(on|time)$": "a level stays what it is when it is turned over or comes later",
}


Words = dict[int, np.ndarray]


def words_of(datagrams: list[tuple]) -> Words:
    """Newest words of each meter among some messages."""
    words: Words = {}
    for address, *arguments in datagrams:
        if address.startswith("/meters/"):
            number, blob = int(address.rpartition("/")[2]), arguments[0]
            (count,) = struct.unpack_from("<i", blob)
            kind = "<i2" if number == GAIN_METER else "<f4"
            words[number] = np.frombuffer(blob, kind, offset=4).astype(float)[: 2 * count]
            if number == GAIN_METER:
                gains, doublings = words[number][:88], words[number][88:96]
                words[number] = np.append(gains / 32767, 2 ** (doublings / 256))
    return words


def unlike(one: Words, other: Words, times: float = 1.0) -> list[str]:
    """Words that differ by so many times what counts as equal."""
    found = []
    for number, words in one.items():
        limit = times * (SHARE * np.maximum(np.abs(words), np.abs(other[number])) + FLOOR)
        for at in np.flatnonzero(np.abs(words - other[number]) > limit):
            found.append(f"/meters/{number} word {at}: {words[at]:.4f}, not {other[number][at]:.4f}")
    return found


def subscriptions() -> list[bytes]:
    return [packet.build("/meters", f"/meters/{number}") for number in (*LEVEL_METERS, GAIN_METER)]


class Twin:
    """The desk of the walk, with the same signals."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.x = np.tile(signals(), (PAGE // PERIOD, 1))
        self.words = self.see(20)

    def send(self, settings: Mapping[str, Setting]) -> None:
        self.walker.set_many(settings)

    @property
    def stored(self) -> np.ndarray:
        """Stored form of every leaf."""
        return self.walker.console.values.stored

    def settled(self) -> Words:
        """What the meters show once they stand still."""
        words, last = self.see(12), self.words
        while unlike(words, last, 0.2):
            words, last = self.see(12), words
        return words

    def see(self, pages: int = 4) -> Words:
        """What the meters show once everything has settled."""
        for _ in range(pages):
            self.walker.play(self.x, block=480)
            page = self.walker.meters()
        for datagram in subscriptions():
            self.walker.client.send(datagram)
        self.walker.net.turn()
        for _ in range(2):
            self.walker.net.server.feed(page)
        self.walker.net.turn()
        return words_of(talk.hear(self.walker.client))


class Live:
    """The daemon, and a client that sees its meters."""

    def __init__(self, desk: console.Desk) -> None:
        self.desk = desk
        self.words: Words = {}
        self._renewed = 0.0
        desk.socket.setblocking(False)

    def send(self, settings: Mapping[str, Setting]) -> None:
        for number, (path, value) in enumerate(settings.items(), 1):
            row = TABLE.row_of(TABLE.leaves[path])
            self.desk.socket.send(packet.build(path, row.to_wire(stored_of(path, value))))
            if number % 50 == 0:
                time.sleep(0.01)

    def pass_effects(self) -> None:
        """Let effects pass what they are fed with, as on the desk of the walk: a reverb has no steady level."""
        values = Values(TABLE)
        for path, value in PASSING.items():
            leaf = TABLE.leaves[path]
            values.set(leaf, values.param(leaf).nearest(value))
            self.desk.socket.send(packet.build(path, values.wire(leaf)))

    def look(self) -> Words:
        """What the meters show now."""
        if time.monotonic() - self._renewed > 4:
            self._renewed = time.monotonic()
            for datagram in subscriptions():
                self.desk.socket.send(datagram)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.words |= words_of([talk.heard(self.desk.socket.recv(65_536))])
        return self.words

    def shows(self, wanted: Words) -> list[str]:
        """Wait until the meters show that; what they show else, if they don't."""
        until = time.monotonic() + PATIENCE_S
        while True:
            seen = self.look()
            wrong = unlike(seen, wanted) if seen.keys() >= wanted.keys() else ["no meters"]
            if not wrong or time.monotonic() > until:
                return wrong
            time.sleep(0.02)


@contextlib.contextmanager
def live(folder: Path) -> Iterator[Live]:
    """Run the daemon on a folder of audio."""
    audio = folder / "audio"
    audio.mkdir()
    for number, signal in enumerate(signals().T, 1):
        with audiofile.Writer(audio / f"{number:02}.wav", RATE, 1) as file:
            file.write(np.tile(signal, RATE // PERIOD)[:, np.newaxis])
    settings = folder / "faderd.toml"
    settings.write_text(f"talk_input = {TALK_INPUT}\n")
    with console.running(folder, 0, ("--local", "--config", str(settings)), device=str(audio)) as desk:
        yield Live(desk)


def rows() -> list[str]:
    """Every row that a recipe shows, if a meter can show it."""
    shown = dict.fromkeys(TABLE.row_of(TABLE.leaves[leaf]).path for recipe in RECIPES for leaf in recipe.leaves)
    return [path for path in shown if not any(re.search(pattern, path) for pattern in UNSEEN)]


def candidates(path: str, twin: Walker) -> Iterator[tuple[str, Stored]]:
    """Leaves of a row, each with other values than it has, the more likely ones first."""
    row = TABLE.rows[path]
    start = zlib.crc32(path.encode()) % row.size
    leaves = [row.addresses()[(start + step * 7) % row.size] for step in range(min(row.size, 40))]
    recipe = {leaf for recipe in RECIPES for leaf in recipe.leaves}
    for leaf in leaves:
        if leaf in recipe:
            now = int(twin.stored(leaf))
            for part in (0.5, 0.2, 0.9) if row.steps > 3 else (0.4, 0.8):
                value = int(row.lowest) if row.kind == "integer" else 0
                value += (now - value + max(1, int(part * row.steps))) % row.steps
                if value != now:
                    yield leaf, value


def visible_move(path: str, twin: Twin) -> tuple[str, Stored, Stored] | None:
    """Move some leaf of a row so that the meters show it: the leaf, what it was, and what it is now."""
    for leaf, value in itertools.islice(candidates(path, twin.walker), MOST_TRIES):
        before, all_before = twin.walker.stored(leaf), twin.stored.copy()
        twin.send({leaf: value})
        words = twin.see()
        if unlike(words, twin.words, VISIBLE):
            twin.words = words
            return leaf, before, value
        twin.send({leaf: before})
        twin.send(differences(twin.stored, all_before))
    return None


def differences(stored: np.ndarray, wanted: np.ndarray) -> dict[str, Stored]:
    """Values that make of one state another."""
    return {TABLE.path_of(leaf): int(wanted[leaf]) for leaf in np.flatnonzero(stored != wanted)}


class Steps:
    """Moves both desks, some rows at a time, and puts them back."""

    def __init__(self, twin: Twin, desk: Live) -> None:
        self.twin, self.desk = twin, desk
        self.rest = twin.stored.copy()
        self.wrong: list[str] = []
        self.unseen: list[str] = []

    def move(self, paths: Sequence[str]) -> None:
        """Move a leaf of each row, see that both desks show the same, and put it back."""
        context = {leaf: value for path in paths for leaf, value in context_of(path).items()}
        before: dict[str, Stored] = {leaf: self.twin.walker.stored(leaf) for leaf in context}
        if context:
            self.twin.send(context)
            self.twin.words = self.twin.see(8)
        moved: dict[str, Stored] = {}
        for path in paths:
            step = visible_move(path, self.twin)
            if step is None:
                self.unseen.append(path)
            else:
                before.setdefault(step[0], step[1])
                moved[step[0]] = step[2]
        self.desk.send(context | moved)
        wrong = self.desk.shows(self.twin.settled())
        if wrong:
            moves = ", ".join(f"{leaf} {told(leaf, value)}" for leaf, value in moved.items())
            self.wrong.append(f"{moves}: {wrong[0]}")
        self._put_back(before)

    def _put_back(self, before: dict[str, Stored]) -> None:
        """Set what was moved as it was, then all that went along with it."""
        for side in (self.twin, self.desk):
            side.send(before)
        along = differences(self.twin.stored, self.rest)
        for side in (self.twin, self.desk):
            side.send(along)
        self.twin.words = self.twin.see(8)


def context_of(path: str) -> dict[str, Setting]:
    """What has to be set before a row can be seen."""
    return next((extra for pattern, extra in CONTEXTS.items() if re.search(pattern, path)), {})


def test_what_no_meter_shows_exists() -> None:
    patterns = {TABLE.row_of(TABLE.leaves[leaf]).path for recipe in RECIPES for leaf in recipe.leaves}
    for unseen in UNSEEN:
        assert any(re.search(unseen, path) for path in patterns), unseen
    for context in CONTEXTS:
        assert any(re.search(context, path) for path in rows()), context


def groups() -> list[list[str]]:
    """Rows that can move together: those that need a context alone."""
    plain = [path for path in rows() if not context_of(path)]
    together = [plain[first : first + TOGETHER] for first in range(0, len(plain), TOGETHER)]
    return together + [[path] for path in rows() if context_of(path)]


@pytest.mark.timeout(900)  # under a minute of work, and more than five where others take both cores
def test_a_leaf_of_every_row_is_seen_to_act_on_a_running_daemon(tmp_path: Path) -> None:
    with live(tmp_path) as desk, Walker(talk_input=TALK_INPUT) as walker:
        desk.pass_effects()
        desk.send(busy())
        walker.set_many(busy())
        steps = Steps(Twin(walker), desk)
        assert not (wrong := desk.shows(steps.twin.words)), wrong[:6]
        for paths in groups():
            steps.move(paths)
        # What the other moves have hidden is seen alone.
        hidden, steps.unseen = steps.unseen, []
        for path in hidden:
            steps.move([path])
    assert not steps.wrong, f"{len(steps.wrong)}: {steps.wrong[:6]}"
    assert not steps.unseen, "\n".join(steps.unseen)
