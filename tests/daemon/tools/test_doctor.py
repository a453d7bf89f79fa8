"""`faderd doctor`."""

import json
import pathlib

import numpy as np
import pytest

from daemon import cli
from daemon.audio import stream
from daemon.tools import checks, disk_speed, doctor, roundtrip

JACK = stream.Info(0, "system", "JACK Audio Connection Kit", 32, 16, 48_000, 0.01)


def test_the_doctor_looks_at_everything_and_says_what_it_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code = cli.main(["doctor", "--seconds", "0.5"])
    said = capsys.readouterr().out
    assert code == ("!" in said)
    for word in ("PortAudio", "interface", "real-time priority", "locked", "processor", "UDP port", "kernels", "core",
                 "clock", "free", "tablets", "USB", "host API", "one of 1000",
                 "can be trusted"):  # fmt: skip
        assert word in said


def test_a_machine_without_an_interface_is_idle_and_not_ill(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "found", list)
    code = cli.main(["doctor", "--seconds", "0.5", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["idle"] is True
    assert told["fit"] is False
    grades = {finding["check"]: finding["grade"] for finding in told["findings"]}
    assert grades["interface"] == "advice"
    assert "ill" not in {grades[check] for check in ("priority", "memory", "governor")}
    assert code == ("ill" in grades.values())
    assert told["recommended"]["block"] in (16, 32, 64, 128, 256, 512, 1024)
    assert told["callback"]["blocks"] > 0
    assert told["disk"]["written"] > 0
    assert told["disk"]["tracks"] >= 0


def test_what_an_interface_needs_is_illness_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_limit", lambda _: 0)
    monkeypatch.setattr(checks, "_may_all", lambda: False)
    for check in (checks.priority, checks.locked_memory):
        assert check(True).grade == "ill"
        assert check(False).grade == "advice"
        assert check(True).remedy


def test_the_doctor_says_where_head_amp_gain_is_applied() -> None:
    finding = checks.head_amps()
    assert finding.grade == "well"
    assert "head-amp gain is digital" in finding.what


def plug(system: pathlib.Path, device: str, name: str, kind: str) -> None:
    """Plug a USB device into a machine."""
    interface = system / "bus/usb/devices" / f"{device}:1.0"
    interface.mkdir(parents=True)
    (interface / "bInterfaceClass").write_text(f"{kind}\n")
    (system / "bus/usb/devices" / device).mkdir()
    (system / "bus/usb/devices" / device / "product").write_text(f"{name}\n")


def test_a_camera_on_the_bus_of_the_interface_is_named(tmp_path: pathlib.Path) -> None:
    assert checks.usb(tmp_path).grade == "well"
    plug(tmp_path, "1-1", "Scarlett 18i20", "01")
    plug(tmp_path, "2-1", "Fast Disk", "08")
    plug(tmp_path, "1-3", "Mouse", "03")
    assert checks.usb(tmp_path) == checks.Finding("usb", "well", "Scarlett 18i20 has its USB bus for itself")
    plug(tmp_path, "1-2.4", "Webcam", "0e")
    finding = checks.usb(tmp_path)
    assert finding.grade == "advice"
    assert "Scarlett 18i20 shares its USB bus with Webcam (a camera)" in finding.what


def test_a_processor_that_saves_power_is_told(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "devices/system/cpu/cpu0/cpufreq"
    path.mkdir(parents=True)
    (path / "scaling_governor").write_text("powersave\n")
    assert checks.governor(True, tmp_path).grade == "ill"
    assert checks.governor(False, tmp_path).grade == "advice"
    (path / "scaling_governor").write_text("performance\n")
    assert checks.governor(True, tmp_path).grade == "well"


def test_a_clock_of_another_century_and_a_slow_one_are_told(tmp_path: pathlib.Path) -> None:
    assert checks.clock(tmp_path, now=0.0).grade == "advice"
    path = tmp_path / checks.CLOCK
    path.parent.mkdir(parents=True)
    path.write_text("hpet\n")
    assert "hpet" in checks.clock(tmp_path).what
    path.write_text("tsc\n")
    assert checks.clock(tmp_path).grade == "well"


def test_a_full_disk_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.disk(tmp_path / "not" / "yet").check == "disk"
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 5_000_000}))
    assert checks.disk(tmp_path).grade == "ill"


@pytest.mark.parametrize("frames", [0, 128, 1_234, 40_000])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_round_trip_is_found_to_the_frame_in_noise_and_with_its_level(frames: int, rate: int) -> None:
    sent = roundtrip.sweep(rate)
    heard = -0.5 * np.pad(sent, (frames, 0))[: len(sent)]
    heard += 0.003 * np.random.default_rng(1).standard_normal(len(heard))
    trip = roundtrip.find(heard, rate)
    assert trip is not None
    assert trip.frames == frames
    assert trip.ms == pytest.approx(1000 * frames / rate)
    assert trip.level_db == pytest.approx(-6.02, abs=0.1)


def test_where_no_loop_is_none_is_found() -> None:
    noise = np.random.default_rng(1).standard_normal(len(roundtrip.sweep(48_000)))
    assert roundtrip.find(noise, 48_000) is None
    assert roundtrip.find(np.zeros(96_000), 48_000) is None


@pytest.mark.parametrize(
    ("loads", "block"),
    [
        ({}, 16),
        ({16: (0.6, 0.7)}, 32),
        ({16: (0.4, 0.9)}, 32),
        ({16: (0.4, 0.9), 32: (0.3, 0.85)}, 64),
    ],
)
def test_a_block_is_judged_also_while_a_recall_cross_fades(
    monkeypatch: pytest.MonkeyPatch, loads: dict[int, tuple[float, float]], block: int
) -> None:
    monkeypatch.setattr(doctor, "loads", lambda size: loads.get(size, (0.1, 0.3)))
    assert f"--block {block} is possible" in doctor.block()[2].what


def test_a_recall_is_measured_on_a_desk_with_everything_on() -> None:
    steady, recall = doctor.loads(64)
    assert steady > 0
    assert recall > 0


def test_a_python_of_32_bits_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.maxsize", 2**31 - 1)
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("faderd: this Python has 32 bits")
    assert said.err.count("\n") == 1


def test_a_disk_is_trusted_with_half_of_what_it_takes_and_not_when_one_write_outlasts_memory() -> None:
    assert disk_speed.Speed(64 * 48_000 * 4 * 2, 30, 1).tracks == 64
    assert disk_speed.Speed(64 * 48_000 * 4 * 2, 12_000, 1).tracks == 0


def test_a_disk_that_is_measured_is_left_as_it_was(tmp_path: pathlib.Path) -> None:
    speed = disk_speed.measure(tmp_path, 0.3)
    assert speed.written >= 64 * 4 * 14_400
    assert speed.worst_ms > 0
    assert list(tmp_path.iterdir()) == []
