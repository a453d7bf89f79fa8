"""What is written: dither, names, cue sheets, chapters."""

import pathlib

import numpy as np
import pytest
import soundfile

from daemon import errors
from daemon.album import deliver, edit, project

RATE = 48_000


def _error(bits: int) -> np.ndarray:
    at = np.arange(10 * RATE) / RATE
    tone = np.repeat(0.3 * np.sin(2 * np.pi * 441.3 * at)[:, np.newaxis], 2, axis=1)
    full = 1 << (bits - 1)
    made = deliver.quantised(tone, bits, 1).astype(np.float64) / (1 if bits == 16 else 256)
    return made - tone * full


def test_dither_has_no_mean_a_quarter_of_a_step_of_power_and_nothing_of_the_tone() -> None:
    error = _error(16)
    assert abs(error.mean()) < 2e-3
    # A triangle of two steps, and the rounding: 1/6 + 1/12.
    assert error.var() == pytest.approx(0.25, rel=0.01)
    at = np.arange(len(error)) / RATE
    assert abs(np.corrcoef(error[:, 0], np.sin(2 * np.pi * 441.3 * at))[0, 1]) < 5e-3
    assert abs(np.corrcoef(error[:, 0], error[:, 1])[0, 1]) < 5e-3


def test_24_bits_are_rounded() -> None:
    assert np.abs(_error(24)).max() <= 0.5 + 1e-6


@pytest.mark.parametrize(("kind", "full"), [("wav24/48000", 2**23), ("flac24/48000", 2**23), ("wav16/48000", 2**15)])
def test_a_file_has_the_samples_that_were_meant(tmp_path: pathlib.Path, kind: str, full: int) -> None:
    meant = np.array([[-1.0, 1.0], [0.5, -0.25], [3 / full, 0.0]])
    one = deliver.kinds([kind])[0]
    samples = deliver.quantised(meant, one.bits, 0)
    deliver.write(samples, one, tmp_path / "x")
    read = soundfile.read(tmp_path / "x", dtype="int32")[0]
    assert np.array_equal(read, samples if one.bits == 24 else samples.astype(np.int32) << 16)


@pytest.mark.parametrize(
    ("title", "name"), [("A/B: “C”?", "03 A-B- “C”-"), ("..", "03 untitled"), ("Ünï", "03 Ünï")]
)
def test_names_are_of_every_system(title: str, name: str) -> None:
    assert deliver.name(3, title) == name


def test_a_cue_sheet_and_chapters(tmp_path: pathlib.Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((5 * RATE, 2), 0.1), RATE)
    text = 'title = "A \\"live\\" one; #1"\nartist = "B"\nupc = "036000291452"\nfile = "a.wav"\n'
    songs = '[[song]]\ntitle = "One = 1"\nisrc = "DEA452600001"\nend = 2.01\n[[song]]\ntitle = "Two"\nstart = 2.5\n'
    (tmp_path / "album.toml").write_text(text + songs, "utf-8")
    album = project.read(tmp_path / "album.toml")
    plan = edit.plan(album)
    assert deliver.cue(album, plan, "x.wav").splitlines() == [
        "CATALOG 0036000291452", 'PERFORMER "B"', "TITLE \"A 'live' one; #1\"",
        'FILE "x.wav" WAVE',
        "  TRACK 01 AUDIO", '    TITLE "One = 1"', '    PERFORMER "B"', "    ISRC DEA452600001",
        "    INDEX 01 00:00:00",
        "  TRACK 02 AUDIO", '    TITLE "Two"', '    PERFORMER "B"', "    INDEX 00 00:02:01", "    INDEX 01 00:04:01",
    ]  # fmt: skip
    assert 'title=A "live" one\\; \\#1' in deliver.chapters(album, plan)
    assert "title=One \\= 1" in deliver.chapters(album, plan)


def test_artwork_that_is_no_picture_is_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / "cover.jpg").write_text("no picture", "utf-8")
    with pytest.raises(errors.Refusal, match=r"cover.jpg is neither PNG nor JPEG"):
        deliver.artwork(tmp_path / "cover.jpg")
