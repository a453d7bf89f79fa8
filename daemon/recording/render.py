"""`faderd gig render`: a show played again to files, as it was or altered, on all cores.

    checkpoint 1 ─▶ a process ─▶ ─▶ ─▶ ╮
    checkpoint 4 ─▶ a process ─▶ ─▶ ─▶ ┼─▶ one after the other ─▶ .wav: equal to one long run, bit by bit
    checkpoint 7 ─▶ a process ─▶ ─▶ ─▶ ╯

A process that has come to the next checkpoint goes on: to begin at one takes half a second.

What is altered has no checkpoints: it is one run from the first, and sounds as the altered desk from there on.
"""

import concurrent.futures
import dataclasses
import multiprocessing
import pathlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console as Screen
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from daemon import errors
from daemon.audio import kernels
from daemon.desk import console
from daemon.files import scene
from daemon.recording import again, alter, journal, labels, reels, stems
from daemon.system import heap
from dsp.design import draft, signals
from dsp.engine import layout, wall
from dsp.parameters.table import Values
from dsp.table import TABLE

LOOK_S = 0.2
ROUND_S, MOST_ROUNDS = 600, 4
"""A process that is done early takes another part of a long show: so many for each, none shorter than this."""


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
    block: int = 4096
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


class Job(NamedTuple):
    """A part that one process renders."""

    wish: Wish
    state: journal.Event
    begin: int
    end: int
    names: list[str]
    path: pathlib.Path


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
    parts = again.stretches(known, begin, end)
    if not parts:
        raise errors.Refusal(f"{wish.gig}: nothing of this can be played again: there is no checkpoint before its end")
    rounds = (parts[-1][2] - parts[0][1]) // (ROUND_S * shown.rate * wish.jobs)
    count = wish.jobs * min(max(rounds, 1), MOST_ROUNDS)
    groups = [names[at : at + again.LANES] for at in range(0, len(names), again.LANES)]
    room = pathlib.Path(tempfile.mkdtemp(prefix=".render-", dir=_parent(wish)))
    try:
        jobs = [
            Job(wish, state, first, last, group, room / f"{first}-{at}")
            for state, first, last in again.joined(parts, known.ends, count)
            for at, group in enumerate(groups)
        ]
        result = Result([], end - begin, shown.rate)
        result.problems = _silent(parts, begin, end, shown.rate)
        with stems.Files(wish.out or wish.gig / "render", names, shown.rate) as files:
            at = begin

            def take(job: Job) -> None:
                """Take what is there of the first job that is not done."""
                nonlocal at
                group = groups.index(job.names)
                if group == 0:
                    files.silence(max(job.begin - at, 0))
                    at = job.end
                files.take(job.path, group)

            for told in _run(jobs, wish.jobs, screen, take):
                _note(result, told, is_altered)
            files.silence(end - at)
        result.files = files.paths
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return result


def _first_of_each(known: again.Score) -> list[journal.Event]:
    """The checkpoints from which an altered show is played: the first, and the first after each end."""
    found: list[journal.Event] = []
    for state in known.states:
        if not found or any(found[-1]["frame"] < stop <= state["frame"] for stop in known.ends):
            found.append(state)
    return found


def _note(result: Result, told: tuple[int, str], is_altered: bool) -> None:
    compared, differs = told
    if not is_altered:
        result.compared += compared
        result.differs = result.differs or differs


def _silent(parts: list[tuple[journal.Event, int, int]], begin: int, end: int, rate: int) -> list[str]:
    """What can't be played again: before the first checkpoint, and after a device was lost until the next."""
    edges = [begin, *(edge for _, first, last in parts for edge in (first, last)), end]
    gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
    why = "can't be played again, and is silent: no checkpoint"
    return [f"{a / rate:.2f} s to {b / rate:.2f} s {why}" for a, b in gaps]


def _run(jobs: list[Job], count: int, screen: Screen | None, take: Callable[[Job], None]) -> list[tuple[int, str]]:
    """Do all jobs, several at a time; take in order what there is of each, while their progress is shown."""
    columns = (
        TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    total = sum(job.end - job.begin for job in jobs)
    spawn, told = multiprocessing.get_context("spawn"), []
    with (
        Progress(*columns, console=screen or Screen(stderr=True), transient=True) as progress,
        concurrent.futures.ProcessPoolExecutor(min(count, len(jobs)), spawn, heap.keep_all) as pool,
    ):
        task = progress.add_task("rendering", total=total)
        gone = 0
        for job, future in [(job, pool.submit(work, job)) for job in jobs]:
            while not concurrent.futures.wait([future], LOOK_S).done:
                take(job)
                progress.update(task, completed=gone + sum(_done(each) for each in jobs))
            told.append(future.result())
            take(job)
            job.path.unlink()
            gone += job.end - job.begin
    return told


def _done(job: Job) -> int:
    """Frames of a part that are there and not taken whole yet."""
    try:
        return job.path.stat().st_size // (4 * len(job.names))
    except OSError:
        return 0


def work(job: Job) -> tuple[int, str]:
    """Render a part to plain frames; return how many were compared with what was recorded, and a difference."""
    shown = reels.Gig(job.wish.gig)
    inputs = slice(0, shown.inputs)
    change = alter.read(job.wish.set, job.wish.without)
    show = again.Show(
        job.wish.gig, shown.manifest, again.read(job.wish.gig), job.state,
        lambda first, count: shown.read(first, count, inputs), job.names, change,
    )  # fmt: skip
    mixes = shown.signals[shown.inputs :]
    columns = [mixes.index(name) for name in job.names if name in mixes]
    is_known = len(columns) == len(job.names)
    differs = ""
    with job.path.open("wb") as file:
        for block in show.play(job.end - show.frame, job.wish.block):
            first = show.frame
            kept = block[max(job.begin - first, 0) :]
            at = max(first, job.begin)
            file.write(np.ascontiguousarray(kept, "<f4").data)
            if is_known and not differs and len(kept):
                wanted = shown.read(at, len(kept), slice(shown.inputs, None))[:, columns]
                differs = _difference(kept, wanted, at, job.names)
    return (job.end - job.begin if is_known else 0), differs


def _difference(heard: reels.Sound, wanted: reels.Sound, first: int, names: list[str]) -> str:
    """Where two takes differ first, in any bit."""
    frames, lanes = np.nonzero(heard.view(np.int32) != wanted.view(np.int32))
    if not len(frames):
        return ""
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
    columns = (TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with (
        Progress(*columns, console=screen or Screen(stderr=True), transient=True) as progress,
        stems.Files(wish.out or wish.gig / "render", names, shown.rate) as files,
    ):
        task = progress.add_task("rendering", total=end)
        for first in range(0, end, wish.block):
            count = min(wish.block, end - first)
            heard = np.empty((count, len(names)), np.float32)
            inputs = np.ascontiguousarray(shown.read(first, count, slice(0, shown.inputs)))
            process(inputs.ctypes.data, heard.ctypes.data, count, None, 0, audio.address)
            files.write(heard[max(begin - first, 0) :], 0)
            progress.update(task, completed=first + count)
    result.files = files.paths
    return result


def _parent(wish: Wish) -> pathlib.Path:
    """Where there is room for what is rendered."""
    parent = (wish.out or wish.gig / "render").absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent
