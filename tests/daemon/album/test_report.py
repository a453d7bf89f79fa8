"""The report: what is wrong is told in words, every number is in it, and a browser shows it as it is meant."""

import dataclasses
import json

import numpy as np
import pytest

from daemon.album import codecs, devices, report, spectrum
from rigs import browser

RATE = 48_000
AIM = -18.0


def sound(seconds=4, seed=1, bright=1.0, level=1.0):
    """Pink noise that begins and ends in silence, about as loud as is aimed at."""
    frames = round(seconds * RATE)
    lines = np.fft.rfft(np.random.default_rng(seed).standard_normal((frames, 2)), axis=0)
    hz = np.fft.rfftfreq(frames, 1 / RATE)
    lines *= np.where((hz > 30) & (hz < 18_000), np.maximum(hz, 30) ** (-0.5 * bright), 0)[:, np.newaxis]
    x = np.fft.irfft(lines, frames, axis=0)
    x *= np.minimum(np.minimum(np.arange(frames), np.arange(frames)[::-1]) / 4800, 1)[:, np.newaxis]
    louder = AIM - codecs.measured(x, RATE).integrated_lufs
    return x * level * 10 ** (louder / 20)


@pytest.fixture(scope="module")
def good():
    """An album of three songs, as it should be."""
    titles = ["Opening & <Tuning>", "A song with a title that is much longer than there is room", "3"]
    songs = [
        report.examine(
            sound(seed=n, bright=1 + n / 10, level=10 ** (-n / 20)), RATE, title,
            1.5 * np.abs(np.sin(np.linspace(0, 9, 60))), ("mp3-320",) if n == 0 else (),
            start_s=10.0 * n, end_s=10.0 * n + 4, fades_s=(0.1, 0.1), gap_s=1.5, isrc=f"DEAB1260000{n}",
        )
        for n, title in enumerate(titles)
    ]  # fmt: skip
    return report.Album("Live at the Hall", "The Band", songs, AIM, -1.0,
                        reference_thirds_db=songs[0].figures.thirds_db + np.linspace(2, -2, 31))  # fmt: skip


def but(album, **changes):
    """The album, its first song's figures changed."""
    figures = dataclasses.replace(album.songs[0].figures, **changes)
    return dataclasses.replace(album, songs=[dataclasses.replace(album.songs[0], figures=figures), *album.songs[1:]])


def words(album, wrong=None):
    return [f"{each.where}: {each.words}" for each in report.judge(album) if wrong is None or each.wrong == wrong]


def test_an_album_without_a_fault_passes(good, tmp_path):
    assert words(good) == []
    assert report.write(tmp_path, good)
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["passes"] is True
    assert told["songs"][0]["figures"]["integrated_lufs"] == pytest.approx(AIM, abs=0.02)
    assert told["songs"][0]["codecs"][0]["name"] == "mp3-320"
    assert len(told["songs"][0]["figures"]["thirds_db"]) == len(spectrum.THIRDS_HZ)
    assert set(told["songs"][1]["devices_lufs"]) == set(devices.DEVICES)
    assert told["songs"][2]["reduction_peak_db"] == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize(("changes", "told"), [
    ({"true_peak_dbtp": -0.5}, "true peak -0.50 dBTP, above the ceiling of -1"),
    ({"clipped": 4}, "stays at full scale 4 times"),
    ({"ends_dbfs": (-20.0, -90.0)}, "begins at -20 dBFS"),
    ({"ends_dbfs": (-90.0, -30.0)}, "ends at -30 dBFS"),
    ({"integrated_lufs": -16.0}, "-16.00 LUFS, not the -18"),
    ({"integrated_lufs": -np.inf}, "the song is empty"),
])  # fmt: skip
def test_what_is_wrong_fails_the_album_in_words(good, tmp_path, changes, told):
    album = but(good, **changes)
    assert any(told in each for each in words(album, wrong=True))
    assert not report.write(tmp_path, album)
    assert json.loads((tmp_path / "report.json").read_text())["passes"] is False
    assert "does not pass" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(("changes", "told"), [
    ({"dc_dbfs": -40.0}, "a constant offset of -40 dBFS"),
    ({"silence_s": 5.0}, "5.0 s of silence inside"),
    ({"correlation": np.full(60, -0.9)}, "against each other for 6.0 s"),
])  # fmt: skip
def test_what_is_only_to_be_looked_at_is_told_and_passes(good, tmp_path, changes, told):
    album = but(good, **changes)
    assert any(told in each for each in words(album, wrong=False))
    assert report.write(tmp_path, album)


def test_a_codec_that_overshoots_is_told_with_the_ceiling_that_would_do(good):
    loud = codecs.Checked("m4a128", 1.2, 31, 0.0, 0)
    songs = [dataclasses.replace(good.songs[0], codecs=[loud], isrc="", vocal_loss_db=5.0, remarks=["a remark"])]
    told = " ".join(words(dataclasses.replace(good, songs=songs), wrong=False))
    assert "AAC, 128 kbit/s: +1.20 dBTP when decoded, 31 samples beyond full scale; a ceiling of -2.2 dBTP" in told
    assert "has no ISRC" in told
    assert "loses 5.0 dB" in told
    assert "a remark" in told


def test_a_song_that_vanishes_on_a_phone_while_the_others_do_not_is_told(good):
    lost = {**good.songs[0].devices_lufs, "phone": good.songs[0].devices_lufs["phone"] - 6}
    songs = [dataclasses.replace(good.songs[0], devices_lufs=lost), *good.songs[1:]]
    told = words(dataclasses.replace(good, songs=songs), wrong=False)
    assert any("quieter than the other songs by" in each and "phone" in each for each in told)
    for changes in report.signature(good.songs).values():
        assert sum(changes) == pytest.approx(0, abs=1e-9)


def test_a_limiter_that_works_hard_is_told(good):
    songs = [dataclasses.replace(good.songs[0], reduction_db=np.array([0, 0, 3.0, 8.0]))]
    told = words(dataclasses.replace(good, songs=songs), wrong=False)
    assert any("5.5 dB on average while it works and 8.0 at most" in each for each in told)


def test_only_the_loudest_song_has_the_albums_level_unless_every_track_is_meant(good):
    assert words(good, wrong=True) == []
    assert len(words(dataclasses.replace(good, by_track=True), wrong=True)) == 2


def test_an_album_without_songs_is_a_page_and_does_not_pass(tmp_path):
    assert not report.write(tmp_path, report.Album("Nothing", "", [], -14.0, -1.0))
    assert "there is no song" in (tmp_path / "report.html").read_text()


def test_a_song_of_silence_is_a_page_too(good, tmp_path):
    silent = report.examine(np.zeros((RATE, 2)), RATE, "Silence", isrc="x")
    assert not report.write(tmp_path, dataclasses.replace(good, songs=[silent, *good.songs[1:]]))
    assert "nan" not in (tmp_path / "report.html").read_text().split("</style>")[1].replace("finan", "")


def test_the_page_is_one_file_that_asks_for_nothing(good, tmp_path):
    report.write(tmp_path, good)
    page = (tmp_path / "report.html").read_text()
    assert "Opening &amp; &lt;Tuning&gt;" in page
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page
    assert page.count("<svg") == 4 + 9 * 3


@pytest.mark.parametrize("width", [360, 1280])
def test_a_browser_shows_every_picture_and_nothing_lies_on_anything(good, tmp_path, width):
    report.write(tmp_path, good)
    url = (tmp_path / "report.html").as_uri()
    with browser.Page(url, width) as page:
        page.photograph(tmp_path / f"{width}.png")
        assert [each for each in page.requests if not each.startswith("data:")] == [url]
        assert page.overlaps() == []
        sizes = page.evaluate("[...document.querySelectorAll('svg')].map(e => e.getBoundingClientRect().height)")
        assert len(sizes) == 4 + 9 * 3
        assert min(sizes) > 40
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        text = page.evaluate("Math.min(...[...document.querySelectorAll('svg text')]"
                             ".map(e => e.getBoundingClientRect().height))")  # fmt: skip
        assert text >= 9
