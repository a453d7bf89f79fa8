"""The console on a Raspberry Pi: its native code is compiled here, and run by an emulator of that processor.

    Python ─▶ memory image, recording ─▶ driver in C, on aarch64 ─▶ what is heard ─┐
                                      ─▶ the callback, on this machine ─▶ what is heard ─┴▶ the same bytes
"""

from __future__ import annotations

import pathlib
import subprocess
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from daemon.audio import kernels, units
from dsp.native import compiler, elf
from rigs import harness, servers

EMULATOR, COMPILER, LIBRARIES = "qemu-aarch64-static", "aarch64-linux-gnu-gcc", "/usr/aarch64-linux-gnu"
BLOCK, INPUTS, SECONDS = 64, 32, 0.5
DRIVER = pathlib.Path(__file__).parents[1] / "data" / "callback_driver.c"

Heard = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Native code as a wheel brings it for aarch64."""
    servers.need(EMULATOR, COMPILER)
    (made,) = compiler.build(units.CONSOLE.entries, [compiler.LEVELS["aarch64"]])
    path = tmp_path_factory.mktemp("aarch64") / "console.so"
    path.write_bytes(elf.link(made))
    return path


@pytest.fixture(scope="module")
def driver(library: pathlib.Path) -> pathlib.Path:
    """The driver, for aarch64."""
    path = library.with_name("driver")
    subprocess.run([COMPILER, "-O1", "-o", path, DRIVER, "-Wl,--no-as-needed", "-lm", "-ldl"], check=True)
    return path


@pytest.fixture
def play(library: pathlib.Path, driver: pathlib.Path, tmp_path: pathlib.Path) -> Callable[..., tuple[Heard, list[str]]]:
    """Play a recording through a mixer on the other machine; its float modes before and after."""

    def run(mixer: harness.Mixer, x: Heard) -> tuple[Heard, list[str]]:
        names = [tmp_path / name for name in ("image", "input", "output")]
        names[0].write_bytes(mixer.audio._bytes.tobytes())
        names[1].write_bytes(x.tobytes())
        command = [EMULATOR, "-L", LIBRARIES, driver, library, *names, BLOCK, mixer.outputs, mixer.inputs]
        told = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
        return np.fromfile(names[2], np.float32).reshape(-1, mixer.outputs), told.split()

    return run


def busy() -> harness.Mixer:
    """A mixer with every processor of a channel at work, and no effect: those are units of their own."""
    mixer = harness.Mixer(inputs=INPUTS, taps=["main", "bus/01"])
    for channel in range(1, INPUTS + 1):
        at = f"/ch/{channel:02}"
        mixer.set(f"{at}/preamp/hpon", True)
        mixer.set(f"{at}/gate/on", True)
        mixer.set(f"{at}/gate/thr", -40.0)
        mixer.set(f"{at}/dyn/on", True)
        mixer.set(f"{at}/dyn/thr", -30.0)
        mixer.set(f"{at}/eq/on", True)
        mixer.set(f"{at}/eq/2/g", 6.0)
        mixer.set(f"{at}/mix/fader", -10.0)
        mixer.set(f"{at}/mix/01/level", -12.0)
    mixer.set("/main/st/mix/fader", 0.0)
    mixer.set("/bus/01/mix/fader", 0.0)
    mixer.console.publish()
    for slot in mixer.audio.memory["slots"]:
        slot["effect_code"] = slot["effect_memory"] = 0  # addresses of this machine
    return mixer


def here(mixer: harness.Mixer, x: Heard) -> Heard:
    """Play a recording through a mixer on this machine."""
    y = np.zeros((len(x), mixer.outputs), np.float32)
    callback = kernels.callback()
    for first in range(0, len(x), BLOCK):
        callback(x[first:].ctypes.data, y[first:].ctypes.data, BLOCK, None, 0, mixer.audio.address)
    return y


def test_a_recording_gives_the_same_bytes_on_both_machines(play: Callable[..., tuple[Heard, list[str]]]) -> None:
    x = harness.noise((round(SECONDS * harness.RATE) // BLOCK * BLOCK, INPUTS), -20)
    heard, modes = play(busy(), x)
    assert np.abs(heard).max() > 0.01
    np.testing.assert_array_equal(heard, here(busy(), x))
    assert modes[0] == modes[1]


def test_denormal_numbers_are_flushed_on_the_other_machine(play: Callable[..., tuple[Heard, list[str]]]) -> None:
    mixer = harness.Mixer(inputs=INPUTS, taps=["ch/01"])
    mixer.console.publish()
    for slot in mixer.audio.memory["slots"]:
        slot["effect_code"] = slot["effect_memory"] = 0
    heard, _ = play(mixer, np.full((640, INPUTS), 1e-40, np.float32))
    assert not heard.any()
