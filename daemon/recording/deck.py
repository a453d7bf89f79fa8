"""The deck: which gig is in, whether it plays, and which inputs its tracks take the place of.

    soundcheck on ─▶ (disk) open the gig ─▶ player plays ─▶ inputs cross over to tracks, in ten milliseconds
    soundcheck off, or a recording begins ─▶ inputs are live again ─▶ player stops
"""

import dataclasses
import logging
import pathlib
import re
from collections.abc import Callable

from daemon import errors
from daemon.recording import gig, journal, player, recorder, tracks
from daemon.system import realtime
from dsp.design import draft
from dsp.engine import playback, wall
from dsp.processors import patch

log = logging.getLogger("faderd")

Done = Callable[[errors.Refusal | None], None]
"""Called when it is done, or with the reason why not."""
Run = Callable[[Callable[[], None], Callable[[OSError | None], None]], None]
"""Does what takes its time, and then calls on the thread that asked; see `files.disk.Disk.run`."""

ALL = frozenset(range(1, patch.DEVICE_CHANNELS + 1))


class Deck:
    """A player of tracks and one of stereo files, and what they are heard as.

    Parameters
    ----------
    audio : Wall
    heard : callable
        Takes what is played to the desk: `Console.play`.
    kept : Recorder
        Nothing takes the place of inputs while these are recorded.
    folder : Path
        Where gigs are.
    lend : callable
        Gives memory that the process that plays sees, too.
    run : callable
        Does what takes its time.
    """

    def __init__(
        self,
        audio: wall.Wall,
        heard: Callable[[draft.Played], None],
        kept: recorder.Recorder,
        folder: pathlib.Path,
        lend: player.Lend,
        run: Run,
    ) -> None:
        self.folder = folder
        self.player = player.Player(audio, int(playback.TRACKS), lend)
        self.tape = player.Player(audio, int(playback.TAPES), lend)
        self.swaps = False
        self.inputs = ALL
        self.rate = audio.rate
        self._audio, self._recorder, self._run = audio, kept, run
        self._heard = heard
        self._played = draft.Played()

    # --- which gig ----------------------------------------------------------------------------------------

    def gigs(self) -> list[pathlib.Path]:
        """All gigs, the newest first."""
        return gig.gigs(self.folder)[::-1]

    def find(self, name: str) -> pathlib.Path:
        """Folder of the gig that somebody means: the newest, a part of its name, or a path.

        Raises
        ------
        Refusal
            When there is none.
        """
        found = [each for each in self.gigs() if each.name == name] or [
            each for each in self.gigs() if name.lower() in each.name.lower()
        ]
        if found:
            return found[0]
        path = pathlib.Path(name).expanduser()
        if name and path.is_absolute() and path.exists():
            return path
        raise errors.Refusal(
            f"{self.folder}: no gig is called {name!r}" if name else f"{self.folder}: there is no gig yet: record one"
        )

    def open(self, name: str, done: Done) -> None:
        """Have a gig in, which is found and opened while nobody waits."""
        self._open(self.player, lambda: tracks.open_any(self.find(name)), done)

    def mark(self, event: journal.Event, done: Done) -> None:
        """Set, name, move or take away a mark of the gig that is in; see `marks.of`.

        Raises
        ------
        Refusal
            When no gig is in.
        """
        tape = self.player.tape
        if not isinstance(tape, tracks.Gig):
            raise errors.Refusal("no gig is in: select one first")

        def noted(error: OSError | None) -> None:
            if error is None:
                tape.note(event)
            done(None if error is None else errors.Refusal(f"{tape.folder}: {error.strerror or error}"))

        self._run(lambda: journal.append(tape.folder / gig.JOURNAL, event), noted)

    def open_file(self, path: pathlib.Path, done: Done) -> None:
        """Have a stereo file in the other player."""
        self._open(self.tape, lambda: tracks.File(path), done)

    def _open(self, into: player.Player, opened: Callable[[], tracks.Tape], done: Done) -> None:
        result: list[errors.Refusal] = []

        def work() -> None:
            try:
                tape = opened()
                if tape.rate != round(self._audio.rate):
                    tape.close()
                    raise errors.Refusal(
                        f"{tape.name} is at {tape.rate} Hz, but the device runs at {round(self._audio.rate)} Hz: "
                        f"start with --rate {tape.rate}"
                    )
                fresh = into.ring is None
                into.open(tape)
                if fresh and into.ring is not None:
                    realtime.lock(into.ring.ctypes.data, into.ring.nbytes)
            except errors.Refusal as refusal:
                result.append(refusal)

        def after(error: OSError | None) -> None:
            if error is not None:
                result.append(errors.Refusal(f"{error.filename or self.folder}: {error.strerror or error}"))
            if not result:
                self._tell_desk()
                log.info("player: %s", tracks.summary(into.tape) if into.tape is not None else "")
                for problem in into.tape.problems() if into.tape is not None else []:
                    log.warning("player: %s", problem)
            done(result[0] if result else None)

        self._run(work, after)

    # --- what it is heard as ------------------------------------------------------------------------------

    def swap(self, is_on: bool) -> None:
        """Let the tracks take the place of the inputs, or no more.

        Raises
        ------
        Refusal
            When these inputs are being recorded, or nothing is in.
        """
        if is_on and self._recorder.report().state != recorder.IDLE:
            raise errors.Refusal("the inputs are being recorded: stop that first (/faderd/rec/stop)")
        if is_on and self.player.tape is None:
            raise errors.Refusal("no gig is in: name one")
        if is_on != self.swaps:
            self.swaps = is_on
            if is_on:
                name = self.player.report().name
                log.warning("soundcheck: the inputs are the recorded tracks of %s until it is switched off", name)
            else:
                log.info("soundcheck is over: the inputs are live")
        self._tell_desk()

    def choose(self, inputs: frozenset[int]) -> None:
        """Say which inputs are swapped; the others stay live."""
        self.inputs = inputs
        self._tell_desk()

    def hear_tape(self, is_on: bool) -> None:
        """Let the stereo player be what USB left and right are."""
        if is_on != self._played.tape:
            self._played = dataclasses.replace(self._played, tape=is_on)
            self._tell_desk()

    def tick(self) -> None:
        """See whether a recording has begun: it is of what is live."""
        if self.swaps and self._recorder.report().state != recorder.IDLE:
            self.swap(False)
            self.player.stop()

    def close(self) -> None:
        """End."""
        self.player.close()
        self.tape.close()

    def _tell_desk(self) -> None:
        swapped = self.inputs if self.swaps else frozenset()
        played = dataclasses.replace(self._played, rings=(self.player.ring, self.tape.ring), swapped=swapped)
        self._played = played
        self._heard(played)


def inputs_of(said: str) -> frozenset[int]:
    """Inputs that somebody means: all, or numbers and ranges such as `1-8,12`.

    Raises
    ------
    Refusal
        When it is something else.
    """
    if said.strip().lower() == "all":
        return ALL
    found: set[int] = set()
    for part in re.split(r"[,\s]+", said.strip()):
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part)
        if match is None:
            raise errors.Refusal(f"{said!r}: say all, or inputs such as 1-8,12")
        found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not found or not found <= ALL:
        raise errors.Refusal(f"{said!r}: there are inputs 1 to {patch.DEVICE_CHANNELS}")
    return frozenset(found)


def words_of(inputs: frozenset[int]) -> str:
    """The same the other way round."""
    if inputs == ALL:
        return "all"
    parts: list[list[int]] = []
    for number in sorted(inputs):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
