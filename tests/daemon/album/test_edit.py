"""Cuts and the time line: where songs lie, what runs into what, and input that cannot be."""

import pathlib

import numpy as np
import pytest
import soundfile

from daemon import cli, errors
from daemon.album import edit, limiter, make, project

RATE = 48_000


def _file(
    folder: pathlib.Path, name: str, seconds: float, rate: int = RATE, sides: int = 2, level: float = 0.1
) -> None:
    rng = np.random.default_rng(len(name))
    at = np.arange(round(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * 110 * at)[:, np.newaxis] * level
    soundfile.write(folder / name, tone + rng.normal(0, level / 4, (len(at), sides)), rate, subtype="PCM_24")


def _plan(folder: pathlib.Path, text: str) -> edit.Plan:
    (folder / "album.toml").write_text('title = "Live"\n' + text, "utf-8")
    return edit.plan(project.read(folder / "album.toml"))


def _song(name: str, *lines: str, title: str = "") -> str:
    return "\n".join(["[[song]]", f'title = "{title or name}"', f'file = "{name}"', *lines, ""])


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two files of ten seconds."""
    _file(tmp_path, "a.wav", 10)
    _file(tmp_path, "b.wav", 10)
    return tmp_path


def test_a_gap_is_as_long_as_said_and_belongs_to_the_track_before(folder: pathlib.Path) -> None:
    made = _plan(folder, 'deliver = ["wav24/48000"]\n' + _song("a.wav", "end = 4.5", "gap_s = 1.5") + _song("b.wav"))
    assert made.edges(RATE) == [0, 6 * RATE, 16 * RATE]
    assert made.gap_s(1) == 1.5


def test_on_a_cd_every_track_begins_at_a_75th_of_a_second(folder: pathlib.Path) -> None:
    made = _plan(folder, "cd = true\n" + _song("a.wav", "end = 4.501") + _song("b.wav", "end = 5.333"))
    assert all(each % 588 == 0 for each in made.edges(44_100))
    assert made.gap_s(1) >= 2.0


def test_a_cross_fade_overlaps(folder: pathlib.Path) -> None:
    made = _plan(folder, 'deliver = ["wav24/48000"]\n' + _song("a.wav", "crossfade_s = 2") + _song("b.wav"))
    assert made.edges(RATE) == [0, 8 * RATE, 18 * RATE]
    assert made.cuts[0].joined == (False, True)


def test_a_start_is_exact_to_the_frame_where_it_is_not_moved(folder: pathlib.Path) -> None:
    exact = 'start = "100001 frames"', 'end = "200001 frames"', "zero_crossing = false"
    made = _plan(folder, _song("a.wav", *exact))
    audio, warm = edit.sound(made.cuts[0])
    assert warm == (0, 0)
    assert np.array_equal(audio, soundfile.read(folder / "a.wav", start=100_001, stop=200_001)[0])


def test_a_start_goes_to_a_zero_crossing_nearby(folder: pathlib.Path) -> None:
    made = _plan(folder, _song("a.wav", 'start = "100001 frames"'))
    at = made.cuts[0].begin
    assert abs(at - 100_001) <= 0.005 * RATE
    around = soundfile.read(folder / "a.wav", start=at - 1, stop=at + 1)[0].sum(1)
    assert np.sign(around[0]) != np.sign(around[1])


@pytest.mark.parametrize(
    ("songs", "message"),
    [
        (_song("none.wav"), r"song 1 \(none.wav\): .*none.wav is missing"),
        (_song("text.wav"), "text.wav cannot be read as sound"),
        (_song("many.wav"), "has 4 channels, and a song two: mix it first"),
        (_song("empty.wav"), "empty.wav is empty: there is no sound in it"),
        (_song("a.wav", "start = 5", "end = 3"), r"start \(5.000 s\) is not before end \(3.000 s\)"),
        (_song("a.wav", "end = 11"), "end is at 11.000 s, but .*a.wav at 10.000 s"),
        (_song("a.wav", "end = 6") + _song("a.wav", "start = 5", title="Other"), "a.wav .* and Other .* in common"),
        (_song("a.wav", "crossfade_s = 12") + _song("b.wav"), "crossfade_s is longer than the songs"),
    ],
)
def test_what_cannot_be_cut_is_told(folder: pathlib.Path, songs: str, message: str) -> None:
    (folder / "text.wav").write_text("not sound", "utf-8")
    _file(folder, "many.wav", 1, sides=4)
    _file(folder, "empty.wav", 0)
    with pytest.raises(errors.Refusal, match=message):
        _plan(folder, songs)


def test_what_is_no_number_is_told_with_its_place(folder: pathlib.Path) -> None:
    audio = soundfile.read(folder / "a.wav")[0]
    audio[round(2.5 * RATE), 1] = np.nan
    soundfile.write(folder / "nan.wav", audio, RATE, subtype="FLOAT")
    cut = _plan(folder, _song("nan.wav", "start = 1", "zero_crossing = false")).cuts[0]
    with pytest.raises(errors.Refusal, match=r"nan.wav holds what is no number, first at 2.500 s"):
        edit.sound(cut)


def test_a_cd_refuses_a_track_that_is_too_short(folder: pathlib.Path) -> None:
    with pytest.raises(errors.Refusal, match=r"lasts 1.0 s; a track of a CD at least 4"):
        _plan(folder, "cd = true\n" + _song("a.wav", "end = 1"))


def test_what_is_odd_is_taken_and_told(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "CHECKED", ())
    _file(folder, "mono.wav", 3, rate=44_100, sides=1)
    _file(folder, "clipped.wav", 3, level=2.0)
    text = 'title = "Odd"\ndeliver = ["wav24/48000"]\n' + _song("a.wav", "end = 3") + _song("clipped.wav")
    (folder / "odd.toml").write_text(text + _song("mono.wav", "trim_db = 3"), "utf-8")
    cli.main(["album", "make", str(folder / "odd.toml"), "--jobs", "1"])
    told = capsys.readouterr().out
    assert "mono.wav: its file has one side only" in told
    assert "mono.wav: its file has 44100 frames per second, the others 48000" in told
    assert "clipped.wav: the recording itself is at full scale" in told


def test_a_silent_song_stops_everything_before_a_file_is_written(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(folder / "silent.wav", np.zeros((3 * RATE, 2)), RATE)
    (folder / "empty.toml").write_text('title = "Empty"\n' + _song("a.wav") + _song("silent.wav"), "utf-8")
    assert cli.main(["album", "make", str(folder / "empty.toml"), "--jobs", "1"]) == 2
    assert "silent.wav: there is nothing to hear in it" in capsys.readouterr().err
    assert not (folder / "empty").exists()


def test_songs_that_go_on_have_no_seam(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "CHECKED", ())
    head = 'title = "Stream"\ncontinuous = true\ntarget_lufs = -23\ndeliver = ["wav24/48000"]\n[polish]\nlow_cut = 30\n'
    split = _song("a.wav", "end = 4.9876", title="One") + _song("a.wav", "start = 4.9876", title="Two")
    for name, songs in (("split", split), ("whole", _song("a.wav", title="Whole"))):
        (folder / f"{name}.toml").write_text(head + songs, "utf-8")
        made = make.make(folder / f"{name}.toml", jobs=1)
        assert made.passes, made.findings
    parts = [soundfile.read(each)[0] for each in sorted((folder / "split/wav24-48000").iterdir())]
    joined = np.concatenate(parts)
    whole = soundfile.read(folder / "whole/wav24-48000/01 Whole.wav")[0]
    assert joined.shape == whole.shape
    # Gains differ where the two halves are not equally loud: compare the shape.
    near = slice(len(parts[0]) - RATE // 4, len(parts[0]) + RATE // 4)
    gain = (joined[near] * whole[near]).sum() / (whole[near] ** 2).sum()
    error = joined[near] - gain * whole[near]
    assert 10 * np.log10((error**2).mean() / (joined[near] ** 2).mean()) < -80
    assert not any("seam" in each.words for each in made.findings)


def test_what_is_to_be_compared_is_equally_loud(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "CHECKED", ())
    head = 'title = "Heard"\ndeliver = ["wav24/48000"]\n[polish]\neq = [["high_shelf", 3000, 6, 1.0]]\n'
    (folder / "heard.toml").write_text(head + _song("a.wav", "end = 3") + _song("b.wav", "end = 3"), "utf-8")
    options = ["--jobs", "1", "--preview-seams", "--compare", "--through", "phone"]
    cli.main(["album", "make", str(folder / "heard.toml"), *options])
    made = folder / "heard"
    before = soundfile.read(made / "compare" / "01 a.wav, a before.wav")[0]
    behind = soundfile.read(made / "compare" / "01 a.wav, b behind.wav")[0]
    assert limiter.loudness_lufs(behind, RATE) == pytest.approx(limiter.loudness_lufs(before, RATE), abs=0.05)
    assert not np.allclose(before, behind, atol=1e-3)
    phone = soundfile.read(made / "phone" / "01 a.wav.wav")[0]
    assert np.array_equal(phone[:, 0], phone[:, 1])
    assert soundfile.info(made / "seams" / "01-02.wav").duration == pytest.approx(3 + 2 + 3)


def test_a_device_that_is_none_is_told(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["album", "make", str(folder / "x.toml"), "--through", "moon"]) == 2
    assert "--through moon: there is no such device; there are mono, phone" in capsys.readouterr().err
