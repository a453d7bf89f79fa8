"""Rendering: a recording through the console, the same whatever the blocks."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from daemon import cli
from daemon.offline import render
from rigs import harness

RATE = 48_000
FRAMES = 9_600
SCENE = """#4.0# "test" "" %000000000 1
/ch/01/mix ON   0.0 ON -100 OFF   -oo
/ch/01/eq/1 PEQ 124.7 +6.00 2.0
/ch/02/mix ON  -6.0 ON +40 OFF   -oo
/ch/02/dyn ON COMP PEAK LOG -30.0 4.0 1 0.00 10 10.0  151 POST 0 100 OFF
/ch/02/mix/03 ON   0.0 +0 PRE 0
/bus/03/mix ON   0.0 OFF +0 OFF   -oo
/main/st/mix ON   0.0 +0
"""


@pytest.fixture(name="recording")
def _recording(tmp_path: pathlib.Path) -> pathlib.Path:
    noise = 0.2 * np.random.default_rng(3).standard_normal((FRAMES, 4))
    path = tmp_path / "show.wav"
    soundfile.write(path, noise, RATE, subtype="FLOAT")
    return path


def scene(folder: pathlib.Path, text: str = SCENE) -> pathlib.Path:
    path = folder / "show.scn"
    path.write_text(text, "utf-8")
    return path


def render_to(path: pathlib.Path, recording: pathlib.Path, *options: str) -> int:
    return cli.main(["render", str(recording), "--out", str(path), *options])


@pytest.mark.parametrize("block", ["1024", "64", "37", "16"])
def test_the_result_does_not_depend_on_the_block(tmp_path: pathlib.Path, recording: pathlib.Path, block: str) -> None:
    options = ("--scene", str(scene(tmp_path)), "--tap", "main", "--tap", "bus/03", "--tap", "ch/02")
    assert render_to(tmp_path / "a.wav", recording, *options) == 0
    assert render_to(tmp_path / "b.wav", recording, *options, "--block", block) == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_channels_come_in_the_order_of_the_taps(tmp_path: pathlib.Path, recording: pathlib.Path) -> None:
    taps = ("--tap", "ch/01", "--tap", "main", "--tap", "bus/03")
    render_to(tmp_path / "out.wav", recording, "--scene", str(scene(tmp_path)), *taps)
    mixed, rate = soundfile.read(tmp_path / "out.wav")
    assert (mixed.shape, rate) == ((FRAMES, 4), RATE)
    # Channel 1 is hard left: all of it is there, and nothing of it on the right.
    left_alone = mixed[:, 1] - mixed[:, 0]
    right = mixed[:, 2]
    assert np.corrcoef(left_alone, right)[0, 1] == pytest.approx(1.0, abs=1e-3)


def test_a_folder_of_mono_files_is_a_recording(tmp_path: pathlib.Path, recording: pathlib.Path) -> None:
    folder = tmp_path / "tracks"
    folder.mkdir()
    for number, track in enumerate(soundfile.read(recording, dtype="float32")[0].T, 1):
        soundfile.write(folder / f"{number:02} track.wav", track, RATE, subtype="FLOAT")
    options = ("--scene", str(scene(tmp_path)))
    render_to(tmp_path / "a.wav", recording, *options)
    render_to(tmp_path / "b.wav", folder, *options)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_line_of_the_scene_that_means_nothing_is_named_and_the_exit_code_says_so(
    tmp_path: pathlib.Path, recording: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scene(tmp_path, SCENE + "/nonsense 1 2\n")
    assert render_to(tmp_path / "out.wav", recording, "--scene", str(path)) == cli.SCENE_PROBLEMS
    assert f"{path}:9: there is no /nonsense" in capsys.readouterr().err
    assert np.abs(soundfile.read(tmp_path / "out.wav")[0]).max() > 0.1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tap", "bus/99"), "no signal is called 'bus/99'"),
        (("--scene", "nowhere.scn"), "nowhere.scn"),
        (("--block", "0"), "at least one frame"),
    ],
)
def test_what_cannot_be_rendered_is_refused_in_a_sentence(
    tmp_path: pathlib.Path,
    recording: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    assert render_to(tmp_path / "out.wav", recording, *options) == 1
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert not (tmp_path / "out.wav").exists()


def test_a_rate_the_console_does_not_have_is_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "slow.wav"
    soundfile.write(path, np.zeros((100, 2)), 22_050)
    with pytest.raises(render.RenderError, match="22050 Hz"):
        render.render(path, None, tmp_path / "out.wav", ["main"])


def test_nan_and_infinity_in_one_channel_reach_no_other(tmp_path: pathlib.Path, recording: pathlib.Path) -> None:
    clean, _ = soundfile.read(recording, dtype="float32")
    clean[:, 1] = 0
    poisoned = clean.copy()
    poisoned[1000:2000, 1] = np.nan
    poisoned[3000:4000, 1] = np.inf
    for name, sound in (("a", clean), ("b", poisoned)):
        soundfile.write(tmp_path / f"{name}.wav", sound, RATE, subtype="FLOAT")
        render_to(tmp_path / f"{name}.out.wav", tmp_path / f"{name}.wav", "--scene", str(scene(tmp_path)))
    assert (tmp_path / "a.out.wav").read_bytes() == (tmp_path / "b.out.wav").read_bytes()


def test_the_speed_is_printed_as_a_multiple_of_real_time(tmp_path: pathlib.Path, recording: pathlib.Path) -> None:
    command = [sys.executable, "-m", "daemon.cli", "render", str(recording), "--out", str(tmp_path / "out.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "× real time" in done.stdout


UNITY = """#4.0# "unity" "" %000000000 1
/config/buslink OFF ON OFF OFF OFF OFF OFF OFF
/config/mtxlink ON OFF OFF
/ch/01/mix ON   0.0 ON -100 ON   0.0
/ch/02/mix ON   0.0 ON +100 OFF   0.0
/ch/01/grp %00000001 %000000
/ch/02/grp %00000001 %000000
/ch/01/mix/03 ON   0.0 -100 POST 0
/ch/02/mix/03 ON   0.0 +100 POST 0
/bus/03/mix ON   0.0 OFF -100 OFF   0.0
/bus/04/mix ON   0.0 OFF +100 OFF   0.0
/bus/03/mix/01 ON   0.0 -100 POST 0
/bus/04/mix/01 ON   0.0 +100 POST 0
/mtx/01/mix ON   0.0
/mtx/02/mix ON   0.0
/main/st/mix ON   0.0 +0
/main/m/mix ON   0.0
/dca/1 ON   0.0
"""


@pytest.mark.parametrize(
    ("tap", "inputs"), [("main", [0, 1]), ("bus/03", [0]), ("bus/04", [1]), ("mtx/01", [0]), ("mtx/02", [1]),
                        ("main/m", [0]), ("ch/01", [0])],
)  # fmt: skip
def test_a_mix_of_faders_at_0_db_is_the_recording_itself_bit_by_bit(
    tmp_path: pathlib.Path, recording: pathlib.Path, tap: str, inputs: list[int]
) -> None:
    assert render_to(tmp_path / "out.wav", recording, "--scene", str(scene(tmp_path, UNITY)), "--tap", tap) == 0
    mixed, _ = soundfile.read(tmp_path / "out.wav", dtype="float32", always_2d=True)
    played, _ = soundfile.read(recording, dtype="float32")
    assert mixed.tobytes() == np.ascontiguousarray(played[:, inputs]).tobytes()


@pytest.mark.parametrize("taps", [["main", "bus/03"], ["bus/03", "aux/01", "rec/1"]])
def test_what_is_left_out_in_a_hurry_is_not_heard(taps: list[str]) -> None:
    noise = np.random.default_rng(5).uniform(-0.1, 0.1, (FRAMES, 4)).astype(np.float32)
    heard = []
    for hurries in (False, True):
        mixer = harness.Mixer(inputs=4, taps=taps)
        if hurries:
            mixer.audio.control_hurry(mixer.console.targets["output_patch"].reshape(-1))
        mixer.unity()
        for path, value in (("ch/02/delay/on", True), ("ch/02/delay/time", 20.0), ("ch/02/mix/03/level", 0.0)):
            mixer.set(f"/{path}", value)
        heard.append(mixer.run(noise))
    assert np.abs(heard[0]).max() > 0.01
    assert (heard[0].view(np.int32) == heard[1].view(np.int32)).all()
