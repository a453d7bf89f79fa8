"""Loudness while it sounds: the cases of EBU Tech 3341, block by block, and taps of the running engine."""

import numpy as np
import pytest

from daemon.commands import loudness as family
from daemon.metering import live, loudness
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.engine import layout, memory, wall
from dsp.processors import taps
from rigs import desk

RATES = (44_100, 48_000, 96_000)
PAIR = (0, 1)
ANN = Client("10.0.0.1", 4000)


def sine(rate, seconds, level_db, hz=1000.0):
    """Stereo, at this peak level in dBFS."""
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz / rate * np.arange(round(seconds * rate)))
    return np.repeat(x[:, np.newaxis], 2, axis=1)


def fed(rate, *parts, meter=None):
    """A meter that has heard sines of these seconds and levels, a tenth of a second at a time."""
    meter = meter or live.Live(rate, PAIR)
    for seconds, level in parts:
        x = sine(rate, seconds, level)
        for begin in range(0, len(x), rate // 10):
            meter.add(x[begin : begin + rate // 10])
    return meter


@pytest.mark.parametrize("rate", RATES)
def test_a_steady_tone_reads_its_loudness_on_all_three_scales(rate):
    shown = fed(rate, (4, -23)).reading()
    assert shown.m == pytest.approx(-23, abs=0.05)
    assert shown.s == pytest.approx(-23, abs=0.05)
    assert shown.i == pytest.approx(-23, abs=0.05)
    assert shown.max_tp == pytest.approx(-23, abs=0.1)
    assert shown.time == pytest.approx(4, abs=0.02)


def test_what_is_measured_live_is_what_is_measured_of_the_file():
    rate, random = 48_000, np.random.default_rng(3)
    level = np.repeat(10 ** (random.uniform(-40, -10, 24) / 20), rate // 2)
    x = random.uniform(-1, 1, (level.size, 2)) * level[:, np.newaxis]
    once, meter = loudness.Meter(rate, 2), live.Live(rate, PAIR)
    once.add(x)
    begin = 0
    while begin < len(x):
        frames = int(random.integers(1000, 9000))
        meter.add(x[begin : begin + frames])
        begin += frames
    whole, shown = once.measured(), meter.reading()
    assert shown.i == pytest.approx(whole.integrated_lufs, abs=0.01)
    assert shown.lra == pytest.approx(whole.range_lu, abs=0.02)
    assert shown.max_m == pytest.approx(whole.max_momentary_lufs, abs=0.01)
    assert shown.max_s == pytest.approx(whole.max_short_term_lufs, abs=0.01)
    assert shown.max_tp == pytest.approx(whole.true_peak_dbtp, abs=0.01)


def test_what_is_held_adds_nothing():
    rate = 48_000
    meter = fed(rate, (4, -30))
    x = sine(rate, 0.1, -6)
    for _ in range(20):
        meter.add(x, hold=True)
    shown = meter.reading()
    assert shown.i == pytest.approx(-30, abs=0.1)
    assert shown.max_tp < -29
    assert shown.m == pytest.approx(-6, abs=0.1)


def test_hours_are_tallied_as_exactly_as_seconds():
    random = np.random.default_rng(8)
    loud_lufs = random.normal(-25, 6, 100_000)
    energies = 10 ** ((loud_lufs - loudness.OFFSET_LU) / 10)
    tally = loudness.Tally()
    for energy in energies:
        tally.add(energy)
    tally.add(0.0)
    assert tally.integrated_lufs() == pytest.approx(loudness.integrated_lufs(energies), abs=0.002)
    assert tally.range_lu() == pytest.approx(loudness.range_lu(energies), abs=0.02)


@pytest.mark.parametrize("word", ["bus/17", "nothing", "ch/01+ch/02+ch/03", "main+bus/01"])
def test_what_is_no_signal_or_pair_is_refused(word):
    with pytest.raises(ValueError, match=r"no strip|more than one"):
        live.sides(word)


def test_main_is_two_signals_and_a_bus_is_one():
    assert len(live.sides("main")) == 2
    assert len(live.sides("mono")) == 1
    assert live.sides("bus/3") == live.sides("bus/03") == live.sides("/bus/03")
    assert live.sides("bus/01+bus/02") == [*live.sides("bus/01"), *live.sides("bus/02")]
    assert live.sides("off") == []


def test_the_running_engine_hands_out_what_is_wanted_and_nothing_else():
    rig = desk.Rig(["main"])
    rig.set("/ch/01/mix/fader", 0.0)
    rig.set("/main/st/mix/fader", 0.0)
    meters, once = live.Meters(rig.audio), loudness.Meter(48_000, 2)
    once.add(rig.play({1: np.zeros(9600)})[live.LARGEST_BLOCK :, :2].astype(np.float64))
    meters.add()
    x = 0.25 * np.random.default_rng(5).standard_normal(96_000)
    for part in np.array_split(x, 10):
        heard = rig.play({1: part})[: len(part), :2]
        once.add(heard.astype(np.float64))
        meters.add()
    shown, measured = meters.readings(), once.measured()
    assert measured.integrated_lufs > -30
    assert shown[0].i == pytest.approx(measured.integrated_lufs, abs=0.02)
    assert shown[0].max_tp == pytest.approx(measured.true_peak_dbtp, abs=0.1)
    assert shown[1:] == [live.SILENCE] * 7
    assert not rig.audio.memory["taps"][:, 2:].any()


class Told:
    """The commands, on a wall whose ring a test fills."""

    def __init__(self, stream=live.no_stream):
        self.audio, self.sent = wall.Wall(48_000, 2, 2), []
        way = Network(lambda datagram, client: self.sent.append(datagram), print, lambda: 100.0, 64)
        self.family = family.Loudness(self.audio, way, stream)

    def play(self, x):
        """Put frames on the taps of the first meter, as the audio thread does."""
        first = int(self.audio.memory["words"][memory.FRAME])
        self.audio.memory["taps"][np.arange(first, first + len(x)) % taps.RING, :2] = x
        self.audio.memory["words"][memory.FRAME] = first + len(x)
        self.family.measure()

    def ask_nothing(self, address):
        self.family.commands[address]([], ANN)

    def ask(self, address, *arguments):
        self.family.commands[address](list(arguments), ANN)
        return packet.parse(self.sent[-1])[0].arguments[0]


def test_a_client_reads_the_main_output_without_asking_for_anything():
    told = Told()
    assert told.ask("/faderd/loudness/1/source") == "main"
    for part in np.array_split(sine(48_000, 4, -18), 40):
        told.play(part)
    assert told.ask("/faderd/loudness/1/i") == pytest.approx(-18, abs=0.05)
    assert told.ask("/faderd/loudness/1/s") == pytest.approx(-18, abs=0.05)
    assert told.ask("/faderd/loudness/2/i") == family.FLOOR
    blob = told.family.blob()
    assert int.from_bytes(blob[:4], "little") == 48
    assert np.frombuffer(blob[4:], "<f4")[2] == pytest.approx(-18, abs=0.05)


def test_another_source_begins_anew_and_a_wrong_one_changes_nothing():
    told = Told()
    told.play(sine(48_000, 0.5, -18))
    with pytest.raises(ValueError, match="no strip"):
        told.ask("/faderd/loudness/1/source", "bus/99")
    assert told.ask("/faderd/loudness/1/source") == "main"
    assert told.ask("/faderd/loudness/1/source", "bus/01+bus/02") == "bus/01+bus/02"
    told.family.measure()
    assert told.ask("/faderd/loudness/1/time") == 0
    told.play(sine(48_000, 1, 0)[: live.LARGEST_BLOCK])  # what its taps may have held before does not count
    told.play(sine(48_000, 1, -30))
    assert told.ask("/faderd/loudness/1/max_tp") == pytest.approx(-30, abs=0.1)
    told.ask_nothing("/faderd/loudness/1/reset")
    told.family.measure()
    assert told.ask("/faderd/loudness/1/max_tp") == family.FLOOR
    assert told.ask("/faderd/loudness/1/target", -16.0) == -16.0
    with pytest.raises(ValueError, match="-70 to 0"):
        told.ask("/faderd/loudness/1/target", 12.0)
    assert told.ask("/faderd/loudness/1/hold", 1) == 1


def test_what_the_limiter_of_the_stream_takes_is_told_for_a_second_and_the_most_until_its_meter_begins_anew():
    told = Told(lambda: [int(each) for each in layout.output(np.array([2, 3]))])
    gains = np.ones(8, np.float32)
    for louder_than_the_stream, gain in ((0.1, 0.5), (0.1, 1.0), (0.1, 0.8), *[(1.0, 0.8)] * 20):
        gains[0], gains[3] = louder_than_the_stream, gain
        told.family.feed({"limiter": gains})
    told.ask("/faderd/loudness/limiter")
    assert packet.parse(told.sent[-1])[0].arguments == pytest.approx([1.9, 6.0], abs=0.05)
    assert told.family.limited() == {"limiter_db": 1.9, "most_limiter_db": 6.0}
    told.ask_nothing("/faderd/loudness/1/reset")
    assert told.family.limited()["most_limiter_db"] == 6.0
    told.ask_nothing("/faderd/loudness/2/reset")
    assert told.family.limited() == {"limiter_db": 0.0, "most_limiter_db": 0.0}


def test_without_a_stream_no_limiter_is_told_of():
    told = Told()
    told.family.feed({"limiter": np.full(8, 0.5, np.float32)})
    assert told.family.limited() == {}
    assert told.ask("/faderd/loudness/limiter") == 0
