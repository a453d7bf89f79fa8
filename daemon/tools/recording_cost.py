"""What recording costs: `python -m daemon.tools.recording_cost [SECONDS]`, 64 inputs and 24 mixes at 48 kHz.

    blocks of 64 frames, recorded and not, in turn        ─▶ share of a period on the audio thread
    a daemon's worth of threads on the virtual stage      ─▶ share of a core of all that records
"""

import pathlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

from daemon.audio import kernels, stage
from daemon.desk import console
from daemon.recording import labels, recorder
from daemon.tools import bench, busiest_desk
from dsp.design import signals
from dsp.engine import layout, memory, wall

INPUTS, BLOCK = 64, 64
MIXES = ("main", *(f"bus/{bus:02}" for bus in range(1, 17)), *(f"mtx/{n:02}" for n in range(1, 7)))
ROUNDS, CALLS = 40, 500


def audio_share(audio: wall.Wall, switch: Callable[[bool], object]) -> float:
    """Part of a period by which a block takes longer while something is on; on and off in turn, the median."""
    device = stage.Stage("cost", busiest_desk.noise(BLOCK), bench.RATE, BLOCK, outputs=busiest_desk.CHANNELS)
    callback = kernels.load()
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * ROUNDS):
        switch(turn % 2 == 1)
        began = time.thread_time()  # whoever else is on the machine costs no time of this thread
        device.play(callback, audio.address, CALLS)
        took[turn % 2 == 1].append((time.thread_time() - began) / CALLS)
    return (statistics.median(took[True]) - statistics.median(took[False])) * bench.RATE / BLOCK


def mixes_share() -> float:
    """What it costs the audio thread to keep the mixes."""
    _, audio = busiest_desk.console(bench.RATE)
    places = signals.find_all(MIXES, console.Console().values, layout.NOWHERE)
    return audio_share(audio, lambda on: labels.keep(audio, places if on else []))


def inputs_share() -> float:
    """What it costs the audio thread that its inputs are recorded."""
    _, audio = busiest_desk.console(bench.RATE)
    with tempfile.TemporaryDirectory(dir=pathlib.Path.cwd()) as folder:
        kept = recorder.Recorder(audio, pathlib.Path(folder))
        share = audio_share(audio, lambda on: kept.start() if on else kept.close())
        kept.close()
    return share


def process_share(seconds: float) -> dict[str, float]:
    """Part of a core that each thread of a recorder takes, while 64 inputs play in real time."""
    audio = wall.Wall(bench.RATE, INPUTS, 2)
    device = stage.Stage("cost", busiest_desk.noise(bench.RATE), bench.RATE, BLOCK, outputs=2)
    mixer = console.Console(audio)
    with tempfile.TemporaryDirectory(dir=pathlib.Path.cwd()) as folder:
        device.start(kernels.load(), audio.address)
        kept = recorder.Recorder(audio, pathlib.Path(folder), mixer, MIXES)
        kept.start()
        time.sleep(3)
        before, began = _spent(), time.monotonic()
        time.sleep(seconds)
        after, took = _spent(), time.monotonic() - began
        report = kept.report()
        kept.close()
        device.stop()
    shares = {name: (after[name] - before[name]) / took for name in before if name in after}
    return shares | {"all": sum(shares.values()), "lost": float(report.lost)}


def _spent() -> dict[str, float]:
    """Seconds of a processor that each thread of the recorder has had."""
    found = {}
    for thread in threading.enumerate():
        if thread.name.startswith("recorder"):
            text = pathlib.Path(f"/proc/self/task/{thread.native_id}/stat").read_text("utf-8").rpartition(")")[2]
            found[thread.name] = sum(map(int, text.split()[11:13])) / 100
    return found


def main(seconds: float = 20.0) -> dict[str, Any]:
    """Measure both, and what memory a stall of a disk takes."""
    tracks = INPUTS + len(labels.lanes(MIXES))
    told: dict[str, Any] = {"audio_share_of_inputs": inputs_share(), "audio_share_of_mixes": mixes_share()}
    told["process"] = process_share(seconds)
    told["memory_MB_per_s_of_stall"] = tracks * bench.RATE * 4 / 1e6
    told["memory_MB_at_most"] = recorder.POOL_S * told["memory_MB_per_s_of_stall"]
    told["rings_MB"] = memory.MEMORY["prints"].itemsize / 1e6
    return told


if __name__ == "__main__":
    for name, value in main(*map(float, sys.argv[1:2])).items():
        print(name, value)
