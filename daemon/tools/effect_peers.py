"""Free programs that effects are measured beside, where they are installed: sox, FFmpeg, Dragonfly's, zita-rev1.

    signal ─▶ sox · ffmpeg · effect_host, which plays VST2 and Faust's library ─▶ what is heard

What stands here plays wet alone; what is not installed is told, with what would install it.
"""

import functools
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from daemon.tools.effect_figures import RATE, Float

Play = Callable[[Float], Float]
VST = pathlib.Path("/usr/lib/lxvst")


class Peer(NamedTuple):
    """Somebody else's effect."""

    name: str
    play: Play
    here: bool
    remedy: str
    """What installs it."""
    asked_s: float = float("nan")
    """Seconds of decay that its dial was set to."""


def through(command: Sequence[str], x: Float) -> Float | None:
    """A signal through another program that reads and writes float32; None where it is not there or refuses."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, input=x.astype("<f4").tobytes(), capture_output=True, check=False)
    made = np.frombuffer(done.stdout[: len(done.stdout) // 8 * 8], "<f4").reshape(-1, 2)
    if done.returncode or not len(made):
        return None
    whole = np.zeros(x.shape)
    whole[: len(made)] = made[: len(x)]
    return whole


def _sox(*effect: str) -> list[str]:
    raw = ["-t", "f32", "-r", str(RATE), "-c", "2"]
    return ["sox", "-D", "-V1", *raw, "-", *raw, "-", *effect]


def _ffmpeg(effect: str) -> list[str]:
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]
    return ["ffmpeg", "-v", "error", *raw, "-i", "-", "-af", effect, *raw, "-"]


def _program(name: str, command: Sequence[str], package: str) -> Peer:
    here = through(command, np.zeros((RATE // 10, 2))) is not None
    return Peer(name, functools.partial(_played, command), here, f"apt install {package}")


def _played(command: Sequence[str], x: Float) -> Float:
    made = through(command, x)
    return np.zeros_like(x) if made is None else made


# --- hosted by DawDreamer --------------------------------------------------------------------------


def _host(name: str, asked_s: float, code: str, path: pathlib.Path | None = None, **settings: float) -> Peer:
    """Somebody's code of Faust, or a VST2 with settings from 0 to 1, in a process of its own."""
    given = json.dumps({"code": code, "path": str(path) if path else "", "settings": settings})
    remedy = "pip install dawdreamer" + (", apt install dragonfly-reverb-vst" if path else "")
    here = importlib.util.find_spec("dawdreamer") is not None and (path is None or path.exists())
    command = [sys.executable, "-m", "daemon.tools.effect_host", given]
    return Peer(name, functools.partial(_played, command), here, remedy, asked_s)


def _dragonfly(kind: str, asked_s: float, dial_s: float) -> Peer:
    """A reverb of Dragonfly's as it comes, but wet; its dial goes from 0.1 to 10 s."""
    path = VST / f"Dragonfly{kind}Reverb-vst.so"
    decay = (dial_s - 0.1) / 9.9
    return _host(f"Dragonfly {kind.lower()}", asked_s, "", path, **{"Dry Level": 0.0, "Decay": decay})


# --- who is asked ----------------------------------------------------------------------------------


def reverbs() -> list[Peer]:
    """Halls and plates of about 1.8 s, a room of about 0.8 s."""
    plate = "ladspa=file=caps:plugin=PlateX2:controls=c0=1|c1=0.55|c2=0.1|c3=1"
    return [
        _program("sox reverb", _sox("reverb", "-w", "50", "20", "100", "100", "0", "0"), "sox"),
        _program("CAPS plate", _ffmpeg(plate), "ffmpeg caps"),
        _host("zita-rev1", 1.8, f"re.zita_rev1_stereo(0, 200, 6000, 1.8, 1.8, {RATE})"),
        _dragonfly("Hall", 1.8, 1.8),
        _dragonfly("Plate", 1.8, 1.8),
        _dragonfly("Room", 0.8, 0.38),  # its dial says less than is heard
    ]


def choruses() -> list[Peer]:
    """Swept by 0.8 Hz; both give the signal, too, which is taken away."""
    found = [
        _program("sox chorus", _sox("chorus", "1", "1", "20", "1", "0.8", "3", "-s"), "sox"),
        _program("ffmpeg chorus", _ffmpeg("chorus=1:1:20:1:0.8:3"), "ffmpeg"),
    ]
    return [each._replace(play=functools.partial(_less, each.play)) for each in found]


def _less(play: Play, x: Float) -> Float:
    return play(x) - x


def saturations() -> list[Peer]:
    """Driven by 30 dB."""
    return [
        _program("sox overdrive 30", _sox("overdrive", "30"), "sox"),
        _program("ffmpeg asoftclip, +30 dB", _ffmpeg("volume=30dB,asoftclip=type=tanh:oversample=4"), "ffmpeg"),
    ]


def missing() -> str:
    """What would be measured, too, if it were installed; nothing where all is."""
    wanted: dict[str, list[str]] = {}
    for each in (*reverbs(), *choruses(), *saturations()):
        if not each.here:
            wanted.setdefault(each.remedy, []).append(each.name)
    return " · ".join(f"{', '.join(names)}: {remedy}" for remedy, names in wanted.items())
