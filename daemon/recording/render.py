"""`faderd gig render`: a show played again to files, as it was or altered, on all cores.

    checkpoint 1 ─▶ a thread ─▶ ─▶ ─▶ ╮
    checkpoint 4 ─▶ a thread ─▶ ─▶ ─▶ ┼─▶ each to its place ─▶ .wav: equal to one long run, bit by bit
    checkpoint 7 ─▶ a thread ─▶ ─▶ ─▶ ╯

Native code does not hold Python's lock: threads share all that takes time to begin with, and what they read.

What is altered has no checkpoints: it is one run from the first, and sounds as the altered desk from there on.
"""

import concurrent.futures
import dataclasses
import pathlib
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console as Screen
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from daemon import errors
from daemon.audio import kernels
from daemon.desk import console
from daemon.files import scene
from daemon.recording import again, alter, journal, labels, reels, shares, stems
from dsp.design import draft, signals
from dsp.engine import layout, wall
from dsp.parameters.table import Values
from dsp.table import TABLE

LOOK_S = 0.2


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is to be rendered, in the words of the command line."""

    gig: pathlib.Path
    out: pathlib.Path | None = None
    taps: Sequence[str] = ()
    begin: str | None = None
    end: str | None = None
    set: Sequence[str] = ()
    without: Sequence[str] = ()
    scene: pathlib.Path | None = None
    block: int = again.LONGEST
    jobs: int = 1


@dataclasses.dataclass
class Result:
    """What was rendered.

    Attributes
    ----------
    files : list of Path
    frames, rate : int
    seconds : float
        That it took.
    compared : int
        Frames whose every bit was compared with what was recorded.
    differs : str
        Where they differ first; empty when nowhere.
    problems : list of str
    """

    files: list[pathlib.Path]
    frames: int
    rate: int
    seconds: float = 0.0
    compared: int = 0
    differs: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        told = dataclasses.asdict(self) | {"files": [str(path) for path in self.files]}
        return told | {"speed": round(self.frames / self.rate / self.seconds, 1)}

    def text(self) -> str:
        """What a person reads."""
        speed = self.frames / self.rate / self.seconds
        lines = [f"{path}" for path in self.files]
        lines.append(f"{reels.clock(self.frames, self.rate)}, {speed:.0f} × real time")
        if self.differs:
            lines.append(self.differs)
        elif self.compared:
            lines.append(f"identical with what was recorded, to the last bit: {self.compared} frames")
        return "\n".join(lines)


class Part(NamedTuple):
    """What is played without a break: from a checkpoint, between two frames, signals of a group."""

    state: journal.Event
    begin: int
    end: int
    group: int


def render(wish: Wish, screen: Screen | None = None) -> Result:
    """Play a show again.

    Raises
    ------
    Refusal
        When the gig, a tap, a moment or an alteration is not usable.
    """
    if wish.block < 1:
        raise errors.Refusal(f"--block {wish.block}: a block has at least one frame")
    shown = reels.Gig(wish.gig)
    begin = 0 if wish.begin is None else shown.frame_of(wish.begin)
    end = shown.frames if wish.end is None else shown.frame_of(wish.end)
    if end <= begin:
        raise errors.Refusal(f"--from {wish.begin or 0} --to {wish.end}: this is nothing at all")
    names = _names(wish, shown)
    alter.read(wish.set, wish.without)  # whatever is wrong with it is told before anything is done
    kernels.load(screen)
    began = time.perf_counter()
    if wish.scene is not None:
        result = _with_scene(wish, shown, begin, end, names, screen)
    else:
        result = _again(wish, shown, begin, end, names, screen)
    result.seconds = time.perf_counter() - began
    result.problems = shown.problems + result.problems
    return result


def _names(wish: Wish, shown: reels.Gig) -> list[str]:
    """Signals of one lane each: what was recorded, or what was asked for."""
    if not wish.taps:
        return list(shown.signals[shown.inputs :]) or labels.lanes(["main"])
    found: list[str] = []
    for tap in wish.taps:
        bank, star, rest = tap.partition("/*")
        if star and not rest and bank in signals.STRIPS:
            found += [f"{bank}/{number:02}" for number in range(1, signals.STRIPS[bank].strips + 1)]
        else:
            found += labels.lanes([tap])
    try:
        signals.find_all(found, Values(TABLE), layout.NOWHERE)
    except ValueError as error:
        raise errors.Refusal(f"--tap: {error}") from None
    return list(dict.fromkeys(found))


def _again(
    wish: Wish, shown: reels.Gig, begin: int, end: int, names: list[str], screen: Screen | None
) -> Result:
    """Through the moves that were made."""
    known = again.read(wish.gig)
    is_altered = bool(wish.set or wish.without)
    if is_altered:
        known = dataclasses.replace(known, states=_first_of_each(known))
    found = again.stretches(known, begin, end)
    if not found:
        raise errors.Refusal(f"{wish.gig}: nothing of this can be played again: there is no checkpoint before its end")
    groups = [names[at : at + again.LANES] for at in range(0, len(names), again.LANES)]
    parts = [Part(*each, group) for group in range(len(groups)) for each in found]
    result = Result([], end - begin, shown.rate)
    why = "can't be played again, and is silent: no checkpoint"
    silent = again.gaps(found, begin, end)
    result.problems = [f"{a / shown.rate:.2f} s to {b / shown.rate:.2f} s {why}" for a, b in silent]
    with stems.Files(_out(wish), names, shown.rate, end - begin) as files:
        players = Players(wish, shown, known, parts, groups, files, begin)
        players.play(screen)
        result.files = files.paths
    if not is_altered:
        result.compared = players.compared
        result.differs = next(filter(None, players.differs), "")
    return result


def _first_of_each(known: again.Score) -> list[journal.Event]:
    """The checkpoints from which an altered show is played: the first, and the first after each end."""
    found: list[journal.Event] = []
    for state in known.states:
        if not found or any(found[-1]["frame"] < stop <= state["frame"] for stop in known.ends):
            found.append(state)
    return found


class Players:
    """Threads that play parts of a show, each to its place in the files.

    Attributes
    ----------
    compared : int
        Frames that were compared with what was recorded.
    differs : list of str
        Of each part, where it differs first; empty where nowhere.
    """

    def __init__(
        self,
        wish: Wish,
        shown: reels.Gig,
        known: again.Score,
        parts: list[Part],
        groups: list[list[str]],
        files: stems.Files,
        begin: int,
    ) -> None:
        self._wish, self._shown, self._known, self._parts, self._groups = wish, shown, known, parts, groups
        self._files, self._begin = files, begin
        self._change = alter.read(wish.set, wish.without)
        self._columns = [_columns(shown, names) for names in groups]
        follows = [_follows(one, other, known.ends) for one, other in zip([None, *parts], parts, strict=False)]
        self._shares = shares.Shares([part.end - part.begin for part in parts], follows)
        self._done = [0] * len(parts)
        self.differs = [""] * len(parts)
        self._making, self._stopping = threading.Lock(), threading.Event()

    @property
    def compared(self) -> int:
        """See above."""
        return sum(part.end - part.begin for part in self._parts if self._columns[part.group] is not None)

    def play(self, screen: Screen | None) -> None:
        """Play all parts, and show how far they are."""
        columns = (
            TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(),
        )  # fmt: skip
        count = min(self._wish.jobs, len(self._parts))
        with (
            Progress(
                *columns, console=screen or Screen(stderr=True), transient=True, refresh_per_second=1 / LOOK_S
            ) as progress,
            concurrent.futures.ThreadPoolExecutor(count, "render") as pool,
        ):
            task = progress.add_task("rendering", total=sum(part.end - part.begin for part in self._parts))
            going = {pool.submit(self._work) for _ in range(count)}
            try:
                while going:
                    done, going = concurrent.futures.wait(going, LOOK_S, concurrent.futures.FIRST_COMPLETED)
                    progress.update(task, completed=sum(self._done))
                    for each in done:
                        each.result()
            finally:
                self._stopping.set()

    def _work(self) -> None:
        """Play one part after the other, until none is left."""
        show: again.Show | None = None
        done: int | None = None
        while (at := self._shares.take(done)) is not None:
            if not self._shares.follows(at, done):
                show = None  # its memory may be had again
                show = self._made(self._parts[at])
            assert show is not None
            for block in show.play(self._parts[at].end - show.frame, self._wish.block):
                self._keep(at, show.frame, block)
                if self._stopping.is_set():
                    return
            done = at

    def _made(self, part: Part) -> again.Show:
        """A desk as it was when a part began.  One after the other: meanwhile whoever plays needs no Python."""
        with self._making:
            return again.Show(
                self._wish.gig, self._shown.manifest, self._known, part.state, self._tracks,
                self._groups[part.group], self._change,
            )  # fmt: skip

    def _tracks(self, first: int, count: int) -> reels.Sound:
        """Frames of all tracks, not copied where they lie side by side."""
        lying = self._shown.lying(first, count)
        return self._shown.read(first, count) if lying is None else lying

    def _keep(self, at: int, first: int, block: reels.Sound) -> None:
        """Write a block to its place, and look whether it is what was recorded."""
        part = self._parts[at]
        kept = block[max(part.begin - first, 0) :]
        if not len(kept):
            return
        first = max(first, part.begin)
        self._files.place(first - self._begin, kept, part.group)
        columns = self._columns[part.group]
        if columns is not None and not self.differs[at]:
            wanted = self._tracks(first, len(kept))[:, columns]
            self.differs[at] = _difference(kept, wanted, first, self._groups[part.group])
        self._done[at] += len(kept)


def _columns(shown: reels.Gig, names: list[str]) -> slice | list[int] | None:
    """Tracks that hold these signals, where they all were recorded; such as lie together need not be copied."""
    mixes = shown.signals[shown.inputs :]
    tracks = [shown.inputs + mixes.index(name) for name in names if name in mixes]
    if len(tracks) < len(names):
        return None
    together = range(tracks[0], tracks[0] + len(tracks))
    return slice(together.start, together.stop) if tracks == list(together) else tracks


def _follows(one: Part | None, other: Part, ends: list[int]) -> bool:
    """Whether who has played one part can go on with the other."""
    return one is not None and (one.group, one.end) == (other.group, other.begin) and other.begin not in ends


def _difference(heard: reels.Sound, wanted: reels.Sound, first: int, names: list[str]) -> str:
    """Where two takes differ first, in any bit."""
    other = heard.view(np.int32) != wanted.view(np.int32)
    if not other.any():
        return ""
    frames, lanes = np.nonzero(other)
    return f"differs from what was recorded at frame {first + frames[0]}, first in {names[lanes[0]]}"


def _with_scene(
    wish: Wish, shown: reels.Gig, begin: int, end: int, names: list[str], screen: Screen | None
) -> Result:
    """The tracks through another mix, from a desk that is set so."""
    if len(names) > layout.OUT_GROUPS * layout.WIDTH:
        raise errors.Refusal(f"{len(names)} signals at a time are too many: at most {layout.OUT_GROUPS * layout.WIDTH}")
    process = kernels.callback()
    audio = wall.Wall(shown.rate, shown.inputs, len(names), fade_in=False)
    mixer = console.Console(audio, draft.Plan(names, ceiling_db=draft.MOST_DB, all_outputs=False))
    assert wish.scene is not None
    result = Result([], end - begin, shown.rate)
    result.problems = [f"{wish.scene}:{each.line}: {each.reason}" for each in scene.read(wish.scene, mixer)]
    mixer.open_outputs(True)
    audio.control_hurry(mixer.targets["output_patch"].reshape(-1))
    columns = (TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with (
        Progress(*columns, console=screen or Screen(stderr=True), transient=True) as progress,
        stems.Files(_out(wish), names, shown.rate, end - begin) as files,
    ):
        task = progress.add_task("rendering", total=end)
        for first in range(0, end, wish.block):
            count = min(wish.block, end - first)
            heard = np.empty((count, len(names)), np.float32)
            inputs = np.ascontiguousarray(shown.read(first, count, slice(0, shown.inputs)))
            process(inputs.ctypes.data, heard.ctypes.data, count, None, 0, audio.address)
            kept = heard[max(begin - first, 0) :]
            files.place(max(first, begin) - begin, kept, 0)
            progress.update(task, completed=first + count)
    result.files = files.paths
    return result


def _out(wish: Wish) -> pathlib.Path:
    """Where it is written."""
    out = wish.out or wish.gig / "render"
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    return out
