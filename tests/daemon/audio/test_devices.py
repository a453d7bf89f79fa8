"""Whoever names a device gets that one, or is told which there are; the stage is always there."""

import io
import pathlib
import sys

import numpy as np
import pytest
import soundfile
from rich.console import Console

from daemon.audio import devices, stream
from rigs import loopback


def info(index, name, inputs=2, outputs=2, api="ALSA", rate=44_100):
    return stream.Info(index, name, api, inputs, outputs, rate, 0.0087)


INFOS = [
    info(0, "USB Audio", 18, 20),
    info(1, "USB Audio Pro", 32, 32),
    info(2, "Camera", 1, 0),
    info(3, "HDMI", 0, 8),
    info(4, "system", 32, 16, api="JACK Audio Connection Kit"),
    info(5, "HDMI", 0, 8, api="OSS"),
]


@pytest.fixture
def portaudio(monkeypatch):
    """Let PortAudio have a few devices; return the rates it accepts, which a test may change."""
    rates = set(devices.RATES)
    monkeypatch.setattr(stream, "infos", lambda: INFOS)
    monkeypatch.setattr(stream, "refusal", lambda _, rate: None if rate in rates else "Invalid sample rate")
    return rates


@pytest.fixture
def without_portaudio(monkeypatch):
    stream._library.cache_clear()
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    yield
    stream._library.cache_clear()


def error(spec=None, rate=None, block=None):
    with pytest.raises(devices.DeviceError) as caught:
        devices.choose(spec, rate, block)
    return str(caught.value)


@pytest.mark.usefixtures("portaudio")
@pytest.mark.parametrize(
    ("spec", "name", "outputs"),
    [("4", "system", 16), ("SYS", "system", 16), ("pro", "USB Audio Pro", 32), ("jack", "system", 16)],
)
def test_a_device_is_found_by_number_and_by_part_of_its_name(spec, name, outputs):
    device = devices.choose(spec)
    assert (device.name, device.outputs) == (name, outputs)


@pytest.mark.usefixtures("portaudio")
@pytest.mark.parametrize("spec", ["USB Audio", "usb audio"])
def test_a_whole_name_wins_over_parts_of_others(spec):
    assert devices.choose(spec).inputs == 18


@pytest.mark.usefixtures("portaudio")
def test_the_host_api_tells_namesakes_apart():
    assert devices.choose("hdmi, oss").name == "HDMI"


@pytest.mark.usefixtures("portaudio")
def test_two_matches_are_listed():
    assert error("usb") == (
        "2 devices match 'usb'; choose by number:\n"
        "  0  USB Audio, ALSA (18 in, 20 out)\n"
        "  1  USB Audio Pro, ALSA (32 in, 32 out)"
    )


@pytest.mark.usefixtures("portaudio")
@pytest.mark.parametrize("spec", ["firewire", "17"])
def test_no_match_lists_what_there_is(spec):
    message = error(spec)
    assert message.startswith(f"no device matches {spec!r}:")
    assert all(name in message for name in ("USB Audio Pro", "HDMI", "system"))


@pytest.mark.usefixtures("portaudio")
def test_a_device_without_outputs_is_refused():
    assert error("2").startswith("device 2, Camera, has no outputs:")


def test_48_khz_is_preferred_to_the_rate_of_the_device(portaudio):
    assert devices.choose("system").rate == 48_000
    portaudio.remove(48_000)
    assert devices.choose("system").rate == 44_100


def test_a_rate_the_device_does_not_have_is_refused_with_those_it_has(portaudio):
    portaudio.intersection_update({44_100, 48_000})
    assert error("system", rate=96_000) == (
        "system can't be opened at 96000 Hz: Invalid sample rate; it runs at 44100 or 48000 Hz"
    )


@pytest.mark.parametrize(("rate", "block"), [(22_050, 64), (48_000, 15), (48_000, 1_025), (48_000, 0)])
def test_rates_and_blocks_outside_the_console_are_refused(rate, block):
    assert "choose" in error(None, rate, block)


@pytest.mark.parametrize("spec", [None, "virtual", "Virtual"])
def test_the_virtual_stage_plays_the_band(spec):
    device = devices.choose(spec)
    assert (device.name, device.rate, device.block, device.inputs) == ("virtual stage", 48_000, 64, 14)


@pytest.mark.usefixtures("without_portaudio")
def test_the_virtual_stage_needs_no_portaudio():
    device = devices.choose(rate=44_100, block=16)
    assert (device.rate, device.block) == (44_100, 16)


@pytest.mark.usefixtures("without_portaudio")
def test_without_portaudio_the_remedy_is_one_line(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    message = error("system")
    assert message.endswith("install PortAudio: sudo apt install libportaudio2")
    assert "\n" not in message


@pytest.mark.usefixtures("without_portaudio")
def test_without_portaudio_the_table_shows_the_stage_and_the_remedy(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    text = io.StringIO()
    devices.print_table(Console(file=text, width=80))
    assert "virtual" in text.getvalue()
    assert "libportaudio2" in text.getvalue()


@pytest.mark.usefixtures("portaudio")
def test_the_table_begins_with_the_stage_and_lists_every_device():
    rows = devices.table()
    assert [row.index for row in rows] == ["virtual", "0", "1", "2", "3", "4", "5"]


def test_the_table_tells_which_rates_a_device_has(portaudio):
    portaudio.intersection_update({48_000, 96_000})
    assert devices.table()[1].rates == (48_000, 96_000)


def write(path, signal, rate=48_000):
    soundfile.write(path, signal, rate, subtype="FLOAT")
    return signal


def noise(frames, seed):
    return np.random.default_rng(seed).standard_normal((frames, 1), np.float32)


def test_a_folder_is_played_in_a_loop(tmp_path):
    kick = write(tmp_path / "1-kick.wav", noise(5_000, 1))
    bass = write(tmp_path / "2-bass.wav", noise(3_000, 2))
    device = devices.choose(str(tmp_path))
    device._sink = np.zeros((20_000 + devices.LARGEST_BLOCK, device.outputs), np.float32)
    memory = loopback.memory(device.inputs, device.outputs)
    device.play(loopback.ADDRESS, memory.ctypes.data, 200)
    loop = np.hstack([kick, np.vstack([bass, np.zeros((2_000, 1), np.float32)])])
    assert np.array_equal(device.output[:, :2], loop[np.arange(12_800) % 5_000])


def test_a_folder_is_played_at_its_own_rate(tmp_path):
    write(tmp_path / "kick.wav", noise(100, 1), rate=96_000)
    assert devices.choose(str(tmp_path)).rate == 96_000


def test_a_folder_of_another_rate_than_asked_is_refused(tmp_path):
    write(tmp_path / "kick.wav", noise(100, 1), rate=44_100)
    assert "is at 44100 Hz, not 48000" in error(str(tmp_path), rate=48_000)


def test_a_folder_of_a_rate_the_console_does_not_have_is_refused(tmp_path):
    write(tmp_path / "kick.wav", noise(100, 1), rate=22_050)
    assert "is at 22050 Hz; convert it to" in error(str(tmp_path))


def test_a_folder_wider_than_the_console_is_refused(tmp_path):
    for number in range(65):
        write(tmp_path / f"{number}.wav", noise(10, 1))
    assert "65 channels" in error(str(tmp_path))


def test_a_folder_that_is_refused_is_not_kept_open(tmp_path):
    write(tmp_path / "kick.wav", noise(100, 1))
    descriptors = pathlib.Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    error(str(tmp_path), rate=96_000)
    assert len(list(descriptors.iterdir())) == before


def test_files_without_a_frame_are_refused(tmp_path):
    write(tmp_path / "kick.wav", noise(0, 1))
    assert error(str(tmp_path)).endswith("holds no audio")


@pytest.mark.usefixtures("without_portaudio")
def test_a_folder_that_is_not_there_is_not_taken_for_a_device(tmp_path):
    assert error(str(tmp_path / "nowhere")).endswith("nowhere: no such folder")
