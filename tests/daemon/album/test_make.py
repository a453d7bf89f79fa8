"""From the command to the delivered album: songs, order, gaps, levels, tags, files; the same bytes; one song again."""

import json
import pathlib
import subprocess
from collections.abc import Iterator

import av
import mutagen
import numpy as np
import pytest
import soundfile

from daemon import cli
from daemon.album import deliver, make, project
from oracles import truepeak
from rigs import evening, servers

SECONDS, SHORTEST = 6.0, "4"
DELIVERED = ["wav24/48000", "flac16/44100", "wav16/44100", "cue", "chapters", "m4a256", "opus160", "mp3-320", "ogg-q8"]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000"
    "000049454e44ae426082"
)


def _meter(audio: np.ndarray, rate: int) -> float:
    """Integrated loudness by libebur128."""
    pyebur128 = pytest.importorskip("pyebur128")  # which has no wheel for Python 3.13
    state = pyebur128.R128State(2, rate, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(audio, np.float64).ravel(), len(audio))
    return float(pyebur128.get_loudness_global(state))


@pytest.fixture(scope="module", autouse=True)
def _no_encoder_is_tried_for_the_report() -> Iterator[None]:
    """Which is tested where codecs are, and takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make, "CHECKED", ())
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[evening.Evening, pathlib.Path]:
    """An evening, and the project that was made of it by two commands."""
    folder = tmp_path_factory.mktemp("album")
    recorded = evening.evening(folder, SECONDS, pause_s=5.0)
    path = folder / "album.toml"
    assert cli.main(["album", "new", str(recorded.path), "-o", str(path), "--title", "Live: “Here”", "--artist",
                     "The Band", "--shortest", SHORTEST]) == 0  # fmt: skip
    (folder / "cover.png").write_bytes(PNG)
    text = path.read_text("utf-8").replace('# artwork = "cover.jpg"', 'artwork = "cover.png"')
    text = text.replace('# upc = ""  ', 'upc = "4006381333931"  ').replace("# year", "year")
    for number, title in enumerate(evening.TITLES, 1):
        text = text.replace('# isrc = ""', f'isrc = "DEA45260000{number}"', 1)
        text = text.replace(f'"Song {number}"', f'"{title}"')
    begin, end = text.index("deliver = "), text.index("# also m4a256")
    path.write_text(f"{text[:begin]}deliver = {json.dumps(DELIVERED)} {text[end:]}", "utf-8")
    assert cli.main(["album", "make", str(path), "--jobs", "1", "--preview-seams"]) == 0
    return recorded, path


def _files(path: pathlib.Path, kind: str) -> list[pathlib.Path]:
    return sorted((path.with_suffix("") / kind).iterdir())


def test_songs_are_found_in_their_order(made: tuple[evening.Evening, pathlib.Path]) -> None:
    recorded, path = made
    songs = project.read(path).songs
    assert [song.title for song in songs] == list(evening.TITLES)
    for song, (begin, end) in zip(songs, recorded.songs, strict=True):
        assert -1.0 < song.start.seconds - begin < 0.05
        assert song.end is not None
        assert -0.6 < song.end.seconds - end < 6.0


def test_gaps_are_as_said_and_tracks_make_the_stream(made: tuple[evening.Evening, pathlib.Path]) -> None:
    album = project.read(made[1])
    image = soundfile.info(made[1].with_suffix("") / "Live- “Here”.wav")
    files = _files(made[1], "wav16-44100")
    frames = [soundfile.info(file).frames for file in files]
    assert all(each % 588 == 0 for each in frames)
    assert sum(frames) == image.frames
    for song, each in zip(album.songs[:-1], frames[:-1], strict=True):
        assert song.end is not None
        sound = song.end.seconds - song.start.seconds
        assert each / 44_100 - sound == pytest.approx(2.0, abs=0.02)
    joined = np.concatenate([soundfile.read(file, dtype="int16")[0] for file in files])
    assert np.array_equal(joined, soundfile.read(made[1].with_suffix("") / "Live- “Here”.wav", dtype="int16")[0])


def test_the_loudest_song_is_at_the_target_and_none_is_above_the_ceiling(
    made: tuple[evening.Evening, pathlib.Path],
) -> None:
    source, _ = soundfile.read(made[0].path)
    moved = []
    for song, file in zip(project.read(made[1]).songs, _files(made[1], "wav24-48000"), strict=True):
        audio, rate = soundfile.read(file)
        assert truepeak.dbtp(audio) <= -1.0 + 0.05
        assert song.end is not None
        own = source[round(song.start.seconds * rate) : round(song.end.seconds * rate)]
        moved.append((_meter(audio, rate), _meter(own, rate)))
    assert max(after for after, _ in moved) == pytest.approx(-14.0, abs=0.1)
    assert np.ptp([after - before for after, before in moved]) < 1.0


@pytest.mark.parametrize("kind", ["wav24-48000", "flac16-44100", "m4a256", "opus160", "mp3-320", "ogg-q8"])
def test_tags_are_read_by_others_and_files_open(made: tuple[evening.Evening, pathlib.Path], kind: str) -> None:
    files = _files(made[1], kind)
    assert len(files) == 4
    for number, file in enumerate(files, 1):
        with av.open(str(file)) as container:
            assert container.streams.audio[0].channels == 2
            told = {key.lower(): value for key, value in (*container.metadata.items(),
                                                         *container.streams.audio[0].metadata.items())}  # fmt: skip
        assert told["title"] == evening.TITLES[number - 1]
        assert told["album"] == "Live: “Here”"
        assert told["track"].split("/")[0] == str(number)
        text = str(mutagen.File(file).pprint())
        assert f"DEA45260000{number}" in text or f"DEA45260000{number}" in str(mutagen.File(file).tags)
        assert "The Band" in text


def test_the_cue_sheet_is_read_by_cuetools(made: tuple[evening.Evening, pathlib.Path]) -> None:
    sheet = made[1].with_suffix("") / "Live- “Here”.cue"
    servers.need("cueprint")
    command = ["cueprint", "-t", "%n|%t|%i|%p\\n", "-d", "%N|%T|%P\\n", sheet]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    songs = [f"{number}|{title}|DEA45260000{number}|The Band" for number, title in enumerate(evening.TITLES, 1)]
    assert told.splitlines() == ["4|Live: “Here”|The Band", *songs]


def test_the_cue_sheet_tells_where_tracks_begin(made: tuple[evening.Evening, pathlib.Path]) -> None:
    lines = (made[1].with_suffix("") / "Live- “Here”.cue").read_text("utf-8").splitlines()
    clocks = [line.split()[-1].split(":") for line in lines if "INDEX 01" in line]
    begins = [588 * (75 * (60 * int(m) + int(s)) + int(f)) for m, s, f in clocks]
    frames = [soundfile.info(file).frames for file in _files(made[1], "wav16-44100")]
    assert begins == [0, *np.cumsum(frames)[:-1]]


def test_chapters_are_read_by_ffmpeg(made: tuple[evening.Evening, pathlib.Path]) -> None:
    with av.open(str(made[1].with_suffix("") / "chapters.txt"), format="ffmetadata") as container:
        chapters = container.chapters()
    assert [each["metadata"]["title"] for each in chapters] == list(evening.TITLES)


def test_checksums_name_every_file_and_are_right(made: tuple[evening.Evening, pathlib.Path]) -> None:
    folder = made[1].with_suffix("")
    said = dict(reversed(line.split("  ", 1)) for line in (folder / deliver.SUMS).read_text("utf-8").splitlines())
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert there - set(said) == {deliver.SUMS, "report.html", "report.json"}
    assert all(deliver.digest(folder / name) == digest for name, digest in said.items())
    assert len([name for name in said if name.startswith("seams/")]) == 3


def test_a_second_run_on_two_cores_gives_the_same_bytes(made: tuple[evening.Evening, pathlib.Path]) -> None:
    path = made[1]
    other = path.with_name("again.toml")
    text = path.read_text("utf-8").replace('"m4a256", "opus160", "mp3-320", "ogg-q8"', '"m4a256", "ogg-q8"')
    other.write_text(text, "utf-8")
    again = make.make(other, jobs=2)
    assert len(again.redone) == 4
    first = (path.with_suffix("") / deliver.SUMS).read_text("utf-8").splitlines()
    second = (other.with_suffix("") / deliver.SUMS).read_text("utf-8").splitlines()
    assert len(second) == 5 * 4 + 3
    assert set(second) <= set(first)


def test_editing_one_song_redoes_only_that(made: tuple[evening.Evening, pathlib.Path]) -> None:
    path = made[1]
    text = path.read_text("utf-8")
    begin = text.index('title = "Quiet One"')
    at = text.index("fade_out_s = ", begin)
    end = text.index("\n", at)
    path.write_text(f"{text[:at]}fade_out_s = 0.77{text[end:]}", "utf-8")
    before = {file.name: file.read_bytes() for file in _files(path, "m4a256")}
    again = make.make(path, overwrite=True, jobs=1)
    assert again.redone == ["Quiet One"]
    after = {file.name: file.read_bytes() for file in _files(path, "m4a256")}
    assert before["02 Quiet One.m4a"] != after["02 Quiet One.m4a"]


def test_nothing_is_overwritten_without_being_asked(
    made: tuple[evening.Evening, pathlib.Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = made[1]
    mine = path.with_suffix("") / "wav24-48000" / "notes.txt"
    mine.write_text("mine", "utf-8")
    assert cli.main(["album", "make", str(path)]) == 2
    assert "--overwrite replaces them" in capsys.readouterr().err
    assert cli.main(["album", "new", str(made[0].path), "-o", str(path)]) == 2
    assert "is there already" in capsys.readouterr().err
    make.make(path, overwrite=True, jobs=1)
    assert mine.read_text("utf-8") == "mine"


def test_a_file_that_was_changed_afterwards_is_told(
    made: tuple[evening.Evening, pathlib.Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = made[1]
    assert cli.main(["album", "report", str(path)]) == 0
    changed = _files(path, "flac16-44100")[0]
    with changed.open("ab") as file:
        file.write(b"\0")
    assert cli.main(["album", "report", str(path)]) == 1
    assert "01 First.flac: is not what was written" in capsys.readouterr().out
