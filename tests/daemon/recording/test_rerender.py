"""A calm show, rendered again as it was and altered: judged by what was recorded and by arithmetic."""

import json
import pathlib
import time

import numpy as np
import pytest
import soundfile

from daemon import cli
from daemon.recording import again, alter, bring, gig, journal, score, shares, states
from dsp.table import TABLE
from rigs import gigs

FADER = "/ch/11/mix/fader"


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Five seconds: every channel to the mains, channel 11 moved all the time, two marks, two checkpoints."""
    folder = tmp_path_factory.mktemp("show") / "gigs"
    with pytest.MonkeyPatch.context() as patch, gigs.Show(folder, 64, mixes=("main", "bus/01")) as show:
        patch.setattr(states, "STATE_S", 1.0)
        for path, leaf in TABLE.leaves.items():
            if path.startswith("/fxrtn/") and path.endswith("/mix/on"):
                show.mixer.set(leaf, 0)
        main = TABLE.leaves["/main/st/mix/fader"]
        show.mixer.set(main, show.mixer.values.param(main).nearest(0.0))
        show.mixer.publish()
        time.sleep(1)
        show.recorder.start("calm")
        show.is_kept()
        for turn in range(200):
            show.mixer.set(TABLE.leaves[FADER], 500 + 2 * turn)
            show.mixer.publish()
            if turn in (100, 150):
                show.recorder.mark("Second song" if turn == 100 else "")
            time.sleep(0.02)
        show.is_kept(times=2)
        time.sleep(0.5)
    (made,) = folder.iterdir()
    return made


def rendered(made: pathlib.Path, out: pathlib.Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    code = cli.main(["gig", "render", str(made), "--out", str(out), "--jobs", "2", "--json", *words])
    told = json.loads(capsys.readouterr().out)
    assert code == (0 if not told["problems"] else 3)
    return told


def sound(path: pathlib.Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_all_cores_together_give_the_recorded_bytes(made: pathlib.Path, tmp_path: pathlib.Path, capsys) -> None:
    manifest, frames = gigs.recorded(made)
    parts = [slice(first, last) for _, first, last in again.stretches(again.read(made), 0, len(frames))]
    count = sum(part.stop - part.start for part in parts)
    assert len(parts) > 1
    for block in ("16", "1024"):
        told = rendered(made, tmp_path / "out", capsys, "--block", block)
        assert (told["differs"], told["compared"], told["frames"]) == ("", count, len(frames))
        for at, name in enumerate(("main-l", "main-r", "bus-01"), manifest["inputs"]):
            heard = sound(tmp_path / "out" / f"{name}.wav")[:, 0]
            for part in parts:
                np.testing.assert_array_equal(heard[part].view(np.int32), frames[part, at].view(np.int32))
            assert not heard[: parts[0].start].any()


def test_two_decibels_more_are_that_channel_alone(made: pathlib.Path, tmp_path: pathlib.Path, capsys) -> None:
    words = ("--from", "mark:1", "--to", "mark:2")
    rendered(made, tmp_path / "as it was.wav", capsys, "--tap", "main/l", "--tap", "ch/11", *words)
    more = rendered(made, tmp_path / "louder.wav", capsys, "--tap", "main/l", "--set", "ch/11/mix/fader=+2dB", *words)
    was, louder = sound(tmp_path / "as it was.wav").astype(float), sound(tmp_path / "louder.wav").astype(float)
    assert 0.5 * gigs.RATE < len(was) == len(louder) == more["frames"]
    difference, channel = louder[:, 0] - was[:, 0], was[:, 1]
    share = difference @ channel / (channel @ channel)
    pan = 0.5**0.5  # in the middle
    assert share == pytest.approx(pan * (10 ** (2 / 20) - 1), rel=0.05)  # steps of a fader are 0.1 dB and more
    rest = difference - share * channel
    assert np.sqrt(np.mean(rest**2)) < 0.02 * np.sqrt(np.mean(difference**2))


def test_what_is_left_out_stays_as_it_began(made: pathlib.Path, tmp_path: pathlib.Path, capsys) -> None:
    words = ("--tap", "ch/11", "--from", "mark:1", "--to", "mark:2")
    rendered(made, tmp_path / "moved.wav", capsys, *words)
    rendered(made, tmp_path / "still.wav", capsys, *words, "--without", "ch/11/mix/**")
    loudness = {}
    for name in ("moved", "still"):
        loudness[name] = [np.abs(part).mean() for part in np.array_split(sound(tmp_path / f"{name}.wav"), 4)]
    assert loudness["moved"][3] > 1.2 * loudness["moved"][0]
    assert loudness["still"][3] == pytest.approx(loudness["still"][0], rel=0.02)


def test_another_scene_is_another_mix_of_the_tracks(made: pathlib.Path, tmp_path: pathlib.Path, capsys) -> None:
    scene = '#4.0# "one" "" %000000000 1\n/ch/01/mix ON 0.0 ON -100 OFF -oo\n/main/st/mix ON 0.0 +0\n'
    (tmp_path / "one.scn").write_text(scene)
    told = rendered(made, tmp_path / "one.wav", capsys, "--scene", str(tmp_path / "one.scn"), "--tap", "main")
    _, frames = gigs.recorded(made)
    heard = sound(tmp_path / "one.wav")
    assert told["frames"] == len(heard) == len(frames)
    assert np.abs(heard[gigs.RATE :, 0]).max() > 0.01
    assert np.abs(heard[gigs.RATE :, 1]).max() < 1e-4 * np.abs(heard[gigs.RATE :, 0]).max()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "mark:Encore"], "no mark 'Encore': there are 1 Second song, 2"),
        (["--from", "later"], "'later' is no moment"),
        (["--tap", "bus/17"], "no signal is called 'bus/17'"),
        (["--set", "ch/33/mix/fader=+2dB"], "--set ch/33/mix/fader=+2dB: say PATH=VALUE"),
        (["--set", "ch/11/mix/on=+2dB"], "no number that something can be added to"),
        (["--without", "chan/**"], "--without chan/**: no address"),
    ],
)
def test_what_is_not_understood_is_told(made: pathlib.Path, tmp_path: pathlib.Path, capsys, words, said) -> None:
    assert cli.main(["gig", "render", str(made), "--out", str(tmp_path / "x.wav"), *words]) == 1
    assert said in capsys.readouterr().err


def test_globs_name_parts_of_addresses() -> None:
    paths = {glob: [TABLE.path_of(leaf) for leaf in alter.leaves_of(glob)] for glob in ("ch/11/**", "/ch/*/mix/fader")}
    assert {path.split("/")[2] for path in paths["ch/11/**"]} == {"11"}
    assert paths["/ch/*/mix/fader"] == [f"/ch/{n:02}/mix/fader" for n in range(1, 33)]


def test_a_gig_is_listed_and_told_of(made: pathlib.Path, capsys) -> None:
    assert cli.main(["gig", "list", str(made.parent), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["inputs"], listed["mixes"], listed["closed"]) == (32, ["main/l", "main/r", "bus/01"], "end")
    assert cli.main(["gig", "list", str(made.parent)]) == 0
    assert "calm" in capsys.readouterr().out
    assert cli.main(["gig", "info", str(made)]) == 0
    told = capsys.readouterr().out
    assert "Second song" in told
    assert "it can be played again from" in told


def test_files_that_are_missing_cut_or_foreign_are_told_by_name_and_the_rest_is_done(
    made: pathlib.Path, tmp_path: pathlib.Path, capsys
) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    soundfile.write(takes / "a.wav", np.ones((48_000, 2)) * 0.5, 48_000, "FLOAT")
    bring.bring_in(takes, tmp_path / "gigs" / "other")
    reel = tmp_path / "gigs" / "other" / gig.REEL
    whole = reel.read_bytes()
    for damage, said in (
        (lambda: reel.write_bytes(whole[:-80_000]), "is cut: frames 38000 to 48000"),
        (lambda: reel.write_bytes((made / gig.REEL).read_bytes()[:50_000]), "is of another gig: it has not 2 tracks"),
        (lambda: reel.write_bytes(b"no audio at all"), "is no reel"),
        (reel.unlink, "No such file"),
    ):
        damage()
        assert cli.main(["gig", "list", str(tmp_path / "gigs")]) == 1
        assert f"{gig.REEL}{' ' if 'is' in said else ': '}{said}" in capsys.readouterr().out.replace("\n", "")
        assert cli.main(["gig", "verify", str(tmp_path / "gigs" / "other")]) == 1
        assert said in capsys.readouterr().out
        assert cli.main(["gig", "export", str(tmp_path / "gigs" / "other"), str(tmp_path / "out")]) == 1
        assert said in capsys.readouterr().err
    reel.write_bytes(whole[:-80_000])
    cli.main(["gig", "export", str(tmp_path / "gigs" / "other"), str(tmp_path / "out")])
    assert len(sound(tmp_path / "out" / "01 a 1.wav")) == 38_000


def test_who_has_done_a_part_goes_on_and_who_is_idle_takes_the_far_half_of_what_is_left() -> None:
    parts = shares.Shares([100] * 9, [False, *[True] * 5, False, True, True])
    assert [parts.take(), parts.take(), parts.take(0), parts.take(3), parts.take(1)] == [0, 3, 1, 4, 2]
    assert (parts.follows(3, 2), parts.take(2)) == (True, 6)  # the longest run that is left, from its beginning
    assert [parts.take(4), parts.take(6), parts.take(5), parts.take(7), parts.take()] == [5, 7, 8, None, None]


def test_a_part_behind_what_is_missing_is_begun_anew() -> None:
    parts = shares.Shares([100, 100], [False, False])
    assert (parts.take(), parts.follows(1, 0), parts.take(0), parts.take(1)) == (0, False, 1, None)


def test_a_checkpoint_that_was_made_while_frames_were_lost_is_none(tmp_path: pathlib.Path) -> None:
    states = [{"kind": "state", "frame": frame} for frame in (100, 1100, 2000)]
    journal.append(tmp_path / score.MOVES, *states, {"kind": "break", "frame": 1000, "frames": 1000, "why": "lost"})
    known = again.read(tmp_path)
    assert [state["frame"] for state in known.states] == [100, 2000]
    parts = again.stretches(known, 0, 3000)
    assert [(first, last) for _, first, last in parts] == [(100, 1000), (2000, 3000)]
    assert again.gaps(parts, 0, 3000) == [(0, 100), (1000, 2000)]
