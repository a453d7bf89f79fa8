"""Proposals: songs at marks, of gigs, of files; what is music and what is applause or talk; a text that can be read."""

import pathlib

import numpy as np
import pytest
import soundfile

from daemon import errors
from daemon.album import listen, project, propose
from daemon.recording import bring, gig, journal
from rigs import evening

RATE = 48_000


def _heard(*parts: tuple[float, float, float]) -> listen.Heard:
    """A recording of stretches: seconds, loudness, flatness."""
    level = np.concatenate([np.full(round(seconds * 10), db) for seconds, db, _ in parts])
    flat = np.concatenate([np.full(round(seconds * 10), each) for seconds, _, each in parts])
    return listen.Heard(pathlib.Path("x.wav"), RATE, 2, len(level) / 10, level, flat, -20.0)


SILENCE, MUSIC, APPLAUSE, QUIET = (5, -70, 0.6), (60, -18, 0.25), (6, -28, 0.62), (40, -29, 0.2)


def test_songs_are_the_loud_and_dense_stretches_that_are_no_applause() -> None:
    heard = _heard(SILENCE, MUSIC, APPLAUSE, SILENCE, QUIET, APPLAUSE, SILENCE, MUSIC)
    found = propose.by_level(heard, 20)
    assert [round(song.start_s) for song in found] == [5, 76, 127]
    assert all(song.sure_db > propose.SURE_DB for song in found)


def test_talk_with_pauses_is_no_song() -> None:
    talk = [part for _ in range(20) for part in ((1.0, -24, 0.3), (0.8, -70, 0.6))]
    found = propose.by_level(_heard(SILENCE, *talk, SILENCE, MUSIC), 20)
    assert len(found) == 1


def test_a_beginning_that_does_not_stand_out_asks_for_a_look(tmp_path: pathlib.Path) -> None:
    heard = _heard((10, -26, 0.6), MUSIC)
    found = propose.by_level(heard, 20)
    text = propose.text(found, [], tmp_path / "a.toml", "T", "", ["album"], 3.0, None)
    assert "look: it stands out by" in text


def test_marks_name_songs_and_each_begins_at_its_onset_and_ends_with_the_music() -> None:
    heard = _heard(SILENCE, MUSIC, APPLAUSE, SILENCE, MUSIC, SILENCE)
    found = propose.by_marks(heard, [(78.0, "Two"), (3.0, "One")])
    assert [song.title for song in found] == ["One", "Two"]
    assert [song.start_s for song in found] == pytest.approx([4.65, 75.65], abs=0.11)
    assert found[0].end_s == pytest.approx(68, abs=4)
    assert found[1].end_s == pytest.approx(136, abs=4)
    assert found[0].end_s <= found[1].start_s


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A gig of one input and the main mix, with two marks."""
    folder = tmp_path_factory.mktemp("gig")
    (folder / "in").mkdir()
    at = np.arange(16 * RATE) / RATE
    on = ((at > 2) & (at < 7)) | (at > 11)
    for number, name in enumerate(("01 vocal", "02 main l", "03 main r"), 1):
        tone = 0.1 * np.sin(2 * np.pi * 220 * number * at) * on
        soundfile.write(folder / "in" / f"{name}.wav", tone.astype(np.float32), RATE, subtype="FLOAT")
    bring.bring_in(folder / "in", folder / "gig")
    names = gig.tracks(folder / "gig")[1]
    gig.describe(folder / "gig", RATE, names, inputs=1, signals=["in/01", "main/l", "main/r"])
    for second, name in ((1.5, "Opening"), (10.5, "Encore")):
        journal.append(folder / "gig" / gig.JOURNAL, {"kind": "mark", "frame": round(second * RATE), "name": name})
    return folder


def test_a_gig_becomes_songs_at_its_marks_of_its_recorded_mix(recorded: pathlib.Path, tmp_path: pathlib.Path) -> None:
    found = propose.of_gig(recorded / "gig", tmp_path / "mix.wav")
    assert [song.title for song in found] == ["Opening", "Encore"]
    assert [song.start_s for song in found] == pytest.approx([1.65, 10.65], abs=0.11)
    mix, _ = soundfile.read(tmp_path / "mix.wav", dtype="float32")
    for side, name in enumerate(("02 main l", "03 main r")):
        assert np.array_equal(mix[:, side], soundfile.read(recorded / "in" / f"{name}.wav", dtype="float32")[0])


def test_an_album_is_made_of_the_mix_that_is_for_no_house(recorded: pathlib.Path, tmp_path: pathlib.Path) -> None:
    bring.bring_in(recorded / "in", tmp_path / "gig")
    names = gig.tracks(tmp_path / "gig")[1]
    gig.describe(tmp_path / "gig", RATE, names, inputs=1, signals=["main/l", "print/l", "print/r"])
    propose.of_gig(tmp_path / "gig", tmp_path / "mix.wav")
    mix, _ = soundfile.read(tmp_path / "mix.wav", dtype="float32")
    assert np.array_equal(mix[:, 0], soundfile.read(recorded / "in" / "02 main l.wav", dtype="float32")[0])


def test_a_gig_without_a_mix_is_told_how_to_make_one(recorded: pathlib.Path, tmp_path: pathlib.Path) -> None:
    bring.bring_in(recorded / "in", tmp_path / "gig")
    with pytest.raises(errors.Refusal, match=r"has no mix: faderd gig render .* --tap print makes one"):
        propose.of_gig(tmp_path / "gig", tmp_path / "mix.wav")


def test_a_folder_that_is_no_gig_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.Refusal, match="this is no folder of a gig"):
        propose.of_gig(tmp_path, tmp_path / "mix.wav")


def test_files_are_songs_with_the_titles_of_their_names_and_the_text_is_a_project(tmp_path: pathlib.Path) -> None:
    inputs = evening.stems(None)
    for name, number in (("01 - Blue.wav", 0), ("02_Green.flac", 1)):
        soundfile.write(tmp_path / name, evening.mix(inputs, evening.MIXES[number], 6, -6), RATE)
    found = propose.of_files([tmp_path / "01 - Blue.wav", tmp_path / "02_Green.flac"], shortest_s=4)
    tones = propose.nearer(found, 3.0, None)
    assert all(each.eq.bands for each in tones)
    path = tmp_path / "album.toml"
    path.write_text(propose.text(found, tones, path, 'T "x"', "A", ["album"], 3.0, None), "utf-8")
    album = project.read(path)
    assert (album.title, [song.title for song in album.songs]) == ('T "x"', ["Blue", "Green"])
    # A proposal is shown, and not applied.
    assert not album.songs[0].polish.eq
    assert "eq = [" in path.read_text("utf-8")
    assert propose.drawn(tones[0].eq.bands_db, 3.0) in path.read_text("utf-8")
    taken = path.read_text("utf-8").replace("# eq = ", "eq = ")
    path.write_text(taken, "utf-8")
    assert project.read(path).songs[0].polish.eq


def test_what_has_no_music_is_told(tmp_path: pathlib.Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((RATE, 2)), RATE)
    with pytest.raises(errors.Refusal, match="no music was found; write a project"):
        propose.of_files([tmp_path / "a.wav"])


def test_a_curve_is_drawn_between_the_caps() -> None:
    drawn = propose.drawn(np.linspace(-4, 3, 120), 3.0)
    assert (len(drawn), drawn[0], drawn[-1]) == (40, "▁", "█")
    assert drawn == "".join(sorted(drawn))


def test_the_level_that_is_proposed_is_that_of_a_reference(tmp_path: pathlib.Path) -> None:
    song = evening.mix(evening.stems(None), evening.MIXES[0], 6, -12)
    for name, gain in (("a", 1.0), ("b", 10 ** (2 / 20))):
        soundfile.write(tmp_path / f"{name}.wav", song * gain, RATE, subtype="FLOAT")
    found = propose.of_files([tmp_path / "a.wav"], shortest_s=4)
    tones = propose.nearer(found, 3.0, tmp_path / "b.wav")
    assert tones[0].level_lu == pytest.approx(2.0, abs=0.2)
    text = propose.text(found, tones, tmp_path / "a.toml", "T", "", ["album"], 3.0, tmp_path / "b.wav")
    assert f"# target_lufs = {tones[0].goal_lufs:.1f}       # proposed: as loud as b.wav" in text
