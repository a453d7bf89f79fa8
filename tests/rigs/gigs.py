"""Shows that are played and recorded in real time, with many hands at the desk."""

import pathlib
import random
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import soundfile

from daemon.audio import rehearsal, stage
from daemon.desk import console, rules
from daemon.recording import again, gig, recorder, reels
from dsp.design import draft
from dsp.engine import wall
from dsp.table import TABLE
from rigs import harness

RATE, INPUTS = 48_000, 32
PATIENCE_S = 240.0
MIXES = ("main", "main/m", *(f"bus/{bus:02}" for bus in range(1, 17)), *(f"mtx/{n:02}" for n in range(1, 7)), "monitor")
MOVED = ("/ch/", "/bus/", "/main", "/fxrtn", "/dca", "/fx/", "/mtx", "/config/solo", "/config/mute", "/-stat/solosw")


class Show:
    """Noise that plays in real time into a desk whose every strip sounds, and its recorder."""

    def __init__(self, folder: pathlib.Path, block: int, seed: int = 1, mixes: Sequence[str] = MIXES) -> None:
        self.random, self.folder = random.Random(seed), folder
        noise = np.random.default_rng(seed).uniform(-0.1, 0.1, (RATE, INPUTS)).astype(np.float32)
        self.audio = wall.Wall(RATE, INPUTS, 2)
        self.device = stage.Stage("noise", noise, RATE, block, outputs=2)
        self.mixer = console.Console(self.audio, draft.Plan())
        rules.obey(self.mixer)
        for path, leaf in TABLE.leaves.items():
            if path.endswith("/mix/mono"):
                self.mixer.set(leaf, 1)
            if path.endswith(("/mix/fader", "/level")) and path.startswith(MOVED):
                param = self.mixer.values.param(leaf)
                self.mixer.set(leaf, self.random.randrange(param.steps // 2, param.steps * 7 // 8))
        self._leaves = [leaf for path, leaf in TABLE.leaves.items() if path.startswith(MOVED)]
        self.recorder = recorder.Recorder(self.audio, folder, self.mixer, mixes)
        self.beside = rehearsal.Rehearsal(self.audio, harness.kernels.rehearsal())

    def __enter__(self) -> "Show":
        self.mixer.open_outputs(True)
        self.beside.start()
        self.device.start(harness.kernels.load(), self.audio.address)
        return self

    def __exit__(self, *_: object) -> None:
        self.recorder.close()
        self.device.stop()
        self.beside.stop()

    def play(self, seconds: float, moves: int = 0, recalls: int = 0) -> None:
        """Let hands move anything, types of effects too, and recall whole desks: for so long, and so often at least.

        A machine that is too busy takes longer; a checkpoint has to be there by then, too.
        """
        random, until, in_a_hurry = self.random, time.monotonic() + seconds, True
        due, patience = time.monotonic() + 0.5, time.monotonic() + seconds + PATIENCE_S
        while time.monotonic() < until or moves > 0 or recalls > 0:
            assert time.monotonic() < patience, f"{moves} moves and {recalls} recalls are missing"
            if not in_a_hurry and self.audio.control_changes():
                due = max(due, time.monotonic() + 0.3)  # every second one is heard for a while
            if time.monotonic() > due:
                self._recall()
                recalls -= 1
                due, in_a_hurry = time.monotonic() + random.uniform(0.1, 2), not in_a_hurry
            for _ in range(random.randrange(1, 6)):
                moves -= self._move()
            self._ride()
            self.mixer.publish()
            time.sleep(random.uniform(0.001, 0.03))

    def is_kept(self, times: int = 1) -> None:
        """Wait until there are so many checkpoints."""
        patience = time.monotonic() + PATIENCE_S
        while len(list(self.folder.glob("*/state-*.npz"))) < times:
            assert time.monotonic() < patience, "no checkpoint"
            time.sleep(0.05)

    def _move(self) -> int:
        leaf = self.random.choice(self._leaves)
        param = self.mixer.values.param(leaf)
        if isinstance(self.mixer.values.get(leaf), str) or param.steps < 2:
            return 0
        path = TABLE.path_of(leaf)
        if path.endswith("/type") and path.startswith("/fx") and self.random.random() < 0.9:
            return 0
        step = self.random.randrange(param.steps)
        if path.endswith(("/mix/on", "/mix/fader")) and self.random.random() < 0.5:
            step = param.steps * 3 // 4  # or all is silent soon
        return int(self.mixer.set(leaf, step))

    def _ride(self) -> None:
        """Go on with two rides up and down: a level and an EQ."""
        at = int(200 * time.monotonic()) % 400
        step = min(at, 400 - at)
        self.mixer.set(TABLE.leaves["/ch/05/mix/fader"], 500 + step)
        self.mixer.set(TABLE.leaves["/ch/06/eq/2/g"], 10 + step // 2)

    def _recall(self) -> None:
        """Recall another balance, and pull something down before it is heard."""
        wanted = self.mixer.values.copy()
        for channel in range(1, 33):
            wanted.set(TABLE.leaves[f"/ch/{channel:02}/mix/fader"], self.random.randrange(500, 900))
        for slot in range(1, 9):  # other effects, and others of their knobs
            if self.random.random() < 0.3:
                type_of = TABLE.leaves[f"/fx/{slot}/type"]
                wanted.set(type_of, self.random.randrange(self.mixer.values.param(type_of).steps))
            for number in range(1, 5):
                knob = TABLE.leaves[f"/fx/{slot}/par/{number:02}"]
                if self.random.random() < 0.2 and wanted.param(knob).steps > 1:
                    wanted.set(knob, self.random.randrange(wanted.param(knob).steps))
        self.mixer.recall(wanted)
        self.mixer.publish()
        time.sleep(0.02)
        self.mixer.set(TABLE.leaves["/ch/01/mix/on"], 0)
        self.mixer.set(TABLE.leaves["/bus/01/mix/fader"], self.random.randrange(100))


def recorded(made: pathlib.Path) -> tuple[dict[str, Any], np.ndarray]:
    """What is known of a gig of one reel, and all its frames."""
    return gig.manifest(made), soundfile.read(made / gig.REEL, dtype="float32", always_2d=True)[0]


class Compared(NamedTuple):
    """What came of playing a show again."""

    frames: int
    """Of which every bit was compared."""
    peaks: np.ndarray
    """Of each mix."""
    differs: str
    """Where first; empty when nowhere."""


def played_again(made: pathlib.Path, block: int) -> Compared:
    """Play all of a gig again that can be, and compare each mix with what was recorded."""
    shown, known = reels.Gig(made), again.read(made)
    inputs, mixes = slice(0, shown.inputs), slice(shown.inputs, None)
    compared, peaks = 0, np.zeros(shown.tracks - shown.inputs)
    names = shown.signals[mixes]
    for state, begin, end in again.stretches(known, 0, shown.frames):
        show = again.Show(
            made, shown.manifest, known, state, lambda first, count: shown.read(first, count, inputs), names
        )  # fmt: skip
        for heard in show.play(end - begin, block):
            wanted = shown.read(show.frame, len(heard), mixes)
            peaks = np.maximum(peaks, np.abs(wanted).max(0))
            frames, lanes = np.nonzero(heard.view(np.int32) != wanted.view(np.int32))
            if len(frames):
                return Compared(compared, peaks, f"frame {show.frame + frames[0]} of {names[lanes[0]]}")
            compared += len(heard)
    return Compared(compared, peaks, "")
