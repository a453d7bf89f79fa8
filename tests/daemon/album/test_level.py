"""How loud an album becomes: by its loudest song, by track, and what cannot be had."""

import numpy as np
import pytest

from daemon import errors
from daemon.album import level, limiter
from daemon.metering import loudness

RATE = 48_000


def _song(level_: float, crest: float, seed: int) -> np.ndarray:
    """Noise whose level moves `crest` times a second."""
    rng = np.random.default_rng(seed)
    at = np.arange(4 * RATE) / RATE
    return level_ * rng.normal(0, 0.1, (len(at), 2)) * (1 + crest * (np.sin(2 * np.pi * 2 * at) > 0.9))[:, np.newaxis]


SONGS = [_song(1.0, 0.5, 1), _song(0.4, 4.0, 2), _song(0.7, 1.0, 3)]


def _heard(trims: tuple[float, ...] = (0, 0, 0)) -> list[level.Heard]:
    return [
        level.Heard(f"Song {n}", limiter.loudness_lufs(song, RATE), loudness.decibels(loudness.true_peak(song)), trim)
        for n, (song, trim) in enumerate(zip(SONGS, trims, strict=True), 1)
    ]


def _try(number: int, gain_db: float) -> level.Tried:
    made = limiter.limit(SONGS[number], RATE, -1.0, gain_db)
    return level.Tried(limiter.loudness_lufs(made.audio, RATE), made.mean_db, made.most_db)


def _after(gains: list[float]) -> list[float]:
    return [_try(number, gain).lufs for number, gain in enumerate(gains)]


@pytest.mark.parametrize("target", [-20.0, -14.0, -12.0])
def test_the_loudest_song_is_at_the_target_and_the_others_keep_their_distance(target: float) -> None:
    gains = level.gains(_heard(), target, -1.0, "album", _try)
    assert max(_after(gains)) == pytest.approx(target, abs=0.05)
    assert len(set(gains)) == 1


def test_by_track_each_song_is_at_the_target() -> None:
    assert _after(level.gains(_heard(), -16.0, -1.0, "track", _try)) == pytest.approx([-16.0] * 3, abs=0.05)


def test_a_trim_is_kept() -> None:
    gains = level.gains(_heard((0, 2, 0)), -20.0, -1.0, "album", _try)
    assert gains[1] - gains[0] == pytest.approx(2.0)


def test_even_brings_songs_at_most_2_lu_nearer() -> None:
    before = np.array([song.lufs for song in _heard()])
    after = np.array(_after(level.gains(_heard(), -24.0, -1.0, "even", _try)))
    moved = (after - after.max()) - (before - before.max())
    assert np.ptp(after) < np.ptp(before)
    assert np.ptp(moved) <= 4.0 + 1e-6


def test_a_target_that_costs_too_much_is_refused_with_what_can_be_had() -> None:
    with pytest.raises(errors.Refusal, match=r"Song \d: -6 LUFS would cost more than 4 dB .* set target_lufs to -\d"):
        level.gains(_heard(), -6.0, -1.0, "album", _try)


def test_a_silent_song_is_refused_by_its_title() -> None:
    with pytest.raises(errors.Refusal, match="Song 9: there is nothing to hear"):
        level.gains([level.Heard("Song 9", -np.inf, -np.inf)], -14.0, -1.0, "album", _try)


@pytest.mark.parametrize(("kind", "target"), [("album", -11.0), ("track", -14.0)])
def test_what_a_guess_is_off_by_is_measured_once_and_made_good(kind: str, target: float) -> None:
    measured: list[int] = []

    def measure(gains: dict[int, float]) -> list[float]:
        measured.extend(gains)
        return [_try(number, gain_db).lufs for number, gain_db in gains.items()]

    def wrong(number: int, gain_db: float) -> level.Tried:
        guess = _try(number, gain_db)
        return guess._replace(lufs=guess.lufs + 0.02 * number - 0.03)

    found = level.measured_gains(_heard(), target, -1.0, kind, wrong, measure)
    assert found == pytest.approx(level.gains(_heard(), target, -1.0, kind, _try), abs=0.02)
    assert 0 < len(measured) == len(set(measured))


@pytest.mark.parametrize("gain_db", [0.0, 6.0, 10.0])
def test_a_guess_is_within_a_tenth_of_a_decibel_of_what_the_limiter_makes(gain_db: float) -> None:
    # As dull as music: what lies between the frames of white noise is much larger than they are.
    song = np.apply_along_axis(np.convolve, 0, SONGS[0], np.hanning(12) / 3, "same")
    lufs, mean_db, _ = limiter.guess(limiter.sketch(song, RATE), RATE, -1.0, gain_db)
    made = limiter.limit(song, RATE, -1.0, gain_db)
    assert lufs == pytest.approx(limiter.loudness_lufs(made.audio, RATE), abs=0.1)
    assert mean_db == pytest.approx(made.mean_db, abs=0.1)
