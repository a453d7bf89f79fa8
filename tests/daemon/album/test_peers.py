"""Ours beside others, in the same run: FFmpeg's limiters, its loudness filter, and a plain gain."""

import numpy as np
import pytest

from rigs import peers

RATE = 48_000


def song(seed, tilt, seconds=4):
    """Noise of another tone each, with beats far above its mean."""
    frames = seconds * RATE
    lines = np.fft.rfft(np.random.default_rng(seed).standard_normal((frames, 2)), axis=0)
    hz = np.fft.rfftfreq(frames, 1 / RATE)
    lines *= np.where((hz > 30) & (hz < 16_000), np.maximum(hz, 30) ** -tilt, 0)[:, np.newaxis]
    x = np.fft.irfft(lines, frames, axis=0)
    beats = 0.25 + np.exp(-((np.arange(frames) / RATE) % 0.5) / 0.05)
    x *= beats[:, np.newaxis]
    return 0.2 * x / np.abs(x).max()


def test_a_bass_that_is_6_db_over_is_bent_less_than_by_the_limiters_of_ffmpeg():
    found = peers.bent()
    ours, over = found["ours"]
    assert ours < found["alimiter"][0] - 20
    assert ours < found["loudnorm"][0] - 20
    assert over <= 0.05


@pytest.fixture(scope="module")
def rows():
    songs = [song(1, 0.5), song(2, 0.7)]
    reference = peers.a_reference(song(3, 0.6), RATE, -14.0)
    ways = {name: peers.WAYS[name] for name in ("ours", "loudnorm", "plain")}
    return peers.compared(songs, RATE, reference, -14.0, ways, ("opus160",))


def test_nobody_is_nearer_to_the_loudness_that_is_asked_for(rows):
    assert rows["ours"].error_lu <= 0.05
    assert rows["ours"].error_lu <= min(rows["loudnorm"].error_lu, rows["plain"].error_lu) + 0.01


def test_no_true_peak_of_ours_is_above_the_ceiling(rows):
    assert rows["ours"].peak_dbtp <= peers.CEILING + 0.05
    assert rows["plain"].peak_dbtp > peers.CEILING + 0.5


def test_nobody_is_nearer_to_the_tone_of_the_reference(rows):
    assert rows["ours"].distance_db < min(rows["loudnorm"].distance_db, rows["plain"].distance_db)


def test_the_table_has_a_line_for_everyone(rows):
    lines = peers.table(rows).split("\n")
    assert [line.split()[0] for line in lines[1:]] == ["ours", "loudnorm", "plain"]
    assert len({len(line) for line in lines}) == 1
