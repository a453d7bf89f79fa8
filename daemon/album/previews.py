"""Files to listen to before anything is handed over: seams, devices, and what the chain does at equal loudness.

    tracks ─┬─▶ ten seconds around each transition ─▶ seams/
            ├─▶ a device's model, as loud as before ─▶ phone/, car/ …
            └─▶ cut, and cut and polished, equally loud ─▶ compare/
"""

import pathlib
from collections.abc import Callable

import numpy as np

from daemon.album import deliver, devices, edit, limiter, polish, project
from daemon.metering.loudness import Float

SEAM_S = 5.0
BITS = 24
QUIET_DB = -6.0
"""Headroom for what a device boosts, and for the louder of two that are compared."""

Sounds = Callable[[int], Float]
"""Sound of a track by its number."""


def seams(plan: edit.Plan, tracks: Sounds, rate: int, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write five seconds before each transition, its gap, and five seconds after it."""
    files = []
    for number in range(len(plan.cuts) - 1):
        ahead = round((SEAM_S + plan.gap_s(number + 1)) * rate)
        sound = np.concatenate((tracks(number)[-ahead:], tracks(number + 1)[: round(SEAM_S * rate)]))
        files.append(_write(sound, rate, folder / "seams" / f"{number + 1:02}-{number + 2:02}.wav"))
    return files


def through(album: project.Album, tracks: Sounds, rate: int, folder: pathlib.Path, name: str) -> list[pathlib.Path]:
    """Write every song as a device plays it, as loud as it is without."""
    files = []
    for number, song in enumerate(album.songs):
        audio = tracks(number)
        made = _as_loud(devices.preview(audio, rate, name), audio, rate) * 10 ** (QUIET_DB / 20)
        files.append(_write(made, rate, folder / name / f"{deliver.name(number + 1, song.title)}.wav"))
    return files


def compare(album: project.Album, plan: edit.Plan, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write every song before and behind its chain, both equally loud."""
    files = []
    for cut in plan.cuts:
        audio, (left, right) = edit.sound(cut)
        _, made = polish.compare(audio, cut.rate, cut.song.polish)
        _, made = polish.compare(made, cut.rate, album.polish)
        made = _as_loud(made, audio, cut.rate)
        peak = max(float(np.abs(audio).max(initial=0)), float(np.abs(made).max(initial=0)), 1e-9)
        for word, sound in (("a before", audio), ("b behind", made)):
            path = folder / "compare" / f"{deliver.name(cut.number + 1, cut.song.title)}, {word}.wav"
            heard = edit.faded(np.array(sound[left : len(sound) - right]), cut)
            files.append(_write(heard * 10 ** (QUIET_DB / 20) / peak, cut.rate, path))
    return files


def _as_loud(made: Float, audio: Float, rate: int) -> Float:
    louder = limiter.loudness_lufs(made, rate) - limiter.loudness_lufs(audio, rate)
    return made * 10 ** (-louder / 20) if np.isfinite(louder) else made


def _write(sound: Float, rate: int, path: pathlib.Path) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = deliver.Kind("preview", "wav", BITS, rate)
    deliver.write(deliver.quantised(np.asarray(sound, np.float64), BITS, 0), kind, path)
    return path
