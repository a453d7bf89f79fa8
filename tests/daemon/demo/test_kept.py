"""The band is played once and then read: the same to the last bit, and never from a file that is not whole."""

import pathlib

import numpy as np
import pytest

from daemon.demo import band, kept

RATE = 44_100


@pytest.fixture
def cache(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "faderd" / "band"


@pytest.fixture(scope="module")
def played() -> np.ndarray:
    return band.signal(RATE)


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch, played: np.ndarray) -> list[int]:
    """Rates at which the band has had to play."""
    asked: list[int] = []

    def play(rate: int) -> np.ndarray:
        asked.append(rate)
        return played

    monkeypatch.setattr(band, "signal", play)
    return asked


def heard(rate: int) -> np.ndarray:
    """The first sixteen seconds of the tape."""
    rows = np.empty((band.LENGTH_S * rate, len(band.INPUTS)), np.float32)
    kept.tape(rate).fill(rows)
    return rows


def test_what_is_kept_is_what_was_played_and_it_is_played_once(cache, plays, played):
    assert np.array_equal(heard(RATE), played)
    assert np.array_equal(heard(RATE), played)
    assert plays == [RATE]


@pytest.mark.parametrize("left", [0, 40, 100_000])
def test_a_file_that_was_cut_is_made_anew(cache, plays, played, left):
    kept.tape(RATE)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert np.array_equal(heard(RATE), played)
    assert np.array_equal(heard(RATE), played)
    assert plays == [RATE, RATE]


def test_another_score_is_played_and_the_file_of_the_old_one_goes(cache, plays, monkeypatch):
    kept.tape(RATE)
    (old,) = cache.iterdir()
    monkeypatch.setattr(kept, "_key", lambda: "another")
    kept.tape(RATE)
    (new,) = cache.iterdir()
    assert new != old
    assert plays == [RATE, RATE]


def test_where_nothing_can_be_kept_the_band_plays(cache, plays, played):
    cache.parent.parent.joinpath("faderd").write_text("no folder")
    assert np.array_equal(heard(RATE), played)
    assert plays == [RATE]


@pytest.mark.parametrize("can_keep", [True, False])
def test_it_goes_on_and_on_without_a_seam(cache, plays, played, can_keep):
    if not can_keep:
        cache.parent.parent.joinpath("faderd").write_text("no folder")
    tape = kept.tape(RATE)
    third = np.empty((7 * RATE, len(band.INPUTS)), np.float32)
    for first in range(0, 5 * len(third), len(third)):
        tape.fill(third)
        np.testing.assert_array_equal(third, played[(first + np.arange(len(third))) % len(played)])


def test_a_file_that_another_start_throws_away_is_read_to_its_end(cache, plays, played):
    tape = kept.tape(RATE)
    (file,) = cache.iterdir()
    file.unlink()
    rows = np.empty_like(played)
    tape.fill(rows)
    np.testing.assert_array_equal(rows, played)
