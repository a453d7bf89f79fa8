"""Projects: what is read, and what a person is told of what cannot be."""

import pathlib

import pytest

from daemon import errors
from daemon.album import project

SONG = '\n[[song]]\ntitle = "One"\nfile = "a.wav"\n'


def _read(folder: pathlib.Path, text: str) -> project.Album:
    (folder / "album.toml").write_text(text, "utf-8")
    return project.read(folder / "album.toml")


def test_a_short_project_has_everything_as_usual(tmp_path: pathlib.Path) -> None:
    album = _read(tmp_path, 'title = "Live"' + SONG)
    assert (album.target_lufs, album.ceiling_dbtp, album.level) == (-14.0, -1.0, "album")
    assert album.songs[0].file == tmp_path / "a.wav"
    assert album.songs[0].gap_s == 2.0


def test_a_preset_is_overruled_by_what_is_said(tmp_path: pathlib.Path) -> None:
    album = _read(tmp_path, 'title = "Live"\npreset = "r128"\nceiling_dbtp = -2' + SONG)
    assert (album.target_lufs, album.ceiling_dbtp, album.level) == (-23.0, -2.0, "track")


@pytest.mark.parametrize(
    ("text", "frame"),
    [("1.5", 72_000), ('"0:01.5"', 72_000), ('"71999 frames"', 71_999), ('"1:00:00"', 172_800_000)],
)
def test_times_are_seconds_minutes_or_frames(tmp_path: pathlib.Path, text: str, frame: int) -> None:
    album = _read(tmp_path, f'title = "Live"{SONG}start = {text}\n')
    assert album.songs[0].start.frame(48_000) == frame


def test_a_file_for_all_songs_is_said_once(tmp_path: pathlib.Path) -> None:
    album = _read(tmp_path, 'title = "Live"\nfile = "gig.wav"\n[[song]]\ntitle = "One"\n[[song]]\ntitle = "Two"\n')
    assert [song.file.name for song in album.songs] == ["gig.wav", "gig.wav"]


def test_a_chain_is_read(tmp_path: pathlib.Path) -> None:
    album = _read(tmp_path, f'title = "Live"{SONG}[song.polish]\nmono_below = 100\neq = [["bell", 2500, -1.5, 1.0]]\n')
    assert album.songs[0].polish.mono_below == 100
    assert album.songs[0].polish.eq == (("bell", 2500.0, -1.5, 1.0),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "album.toml: Invalid value"),
        ('title = "Live"', "has no songs"),
        (SONG, "title is missing"),
        ('title = "Live"\ntitel = 1' + SONG, "there is no 'titel'; there are title, artist"),
        ('title = "Live"\ntarget_lufs = "loud"' + SONG, "target_lufs is not 'loud' but a number from -40 to -6"),
        ('title = "Live"\nlevel = "max"' + SONG, "level is not 'max'; it is one of album, track, even"),
        ('title = "Live"\ndeliver = ["wav12"]' + SONG, "deliver: 'wav12' is none"),
        ('title = "Live"\nupc = "4006381333932"' + SONG, "upc 4006381333932 ends in 1"),
        ('title = "Live"\ncd = 1' + SONG, "cd is not 1 but true or false"),
        ('title = "Live"' + SONG + "start = -3\n", r"song 1 \(One\): start is not -3 but seconds"),
        ('title = "Live"' + SONG + 'isrc = "abc"\n', r"song 1 \(One\): isrc is not 'abc' but 12 capital letters"),
        ('title = "Live"' + SONG + 'fade_in_shape = "s"\n', "fade_in_shape is not 's'; it is one of cosine"),
        ('title = "Live"' + SONG + "gap_s = 1\ncrossfade_s = 2\n", "gap_s and crossfade_s exclude each other"),
        ('title = "Live"' + SONG + "[song.polish]\nwidth = 9\n", "width is not 9 but a number from 0 to 2"),
        ('title = "Live"\n[[song]]\ntitle = "One"\n', r"song 1 \(One\): file is missing"),
        (
            f'title = "Live"{SONG}isrc = "DEA452600001"\n{SONG.replace("One", "Two")}isrc = "DE-A45-26-00001"\n',
            "One and Two have the same isrc",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_file_and_key(tmp_path: pathlib.Path, text: str, message: str) -> None:
    with pytest.raises(errors.Refusal, match=message):
        _read(tmp_path, text)


def test_a_missing_project_is_told_with_what_makes_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.Refusal, match="faderd album new makes a project"):
        project.read(tmp_path / "none.toml")
