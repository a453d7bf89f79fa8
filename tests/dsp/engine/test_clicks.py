"""Nothing that is switched clicks: every mute, solo, patch, tap, link, insert, processor and delay, there and back.

Low tones play on the inputs, and a setting changes at several moments of their periods, the tops
among them.  Whatever sounds above 1.5 kHz then is a click.  It is looked for on every output that
carries anything.
"""

import functools
import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pytest

from rigs import desk, harness, talk

CLICK_DB = -80
AUDIBLE = 1e-3
ROUNDS_HZ = 50  # how often all tones begin anew
SETTLED = 4800
AROUND = harness.CLICK_FRAMES // 2
MIDDLE = 256  # a cross-fade begins within a sub-block, and is half over then
MOMENTS = (0, 5 * 64, 10 * 64)
"""Frames by which the changes come later than the beginning of all tones."""

OUTPUTS = (
    "main", "main/m", "monitor", "listen/1", *(f"out/{n:02}" for n in range(1, 17)),
    *(f"aux-out/{n}" for n in range(1, 7)),
    "aes/1", "aes/2", "rec/1", "rec/2", "p16/01", "p16/02", "bus/01", "bus/02", "bus/03", "mtx/01", "mtx/02",
    *(f"ch/{n:02}" for n in range(1, 6)), "aux/01", "aux/02", "fxrtn/01", "fxrtn/02",
)  # fmt: skip

LISTEN_BUS = slice(5, 7)
"""Outputs of the listen bus."""

TALK_INPUT = 20
TONES = {
    1: (100, 0.1, np.pi / 2), 2: (100, 0.07, 0.0), 3: (50, 0.1, 1.0), 4: (150, 0.05, 0.0), 9: (100, 0.1, 2.0),
    TALK_INPUT: (150, 0.1, 0.0), 33: (100, 0.08, 3.0), 34: (50, 0.06, 0.0),
}  # fmt: skip
"""Frequency in Hz, peak and phase of the tone on each input; the last two are the first aux inputs."""

BASE: dict[str, desk.Setting] = {
    **{f"/ch/{n:02}/mix/fader": 0.0 for n in range(1, 5)},
    **{f"/ch/{n:02}/mix/{bus:02}/level": 0.0 for n in range(1, 4) for bus in (1, 2, 3)},
    "/ch/02/mix/pan": 40.0, "/ch/01/mix/mono": 1, "/ch/01/mix/mlevel": 0.0,
    "/auxin/01/mix/fader": 0.0, "/auxin/02/mix/fader": 0.0, "/fxrtn/01/mix/fader": 0.0, "/fxrtn/02/mix/fader": 0.0,
    "/fx/1/source/l": 1, "/fx/1/source/r": 2,
    **{f"/bus/{n:02}/mix/fader": 0.0 for n in (1, 2, 3)}, "/bus/02/mix/st": 1, "/bus/02/mix/mono": 1,
    **{f"/{strip}/mix/{mtx:02}/level": 0.0 for strip in ("bus/01", "main/st", "main/m") for mtx in (1, 2)},
    **{f"/{strip}/mix/fader": 0.0 for strip in ("mtx/01", "mtx/02", "main/st", "main/m")},
    "/ch/01/mix/02/level": -12.0, "/main/st/mix/pan": -20.0, "/config/solo/sourcetrim": 6.0,
    **{f"/outputs/aux/{n:02}/src": 25 + n for n in range(1, 5)},
}  # fmt: skip


class Change(NamedTuple):
    """Something that is switched to and fro, and what has to be set for it to be heard."""

    to: Mapping[str, desk.Setting]
    given: Mapping[str, desk.Setting] = {}


def switch(path: str, value: desk.Setting = 1, **given: desk.Setting) -> Change:
    """One leaf; keywords are further leaves, `__` between their parts."""
    return Change({path: value}, {"/" + name.replace("__", "/"): setting for name, setting in given.items()})


STRIPS = {"ch/01": 1, "auxin/01": 33, "fxrtn/01": 41, "bus/01": 49, "mtx/01": 65, "main/st": 71, "main/m": 72}
"""One of each kind, and the number of its solo switch."""
PAIRS = {"chlink": "ch", "auxlink": "auxin", "fxlink": "fxrtn", "buslink": "bus", "mtxlink": "mtx"}
SEND_TYPES = ("IN/LC", "<-EQ", "EQ->", "PRE", "POST", "GRP")
TAPS = ("IN/LC", "IN/LC+M", "<-EQ", "<-EQ+M", "EQ->", "EQ->+M", "PRE", "PRE+M", "POST")
COMPRESSING: dict[str, desk.Setting] = {"on": 1, "thr": -40.0, "ratio": "3.0", "attack": 50.0}
SOURCES = ("OFF", "LR+C", "LRPFL", "LRAFL", "AUX56", "AUX78")


def _mutes() -> Iterator[tuple[str, Change]]:
    for strip in STRIPS:
        yield f"mute of {strip}", switch(f"/{strip}/mix/on", 0)
        yield f"mute group of {strip}", Change({"/config/mute/2": 1}, {f"/{strip}/grp/mute": 0b10})
        yield f"DCA mute of {strip}", Change({"/dca/3/on": 0}, {f"/{strip}/grp/dca": 0b100})
    yield "mute group that presses mutes", Change(
        {"/config/mute/1": 1}, {"/-prefs/hardmute": 1, "/ch/01/grp/mute": 1, "/bus/01/grp/mute": 1}
    )
    yield "DCA that presses mutes", Change(
        {"/dca/1/on": 0}, {"/-prefs/dcamute": 1, "/ch/01/grp/dca": 1, "/main/st/grp/dca": 1}
    )
    yield "joining a muted group", Change({"/ch/01/grp/mute": 1}, {"/config/mute/1": 1})
    yield "DCA fader", Change({"/dca/1/fader": -90.0}, {"/ch/01/grp/dca": 1, "/bus/01/grp/dca": 1})
    yield "all inputs muted at once", Change({f"/ch/{n:02}/mix/on": 0 for n in range(1, 5)})


def _solos() -> Iterator[tuple[str, Change]]:
    for mode in ("PFL", "AFL"):
        modes = {f"/config/solo/{kind}": mode for kind in ("chmode", "busmode", "dcamode")}
        for strip, number in STRIPS.items():
            quieter = {f"/{strip}/mix/fader": -6.0}
            yield f"solo {mode} of {strip}", Change({f"/-stat/solosw/{number:02}": 1}, modes | quieter)
        yield f"solo {mode} of a DCA", Change({"/-stat/solosw/73": 1}, modes | {"/ch/01/grp/dca": 1})
    soloed = {"/-stat/solosw/02": 1, "/-stat/solosw/49": 1, "/bus/01/mix/fader": -10.0, "/ch/02/mix/fader": -5.0}
    for kind in ("chmode", "busmode"):
        yield f"{kind} under a solo", Change({f"/config/solo/{kind}": "AFL"}, soloed)
    yield "dcamode under a solo", Change(
        {"/config/solo/dcamode": "AFL"}, {"/-stat/solosw/73": 1, "/ch/02/grp/dca": 1, "/ch/02/mix/fader": -5.0}
    )
    yield "another solo, exclusively", Change(
        {"/-stat/solosw/02": 1, "/-stat/solosw/03": 0}, {"/config/solo/exclusive": 1, "/-stat/solosw/03": 1}
    )
    for source in SOURCES:
        given = {f"/auxin/{n:02}/config/source": n - 4 for n in range(5, 9)} | {"/main/st/mix/fader": -5.0}
        before = {"/config/solo/source": "LRPFL"} if source in ("LR+C", "LRAFL") else {}
        yield f"monitor source {source}", Change({"/config/solo/source": source}, given | before)
    for leaf, value in {"dim": 1, "mono": 1, "mute": 1, "sourcetrim": 12.0, "level": -90.0}.items():
        yield f"monitor {leaf}", switch(f"/config/solo/{leaf}", value)
    yield "dim under a solo", Change({"/config/solo/dimpfl": 1}, soloed)
    yield "attenuation of dim", switch("/config/solo/dimatt", -40.0, config__solo__dim=1)


def _patches() -> Iterator[tuple[str, Change]]:
    for source in (0, 2, 3, 33, 34):
        yield f"channel source {source}", switch("/ch/01/config/source", source)
    yield "aux source", switch("/auxin/01/config/source", 3)
    yield "channel source on a channel that was never fed", switch("/ch/05/config/source", 1, ch__05__mix__fader=0.0)
    yield "a bus as channel source", switch("/ch/04/config/source", 49)
    yield "input block", switch("/config/routing/IN/1-8", "AN9-16")
    yield "all input blocks", switch("/config/routing/routswitch", "PLAY")
    yield "aux inputs from others", switch("/config/routing/IN/AUX", "AN1-2")
    user = {f"/config/userrout/in/{n:02}": n for n in range(1, 9)}
    yield "user input block", Change({"/config/routing/IN/1-8": "UIN1-8"}, user | {"/config/userrout/in/01": 3})
    yield "user input", Change({"/config/userrout/in/01": 2}, user | {"/config/routing/IN/1-8": "UIN1-8"})
    yield "effect source", switch("/fx/1/source/l", 2)
    yield "no effect source", switch("/fx/1/source/l", 0)
    yield "key source of the dynamics", Change(
        {"/ch/01/dyn/keysrc": 2},
        {"/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -40.0, "/ch/01/dyn/ratio": "3.0", "/ch/01/dyn/attack": 120.0},
    )
    for bank in ("main/01", "aux/01", "aes/01", "rec/01", "p16/01"):
        yield f"source of output {bank}", switch(f"/outputs/{bank}/src", 28)
        yield f"output {bank} off", switch(f"/outputs/{bank}/src", 0)
        if not bank.startswith("rec"):
            yield f"polarity of output {bank}", switch(f"/outputs/{bank}/invert")
    shaped = {
        "/ch/01/preamp/hpon": 1, "/ch/01/preamp/hpf": 100.0, "/ch/01/eq/1/g": 9.0, "/ch/01/eq/1/f": 100.0,
        "/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -40.0, "/ch/01/dyn/attack": 120.0, "/ch/01/mix/fader": -3.0,
        "/outputs/main/01/src": 26,
    }  # fmt: skip
    for one, other in (*zip(TAPS[:-2:2], TAPS[2::2], strict=True), ("PRE+M", "POST"), ("POST", "IN/LC")):
        yield f"tap of an output {one} to {other}", Change(
            {"/outputs/main/01/pos": other}, shaped | {"/outputs/main/01/pos": one}
        )
    for with_mute in TAPS[1::2]:
        yield f"mute at tap {with_mute}", Change(
            {"/ch/01/mix/on": 0}, shaped | {"/outputs/main/01/pos": with_mute}
        )
    for one, other in (*itertools.pairwise(SEND_TYPES), ("GRP", "IN/LC"), ("IN/LC", "POST")):
        quieter = shaped | {"/ch/01/mix/01/level": -5.0, "/ch/01/mix/01/type": one}
        yield f"bus send {one} to {other}", Change({"/ch/01/mix/01/type": other}, quieter)
    yield "matrix send before the fader", switch("/bus/01/mix/01/type", "PRE", bus__01__mix__fader=-5.0)
    for path in ("/ch/01/mix/01/on", "/bus/01/mix/01/on", "/main/st/mix/02/on", "/ch/01/mix/st", "/ch/01/mix/mono"):
        yield f"switch {path}", switch(path, 0)
    yield "output block", switch("/config/routing/OUT/1-4", "AN1-4")
    yield "outputs from aux and monitor", switch("/config/routing/OUT/1-4", "AUX/CR")
    out = {"/config/userrout/out/01": 1, "/config/userrout/out/02": 2}
    yield "user output block", Change({"/config/routing/OUT/1-4": "UOUT1-4"}, out)
    yield "user output", Change({"/config/userrout/out/01": 3}, out | {"/config/routing/OUT/1-4": "UOUT1-4"})
    yield "polarity of a channel", switch("/ch/01/preamp/invert")
    yield "gain of a head amplifier", switch("/headamp/000/gain", 12.0)
    yield "what is recorded", switch("/config/tape/gainL", 12.0)


def _links() -> Iterator[tuple[str, Change]]:
    for link, kind in PAIRS.items():
        one, other = f"/{kind}/01", f"/{kind}/02"
        unlinked = {f"/config/{link}/1-2": 0}
        different = {f"{one}/mix/fader": -3.0, f"{other}/mix/fader": -20.0, f"{other}/eq/1/g": 6.0}
        if kind in ("ch", "auxin"):
            different[f"{other}/config/source"] = {"ch": 2, "auxin": 34}[kind]
        yield f"linking two {kind} that differ", Change({f"/config/{link}/1-2": 1}, unlinked | different)
        panned = {f"{one}/mix/pan": -100.0, f"{other}/mix/pan": 100.0} if kind != "mtx" else {}
        yield f"linking two {kind} under a solo", Change(
            {f"/config/{link}/1-2": 1}, unlinked | panned | {f"/-stat/solosw/{STRIPS[f'{kind}/01']:02}": 1}
        )
    yield "linking channels of the same signal", Change(
        {"/config/chlink/1-2": 1}, {"/ch/02/config/source": 1, "/ch/01/mix/fader": -3.0}
    )
    yield "linking buses that are fed with a pan", Change({"/config/buslink/1-2": 1}, {"/ch/02/mix/01/pan": 60.0})
    yield "pan of a send that follows", Change(
        {"/ch/02/mix/01/panFollow": 1}, {"/config/buslink/1-2": 1, "/ch/02/mix/pan": -80.0, "/ch/02/mix/01/pan": 60.0}
    )
    both = {"/config/chlink/1-2": 1, "/ch/02/config/source": 1}
    yield "dynamics that listen to both", Change(
        {"/config/linkcfg/dyn": 0},
        both | {"/ch/01/config/source": 2, "/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -40.0, "/ch/01/dyn/attack": 120.0},
    )
    yield "a centre between left and right", Change({"/config/mono/mode": "LCR"}, {"/ch/01/mix/mlevel": -20.0})
    yield "mono that follows main", Change({"/config/mono/link": 1}, {"/main/m/mix/fader": -10.0})
    yield "mono that follows a muted main", Change({"/config/mono/link": 1}, {"/main/st/mix/on": 0})


def _inserts() -> Iterator[tuple[str, Change]]:
    for strip in ("ch/01", "bus/01", "mtx/01", "main/st", "main/m"):
        here = f"/{strip}/insert"
        sound = {f"/{strip}/eq/1/g": 9.0, f"/{strip}/eq/1/f": 100.0, f"{here}/sel": "AUX1"}
        for position in ("PRE", "POST"):
            yield f"insert of {strip} {position}", Change({f"{here}/on": 1}, sound | {f"{here}/pos": position})
        moved = sound | {f"{here}/on": 1, f"{here}/pos": "PRE"}
        yield f"place of the insert of {strip}", Change({f"{here}/pos": "POST"}, moved)
        yield f"socket of the insert of {strip}", Change({f"{here}/sel": "AUX2"}, sound | {f"{here}/on": 1})
        yield f"no socket for the insert of {strip}", Change({f"{here}/sel": "OFF"}, sound | {f"{here}/on": 1})
    yield "another strip on the same socket", Change(
        {"/ch/01/insert/on": 0, "/ch/02/insert/on": 1},
        {"/ch/01/insert/on": 1, "/ch/01/insert/sel": "AUX1", "/ch/02/insert/sel": "AUX1"},
    )


def _processors() -> Iterator[tuple[str, Change]]:
    for strip in STRIPS:
        bass = {f"/{strip}/eq/1/g": 9.0, f"/{strip}/eq/1/f": 100.0, f"/{strip}/eq/1/type": "PEQ"}
        yield f"EQ of {strip}", Change({f"/{strip}/eq/on": 0}, bass)
        yield f"shape of a band of {strip}", Change({f"/{strip}/eq/1/type": "HShv"}, bass)
        if strip in ("auxin/01", "fxrtn/01"):
            continue
        held = bass | {f"/{strip}/dyn/{leaf}": value for leaf, value in COMPRESSING.items()}
        yield f"dynamics of {strip}", Change({f"/{strip}/dyn/on": 0}, held)
        before = held | {f"/{strip}/dyn/pos": "PRE"}
        yield f"place of the dynamics of {strip}", Change({f"/{strip}/dyn/pos": "POST"}, before)


def _delays() -> Iterator[tuple[str, Change]]:
    for where in ("/ch/01", "/outputs/main/01"):
        given = {"/outputs/main/01/src": 26}
        yield f"delay of {where} on", Change({f"{where}/delay/on": 1}, given | {f"{where}/delay/time": 5.0})
        for time_ms in (0.5, 21.0, 500.0):
            yield f"delay of {where} to {time_ms} ms", Change(
                {f"{where}/delay/time": time_ms}, given | {f"{where}/delay/on": 1, f"{where}/delay/time": 7.0}
            )
    yield "delay of the monitor on", switch("/config/solo/delay", 1, config__solo__delaytime=5.0)
    yield "delay of the monitor", switch("/config/solo/delaytime", 77.0, config__solo__delay=1)


def _tools() -> Iterator[tuple[str, Change]]:
    low = {"/config/osc/type": "SINE", "/config/osc/f1": 100.2, "/config/osc/level": -6.0, "/config/osc/dest": 0}
    yield "oscillator on", Change({"/-stat/osc/on": 1}, low)
    for to in (1, 16, 17, 18, 19, 20, 21):
        yield f"oscillator to {to}", Change({"/config/osc/dest": to}, low | {"/-stat/osc/on": 1})
    yield "level of the oscillator", Change({"/config/osc/level": -60.0}, low | {"/-stat/osc/on": 1})
    both = low | {"/-stat/osc/on": 1, "/config/osc/f2": 200.0}
    yield "frequency of the oscillator", Change({"/config/osc/fsel": "F2"}, both)
    for side in "AB":
        way = {f"/config/talk/{side}/destmap": 0b11 << 16 | 0b1, f"/config/talk/{side}/level": 0.0}
        yield f"talkback {side}", Change({f"/-stat/talk/{side}": 1}, way)
        yield f"talkback {side} with dim", Change({f"/-stat/talk/{side}": 1}, way | {f"/config/talk/{side}/dim": 1})
        talking = way | {f"/-stat/talk/{side}": 1}
        yield f"destinations of talkback {side}", Change({f"/config/talk/{side}/destmap": 0b10}, talking)
        yield f"level of talkback {side}", Change({f"/config/talk/{side}/level": -60.0}, talking)
        yield f"talkback {side} out of service", Change({"/config/talk/enable": 0}, talking)


def _automixes() -> Iterator[tuple[str, Change]]:
    both = {"/config/amixenable/X": 1, "/config/amixenable/Y": 1}
    together = both | {f"/ch/{n:02}/automix/group": "X" for n in (1, 2, 3)} | {"/ch/04/automix/group": "Y"}
    yield "automix on", Change({"/config/amixenable/X": 1}, together | {"/config/amixenable/X": 0})
    yield "a channel leaves the automix", Change({"/ch/01/automix/group": "OFF"}, together)
    yield "a channel goes to the other automix", Change({"/ch/01/automix/group": "Y"}, together)
    yield "weight in the automix", Change({"/ch/01/automix/weight": 12.0}, together)
    yield "a mute in the automix", Change({"/ch/01/mix/on": 0}, together)


CHANGES = dict(
    case for cases in (
        _mutes(), _solos(), _patches(), _links(), _inserts(), _processors(), _delays(), _tools(), _automixes()
    )
    for case in cases
)  # fmt: skip


# --- how it is measured -------------------------------------------------------------------------------------


class Stage:
    """A console on which all tones play on and on."""

    def __init__(self, given: Mapping[str, desk.Setting], rate: int = desk.RATE) -> None:
        self.rig = desk.Rig(OUTPUTS, rate, talk_input=TALK_INPUT)
        self.rig.set_many(BASE | given)
        self.round = rate // ROUNDS_HZ
        self._loop = np.zeros((self.round, desk.INPUTS), np.float32)
        for number, (freq_hz, peak, phase) in TONES.items():
            self._loop[:, number - 1] = desk.tone(freq_hz, self.round, peak, rate, phase)
        self._frame = 0
        self.play(rate // 2)

    def play(self, frames: int) -> np.ndarray:
        """What all outputs play meanwhile; shape (frames, outputs)."""
        x = self._loop[np.arange(self._frame, self._frame + frames) % self.round]
        self._frame += frames
        return self.rig.play(x, block=960)

    def change(self, settings: Mapping[str, desk.Setting], after: int = 0) -> np.ndarray:
        """What is heard around a change, `after` frames into a round of all tones."""
        before = self.play((after - self._frame) % self.round + SETTLED)
        self.rig.set_many(settings)
        return np.concatenate([before[-SETTLED:], self.play(SETTLED)])


def before_of(stage: Stage, change: Change) -> dict[str, desk.Setting]:
    """The settings that a change changes, as they are now."""
    return {path: stage.rig.stored(path) for path in change.to}


def worst_db(heard: np.ndarray, at: int, rate: int = desk.RATE) -> float:
    """The loudest click around a frame, relative to what is played there, of all outputs that play anything."""
    return max(harness.click_db(y, at, rate) for y in heard.T if np.abs(y).max() > AUDIBLE)


@functools.cache
def measured(name: str) -> tuple[float, float]:
    """Of one change the loudest click, and how much else is played after it."""
    change = CHANGES[name]
    stage = Stage(change.given)
    back = before_of(stage, change)
    clicks, differs = [], 0.0
    for moment in MOMENTS:
        for settings in (change.to, back):
            heard = stage.change(settings, moment)
            clicks.append(worst_db(heard, SETTLED + MIDDLE))
            last = heard[SETTLED - stage.round : SETTLED]
            differs = max(differs, np.abs(heard[-stage.round :] - last).max())
    return max(clicks), differs


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_does_not_click(name: str) -> None:
    assert measured(name)[0] < CLICK_DB


@pytest.mark.parametrize("name", CHANGES)
def test_the_change_is_one_that_is_heard(name: str) -> None:
    assert measured(name)[1] > AUDIBLE


# --- what only one listener hears ---------------------------------------------------------------------------


@pytest.mark.parametrize("strip", STRIPS)
@pytest.mark.parametrize("mode", ["PFL", "AFL"])
def test_a_solo_on_a_listen_bus_does_not_click(strip: str, mode: str) -> None:
    stage = Stage({})
    client = talk.Talk(console=stage.rig.console)
    for address, value in (("", 1), ("/chmode", mode), ("/busmode", mode), ("/level", 0.75)):
        client.say(f"/faderd/listen{address}", value)
    clicks, levels = [], []
    for on in (1, 0, 1):
        before = stage.play(SETTLED)
        client.say(f"/faderd/listen/solosw/{STRIPS[strip]:02}", on)
        after = stage.play(SETTLED)
        clicks.append(worst_db(np.concatenate([before, after]), SETTLED + MIDDLE))
        levels.append(np.abs(after[-stage.round :, LISTEN_BUS]).max() > AUDIBLE)
    assert levels == [True, False, True]
    assert max(clicks) < CLICK_DB


# --- other rates, and changes of mind -----------------------------------------------------------------------

SOME = ("mute of main/st", "channel source 2", "bus send PRE to POST", "insert of ch/01 POST", "delay of /ch/01 on",
        "solo PFL of bus/01", "linking two ch that differ", "oscillator on", "user output block")  # fmt: skip


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("name", SOME)
def test_a_change_clicks_at_no_other_rate(name: str, rate: int) -> None:
    change = CHANGES[name]
    stage = Stage(change.given, rate)
    back = before_of(stage, change)
    heard = [stage.change(settings) for settings in (change.to, back)]
    assert max(worst_db(y, SETTLED + MIDDLE * rate // 48_000, rate) for y in heard) < CLICK_DB


@pytest.mark.parametrize("name", SOME)
def test_a_change_that_is_taken_back_on_its_way_is_no_worse_than_a_straight_line(name: str) -> None:
    change = CHANGES[name]
    stage = Stage(change.given)
    back = before_of(stage, change)
    heard = [stage.play(SETTLED)]
    for settings, frames in ((change.to, 192), (back, 128), (change.to, SETTLED)):
        stage.rig.set_many(settings)
        heard.append(stage.play(frames))
    # A straight line of 5 ms is at -60 dB, a hard cut at -24.
    assert worst_db(np.concatenate(heard), SETTLED + MIDDLE) < -59
