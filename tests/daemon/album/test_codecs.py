"""Lossy formats: written by their real encoders, read back, and measured."""

import hashlib
import sys

import mutagen
import numpy as np
import pytest

from daemon import errors
from daemon.album import codecs, deliver, steps, store
from oracles import truepeak

RATE = 48_000


def song(seconds=3.0, rate=RATE, seed=1):
    """Noise that falls with frequency as music does, limited hard: something to overshoot."""
    frames = round(seconds * rate)
    lines = np.fft.rfft(np.random.default_rng(seed).standard_normal((frames, 2)), axis=0)
    hz = np.fft.rfftfreq(frames, 1 / rate)
    lines *= np.where((hz > 40) & (hz < 15_000), 1 / np.maximum(hz, 40), 0)[:, np.newaxis]
    x = np.fft.irfft(lines, frames, axis=0)
    return 0.8 * np.clip(x / x.std() / 2, -1, 1)


@pytest.mark.parametrize("name", codecs.CODECS)
def test_a_song_comes_back_in_time_and_nearly_as_loud(name, tmp_path):
    x, path = song(), tmp_path / "song"
    path = path.with_suffix(codecs.CODECS[name].suffix)
    assert codecs.encode(x, RATE, path, name) == RATE
    y, rate = codecs.decode(path)
    assert rate == RATE
    if codecs.CODECS[name].encoder == "aac":  # up to a block longer
        assert 0 <= len(y) - len(x) < 1024
    else:
        assert len(y) == len(x)
    spectra = (np.fft.rfft(each[: len(x), 0], 2 * len(x)) for each in (x, y))
    alike = np.fft.irfft(np.conj(next(spectra)) * next(spectra))
    assert alike.argmax() == 0
    assert alike.max() / (x[:, 0] @ x[:, 0]) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("name", ["m4a256", "opus160", "mp3-320", "ogg-q5"])
def test_the_same_song_makes_the_same_bytes(name, tmp_path, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1e9)
    digests = set()
    for part in ("one", "two"):
        path = (tmp_path / part).with_suffix(codecs.CODECS[name].suffix)
        codecs.encode(song(1), RATE, path, name)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("name", ["m4a128", "mp3-320", "opus96", "ogg-q8"])
def test_the_peak_behind_the_codec_is_told(name):
    x = song()
    found = codecs.check(x, RATE, name)
    assert found.true_peak_dbtp > 20 * np.log10(np.abs(x).max())
    assert (found.overs > 0) <= (found.true_peak_dbtp > 0)
    assert abs(found.loudness_lu) < 0.6
    assert found.name == name


@pytest.mark.parametrize("name", ["m4a128", "ogg-q5"])
def test_with_a_ceiling_for_codecs_a_file_stays_below_it_when_it_is_decoded(name, tmp_path):
    kept, kind = store.Store(tmp_path / "store"), deliver.Kind(name, "", 0, RATE)
    x = song() * 10 ** (-1 / 20) / np.abs(song()).max()
    np.save(tmp_path / "track.npy", x.astype(np.float32))
    track = store.Item(tmp_path / "track.npy", {}, "track", fresh=True)
    files = [steps.encoded(kept, track, kind, 1, ceiling).path for ceiling in (None, -1)]
    peaks = [truepeak.dbtp(codecs.decode(file)[0]) for file in files]
    assert peaks[0] > -0.5
    assert -3 < peaks[1] <= -1 + 0.05


@pytest.mark.parametrize(("rate", "name", "to"), [
    (96_000, "m4a256", 48_000), (88_200, "mp3-320", 44_100), (44_100, "opus160", 48_000), (44_100, "ogg-q5", 44_100),
])  # fmt: skip
def test_rates_that_a_format_has_not_are_resampled(rate, name, to, tmp_path):
    path = (tmp_path / "song").with_suffix(codecs.CODECS[name].suffix)
    assert codecs.encode(song(1, rate), rate, path, name) == to
    y, found = codecs.decode(path)
    assert found == to
    assert len(y) == pytest.approx(to, abs=1024)


def test_an_m4a_tells_players_where_the_song_begins_and_ends(tmp_path):
    path = tmp_path / "song.m4a"
    codecs.encode(song(1), RATE, path, "m4a256")
    (told,) = mutagen.File(path)["----:com.apple.iTunes:iTunSMPB"]
    _, delay, padding, frames, *_ = (int(word, 16) for word in bytes(told).decode().split())
    assert (delay, frames) == (codecs.AAC_DELAY, RATE)
    assert (delay + padding + frames) % codecs.AAC_BLOCK == 0


def test_a_library_that_is_missing_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(errors.Refusal, match=r"av is not installed.*faderd\[album\]"):
        codecs.check(song(1), RATE, "mp3-320")


def test_a_format_that_is_unknown_and_a_file_that_is_none_are_told(tmp_path):
    with pytest.raises(errors.Refusal, match=r"'wma'.*opus160"):
        codecs.check(song(1), RATE, "wma")
    (tmp_path / "no.mp3").write_bytes(b"nothing")
    with pytest.raises(errors.Refusal, match=r"no\.mp3 cannot be decoded"):
        codecs.decode(tmp_path / "no.mp3")
