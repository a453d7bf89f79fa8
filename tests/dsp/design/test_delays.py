"""Delays of channels, outputs and monitor: whole frames, exactly as long as they say, at every rate."""

import numpy as np
import pytest

from dsp.engine import layout
from rigs import desk

RATES = (44_100, 48_000, 88_200, 96_000)
TIMES_MS = (0.3, 1.0, 7.7, 123.4, 500.0)


def arrival(rig: desk.Rig, channel: int = 1, output: int = 0) -> tuple[int, float]:
    """Frames an impulse takes from an input to an output, and how loud it arrives."""
    at = 1000
    x = np.zeros(at + int(0.55 * rig.rate))
    x[at] = 0.5
    heard = rig.play({channel: x})[:, output]
    assert np.count_nonzero(heard) == 1
    arrived = int(np.argmax(np.abs(heard)))
    return arrived - at, float(heard[arrived])


def direct(rate: int, channel: int) -> desk.Rig:
    rig = desk.Rig(["out/01"], rate=rate)
    rig.set_many({"/outputs/main/01/src": 25 + channel, "/outputs/main/01/pos": "IN/LC"})
    return rig


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("time_ms", TIMES_MS)
@pytest.mark.parametrize("where", ["/ch/01", "/ch/32", "/outputs/main/01", "/config/solo"])
def test_a_delay_is_exactly_as_many_frames_as_fit_its_time(where: str, time_ms: float, rate: int) -> None:
    channel = 32 if where == "/ch/32" else 1
    if where == "/config/solo":
        rig = desk.Rig(["monitor"], rate=rate)
        rig.set_many({"/-stat/solosw/01": 1, "/config/solo/delay": 1, "/config/solo/delaytime": time_ms})
    else:
        rig = direct(rate, channel)
        rig.set_many({f"{where}/delay/on": 1, f"{where}/delay/time": time_ms})
    assert arrival(rig, channel) == (round(time_ms * rate / 1000), 0.5)


def arrivals(heard: np.ndarray, count: int) -> list[int]:
    """Frame of the only sound on each of the first outputs."""
    assert (np.count_nonzero(heard[:, :count], axis=0) == 1).all()
    return [int(at) for at in np.abs(heard[:, :count]).argmax(0)]


def impulses(count: int, frames: int) -> dict[int, np.ndarray]:
    """One impulse on each of the first inputs, in their first frame."""
    x = np.zeros(frames)
    x[0] = 0.5
    return {number: x for number in range(1, count + 1)}


@pytest.mark.parametrize("rate", RATES)
def test_every_channel_has_a_delay_of_its_own(rate: int) -> None:
    times_ms = np.round(0.3 + 1.7 * np.arange(32), 1)
    rig = desk.Rig([int(layout.place(ch // 16, layout.PRE_EQ, ch % 16)) for ch in range(32)], rate=rate)
    rig.set_row("ch/{ch}/delay/on", 1)
    rig.set_row("ch/{ch}/delay/time", times_ms.tolist())
    heard = rig.play(impulses(32, rate // 10))
    assert arrivals(heard, 32) == [round(ms * rate / 1000) for ms in times_ms]


@pytest.mark.parametrize("rate", RATES)
def test_every_main_output_has_a_delay_of_its_own(rate: int) -> None:
    times_ms = np.round(28.3 - 1.6 * np.arange(16), 1)
    rig = desk.Rig([f"out/{n:02}" for n in range(1, 17)], rate=rate)
    rig.set_row("outputs/main/{out}/src", list(range(26, 42)))
    rig.set_row("outputs/main/{out}/pos", 0)
    rig.set_row("outputs/main/{out}/delay/on", 1)
    rig.set_row("outputs/main/{out}/delay/time", times_ms.tolist())
    heard = rig.play(impulses(16, rate // 10))
    assert arrivals(heard, 16) == [round(ms * rate / 1000) for ms in times_ms]


def test_both_sides_of_the_monitor_come_equally_late() -> None:
    rig = desk.Rig(["monitor"])
    rig.set_many({"/-stat/solosw/01": 1, "/config/solo/delay": 1, "/config/solo/delaytime": 33.3})
    assert arrivals(rig.play(impulses(1, 4800)), 2) == [1598, 1598]


@pytest.mark.parametrize("where", ["/ch/05", "/outputs/main/01"])
def test_a_delay_that_is_off_delays_nothing(where: str) -> None:
    rig = direct(48_000, 5)
    rig.set(f"{where}/delay/time", 100.0)
    assert arrival(rig, 5) == (0, 0.5)


def test_delays_of_a_channel_and_its_output_add_up() -> None:
    rig = direct(48_000, 1)
    for where in ("/ch/01", "/outputs/main/01"):
        rig.set_many({f"{where}/delay/on": 1, f"{where}/delay/time": 20.0})
    assert arrival(rig) == (1920, 0.5)


def test_a_delay_leaves_neighbours_in_time() -> None:
    rig = desk.Rig(["out/01", "out/02"])
    rig.set_many({f"/outputs/main/{n:02}/src": 25 + n for n in (1, 2)} | {"/ch/01/delay/on": 1})
    rig.set_many({f"/outputs/main/{n:02}/pos": 0 for n in (1, 2)} | {"/ch/01/delay/time": 50.0})
    assert arrival(rig, 2, 1) == (0, 0.5)


def test_a_delay_that_is_switched_on_finds_what_has_just_been() -> None:
    rig = direct(48_000, 1)
    x = desk.noise(48_000).astype(np.float32)
    rig.play({1: x[:24_000]})
    rig.set_many({"/ch/01/delay/on": 1, "/ch/01/delay/time": 100.0})
    heard = rig.play({1: x[24_000:]})[:, 0]
    assert (heard[480:] == x[24_000 - 4800 + 480 : -4800]).all()


@pytest.mark.parametrize("times_s", [(0.3, 0.1, 0.2), (1.0, 0.1, 0.2), (1.0, 1.0, 1.0), (0.1, 3.0, 3.1)])
def test_however_long_a_delay_was_on_and_off_it_finds_what_has_just_been(times_s: tuple[float, float, float]) -> None:
    rig = direct(48_000, 1)
    rig.set("/ch/01/delay/time", 450.0)
    late, changed = 21_600, 480
    x = desk.noise(10 * 48_000).astype(np.float32)
    begin = 48_000
    rig.play({1: x[:begin]})
    for number, seconds in enumerate(times_s):
        rig.set("/ch/01/delay/on", (number + 1) % 2)
        end = begin + int(seconds * 48_000)
        heard, back = rig.play({1: x[begin:end]})[changed:, 0], late if number != 1 else 0
        assert (heard == x[begin + changed - back : end - back]).all()
        begin = end


@pytest.mark.parametrize(("rate", "silent_s"), [(48_000, 2), (48_000, 6), (96_000, 3)])
def test_a_delay_remembers_nothing_from_before_its_source_was_taken_away(rate: int, silent_s: int) -> None:
    rig = direct(rate, 1)
    rig.set_many({"/ch/01/delay/on": 1, "/ch/01/delay/time": 500.0})
    rig.play({1: desk.noise(48_000)})
    rig.set_row("ch/{ch}/config/source", 0)
    rig.play(silent_s * rate)
    rig.set("/ch/01/config/source", 1)
    assert not rig.play(rate).any()


def test_the_tail_of_a_delay_is_heard_after_its_source_was_taken_away() -> None:
    rig = direct(48_000, 1)
    rig.set_many({"/ch/01/delay/on": 1, "/ch/01/delay/time": 500.0})
    rig.play({1: desk.noise(48_000)})
    rig.set_row("ch/{ch}/config/source", 0)
    heard = rig.play(48_000)[:, 0]
    assert np.abs(heard[20_000:23_000]).max() > 0.05
    assert not heard[24_600:].any()


def test_delays_do_not_depend_on_the_size_of_the_blocks() -> None:
    x = {1: desk.noise(24_000)}
    heard = []
    for block in (64, 37, 1000):
        rig = direct(48_000, 1)
        rig.set_many({"/ch/01/delay/on": 1, "/ch/01/delay/time": 12.3})
        heard.append(rig.play(x, block))
    assert (heard[0] == heard[1]).all()
    assert (heard[0] == heard[2]).all()
