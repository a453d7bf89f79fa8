"""Rendering: the same compiled callback over a file, as fast as the machine can.

    WAV, FLAC, RF64 or a folder of mono files ─▶ callback ─▶ the taps, as float32 WAV

Channel n of the file is input n of the console.  The result does not depend on the size of the
blocks, and the same scene and input give the same bytes.
"""

import collections
import pathlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console as Screen
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from daemon import errors
from daemon.audio import audiofile, devices, kernels
from daemon.desk import console
from daemon.files import scene
from dsp.design import draft, signals
from dsp.engine import layout, wall
from dsp.parameters.table import Values
from dsp.processors import patch
from dsp.table import TABLE

BLOCK = 4096
STRETCH = 8192  # frames read at a time: asking for a few costs more than mixing them, many fit into no cache
LOOKS = 4
"""So often a second the progress is drawn."""
READ_AHEAD = 4
"""Stretches that are read while one is mixed: two cores are both busy, whoever is quicker at the moment."""


class RenderError(errors.Refusal):
    """Nothing was rendered; the message says why and what to do."""


@dataclass
class Result:
    """What was rendered."""

    frames: int
    rate: int
    seconds: float
    problems: list[scene.Problem] = field(default_factory=list)

    @property
    def speed(self) -> float:
        """Multiple of real time."""
        return self.frames / self.rate / self.seconds


def render(
    source: pathlib.Path,
    scene_file: pathlib.Path | None,
    out: pathlib.Path,
    taps: list[str],
    block: int = BLOCK,
    screen: Screen | None = None,
) -> Result:
    """Mix a recording through the console.

    Parameters
    ----------
    source : path
        Multichannel file, or folder of mono files.
    scene_file : path, optional
        How the console is set; as it comes from the factory without.
    out : path
        Float32 WAV to write; its channels are the taps in order.
    taps : list of str
        `main`, `bus/NN`, `ch/NN` …, see `signals.find`.
    block : int
        Frames for each call.
    screen : rich Console, optional
        Where progress is shown.

    Raises
    ------
    RenderError
        If a tap, a file or a rate is not usable.
    """
    channels = _channels(taps, block)
    try:
        with audiofile.Source(source) as recording:
            _check(source, recording)
            process = kernels.callback(screen)
            audio = wall.Wall(recording.rate, recording.channels, channels, fade_in=False)
            mixer = console.Console(audio, draft.Plan(taps, ceiling_db=draft.MOST_DB, all_outputs=False))
            problems = scene.read(scene_file, mixer) if scene_file is not None else []
            mixer.open_outputs(True)
            audio.control_hurry(mixer.targets["output_patch"].reshape(-1))
            with audiofile.Writer(out, recording.rate, channels) as writer:
                began = time.perf_counter()
                _run(process, audio, recording, writer, block, screen)
                seconds = time.perf_counter() - began
    except audiofile.AudioFileError as error:
        raise RenderError(str(error)) from error
    return Result(recording.frames, recording.rate, seconds, problems)


def _channels(taps: list[str], block: int) -> int:
    """How many channels the taps have together."""
    if block < 1:
        raise RenderError(f"--block {block}: a block has at least one frame")
    try:
        places = signals.find_all(taps, Values(TABLE), layout.NOWHERE)
    except ValueError as error:
        raise RenderError(f"--tap: {error}") from error
    if len(places) > patch.DEVICE_CHANNELS:
        raise RenderError(f"--tap: {len(places)} channels, but at most {patch.DEVICE_CHANNELS} at a time")
    return len(places)


def _check(source: pathlib.Path, recording: audiofile.Source) -> None:
    if recording.rate not in devices.RATES:
        rates = ", ".join(map(str, devices.RATES))
        raise RenderError(f"{source}: {recording.rate} Hz: the console runs at {rates} Hz; convert the recording")
    if recording.channels > patch.DEVICE_CHANNELS:
        raise RenderError(f"{source}: {recording.channels} channels, but there are {patch.DEVICE_CHANNELS} inputs")


def _run(
    process: Callable[..., int],
    audio: wall.Wall,
    recording: audiofile.Source,
    writer: audiofile.Writer,
    block: int,
    screen: Screen | None,
) -> None:
    """Call the callback block by block, while the next stretches of the file are read and the last one written."""
    columns = (TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    stretch = max(block, STRETCH) // block * block
    with (
        Progress(*columns, console=screen or Screen(stderr=True), transient=True, refresh_per_second=LOOKS) as progress,
        ThreadPoolExecutor(1) as reader,
        ThreadPoolExecutor(1) as keeper,
    ):
        task = progress.add_task("rendering", total=recording.frames)
        reading = collections.deque(reader.submit(recording.read, stretch) for _ in range(READ_AHEAD))
        writing = None
        while (frames := reading.popleft().result()).size:
            reading.append(reader.submit(recording.read, stretch))
            mixed = np.empty((len(frames), writer.channels), np.float32)
            for first in range(0, len(frames), block):
                here, out = frames[first : first + block], mixed[first : first + block]
                process(here.ctypes.data, out.ctypes.data, len(here), None, 0, audio.address)
            if writing is not None:
                writing.result()
            writing = keeper.submit(writer.write, mixed)
            progress.update(task, advance=len(frames))
        if writing is not None:
            writing.result()
