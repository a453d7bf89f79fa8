"""A desk on which every strip is fed and heard, and how what does not change with the level is shown."""

from collections.abc import Mapping, Sequence

import numpy as np

from oracles import filters, processors
from rigs import desk
from walk.walker import Ledger, Setting, Vector, Walker, shows, walk

RATE = desk.RATE
SUB_BLOCK = 64  # frames later than the buses come back what is taken from them
WINDOW, SETTLING = 4800, 14400

CHANNELS = [f"/ch/{n:02}" for n in range(1, 33)]
AUX = [f"/auxin/{n:02}" for n in range(1, 9)]
RETURNS = [f"/fxrtn/{n:02}" for n in range(1, 9)]
BUSES = [f"/bus/{n:02}" for n in range(1, 17)]
MATRICES = [f"/mtx/{n:02}" for n in range(1, 7)]
SIDES = {"/main/l": "/main/st", "/main/r": "/main/st", "/main/m": "/main/m"}
INPUTS, MIXES = (*CHANNELS, *AUX, *RETURNS, *BUSES), (*MATRICES, *SIDES)

KINDS = ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m")
FADER_0 = float(processors.gain(processors.taper_db(767, 1024)))  # the fader's step at 0 dB


def strip_of(path: str) -> str:
    """Strip of the table that a leaf, or a side of a stereo strip, belongs to."""
    start = "/".join(path.split("/")[:3])
    return SIDES.get(start, start)


class Strips:
    """Every strip fed by an input of its own, or by one before it, and heard after its fader, which is at 0 dB.

    Device input n feeds channel n and bus n, input 32 + n aux strip n, bus 8 + n effect return n; bus n
    feeds matrix n, and channels 17, 18 and 19 main left, right and mono.  Who feeds is tapped before its EQ.

    Parameters
    ----------
    ledger : Ledger
    mixes : bool
        Hear matrices and mains, else channels, aux strips, effect returns and buses.
    """

    def __init__(self, ledger: Ledger, mixes: bool = False) -> None:
        self.ledger = ledger
        self.paths: Sequence[str] = MIXES if mixes else INPUTS
        names = [path[1:].replace("auxin", "aux") for path in self.paths]
        self.walker = walker = Walker(names)
        walker.set_many({"/config/auxlink/7-8": 0} | {f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)})
        for kind in KINDS:
            walker.set_row(f"{kind}/mix/fader", 0.0)
        for kind in ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}"):
            walker.set_row(f"{kind}/mix/st", 0)
        walker.set_row("ch/{ch}/mix/{odd}/type", "IN/LC")
        walker.set_row("bus/{bus}/mix/{odd_mtx}/type", "IN/LC")
        walker.set_many({f"/ch/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 17)})
        walker.set_many({f"/bus/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 7)})
        walker.set_many({"/ch/17/mix/st": 1, "/ch/17/mix/pan": -100.0, "/ch/18/mix/st": 1, "/ch/18/mix/pan": 100.0})
        walker.set_many({"/ch/19/mix/mono": 1, "/ch/19/mix/mlevel": 0.0})
        walker.set_many({f"/fx/{n // 2 + 1}/source/{'lr'[n % 2]}": 9 + n for n in range(8)})

    def play(self, signal: Vector) -> Vector:
        """Play one signal into all inputs and return what every strip gives, shape (frames, strips)."""
        x = np.repeat(signal.astype(np.float32)[:, np.newaxis], desk.INPUTS, axis=1)
        return self.walker.play(x, block=480)[:, : len(self.paths)].astype(np.float64)

    def fed(self, path: str) -> float:
        """Level at which the signal arrives at a strip."""
        return FADER_0 if path in (*RETURNS, *SIDES) else 1.0

    def way(self, path: str) -> list[str]:
        """Strips whose sound is heard at a strip: itself, and what feeds an effect return."""
        strip = SIDES.get(path, path)
        return [f"/bus/{RETURNS.index(path) + 9:02}", strip] if path in RETURNS else [strip]


def walk_strips(
    ledger: Ledger, leaf: str, palette: Sequence[Setting], judge, prepare=None, kinds: Sequence[str] = KINDS
) -> None:
    """Walk a leaf of strips of all kinds that have it; `prepare` and `judge` take the desk, and `judge` what moved."""
    for mixes, some in ((False, KINDS[:4]), (True, KINDS[4:])):
        rows = [f"{kind}/{leaf}" for kind in some if kind in kinds]
        if rows:
            with (desk := Strips(ledger, mixes)).walker as walker:
                if prepare is not None:
                    prepare(desk)
                walk(walker, rows, palette, lambda moved, desk=desk: judge(desk, moved))


# --- gains with a sign -----------------------------------------------------------------------------

SINE = desk.tone(1000, SETTLING + WINDOW)


def judge_gains(desk: Strips, moved: Mapping[str, Setting], gains: Mapping[str, float]) -> None:
    """Each strip gives the signal with the gain said for it, 1 otherwise, polarity and all."""
    heard = desk.play(SINE)[SETTLING:]
    window = SINE[SETTLING:]
    found = window @ heard / (window @ window)
    for column, path in enumerate(desk.paths):
        expected = desk.fed(path) * FADER_0 * np.prod([gains.get(strip, 1.0) for strip in upstream(path)])
        for leaf in leaves_at(moved, [path]):
            desk.ledger.note(leaf, moved[leaf], found[column], expected, 1e-3 * abs(expected))


def upstream(path: str) -> list[str]:
    """All strips through which the signal comes to a strip, itself the last."""
    number = int(path[-2:]) if path[-2:].isdigit() else 0
    if path in BUSES:
        return [f"/ch/{number:02}", path]
    if path in RETURNS:
        return [f"/ch/{number + 8:02}", f"/bus/{number + 8:02}", path]
    if path in MATRICES:
        return [f"/ch/{number:02}", f"/bus/{number:02}", path]
    if path in SIDES:
        return [f"/ch/{17 + list(SIDES).index(path):02}", SIDES[path]]
    return [path]


def leaves_at(moved: Mapping[str, Setting], paths: Sequence[str]) -> list[str]:
    """Leaves that belong to the strips of these paths."""
    strips = {SIDES.get(path, path) for path in paths}
    return [leaf for leaf in moved if strip_of(leaf) in strips]


@shows("ch/{ch}/preamp/trim", "auxin/{aux}/preamp/trim")
def trims(ledger: Ledger) -> None:
    palette = [-18.0, -12.25, -6.0, -1.5, 3.75, 9.0, 18.0]
    walk_strips(ledger, "preamp/trim", palette, lambda desk, moved: judge_gains(desk, moved, {
        strip_of(leaf): float(processors.gain(-18 + value / 4)) for leaf, value in moved.items()
    }), kinds=("ch/{ch}", "auxin/{aux}"))  # fmt: skip


@shows("ch/{ch}/preamp/invert", "auxin/{aux}/preamp/invert", "mtx/{mtx}/preamp/invert")
def polarities(ledger: Ledger) -> None:
    walk_strips(ledger, "preamp/invert", [0, 1], lambda desk, moved: judge_gains(desk, moved, {
        strip_of(leaf): 1.0 - 2 * value for leaf, value in moved.items()
    }), kinds=("ch/{ch}", "auxin/{aux}", "mtx/{mtx}"))  # fmt: skip


# --- curves ----------------------------------------------------------------------------------------

TONES_HZ = np.unique(np.rint(np.geomspace(60, 17_000, 40) / 10)) * 10
TONE_PEAK = 0.005
TONES = TONE_PEAK * np.sin(
    2 * np.pi * (np.outer(np.arange(SETTLING + WINDOW) / RATE, TONES_HZ) + np.arange(TONES_HZ.size) ** 2 / 80)
).sum(1)
CURVE_SHARE = 10 ** (0.02 / 20) - 1  # 0.02 dB
CURVE_FLOOR = 3e-5

BANDS = ("LCut", "LShv", "PEQ", "VEQ", "HShv", "HCut")
CROSSOVERS = ("BU6", "BU12", "BS12", "LR12", "BU18", "BU24", "BS24", "LR24")
EQ_KINDS = {kind: ("{band}", 4) if kind[:2] in ("ch", "au", "fx") else ("{band6}", 6) for kind in KINDS}


def eq_curve(ask, strip: str) -> Vector:
    """Gain of a strip's EQ at all tones."""
    gain = np.ones(TONES_HZ.size)
    if not ask(f"{strip}/eq/on"):
        return gain
    bands = 4 if strip.split("/")[1] in ("ch", "auxin", "fxrtn") else 6
    for band in range(1, bands + 1):
        kind, f, g, q = (ask(f"{strip}/eq/{band}/{leaf}") for leaf in ("type", "f", "g", "q"))
        freq_hz = processors.frequency(f)
        if kind < len(BANDS):
            sections = filters.band(BANDS[kind], freq_hz, -15 + g / 4, processors.quality(q), RATE)
        else:
            sections = filters.crossover(CROSSOVERS[kind - len(BANDS)], band > bands // 2, freq_hz, RATE)
        gain = gain * processors.gain(filters.curve_db(sections, TONES_HZ, RATE))
    return gain


def low_cut_curve(ask, strip: str) -> Vector:
    """Gain of a channel's low cut at all tones."""
    if strip not in CHANNELS or not ask(f"{strip}/preamp/hpon"):
        return np.ones(TONES_HZ.size)
    cut = filters.low_cut(
        12 + 6 * ask(f"{strip}/preamp/hpslope"), processors.low_cut_frequency(ask(f"{strip}/preamp/hpf")), RATE
    )
    return processors.gain(filters.curve_db(cut, TONES_HZ, RATE))


def judge_curves(desk: Strips, moved: Mapping[str, Setting]) -> None:
    """Each strip gives every tone as its filters, and those before its taps, let it through."""
    heard = desk.play(TONES)[SETTLING:]
    bins = np.rint(TONES_HZ * WINDOW / RATE).astype(int)
    found = np.abs(np.fft.rfft(heard, axis=0))[bins] * 2 / WINDOW / TONE_PEAK
    ask = desk.walker.stored
    curves: dict[str, Vector] = {}
    for column, path in enumerate(desk.paths):
        expected = np.full(TONES_HZ.size, desk.fed(path) * FADER_0)
        for strip in desk.way(path):
            if strip not in curves:
                curves[strip] = eq_curve(ask, strip)
            expected = expected * curves[strip]
        expected = expected * low_cut_curve(ask, upstream(path)[0])
        for leaf in leaves_at(moved, [path]):
            desk.ledger.note(leaf, moved[leaf], found[:, column], expected, CURVE_SHARE * expected + CURVE_FLOOR)


def shape(desk: Strips) -> None:
    """Let every band do something of its own."""
    for kind, (band, count) in EQ_KINDS.items():
        if any(strip_of(path).startswith("/" + kind.split("/")[0]) for path in desk.paths):
            row = desk.walker.console.values.table.rows[f"{kind}/eq/{band}/f"]
            strips = row.size // count
            desk.walker.set_row(f"{kind}/eq/{band}/type", ["PEQ", "VEQ", "PEQ", "PEQ", "VEQ", "PEQ"][:count] * strips)
            desk.walker.set_row(row.path, [150.0, 400.0, 1000.0, 2500.0, 5000.0, 9000.0][:count] * strips)
            desk.walker.set_row(f"{kind}/eq/{band}/g", [5.0, -4.0, 3.0, -5.0, 4.0, -3.0][:count] * strips)


def all_bands(leaf: str) -> list[str]:
    return [f"{kind}/eq/{band}/{leaf}" for kind, (band, _) in EQ_KINDS.items()]


def walk_bands(ledger: Ledger, leaf: str, palette: Sequence[Setting]) -> None:
    for mixes, some in ((False, KINDS[:4]), (True, KINDS[4:])):
        with (desk := Strips(ledger, mixes)).walker as walker:
            shape(desk)
            rows = [f"{kind}/eq/{EQ_KINDS[kind][0]}/{leaf}" for kind in some]
            walk(walker, rows, palette, lambda moved, desk=desk: judge_curves(desk, moved))


@shows(*all_bands("g"))
def gains_of_bands(ledger: Ledger) -> None:
    walk_bands(ledger, "g", [0.75 * n - 7 for n in range(20)])


@shows(*all_bands("f"))
def frequencies_of_bands(ledger: Ledger) -> None:
    walk_bands(ledger, "f", [float(freq_hz) for freq_hz in np.geomspace(100, 15_000, 20)])


@shows(*all_bands("q"))
def widths_of_bands(ledger: Ledger) -> None:
    walk_bands(ledger, "q", [0.3, 0.5, 0.8, 1.0, 1.5, 2.5, 4.0, 6.0, 10.0])


@shows(*all_bands("type"))
def kinds_of_bands(ledger: Ledger) -> None:
    for mixes, kinds, count in ((False, KINDS[:4], 6), (True, KINDS[4:], 14)):
        with (desk := Strips(ledger, mixes)).walker as walker:
            shape(desk)
            rows = [f"{kind}/eq/{EQ_KINDS[kind][0]}/type" for kind in kinds]
            walk(walker, rows, list(range(count)), lambda moved, desk=desk: judge_curves(desk, moved))


@shows(*(f"{kind}/eq/on" for kind in KINDS))
def switches_of_eqs(ledger: Ledger) -> None:
    walk_strips(ledger, "eq/on", [1, 0], judge_curves, shape)


LOW_CUT = ("ch/{ch}",)


def cut(desk: Strips) -> None:
    desk.walker.set_row("ch/{ch}/preamp/hpon", 1)
    desk.walker.set_row("ch/{ch}/preamp/hpf", 150.0)


@shows("ch/{ch}/preamp/hpon")
def switches_of_low_cuts(ledger: Ledger) -> None:
    walk_strips(ledger, "preamp/hpon", [0, 1], judge_curves, cut, LOW_CUT)


@shows("ch/{ch}/preamp/hpslope")
def slopes_of_low_cuts(ledger: Ledger) -> None:
    walk_strips(ledger, "preamp/hpslope", [0, 1, 2], judge_curves, cut, LOW_CUT)


@shows("ch/{ch}/preamp/hpf")
def frequencies_of_low_cuts(ledger: Ledger) -> None:
    walk_strips(ledger, "preamp/hpf", [60.0, 80.0, 110.0, 160.0, 230.0, 300.0, 400.0], judge_curves, cut, LOW_CUT)


# --- delays ----------------------------------------------------------------------------------------

IMPULSE = np.zeros(16_000)
IMPULSE[100] = 0.5


def judge_delays(desk: Strips, moved: Mapping[str, Setting]) -> None:
    """The impulse comes as many frames later as the channel's delay says, and as loud."""
    desk.play(np.zeros(28_000))  # what was on its way has gone
    heard = desk.play(IMPULSE)
    ask = desk.walker.stored
    for column, path in enumerate(desk.paths):
        frames = round((0.3 + ask(f"{path}/delay/time") / 10) * RATE / 1000) if ask(f"{path}/delay/on") else 0
        at = int(np.argmax(np.abs(heard[:, column])))
        for leaf in leaves_at(moved, [path]):
            desk.ledger.note(leaf, moved[leaf], [at - 100, heard[at, column]], [frames, FADER_0 / 2], [0, 1e-6])


def walk_delays(ledger: Ledger, leaf: str, palette: Sequence[Setting]) -> None:
    with (desk := Strips(ledger)).walker as walker:
        walker.set_row("ch/{ch}/delay/on", 1)
        walker.set_row("ch/{ch}/delay/time", [float(n) for n in range(1, 33)])
        desk.paths = CHANNELS
        walk(walker, [f"ch/{{ch}}/delay/{leaf}"], palette, lambda moved: judge_delays(desk, moved))


@shows("ch/{ch}/delay/on")
def switches_of_delays(ledger: Ledger) -> None:
    walk_delays(ledger, "on", [0, 1])


@shows("ch/{ch}/delay/time")
def times_of_delays(ledger: Ledger) -> None:
    walk_delays(ledger, "time", [0.3, 1.0, 2.7, 13.1, 50.0, 111.1, 200.0, 300.3])
