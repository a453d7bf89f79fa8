"""How monitor, solo, talkback, oscillator, automatic mixing and analyser are shown."""

import struct
from collections.abc import Mapping, Sequence

import numpy as np

from daemon.metering.analyser import Analyser
from daemon.wire import packet
from oracles import processors
from rigs import desk
from rigs.tones import TALK_INPUT, found
from walk.routing import listen
from walk.strips import FADER_0, RATE
from walk.walker import Ledger, Setting, Vector, Walker, shows, walk

EARS = ("monitor/l", "monitor/r")


def db(level_db: float) -> float:
    """Linear gain."""
    return float(processors.gain(level_db))


# --- solos -----------------------------------------------------------------------------------------

SWITCHES = [f"/-stat/solosw/{n:02}" for n in range(1, 81)]
AUX_SWITCH, RETURN_SWITCH, BUS_SWITCH, MATRIX_SWITCH, MAIN_SWITCH, MONO_SWITCH, DCA_SWITCH = 33, 41, 49, 65, 71, 72, 73


def solo_desk(outputs: Sequence[str] = EARS) -> Walker:
    """Console whose channels 1 to 16 feed buses, and buses 11 to 16 matrices 1 to 6, half as loud."""
    walker = Walker(outputs)
    walker.set_many({"/config/auxlink/7-8": 0} | {f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)})
    for kind in ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}"):
        walker.set_row(f"{kind}/mix/st", 0)
    walker.set_row("ch/{ch}/mix/fader", 0.0)
    walker.set_row("ch/{ch}/mix/{odd}/type", "IN/LC")
    walker.set_row("bus/{bus}/mix/{odd_mtx}/type", "IN/LC")
    walker.set_many({f"/ch/{n:02}/mix/{n:02}/level": -6.0 for n in range(1, 17)})
    walker.set_many({f"/bus/{n + 10:02}/mix/{n:02}/level": -6.0 for n in range(1, 7)})
    walker.set_many({"/ch/17/mix/st": 1, "/ch/17/mix/pan": -100.0, "/ch/18/mix/st": 1, "/ch/18/mix/pan": 100.0})
    walker.set_many({"/ch/19/mix/mono": 1, "/ch/19/mix/mlevel": -6.0})
    return walker


def soloed(number: int) -> Vector:
    """What a solo switch lets be heard before the fader, gains of all inputs to both ears; shape (64, 2)."""
    gains = np.zeros((64, 2))
    half = db(-6)
    if number < RETURN_SWITCH:
        gains[number - 1] = 1
    elif BUS_SWITCH <= number < MATRIX_SWITCH:
        gains[number - BUS_SWITCH] = half
    elif MATRIX_SWITCH <= number < MAIN_SWITCH:
        gains[number - MATRIX_SWITCH + 10] = half**2
    elif number == MAIN_SWITCH:
        gains[16, 0] = gains[17, 1] = FADER_0
    elif number == MONO_SWITCH:
        gains[18] = FADER_0 * half
    elif number >= DCA_SWITCH:
        gains[20 + number - DCA_SWITCH] = 1
    return gains


def judge_solos(ledger: Ledger, walker: Walker, moved: Mapping[str, Setting], gains: Mapping[str, Vector]) -> None:
    """The monitor carries what is soloed."""
    expected = np.zeros((64, 2))
    for path, value in moved.items():
        expected += value * gains[path]
    heard = found(walker)[0][:, :2]
    for path, value in moved.items():
        rows = np.flatnonzero(gains[path].any(1))
        ledger.note(path, value, heard[rows], expected[rows], 1e-3 * np.maximum(expected[rows], 1e-3))
    if np.abs(heard - expected).max() > 2e-3:
        ledger.fault(
            f"input {np.abs(heard - expected).max(1).argmax() + 1} is not heard in the monitor as it should be"
        )


@shows("-stat/solosw/{solo}")
def solo_switches(ledger: Ledger) -> None:
    returns = SWITCHES[RETURN_SWITCH - 1 : BUS_SWITCH - 1]
    dcas = SWITCHES[DCA_SWITCH - 1 :]
    with solo_desk() as walker:
        some = [path for path in SWITCHES if path not in (*returns, *dcas)]
        gains = {path: soloed(int(path[-2:])) for path in SWITCHES}
        walk(walker, ["-stat/solosw/{solo}"], [1, 0], lambda moved: judge_solos(ledger, walker, moved, gains), some)
        walker.set_row("-stat/solosw/{solo}", 0)
        walker.set_many({f"/ch/{21 + n:02}/grp/dca": 1 << n for n in range(8)})
        # A DCA that is soloed lets its members be heard; with none there is the source of the monitor.
        walker.set("/config/solo/source", "OFF")
        walk(walker, ["-stat/solosw/{solo}"], [1, 0], lambda moved: judge_solos(ledger, walker, moved, gains), dcas)
    with solo_desk() as walker:
        walker.set("/config/solo/source", "OFF")
        walker.set_row("bus/{bus}/mix/fader", 0.0)
        walker.set_many({f"/fx/{n // 2 + 1}/source/{'lr'[n % 2]}": n + 1 for n in range(8)})
        gains = {path: soloed(BUS_SWITCH + n) * FADER_0 for n, path in enumerate(returns)}
        walk(walker, ["-stat/solosw/{solo}"], [1, 0], lambda moved: judge_solos(ledger, walker, moved, gains), returns)


@shows("/-action/clearsolo", "/-stat/solo")
def clearing_solos(ledger: Ledger) -> None:
    with solo_desk() as walker:
        for solos in ({"/-stat/solosw/05": 1, "/-stat/solosw/80": 1}, {}):
            walker.set_many(solos)
            loud = bool(solos)
            heard = found(walker)[0][4, 0]
            ledger.note("/-stat/solo", int(loud), [walker.ask("/-stat/solo")[0], heard], [loud, loud], 1e-3)
            ledger.note("/-action/clearsolo", int(not loud), heard, loud, 1e-3)
            walker.set_many({"/-action/clearsolo": 1})


# --- the monitor -----------------------------------------------------------------------------------


class Monitor:
    """A desk with something to hear at every source of the monitor, and what it is then.

    Inputs 1 and 2 are in main left and right, 3 in mono, 4 to 7 on aux strips 5 to 8; channel 9 and
    bus 1 (of channel 10) can be soloed, and channel 11 by DCA 3.
    """

    SOLOS = {"/-stat/solosw/09": 9, "/-stat/solosw/49": 10, "/-stat/solosw/75": 11}  # noqa: RUF012

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.walker = walker = Walker(EARS, talk_input=TALK_INPUT)
        walker.set_many({"/config/auxlink/7-8": 0})
        walker.set_row("auxin/{aux}/mix/st", 0)
        walker.set_many({f"/ch/{n:02}/mix/fader": 0.0 for n in range(1, 12)})
        walker.set_many({"/ch/01/mix/pan": -100.0, "/ch/02/mix/pan": 100.0})
        walker.set_many({"/ch/03/mix/st": 0, "/ch/03/mix/mono": 1, "/ch/03/mix/mlevel": 0.0})
        walker.set_many({f"/auxin/{n + 4:02}/config/source": n + 3 for n in range(1, 5)})
        walker.set_many({f"/ch/{n:02}/mix/st": 0 for n in range(4, 33)})
        walker.set_many({"/main/st/mix/fader": -4.0, "/main/m/mix/fader": -9.0})
        walker.set_many({"/ch/09/mix/fader": -8.0, "/ch/09/mix/pan": 40.0, "/ch/10/mix/01/level": -3.0})
        walker.set_many({"/ch/10/mix/01/type": "PRE", "/bus/01/mix/fader": -6.0, "/bus/01/mix/pan": -20.0})
        walker.set_many({"/ch/11/grp/dca": 0b100, "/dca/3/fader": -5.0})

    def fader(self, strip: str) -> float:
        """Gain of a fader."""
        return float(processors.gain(processors.taper_db(self.walker.stored(f"{strip}/mix/fader"), 1024)))

    def expected(self) -> Vector:
        """Gains of all inputs to both ears; shape (64, 2)."""
        ask = self.walker.stored
        solos = [path for path in self.SOLOS if ask(path)]
        gains = self._solos(solos) if solos else self._source()
        by = (
            self.fader("/main/st")
            if ask("/config/solo/masterctrl")
            else db(processors.taper_db(ask("/config/solo/level"), 161))
        )
        dims = ask("/config/solo/dim") or (ask("/config/solo/dimpfl") and self._any_before(solos))
        dims = dims or any(
            ask(f"/-stat/talk/{way}") and ask(f"/config/talk/{way}/dim") and ask("/config/talk/enable") for way in "AB"
        )
        if ask("/config/solo/mono"):
            gains = np.repeat(gains.mean(1, keepdims=True), 2, axis=1)
        gains = gains * by * (db(-40 + ask("/config/solo/dimatt")) if dims else 1)
        return gains * (not ask("/config/solo/mute"))

    def _mode(self, solo: str) -> int:
        modes = {"/-stat/solosw/09": "chmode", "/-stat/solosw/49": "busmode", "/-stat/solosw/75": "dcamode"}
        return int(self.walker.stored(f"/config/solo/{modes[solo]}"))

    def _any_before(self, solos: Sequence[str]) -> bool:
        return any(self._mode(solo) == 0 for solo in solos)

    def _solos(self, solos: Sequence[str]) -> Vector:
        gains = np.zeros((64, 2))
        pans = {"/-stat/solosw/09": 40, "/-stat/solosw/49": -20, "/-stat/solosw/75": 0}
        dca = float(processors.gain(processors.taper_db(self.walker.stored("/dca/3/fader"), 1024)))
        after = {
            "/-stat/solosw/09": self.fader("/ch/09"), "/-stat/solosw/49": self.fader("/bus/01"),
            "/-stat/solosw/75": self.fader("/ch/11") * dca,
        }  # fmt: skip
        for solo in solos:
            sides = np.array(processors.pan_gains(pans[solo])) * after[solo] if self._mode(solo) else np.ones(2)
            gains[self.SOLOS[solo] - 1] = sides * (db(-3) if solo.endswith("49") else 1)
        return gains

    def _source(self) -> Vector:
        gains = np.zeros((64, 2))
        source = self.walker.stored("/config/solo/source")
        main = 1.0 if source == 3 else self.fader("/main/st")
        if source in (1, 2, 3, 4):
            gains[0, 0] = gains[1, 1] = main * FADER_0
        if source == 2:
            gains[2] = 0.5**0.5 * self.fader("/main/m") * FADER_0
        if source in (5, 6):
            first = 3 if source == 5 else 5
            gains[first, 0] = gains[first + 1, 1] = 1
        return gains * db(-18 + self.walker.stored("/config/solo/sourcetrim") / 2)

    def hear(self, moved: Mapping[str, Setting]) -> None:
        """Judge the monitor."""
        heard, expected = found(self.walker)[0][:, :2], self.expected()
        # The talkback's own tone goes elsewhere.
        for path, value in moved.items():
            self.ledger.note(path, value, heard[:20], expected[:20], 1e-3 * expected[:20] + 2e-6)

    def walk(self, leaf: str, palette: Sequence[Setting], *contexts: dict[str, Setting]) -> None:
        """Walk one leaf with each context in force."""
        for context in contexts or ({},):
            before = {path: self.walker.stored(path) for path in context}
            self.walker.set_many(context)
            walk(self.walker, [leaf], palette, self.hear)
            self.walker.set_many(before)


SOLO = {"/-stat/solosw/09": 1, "/-stat/solosw/49": 1, "/-stat/solosw/75": 1}


@shows(*(f"config/solo/{leaf}" for leaf in (
    "level", "source", "sourcetrim", "chmode", "busmode", "dcamode", "dimatt", "dim", "mono", "mute", "dimpfl",
    "masterctrl",
)))  # fmt: skip
def monitor(ledger: Ledger) -> None:
    with (desk := Monitor(ledger)).walker:
        desk.walk("config/solo/source", list(range(7)))
        desk.walk("config/solo/level", [-10.0, -30.0, 3.0, 10.0], {}, SOLO)
        desk.walk("config/solo/sourcetrim", [-18.0, 2.5, 18.0])
        for mode in ("chmode", "busmode", "dcamode"):
            desk.walk(f"config/solo/{mode}", ["AFL", "PFL"], SOLO)
        desk.walk("config/solo/dim", [1, 0], {}, SOLO)
        desk.walk("config/solo/dimatt", [-40.0, -12.0, -3.0], {"/config/solo/dim": 1})
        desk.walk("config/solo/mono", [1, 0], {}, SOLO)
        desk.walk("config/solo/mute", [1, 0], {}, SOLO)
        desk.walk("config/solo/dimpfl", [1, 0], SOLO)
        desk.walk("config/solo/masterctrl", [1, 0], {"/config/solo/source": 3, "/config/solo/level": -20.0}, SOLO)


@shows("config/solo/delay", "config/solo/delaytime")
def delay_of_the_monitor(ledger: Ledger) -> None:
    impulse = np.zeros(16_000)
    impulse[100] = 0.5
    with solo_desk() as walker:
        walker.set_many({"/-stat/solosw/03": 1, "/config/solo/delaytime": 20.0})

        def judge(moved: dict[str, Setting]) -> None:
            walker.play(28_000, block=480)
            heard = walker.play({3: impulse}, block=480)[:, :2]
            on, time = (walker.stored(f"/config/solo/{leaf}") for leaf in ("delay", "delaytime"))
            frames = round((0.3 + time / 10) * RATE / 1000) * on
            for path, value in moved.items():
                ledger.note(path, value, np.argmax(np.abs(heard), axis=0) - 100, [frames] * 2, 0)
                ledger.note(path, value, heard.max(0), [0.5, 0.5], 1e-6)

        walk(walker, ["config/solo/delay"], [1, 0], judge)
        walker.set("/config/solo/delay", 1)
        walk(walker, ["config/solo/delaytime"], [0.3, 2.7, 50.0, 200.0], judge)


@shows("config/solo/exclusive", "config/solo/followsel", "config/solo/followsolo", "/-stat/selidx")
def rules_of_solo(ledger: Ledger) -> None:
    with solo_desk() as walker:
        walker.set("/config/solo/source", "OFF")
        for exclusive in (1, 0):
            walker.set_many({"/-action/clearsolo": 1, "/config/solo/exclusive": exclusive})
            walker.set_many({"/-stat/solosw/03": 1, "/-stat/solosw/07": 1})
            heard = found(walker)[0][[2, 6], 0]
            ledger.note("/config/solo/exclusive", exclusive, heard, [1 - exclusive, 1], 1e-3)
        walker.set_many({"/config/solo/exclusive": 1, "/config/solo/followsel": 1})
        for selected in (11, 22):
            walker.set_many({"/-stat/selidx": selected})
            ledger.note("/-stat/selidx", selected, found(walker)[0][:32, 0], np.eye(32)[selected], 1e-3)
        for follows in (0, 1):
            walker.set_many({"/-action/clearsolo": 1, "/config/solo/followsel": follows, "/-stat/selidx": 4 + follows})
            ledger.note("/config/solo/followsel", follows, found(walker)[0][4 + follows, 0], follows, 1e-3)
        walker.set_many({"/config/solo/followsel": 0, "/-stat/selidx": 0})
        for follows in (0, 1):
            walker.set_many({"/-action/clearsolo": 1, "/config/solo/followsolo": follows, "/-stat/solosw/13": 1})
            ledger.note("/config/solo/followsolo", follows, walker.ask("/-stat/selidx")[0], 12 * follows, 0)


# --- talkback --------------------------------------------------------------------------------------

MIXES = [*(f"bus/{n:02}" for n in range(1, 17)), "main/l", "main/r", "main/m"]


class Talk:
    """A desk on which somebody talks, and where that is heard."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.walker = walker = Walker(MIXES, talk_input=TALK_INPUT)
        walker.set_row("bus/{bus}/mix/fader", 0.0)
        walker.set_row("fxrtn/{rtn}/mix/on", 0)
        walker.set_many({"/main/st/mix/fader": 0.0, "/main/m/mix/fader": 0.0})
        walker.set_many(
            {"/config/talk/A/destmap": 0b01_0000_0000_0000_1111, "/config/talk/B/destmap": 0b10_1100_0000_0000_0001}
        )
        walker.set_many({"/-stat/talk/A": 1, "/-stat/talk/B": 1})

    def hear(self, moved: Mapping[str, Setting]) -> None:
        """Judge all mixes."""
        ask, expected = self.walker.stored, np.zeros((64, len(MIXES)))
        for way in "AB":
            if ask(f"/-stat/talk/{way}") and ask("/config/talk/enable"):
                to = np.array([ask(f"/config/talk/{way}/destmap") >> bit & 1 for bit in range(18)])
                expected[TALK_INPUT - 1] += to[[*range(17), 16, 17]] * db(
                    processors.taper_db(ask(f"/config/talk/{way}/level"), 161)
                )
        expected = expected * FADER_0
        expected[:32] = 0
        listen(self.ledger, self.walker, moved, expected, lambda _: range(len(MIXES)))


@shows("config/talk/enable", "config/talk/{talk}/level", "config/talk/{talk}/destmap", "-stat/talk/{talk}")
def talkback(ledger: Ledger) -> None:
    with (desk := Talk(ledger)).walker as walker:
        walk(walker, ["config/talk/enable"], [0, 1], desk.hear)
        walk(walker, ["config/talk/{talk}/level"], [-20.0, -6.0, 3.0], desk.hear)
        walk(walker, ["config/talk/{talk}/destmap"], [1 << bit for bit in range(18)], desk.hear)
        walker.set_many({"/config/talk/A/destmap": 0b11, "/config/talk/B/destmap": 0b110})
        walk(walker, ["-stat/talk/{talk}"], [1, 0], desk.hear)


@shows("config/talk/{talk}/dim")
def dims_of_the_talkback(ledger: Ledger) -> None:
    with (desk := Monitor(ledger)).walker as walker:
        for talking in ({"/-stat/talk/A": 1, "/-stat/talk/B": 0}, {"/-stat/talk/A": 0, "/-stat/talk/B": 1}):
            walker.set_many(talking)
            walk(walker, ["config/talk/{talk}/dim"], [1, 0], desk.hear)
        walker.set_many({"/config/talk/A/dim": 1, "/config/talk/B/dim": 1, "/config/talk/enable": 0})
        desk.walk("config/talk/enable", [1, 0])


@shows("config/talk/{talk}/latch")
def latches_of_the_talkback(ledger: Ledger) -> None:
    """Who opened it falls silent: a talkback that is not latched closes."""
    with Talk(ledger).walker as walker:

        def judge(moved: dict[str, Setting]) -> None:
            for path, latched in moved.items():
                way = path.split("/")[3]
                walker.set_many({"/-stat/talk/A": 0, "/-stat/talk/B": 0})
                walker.set_many({f"/-stat/talk/{way}": 1})
                before = found(walker)[0][TALK_INPUT - 1, 0]
                walker.seconds += 11
                walker.net.turn(0.12)
                heard = [before, found(walker)[0][TALK_INPUT - 1, 0]]
                level = db(processors.taper_db(walker.stored(f"/config/talk/{way}/level"), 161)) * FADER_0
                ledger.note(path, latched, heard, [level, latched * level], 1e-3)

        walk(walker, ["config/talk/{talk}/latch"], [0, 1], judge)


# --- oscillator ------------------------------------------------------------------------------------

TO = [*MIXES, *(f"mtx/{n:02}" for n in range(1, 7))]


def sine_of(heard: Vector, freq_hz: float) -> float:
    """Amplitude of a sine."""
    return float(np.abs(desk.amplitude(heard[len(heard) // 2 :], freq_hz)))


class Oscillator:
    """A desk on which the oscillator sounds in all sorts of ways."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.walker = walker = Walker(TO)
        walker.set_row("bus/{bus}/mix/fader", 0.0)
        walker.set_row("mtx/{mtx}/mix/fader", 0.0)
        walker.set_row("fxrtn/{rtn}/mix/on", 0)
        walker.set_many({"/main/st/mix/fader": 0.0, "/main/m/mix/fader": 0.0})
        walker.set_many({"/config/osc/type": "SINE", "/config/osc/level": -20.0, "/-stat/osc/on": 1})

    def hear(self, moved: Mapping[str, Setting]) -> None:
        """Judge a sine: its level at its frequency at all destinations."""
        ask, heard = self.walker.stored, self.walker.play(9600, block=480)[:, : len(TO)]
        f = ask("/config/osc/f2") if ask("/config/osc/fsel") else ask("/config/osc/f1")
        level = db(processors.taper_db(ask("/config/osc/level"), 161)) * ask("/-stat/osc/on") * FADER_0
        to = ask("/config/osc/dest")
        columns = {16: [16], 17: [17], 18: [16, 17], 19: [18]}.get(to, [to if to < 16 else to - 1])
        expected = np.zeros(len(TO))
        expected[columns] = level
        found = [sine_of(heard[:, column], 20 * 1000 ** (f / 120)) for column in range(len(TO))]
        strange = np.where(expected == 0, np.abs(heard[len(heard) // 2 :]).max(0), 0)
        for path, value in moved.items():
            nothing = np.zeros(len(TO))
            self.ledger.note(path, value, [*found, *strange], [*expected, *nothing], 1e-3 * db(-20))
            self.ledger.note(path, value, [f], [f], 0.4)


@shows("config/osc/level", "config/osc/f1", "config/osc/f2", "config/osc/fsel", "config/osc/dest", "-stat/osc/on")
def oscillator(ledger: Ledger) -> None:
    with (desk := Oscillator(ledger)).walker as walker:
        walk(walker, ["config/osc/level"], [-40.0, -20.0, -6.0, 0.0], desk.hear)
        walker.set("/config/osc/level", -20.0)
        for choice, leaf in ((0, "f1"), (1, "f2")):
            walker.set("/config/osc/fsel", choice)
            walk(walker, [f"config/osc/{leaf}"], [100.0, 440.0, 1000.0, 8000.0, 16_000.0], desk.hear)
        walker.set_many({"/config/osc/f1": 300.0, "/config/osc/f2": 3000.0})
        walk(walker, ["config/osc/fsel"], [0, 1], desk.hear)
        walk(walker, ["config/osc/dest"], list(range(26)), desk.hear)
        walk(walker, ["-stat/osc/on"], [0, 1], desk.hear)


@shows("config/osc/type")
def sounds_of_the_oscillator(ledger: Ledger) -> None:
    """Level as an RMS, and how much louder the octave around 6 kHz is than the one around 750 Hz."""
    with Oscillator(ledger).walker as walker:
        walker.set("/config/osc/f1", 1000.0)

        def judge(moved: dict[str, Setting]) -> None:
            heard = walker.play(2 * RATE, block=480)[RATE // 2 :, 0].astype(np.float64)
            power = np.abs(np.fft.rfft(heard * np.hanning(heard.size))) ** 2
            hz = np.fft.rfftfreq(heard.size, 1 / RATE)
            octaves = [power[(hz >= low) & (hz < 2 * low)].sum() for low in (500, 4000)]
            rms_db = 10 * np.log10(np.mean(heard**2))
            for path, kind in moved.items():
                if kind == 0:
                    ledger.note(path, kind, [rms_db, octaves[1] / octaves[0] < 1e-6], [-23.02, 1], [0.05, 0])
                else:
                    tilt_db = 10 * np.log10(octaves[1] / octaves[0])
                    ledger.note(path, kind, [rms_db, tilt_db], [-38.0, {1: 0.0, 2: 9.03}[kind]], [0.4, 0.6])

        walk(walker, ["config/osc/type"], [0, 1, 2], judge)


# --- automatic mixing ------------------------------------------------------------------------------

MICROPHONES_DB = np.array([-20.0, -26.0, -23.0, -30.0, -21.0, -24.0, -28.0, -22.0])


@shows(
    [f"/ch/{n:02}/automix/{leaf}" for n in range(1, 9) for leaf in ("group", "weight")], "config/amixenable/{automix}"
)
def automatic_mixing(ledger: Ledger) -> None:
    """A microphone's gain is the root of its part of the power in its group, weights counted."""
    with Walker([f"ch/{n:02}" for n in range(1, 9)]) as walker:
        walker.set_many({f"/ch/{n:02}/mix/fader": 0.0 for n in range(1, 9)})
        walker.set_many({f"/ch/{n:02}/automix/group": 1 + n % 2 for n in range(1, 9)})
        walker.set_row("config/amixenable/{automix}", 1)
        x = {n: desk.tone(1000, 5 * RATE // 2, float(processors.gain(MICROPHONES_DB[n - 1]))) for n in range(1, 9)}

        def judge(moved: dict[str, Setting]) -> None:
            heard = np.asarray(walker.play(x, block=480)[-9600:, :8], np.float64)
            levels_db = 10 * np.log10(2 * np.mean(heard**2, axis=0)) - MICROPHONES_DB
            ask = walker.stored
            weights = np.array([-12 + ask(f"/ch/{n:02}/automix/weight") / 2 for n in range(1, 9)])
            groups = np.array([ask(f"/ch/{n:02}/automix/group") for n in range(1, 9)])
            power = processors.gain(MICROPHONES_DB + weights) ** 2
            expected = np.zeros(8)
            for group, way in ((1, "X"), (2, "Y")):
                member = groups == group
                if ask(f"/config/amixenable/{way}"):
                    expected[member] = 10 * np.log10(power[member] / power[member].sum())
            expected = expected + float(processors.level_db(FADER_0))
            for path, value in moved.items():
                own = [int(path[4:6]) - 1] if path.startswith("/ch") else range(8)
                ledger.note(path, value, levels_db[own], expected[own], 0.05)
            if np.abs(levels_db - expected).max() > 0.05:
                ledger.fault(f"channel {np.abs(levels_db - expected).argmax() + 1} has not its share")

        walk(
            walker,
            ["ch/{ch}/automix/weight"],
            [-12.0, -6.0, 0.0, 4.5, 12.0],
            judge,
            [f"/ch/{n:02}/automix/weight" for n in range(1, 9)],
        )
        walk(walker, ["ch/{ch}/automix/group"], [0, 1, 2], judge, [f"/ch/{n:02}/automix/group" for n in range(1, 9)])
        walker.set_many({f"/ch/{n:02}/automix/group": 1 + n % 2 for n in range(1, 9)})
        walk(walker, ["config/amixenable/{automix}"], [0, 1], judge)


# --- analyser --------------------------------------------------------------------------------------

BANDS_HZ = 20 * 2 ** (np.arange(100) / 10)
BAND = 56


class Shown:
    """A desk whose spectrum a client draws: channels 1 to 32 have each the tone of a band of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.walker = Walker()
        self.analyser = Analyser(self.walker.console, self.walker.audio)
        self.walker.set_many({"/-prefs/rta/det": "PEAK"})
        frames = np.arange(RATE)
        self.x = np.zeros((RATE, 64), np.float32)
        self.x[:, :32] = 0.1 * np.sin(2 * np.pi * np.outer(frames, BANDS_HZ[40:72]) / RATE)

    def bands(self, frames: int = RATE, silent: bool = False) -> Vector:
        """Levels of all bands as a client is told, after so many frames more."""
        self.walker.play(frames if silent else self.x[:frames], block=480)
        page = self.walker.meters()
        page["rta"] = self.analyser.measure()
        self.walker.client.send(packet.build("/meters", "/meters/15"))
        self.walker.net.turn()
        for _ in range(2):
            self.walker.net.server.feed(page)
        self.walker.net.turn()
        from rigs.talk import hear

        blobs = [answer[1] for answer in hear(self.walker.client) if answer[0] == "/meters/15"]
        (count,) = struct.unpack_from("<i", blobs[-1])
        return np.frombuffer(blobs[-1], "<i2", offset=4)[: 2 * count] / 256


@shows("-stat/rtasource", "/-action/setrtasrc", "-prefs/rta/source", "-prefs/rta/pos")
def what_the_spectrum_shows(ledger: Ledger) -> None:
    shown = Shown(ledger)
    with shown.walker as walker:
        walker.set_many({f"/ch/{n:02}/eq/1/type": "HShv" for n in range(1, 33)})
        walker.set_many(
            {f"/ch/{n:02}/eq/1/f": 20.0 for n in range(1, 33)} | {f"/ch/{n:02}/eq/1/g": 9.0 for n in range(1, 33)}
        )

        def judge(path: str, value: Setting, channel: int, after: bool) -> None:
            bands = shown.bands()
            ledger.note(path, value, [bands.argmax(), bands.max()], [40 + channel, -11 if after else -20], [0, 0.3])

        for channel in (3, 17, 31):
            for after in (False, True):
                number = channel + 98 * after
                walker.set_many({"/-stat/rtasource": number})
                judge("/-stat/rtasource", number, channel, after)
        for number in (5, 98 + 6):
            walker.set_many({"/-action/setrtasrc": number})
            judge("/-action/setrtasrc", number, number % 98, number >= 98)
        for channel in (8, 9):
            walker.set_many({"/-prefs/rta/source": channel + 2})
            judge("/-prefs/rta/source", channel + 2, channel, False)
        for after in (1, 0):
            walker.set_many({"/-prefs/rta/pos": after})
            judge("/-prefs/rta/pos", after, 9, bool(after))


@shows("-prefs/rta/det", "-prefs/rta/decay", "-prefs/rta/gain", "-prefs/rta/autogain")
def how_the_spectrum_moves(ledger: Ledger) -> None:
    shown = Shown(ledger)
    with shown.walker as walker:
        walker.set_many({"/-stat/rtasource": 16})
        for seconds in (0.5, 1.0, 4.0):
            walker.set_many({"/-prefs/rta/decay": seconds})
            fallen = shown.bands()[BAND] - shown.bands(4800, silent=True)[BAND]
            decay = 0.25 * 64 ** (walker.stored("/-prefs/rta/decay") / 18)
            ledger.note("/-prefs/rta/decay", walker.stored("/-prefs/rta/decay"), fallen, 6 / decay, 0.6)
        walker.set_many({"/-prefs/rta/decay": 0.25})
        for detector, risen in ((1, 1 - np.exp(-0.5)), (0, 1.0)):
            walker.set_many({"/-prefs/rta/det": detector})
            for _ in range(10):
                shown.bands(RATE, silent=True)
            bands = shown.bands(4800)
            ledger.note("/-prefs/rta/det", detector, bands[BAND], -20 + 10 * np.log10(risen), 0.5)
        walker.set_many({"/-prefs/rta/autogain": 0, "/-prefs/rta/gain": 0.0})
        for step in (0, 2, 3):
            walker.set_many({"/-prefs/rta/gain": step})
            ledger.note("/-prefs/rta/gain", step, shown.bands()[BAND - 1 + 1], -20 + 6 * step, 0.3)
        for by_itself in (1, 0):
            walker.set_many({"/-prefs/rta/autogain": by_itself})
            ledger.note("/-prefs/rta/autogain", by_itself, shown.bands()[BAND], -20 if by_itself else -2, 0.3)
