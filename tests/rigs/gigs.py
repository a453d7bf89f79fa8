"""Shows that are played and recorded in real time, with many hands at the desk."""

import pathlib
import random
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import soundfile

from daemon.audio import rehearsal, stage
from daemon.desk import console, rules
from daemon.recording import again, gig, recorder
from dsp.design import draft
from dsp.engine import wall
from dsp.table import TABLE
from rigs import harness

RATE, INPUTS = 48_000, 32
MIXES = ("main", "main/m", *(f"bus/{bus:02}" for bus in range(1, 17)), *(f"mtx/{n:02}" for n in range(1, 7)), "monitor")
MOVED = ("/ch/", "/bus/", "/main", "/fxrtn", "/dca", "/fx/", "/mtx", "/config/solo", "/config/mute", "/-stat/solosw")


class Show:
    """Noise that plays in real time into a desk whose every strip sounds, and its recorder."""

    def __init__(self, folder: pathlib.Path, block: int, seed: int = 1, mixes: Sequence[str] = MIXES) -> None:
        self.random = random.Random(seed)
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

    def play(self, seconds: float) -> int:
        """Let hands move anything, types of effects too, and recall whole desks; return how many moves they made."""
        moves, until, random = 0, time.monotonic() + seconds, self.random
        due, in_a_hurry = time.monotonic() + 0.5, True
        while time.monotonic() < until:
            if not in_a_hurry and self.audio.control_changes():
                due = max(due, time.monotonic() + 0.3)  # every second one is heard for a while
            if time.monotonic() > due:
                self._recall()
                due, in_a_hurry = time.monotonic() + random.uniform(0.1, 2), not in_a_hurry
            for _ in range(random.randrange(1, 6)):
                moves += self._move()
            self.mixer.publish()
            time.sleep(random.uniform(0.001, 0.03))
        return moves

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

    def _recall(self) -> None:
        """Recall another balance, and pull something down before it is heard."""
        wanted = self.mixer.values.copy()
        for channel in range(1, 33):
            wanted.set(TABLE.leaves[f"/ch/{channel:02}/mix/fader"], self.random.randrange(500, 900))
        self.mixer.recall(wanted)
        self.mixer.publish()
        time.sleep(0.02)
        self.mixer.set(TABLE.leaves["/ch/01/mix/on"], 0)
        self.mixer.set(TABLE.leaves["/bus/01/mix/fader"], self.random.randrange(100))


def recorded(made: pathlib.Path) -> tuple[dict[str, Any], np.ndarray]:
    """What is known of a gig of one reel, and all its frames."""
    return gig.manifest(made), soundfile.read(made / gig.REEL, dtype="float32", always_2d=True)[0]


def played_again(made: pathlib.Path, block: int) -> tuple[np.ndarray, np.ndarray]:
    """The mixes of a gig as they were recorded, and as they are when it is played again from its first checkpoint."""
    known = again.read(made)
    manifest, frames = recorded(made)
    inputs = manifest["inputs"]
    show = again.Show(
        made, manifest, known, known.states[0], lambda first, count: frames[first : first + count, :inputs],
        manifest["signals"][inputs:],
    )  # fmt: skip
    wanted = frames[show.frame :, inputs:]
    return wanted, np.concatenate(list(show.play(len(wanted), block)))
