"""The analyser of a running console: what /meters/15 says over the network is what the signal is."""

import asyncio
import pathlib
import struct
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import soundfile
from pythonosc.osc_message import OscMessage

from daemon import run
from daemon.metering import meters
from rigs import talk
from rigs.running import Running, daemon

RATE = 48_000
PATIENCE_S = 120
LOW, HIGH = 40, 76
"""Bands of the tones on inputs 1 and 2: 320 and 3880 Hz."""
LEVEL_DB = 0.3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A console that hears a tone on each of two inputs, both −20 dBFS, and one client of it."""
    folder = tmp_path_factory.mktemp("analyser")
    # Whole periods, so that the loop has no seam.
    turns = np.arange(2 * RATE)[:, np.newaxis] / RATE * [320, 3880]
    soundfile.write(folder / "tones.wav", 0.1 * np.sin(2 * np.pi * turns), RATE, "FLOAT")
    with daemon(folder / "state", "--device", str(folder / "tones.wav")) as console:
        console.send("/-prefs/rta/decay", 0.0)
        yield console


def bands_db(running: Running) -> np.ndarray:
    """The next hundred bands that the console sends."""
    while True:
        message = OscMessage(running.socket.recv(65_536))
        if message.address == "/meters/15":
            (blob,) = message.params
            assert struct.unpack_from("<i", blob) == (50,)
            return np.frombuffer(blob, "<i2", offset=4) / 256


def watch(running: Running, until: Callable[[np.ndarray], Any], patience_s: float = PATIENCE_S) -> np.ndarray:
    """Bands as soon as they are as wanted, or as they were last."""
    running.send("/meters", "/meters/15")
    end = time.monotonic() + patience_s
    bands = bands_db(running)
    while not until(bands) and time.monotonic() < end:
        running.send("/renew", "/meters/15")
        bands = bands_db(running)
    return bands


def reads(band: int, level_db: float) -> Callable[[np.ndarray], bool]:
    """Whether one band stands at a level, and is the highest."""
    return lambda bands: bool(np.argmax(bands) == band and abs(bands[band] - level_db) < LEVEL_DB)


@pytest.mark.parametrize(("source", "band"), [(0, LOW), (1, HIGH), (98, LOW), (99, HIGH)])
def test_a_button_chooses_the_strip_whose_tone_is_shown(running: Running, source: int, band: int) -> None:
    running.send("/-action/setrtasrc", source)
    bands = watch(running, reads(band, -20))
    assert reads(band, -20)(bands)
    assert running.ask_for("/-stat/rtasource") == [source]


def test_the_spectrum_is_taken_before_or_after_the_eq(running: Running) -> None:
    for address, value in {"type": 2, "f": 0.4, "g": 0.9}.items():
        running.send(f"/ch/01/eq/1/{address}", value)
    running.send("/-stat/rtasource", 98)
    after = watch(running, lambda bands: bands[LOW] > -18)
    running.send("/-stat/rtasource", 0)
    before = watch(running, reads(LOW, -20))
    running.send("/ch/01/eq/1/g", 0.5)
    assert reads(LOW, -20)(before)
    assert after[LOW] > -18


def test_the_preferences_choose_strip_and_place(running: Running) -> None:
    running.send("/-prefs/rta/source", 3)
    running.send("/-prefs/rta/pos", 1)
    assert reads(HIGH, -20)(watch(running, reads(HIGH, -20)))
    assert running.ask_for("/-stat/rtasource") == [99]


def test_a_soloed_channel_is_shown_at_the_monitor(running: Running) -> None:
    running.send("/-stat/solosw/01", 1)
    running.send("/-action/setrtasrc", 72)
    bands = watch(running, reads(LOW, -20))
    running.send("/-stat/solosw/01", 0)
    assert reads(LOW, -20)(bands)


@pytest.mark.parametrize("decay", [0.0, 1.0], ids=["fast", "slow"])
def test_the_decay_says_how_fast_it_falls(running: Running, decay: float) -> None:
    running.send("/-prefs/rta/det", 0)
    running.send("/-action/setrtasrc", 0)
    watch(running, reads(LOW, -20))
    running.send("/-prefs/rta/decay", decay)
    began = time.monotonic()
    running.send("/ch/01/config/source", 0)
    # 16 s for 60 dB: almost nothing falls while, with a quarter of a second, everything does.
    bands = watch(running, lambda bands: bands[LOW] < -120 or time.monotonic() > began + 1.5 + 8.5 * (decay == 0))
    took_s = time.monotonic() - began
    running.send("/ch/01/config/source", 1)
    running.send("/-prefs/rta/decay", 0.0)
    running.send("/-prefs/rta/det", 1)
    assert bands[LOW] < -120 if decay == 0 else bands[LOW] > -21 - 60 / 16 * took_s


@pytest.mark.parametrize("detector", [0, 1], ids=["peak", "rms"])
def test_a_steady_tone_reads_the_same_with_both_detectors(running: Running, detector: int) -> None:
    running.send("/-prefs/rta/det", detector)
    running.send("/-action/setrtasrc", 1)
    assert reads(HIGH, -20)(watch(running, reads(HIGH, -20)))


def test_a_gain_raises_what_is_shown(running: Running) -> None:
    running.send("/-action/setrtasrc", 1)
    running.send("/-prefs/rta/autogain", 0)
    running.send("/-prefs/rta/gain", 0.2)
    bands = watch(running, reads(HIGH, -8))
    running.send("/-prefs/rta/autogain", 1)
    assert reads(HIGH, -8)(bands)


def test_the_preference_shows_its_strip_after_a_restart(tmp_path: pathlib.Path) -> None:
    with daemon(tmp_path) as console:
        console.send("/-prefs/rta/source", 6)
        assert console.ask_for("/-stat/rtasource") == [4]
        console.process.terminate()
        console.process.wait(PATIENCE_S)
    with daemon(tmp_path) as console:
        assert console.ask_for("/-stat/rtasource") == [4]


# --- nobody looks: nothing is measured ------------------------------------------------------------------


def test_a_spectrum_is_asked_for_as_long_as_its_lease_runs() -> None:
    client = talk.Talk()
    asked = [client.told.shows(meters.SPECTRUM)]
    client.say("/meters", "/meters/1")
    asked.append(client.told.shows(meters.SPECTRUM))
    client.say("/batchsubscribe", "rta", "/meters/15", 0, 0, 1)
    asked.append(client.told.shows(meters.SPECTRUM))
    client.wait(11)
    asked.append(client.told.shows(meters.SPECTRUM))
    assert asked == [False, False, True, False]


class Watched:
    """What feeds the meters, server, analyser and device in one: it counts how often the spectrum is measured."""

    def __init__(self, looks: bool) -> None:
        self.looks, self.measured, self.fed = looks, 0, 0
        self.state = types.SimpleNamespace(playing=True)

    def control_collect(self) -> dict[str, Any]:
        return {}

    def shows(self, meter: int) -> bool:
        return self.looks and meter == meters.SPECTRUM

    def measure(self) -> np.ndarray:
        self.measured += 1
        return np.zeros(100)

    def feed(self, page: dict[str, Any]) -> None:
        self.fed += 1
        if self.fed == 3:
            raise asyncio.CancelledError


@pytest.mark.parametrize(("looks", "measured"), [(False, 0), (True, 3)])
def test_the_spectrum_is_measured_for_somebody_only(looks: bool, measured: int) -> None:
    watched: Any = Watched(looks)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run._feed_meters(watched, watched, watched, watched, watched))
    assert watched.measured == measured
