"""An evening to make an album of: four songs in one recording, with noise, talk and applause between them.

    python -m rigs.evening FOLDER [--stems DIR] [--seconds 40]

Of the demo's band, or of a folder of stems that are called 01-kick.flac and so on.  Each song is another mix.
"""

import argparse
import dataclasses
import pathlib

import numpy as np
import numpy.typing as npt
import soundfile

from daemon.demo import band

RATE = 48_000
Float = npt.NDArray[np.float64]
TITLES = ("First", "Quiet One", "Third", "Last")
KICK, SNARE, HAT, LEFT, RIGHT, BASS, GUITAR, KEYS_L, KEYS_R, LEAD = 0, 1, 2, 4, 5, 6, 7, 8, 9, 10
MIXES: tuple[dict[int, tuple[float, float]], ...] = (
    {KICK: (-3, 0), SNARE: (-6, 0.1), HAT: (-14, -0.3), BASS: (-4, 0), GUITAR: (-8, 0.5), KEYS_L: (-10, -0.6),
     KEYS_R: (-10, 0.6), LEAD: (-3, 0)},
    {BASS: (-10, 0), KEYS_L: (-8, -0.7), KEYS_R: (-8, 0.7), LEAD: (-6, 0)},
    {KICK: (-5, 0), SNARE: (-5, 0), LEFT: (-9, -1), RIGHT: (-9, 1), BASS: (-5, 0), GUITAR: (-4, -0.4),
     KEYS_L: (-14, -0.5), LEAD: (-5, 0)},
    {KICK: (-1, 0), SNARE: (-3, 0), HAT: (-12, 0.3), LEFT: (-8, -1), RIGHT: (-8, 1), BASS: (-2, 0), GUITAR: (-5, 0.6),
     LEAD: (-2, 0)},
)  # fmt: skip
"""Gain in dB and pan, −1 to 1, of the inputs that play in each song."""
LEVELS_DB = (-6.0, -11.0, -8.0, -4.0)
NOISE_DB, APPLAUSE_DB, TALK_DB = -66.0, -30.0, -26.0


@dataclasses.dataclass(frozen=True)
class Evening:
    """A recording, and where its songs are, in seconds."""

    path: pathlib.Path
    songs: list[tuple[float, float]]
    talk: str = ""


def stems(folder: pathlib.Path | None) -> Float:
    """Inputs of the band, shape (frames, inputs)."""
    if folder is None:
        return np.asarray(band.signal(RATE), np.float64)
    inputs = np.stack([soundfile.read(path)[0] for path in sorted(folder.glob("*.flac"))], axis=1)
    heard = np.flatnonzero(np.abs(inputs).max(1) > 0.05)
    return inputs[heard[0] : heard[0] + 16 * RATE]  # eight bars: they begin and end in silence, and are looped


def mix(inputs: Float, faders: dict[int, tuple[float, float]], seconds: float, level_db: float) -> Float:
    """A song, mixed of looped inputs; it ends in a second of fading sound."""
    made = np.zeros((len(inputs), 2))
    for place, (gain_db, pan) in faders.items():
        angle = (pan + 1) * np.pi / 4
        made += inputs[:, [place]] * 10 ** (gain_db / 20) * np.array([np.cos(angle), np.sin(angle)])
    frames = round(seconds * RATE)
    song = np.resize(made, (frames, 2))
    tail = np.minimum(np.arange(frames, 0, -1) / RATE, 1.0)[:, np.newaxis] ** 2
    song *= tail
    return song * 10 ** (level_db / 20) / np.abs(song).max()


def applause(seconds: float, rng: np.random.Generator) -> Float:
    """Many hands, that begin at once and fade."""
    frames = round(seconds * RATE)
    made = np.zeros((frames, 2))
    clap = np.exp(-np.arange(480) / 60)[:, np.newaxis]
    for at in rng.integers(0, frames - 480, round(seconds * 350)):
        made[at : at + 480] += clap * rng.normal(0, 1, (480, 2)) * rng.random(2)
    made *= np.exp(-np.arange(frames) / (seconds * 0.4 * RATE))[:, np.newaxis]
    return made * 10 ** (APPLAUSE_DB / 20) / np.sqrt((made[: RATE // 2] ** 2).mean())


def evening(folder: pathlib.Path, seconds: float, source: pathlib.Path | None = None, pause_s: float = 8.0) -> Evening:
    """Write `evening.wav`: noise throughout, talk that reaches over the end of the applause, songs of some length."""
    rng = np.random.default_rng(7)
    inputs = stems(source)
    voice = inputs[:, -1:]  # the one who talks comes last in both
    voice = voice * 10 ** (TALK_DB / 20) / np.sqrt((voice**2).mean())
    songs, parts, at = [], [np.zeros((3 * RATE, 2))], 3.0
    for number, (faders, level_db) in enumerate(zip(MIXES, LEVELS_DB, strict=True)):
        song = mix(inputs, faders, seconds + number, level_db)
        between = np.zeros((round(pause_s * RATE), 2))
        clapping = applause(0.7 * pause_s, rng)
        between[: len(clapping)] += clapping
        said = np.resize(voice, (round(0.4 * pause_s * RATE), 1))
        between[round(0.5 * pause_s * RATE) :][: len(said)] += said
        songs.append((at, at + len(song) / RATE))
        parts += [song, between]
        at = songs[-1][1] + pause_s
    whole = np.concatenate(parts)
    whole += rng.normal(0, 10 ** (NOISE_DB / 20), whole.shape)
    path = folder / "evening.wav"
    soundfile.write(path, whole, RATE, subtype="PCM_24")
    return Evening(path, songs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--stems", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=40.0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    made = evening(options.folder, options.seconds, options.stems)
    print(made.path, *(f"{begin:.2f}–{end:.2f}" for begin, end in made.songs))


if __name__ == "__main__":
    main()
