"""How loud an album is: one gain for all songs; the loudest is at the target, the others keep their distance.

    loudness and peak of each song ─▶ gain of the loudest ─▶ guessed ─▶ next gain … ─▶ within 0.01 LU
        ─▶ limited ─▶ measured: how far the guess is off ─▶ once more

What limits is the ceiling alone: a target that costs too much of it is refused, and the loudest that can be had named.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from daemon import errors

KINDS = ("album", "track", "even")
EVEN_LU = 2.0
CLOSE_LU = 0.01
ROUNDS = 12
MOST_MEAN_DB = 4.0
SLACK_LU = 0.02
MOVED_DB = 0.05
"""A guess is as far off as it was while a gain moves by less."""


class Preset(NamedTuple):
    """Where an album is played, and what is asked for there."""

    target_lufs: float
    ceiling_dbtp: float
    level: str
    source: str
    """Document."""
    date: str
    """Of the document, or when the figure was noted."""


PRESETS = {
    "album": Preset(-14.0, -1.0, "album", "AES77 and TD1008: the loudest song of an album", "2023"),
    "track": Preset(-16.0, -1.0, "track", "AES77 and TD1008: songs on their own", "2023"),
    "spotify": Preset(-14.0, -1.0, "album", "Spotify for Artists, loudness normalization", "2024"),
    "apple": Preset(-16.0, -1.0, "album", "Apple Music, Sound Check; Apple Digital Masters", "2024"),
    "youtube": Preset(-14.0, -1.0, "album", "YouTube, as measured by many", "2024"),
    "tidal": Preset(-14.0, -1.0, "album", "TIDAL, normalised by album", "2024"),
    "amazon": Preset(-14.0, -2.0, "album", "Amazon Music, mastering guidelines", "2024"),
    "deezer": Preset(-15.0, -1.0, "album", "Deezer, as published", "2024"),
    "cd": Preset(-14.0, -0.5, "album", "no standard: the album rule, with less room for codecs", "2023"),
    "r128": Preset(-23.0, -1.0, "track", "EBU R 128 version 5, broadcast", "2023"),
    "r128s2": Preset(-18.0, -1.0, "track", "EBU R 128 s2, streaming: -20 to -16 LUFS", "2023"),
}
"""Targets change: look at the date."""


class Heard(NamedTuple):
    """A song before its gain."""

    title: str
    lufs: float
    peak_dbtp: float
    trim_db: float = 0.0


class Tried(NamedTuple):
    """A song with a gain, limited."""

    lufs: float
    mean_db: float
    """Mean reduction."""
    most_db: float


Try = Callable[[int, float], Tried]
"""A song's number and its gain in dB: what comes out."""
Measure = Callable[[dict[int, float]], list[float]]
"""Gains of some songs by their numbers: how loud they are, limited, in LUFS."""


def measured_gains(
    songs: Sequence[Heard], target_lufs: float, ceiling_dbtp: float, kind: str, guessed: Try, measured: Measure
) -> list[float]:
    """Find gains as `gains` does, by guesses, which are put right by measuring the songs that set the level.

    Raises
    ------
    Refusal
        As `gains`.
    """
    off, at, asked = np.zeros(len(songs)), np.full(len(songs), np.inf), set()

    def tried(song: int, gain_db: float) -> Tried:
        asked.add(song)
        guess = guessed(song, gain_db)
        return guess._replace(lufs=guess.lufs + off[song])

    for _ in range(ROUNDS):
        found = gains(songs, target_lufs, ceiling_dbtp, kind, tried)
        moved = {song: found[song] for song in sorted(asked) if abs(found[song] - at[song]) > MOVED_DB}
        if not moved:
            break
        for (song, gain_db), lufs in zip(moved.items(), measured(moved), strict=True):
            off[song], at[song] = lufs - guessed(song, gain_db).lufs, gain_db
    return found


def gains(songs: Sequence[Heard], target_lufs: float, ceiling_dbtp: float, kind: str, limited: Try) -> list[float]:
    """Find a gain for each song, in dB, its trim included.

    Raises
    ------
    Refusal
        When a song is silent, or the target needs more than 4 dB of mean reduction.
    """
    for song in songs:
        if not np.isfinite(song.lufs):
            raise errors.Refusal(f"{song.title}: there is nothing to hear in it; look at its start and end")
    trims = np.array([song.trim_db for song in songs])

    def tried(song: int, gain_db: float) -> Tried:
        # What stays below the ceiling is only turned up.
        if songs[song].peak_dbtp + gain_db <= ceiling_dbtp:
            return Tried(songs[song].lufs + gain_db, 0.0, 0.0)
        return limited(song, gain_db)

    if kind == "track":
        return [_gain(number, song, target_lufs + song.trim_db, tried) for number, song in enumerate(songs)]
    loudness = np.array([song.lufs for song in songs])
    if kind == "even":
        trims = trims + np.clip(np.median(loudness) - loudness, -EVEN_LU, EVEN_LU)
    before = loudness + trims
    found: dict[int, float] = {}
    # A song may overtake the one that was loudest before both were limited.
    common = np.inf
    for number in np.argsort(-before):
        if before[number] + common <= target_lufs + SLACK_LU:
            break
        if np.isfinite(common) and tried(number, common + trims[number]).lufs <= target_lufs + SLACK_LU:
            continue
        found[number] = _gain(int(number), songs[number], target_lufs, tried) - trims[number]
        common = min(common, found[number])
    return [float(common + trim) for trim in trims]


def _gain(number: int, song: Heard, target_lufs: float, tried: Try) -> float:
    """Gain that brings a song, limited, to the target, in dB."""
    gain = target_lufs - song.lufs
    found = tried(number, gain)
    slope = 1.0
    for _ in range(ROUNDS):
        missing = target_lufs - found.lufs
        if found.mean_db > MOST_MEAN_DB:
            raise errors.Refusal(_too_loud(number, song, target_lufs, gain, tried))
        if abs(missing) <= CLOSE_LU:
            break
        step = missing / slope
        before, was = gain, found.lufs
        gain += step
        found = tried(number, gain)
        # The limiter takes part of each step: the slope says how much is left.
        slope = min(max((found.lufs - was) / (gain - before), 0.15), 1.0)
    return gain


def _too_loud(number: int, song: Heard, target_lufs: float, gain: float, tried: Try) -> str:
    """Message with the loudest that can be had."""
    low, high = min(gain, -song.peak_dbtp), gain
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (low, middle) if tried(number, middle).mean_db > MOST_MEAN_DB else (middle, high)
    return (
        f"{song.title}: {target_lufs:g} LUFS would cost more than {MOST_MEAN_DB:g} dB of every loud moment;"
        f" set target_lufs to {np.floor(10 * tried(number, low).lufs) / 10:g} or less, or mix it with fewer peaks"
    )
