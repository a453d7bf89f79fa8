"""The desk's stereo recorder and player: /-stat/tape, /-usb, and what buttons below /-action belong to them.

    /-stat/tape/state RECORD ─▶ rec/1 and rec/2 to a file in the folder `usb` of the state folder
    /-action/recselect N     ─▶ that line of the folder is entered, or played as USB left and right
"""

import functools
import pathlib
from collections.abc import Callable
from typing import ClassVar, NamedTuple

from daemon import errors
from daemon.audio import audiofile
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.recording import deck, player, stereo
from daemon.wire.network import Client, Network
from dsp.parameters.row import Stored

STATE = "/-stat/tape/state"
STOP, PPAUSE, PLAY, RPAUSE, RECORD, FF, REW = range(7)
PERIOD_S, LIST_S = 0.25, 2.0
MOST, SKIP_S = 999, 10
LONGEST_S = 35_999


class Line(NamedTuple):
    """A line of the folder."""

    kind: str
    name: str
    path: pathlib.Path


class Stick(Family):
    """Records and plays stereo files as the desk does with its memory stick.

    Parameters
    ----------
    console : Console
    box : Deck
        Its stereo player.
    folder : Path
        What stands for the memory stick.
    run : callable
        Does what takes its time.
    faults : Faults
        Who wants reasons.
    network : Network
    """

    help: ClassVar = {}

    def __init__(
        self,
        console: Console,
        box: deck.Deck,
        kept: stereo.Stereo,
        folder: pathlib.Path,
        run: deck.Run,
        faults: Faults,
        network: Network,
    ) -> None:
        self.commands = {}
        self._console, self._deck, self._stereo, self._run = console, box, kept, run
        self._faults, self._clock = faults, network.clock
        self._top = self._here = folder
        self._leaves = console.values.table.leaves
        self._lines: list[Line] = []
        self._playing: pathlib.Path | None = None
        self._due = self._list_due = 0.0
        self._was_playing = self._listing = False
        console.listeners.append(self._note)
        for name, press in {"recselect": self._choose, "playtrack": self._step}.items():
            console.triggers[self._leaves[f"/-action/{name}"]] = functools.partial(self._pressed, name, press)

    def _note(self, leaf: int, author: object) -> None:
        if author is not self and leaf == self._leaves[STATE]:
            self._tried(STATE, lambda: self._transport(int(self._console.values.get(leaf))), author)

    def _pressed(self, name: str, press: Callable[[int], None], stored: Stored, author: object) -> None:
        self._tried(f"/-action/{name}", lambda: press(int(stored)), author)

    def _tried(self, address: str, deed: Callable[[], None], author: object) -> None:
        self._due = 0.0
        try:
            deed()
        except errors.Refusal as refusal:
            if isinstance(author, Client):
                self._faults.fail(address, refusal, author)

    def _transport(self, wanted: int) -> None:
        tape = self._deck.tape
        if wanted == RECORD:
            self._was_playing = False
            tape.stop()
            self._stereo.start()
        elif wanted == RPAUSE and self._stereo.records:
            self._stereo.paused = True
        elif wanted == STOP:
            self._was_playing = False
            self._stereo.stop()
            tape.stop()
        elif self._stereo.records:
            raise errors.Refusal("the stereo recorder is recording: stop that first")
        elif wanted == PPAUSE:
            self._was_playing = False
            tape.pause()
        elif wanted == PLAY:
            self._play_on()
        elif wanted in (FF, REW) and tape.tape is not None:
            tape.locate(tape.position() + (SKIP_S if wanted == FF else -SKIP_S) * tape.tape.rate)

    def _play_on(self) -> None:
        if self._deck.tape.tape is not None:
            self._deck.hear_tape(True)
            self._deck.tape.play()
            self._was_playing = True
        elif chosen := self._selected():
            self._play(chosen)
        else:
            raise errors.Refusal(f"{self._here}: there is no file to play")

    def _selected(self) -> pathlib.Path | None:
        """The file of the selected line, else the first there is."""
        at = int(self._console.values.get(self._leaves["/-usb/dir/dirpos"]))
        lines = [*self._lines[at - 1 : at], *self._lines] if at else self._lines
        return next((line.path for line in lines if line.kind == "file"), None)

    def _play(self, path: pathlib.Path) -> None:
        if self._stereo.records:
            raise errors.Refusal("the stereo recorder is recording: stop that first")

        def opened(refusal: errors.Refusal | None) -> None:
            if refusal is None:
                self._playing = path
                self._play_on()
            self._set("/-usb/title", _ascii(path.stem if refusal is None else str(refusal))[:128])

        self._deck.open_file(path, opened)

    def _choose(self, number: int) -> None:
        """Enter a folder, or play a file."""
        if not 1 <= number <= len(self._lines):
            raise errors.Refusal(f"there is no line {number}: there are {len(self._lines)}")
        line = self._lines[number - 1]
        self._set("/-usb/dir/dirpos", number)
        if line.kind == "dir":
            self._here = line.path
            self._look()
        else:
            self._play(line.path)

    def _step(self, step: int) -> None:
        """Play the file before or after, or the same again."""
        files = [line.path for line in self._lines if line.kind == "file"]
        if not files:
            raise errors.Refusal(f"{self._here}: there is no file to play")
        at = files.index(self._playing) + step if self._playing in files else 0
        if 0 <= at < len(files):
            self._set("/-usb/dir/dirpos", [line.path for line in self._lines].index(files[at]) + 1)
            self._play(files[at])

    # --- what is told -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Tell where it is, and now and then what is in the folder."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + PERIOD_S
        told, records = self._deck.tape.report(), self._stereo.records
        if self._was_playing and told.state == player.STOP:
            self._was_playing = False
            self._deck.hear_tape(False)
            if self._console.values.get(self._leaves["/config/tape/autoplay"]):
                self._step(1)
        if records:
            state = RPAUSE if self._stereo.paused else RECORD
        else:
            state = {player.PLAY: PLAY, player.PAUSE: PPAUSE}.get(told.state, STOP)
        self._set(STATE, state)
        rate = round(self._deck.rate)
        elapsed = self._stereo.frames if records else told.position
        self._set("/-stat/tape/etime", min(elapsed // rate, LONGEST_S))
        left = -(self._stereo.lost + 1) if records and self._stereo.lost else (told.frames - told.position) // rate
        self._set("/-stat/tape/rtime", LONGEST_S if records and not self._stereo.lost else min(left, LONGEST_S))
        if self._stereo.alarm:
            self._set("/-usb/title", _ascii(self._stereo.alarm)[:128])
        self._set("/-stat/tape/file", _ascii(self._stereo.name if records else told.name)[:256])
        if self._clock() >= self._list_due:
            self._list_due = self._clock() + LIST_S
            self._look()

    def _look(self) -> None:
        """See what is in the folder, while nobody waits."""
        if self._listing:
            return
        self._listing = True
        found: list[Line] = []
        here = self._here

        def work() -> None:
            self._top.mkdir(parents=True, exist_ok=True)
            found.extend(lines_of(here, self._top))

        def done(error: OSError | None) -> None:
            self._listing = False
            self._set("/-stat/usbmounted", int(error is None))
            if error is not None:
                self._here = self._top
            self._lines = found[:MOST]
            self._set("/-usb/path", _ascii(f"/{here.relative_to(self._top)}".replace("/.", "/"))[:256])
            before = int(self._console.values.get(self._leaves["/-usb/dir/maxpos"]))
            self._set("/-usb/dir/maxpos", len(self._lines))
            for number in range(1, max(before, len(self._lines)) + 1):
                line = self._lines[number - 1] if number <= len(self._lines) else Line("", "", here)
                self._set(f"/-usb/dir/{number:03}/type", line.kind)
                self._set(f"/-usb/dir/{number:03}/name", _ascii(line.name)[:128])

        self._run(work, done)

    def _set(self, path: str, stored: Stored) -> None:
        leaf = self._leaves[path]
        if self._console.values.get(leaf) != stored:
            self._console.set(leaf, stored, self)


def lines_of(here: pathlib.Path, top: pathlib.Path) -> list[Line]:
    """Lines of a folder: the one above, folders in brackets, then audio files."""
    entries = sorted((each for each in here.iterdir() if not each.name.startswith(".")), key=lambda each: each.name)
    lines = [Line("dir", "[...]", here.parent)] if here != top else []
    lines += [Line("dir", f"[{each.name}]", each) for each in entries if each.is_dir()]
    lines += [Line("file", each.name, each) for each in entries if each.suffix.lower() in audiofile.SUFFIXES]
    return lines


def _ascii(text: str) -> str:
    """What every app can show."""
    return text.encode("ascii", "replace").decode()
