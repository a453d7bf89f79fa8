"""What others recorded becomes a gig, and goes on to other programs: judged by files made here by hand."""

import csv
import pathlib
import struct
import subprocess

import numpy as np
import pytest
import soundfile

from daemon import cli, errors
from daemon.recording import bring, gig, journal, lists, marks, reels
from rigs import servers

RATE = 48_000


def grid(frames: int, tracks: int, seed: int = 1) -> np.ndarray:
    """Noise on the grid of 24 bits."""
    return np.random.default_rng(seed).integers(-(2**23), 2**23, (frames, tracks)).astype(np.int32)


def floats(samples: np.ndarray) -> np.ndarray:
    return (samples / 2**23).astype(np.float32)


def session(folder: pathlib.Path, takes: list[np.ndarray], markers: list[int], name: str = "Tour") -> None:
    """A session as the card writes it."""
    folder.mkdir(parents=True)
    tracks = takes[0].shape[1]
    log = struct.pack("<7I", 0x59BC9E41, tracks, RATE, 0x59BC9E41, len(takes), len(markers), sum(map(len, takes)))
    log += b"".join(struct.pack("<I", take.size) for take in takes)
    log = log.ljust(1052, b"\0") + b"".join(struct.pack("<I", marker) for marker in markers)
    log = log.ljust(1552, b"\0") + name.encode()
    (folder / "SE_LOG.BIN").write_bytes(log.ljust(2048, b"\0"))
    for number, take in enumerate(takes, 1):
        data = (take << 8).astype("<i4").tobytes()
        form = struct.pack("<HHIIHH", 1, tracks, RATE, RATE * 4 * tracks, 4 * tracks, 32)
        head = b"RIFF" + struct.pack("<I", 32_760 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + form
        junk = 32_768 - len(head) - 16
        # The card's filling may hold what looks like a chunk.
        filling = b"data\x10\0\0\0".ljust(junk, b"\0")
        head += b"JUNK" + struct.pack("<I", junk) + filling + b"data" + struct.pack("<I", len(data))
        (folder / f"{number:08X}.WAV").write_bytes(head + data)


def stamped(path: pathlib.Path, samples: np.ndarray, reference: int, name: str = "", promised: int = 0) -> None:
    """A Broadcast WAV of 24 bits with its time stamp."""
    tracks = samples.shape[1]
    data = np.ascontiguousarray((samples << 8).astype("<i4")).view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    bext = b"\0" * 338 + struct.pack("<Q", reference) + b"\0" * 256
    form = struct.pack("<HHIIHH", 1, tracks, RATE, RATE * 3 * tracks, 3 * tracks, 24)
    ixml = f"<BWFXML><TRACK_LIST><TRACK><INTERLEAVE_INDEX>1</INTERLEAVE_INDEX><NAME>{name}</NAME></TRACK></TRACK_LIST>"
    ixml = (ixml + "</BWFXML>").encode() if name else b""
    chunks = [(b"bext", bext), (b"fmt ", form), *([(b"iXML", ixml + b" " * (len(ixml) % 2))] if name else [])]
    body = b"".join(key + struct.pack("<I", len(content)) + content for key, content in chunks)
    body += b"data" + struct.pack("<I", promised * 3 * tracks or len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)


def heard(folder: pathlib.Path) -> np.ndarray:
    found = reels.Gig(folder)
    return found.read(0, found.frames)


def test_a_session_of_the_desks_card_comes_in_whole_with_its_markers_and_names(tmp_path: pathlib.Path) -> None:
    sound = grid(100_000, 8)
    session(tmp_path / "5B", [sound[:60_000], sound[60_000:]], [1_000, 75_000])
    (tmp_path / "5B" / "snap.scn").write_text('#4.0# "x"\n/ch/01/config "Kick" 3 YE 1\n/ch/08/config "Vox" 3 YE 8\n')
    found = bring.bring_in(tmp_path / "5B", tmp_path / "gig")
    assert (found.problems, found.frames, found.rate) == ([], 100_000, RATE)
    assert [found.names[0], found.names[1], found.names[7]] == ["Kick", "Ch 02", "Vox"]
    np.testing.assert_array_equal(heard(tmp_path / "gig"), floats(sound))
    assert [mark.frame for mark in reels.Gig(tmp_path / "gig").marks] == [1_000, 75_000]


def test_takes_that_are_missing_cut_or_foreign_are_told_by_name_and_the_rest_is_in_its_place(tmp_path) -> None:
    sound = grid(80_000, 4)
    session(tmp_path / "5B", [sound[n : n + 20_000] for n in range(0, 80_000, 20_000)], [])
    takes = [tmp_path / "5B" / f"{number:08X}.WAV" for number in (1, 2, 3, 4)]
    takes[0].unlink()
    takes[1].write_bytes(takes[1].read_bytes()[: 32_768 + 16 * 5_000])
    takes[2].write_bytes(b"RIFF but something else")
    found = bring.bring_in(tmp_path / "5B", tmp_path / "gig")
    assert [take.name for take, told in zip(takes, found.problems, strict=False) if take.name in told] == [
        take.name for take in takes[:3]
    ]
    expected = floats(sound)
    expected[:20_000] = expected[25_000:60_000] = 0
    np.testing.assert_array_equal(heard(tmp_path / "gig"), expected)
    (tmp_path / "5B" / "SE_LOG.BIN").write_bytes(bytes(100))
    with pytest.raises(errors.Refusal, match=r"SE_LOG\.BIN is cut"):
        bring.bring_in(tmp_path / "5B", tmp_path / "other")


def test_broadcast_wavs_lie_where_their_time_stamps_say_and_keep_their_names(tmp_path: pathlib.Path) -> None:
    (tmp_path / "takes").mkdir()
    kick, vox = grid(50_000, 1, 2), grid(30_000, 1, 3)
    midnight = 20 * 3600 * RATE
    stamped(tmp_path / "takes" / "a.wav", kick, midnight, "Kick")
    stamped(tmp_path / "takes" / "b.wav", vox, midnight + 35_000, "Vox", promised=40_000)
    found = bring.bring_in(tmp_path / "takes", tmp_path / "gig")
    assert found.names == ["Kick", "Vox"]
    assert len(found.problems) == 1
    assert "b.wav is cut: 30000 of 40000 frames" in found.problems[0]
    expected = np.zeros((75_000, 2), np.float32)
    expected[:50_000, :1], expected[35_000:65_000, 1:] = floats(kick), floats(vox)
    np.testing.assert_array_equal(heard(tmp_path / "gig"), expected)


def test_parts_of_one_recording_of_many_tracks_follow_one_another(tmp_path: pathlib.Path) -> None:
    (tmp_path / "takes").mkdir()
    sound = grid(70_000, 3)
    stamped(tmp_path / "takes" / "2.wav", sound[40_000:], 1_040_000)
    stamped(tmp_path / "takes" / "1.wav", sound[:40_000], 1_000_000)
    found = bring.bring_in(tmp_path / "takes", tmp_path / "gig")
    assert (len(found.names), found.problems) == (3, [])
    np.testing.assert_array_equal(heard(tmp_path / "gig"), floats(sound))


def test_a_folder_with_foreign_files_of_another_rate_and_damaged_ones_gives_the_rest(tmp_path, capsys) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    sound = floats(grid(30_000, 1))[:, 0]
    for name in ("1 kick.wav", "2 snare.flac"):
        soundfile.write(takes / name, sound, RATE, "PCM_24")
    soundfile.write(takes / "3 other.wav", sound, 44_100, "PCM_24")
    (takes / "4 letter.wav").write_text("Dear all,")
    assert cli.main(["gig", "import", str(takes), str(tmp_path / "gig")]) == 1
    told = capsys.readouterr().out
    assert "3 other.wav: 44100 Hz" in told
    assert "4 letter.wav" in told
    np.testing.assert_array_equal(heard(tmp_path / "gig"), np.stack([sound, sound], 1))


def test_one_file_is_a_gig_too_and_what_nobody_can_read_is_refused(tmp_path: pathlib.Path) -> None:
    sound = grid(10_000, 2)
    stamped(tmp_path / "all.wav", sound, 0)
    assert bring.bring_in(tmp_path / "all.wav", tmp_path / "gig").names == ["all 1", "all 2"]
    (tmp_path / "bad.wav").write_text("no")
    with pytest.raises(errors.Refusal, match=r"bad\.wav"):
        bring.bring_in(tmp_path / "bad.wav", tmp_path / "other")
    with pytest.raises(errors.Refusal, match="no such file"):
        bring.bring_in(tmp_path / "nowhere", tmp_path / "other")


def test_an_export_has_aligned_files_and_the_marks_as_cue_sheet_and_for_reaper(tmp_path, capsys) -> None:
    session(tmp_path / "5B", [grid(96_000, 2)], [24_000, 84_000])
    bring.bring_in(tmp_path / "5B", tmp_path / "gig")
    journal.append(tmp_path / "gig" / gig.JOURNAL, {"kind": "remark", "number": 2, "name": 'Say "hi", all'})
    assert cli.main(["gig", "export", str(tmp_path / "gig"), str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.split()[-1].endswith("marks.csv")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["01 Ch 01.wav", "02 Ch 02.wav", "marks.csv", "marks.cue"]
    assert {soundfile.info(tmp_path / "out" / name).frames for name in names[:2]} == {96_000}
    rows = list(csv.reader((tmp_path / "out" / "marks.csv").open(encoding="utf-8")))
    assert rows == [["#", "Name", "Start"], ["M1", "", "0:00.500"], ["M2", 'Say "hi", all', "0:01.750"]]
    sheet = (tmp_path / "out" / "marks.cue").read_text("utf-8")
    assert "INDEX 01 00:00:37" in sheet
    assert "INDEX 01 00:01:56" in sheet
    assert "Say 'hi', all" in sheet
    servers.need("cuebreakpoints")
    told = subprocess.run(["cuebreakpoints", tmp_path / "out" / "marks.cue"], capture_output=True, text=True)
    assert told.stdout.split() == ["0:01.56"]  # where the second track begins


def test_marks_of_a_long_night_have_minutes_beyond_the_hour() -> None:
    late = [marks.Mark(RATE * 5_025 + 24, "late")]
    assert lists.sectors(late[0].frame, RATE) == "83:45:00"
    assert lists.reaper(late, RATE).splitlines()[1] == "M1,late,83:45.000"
