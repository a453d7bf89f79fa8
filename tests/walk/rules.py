"""How what the desk does by itself is shown: links, hard mutes, protected levels, keys from elsewhere."""

from collections.abc import Mapping, Sequence

import numpy as np

from oracles import filters, processors
from rigs import desk, routes
from rigs.tones import found
from walk.dynamics import COMPRESSOR, OPEN_GATE, SILENCE, SPARSE, compressed, gated, late, rest, square
from walk.strips import AUX, BUSES, CHANNELS, FADER_0, MATRICES, RATE, RETURNS, SUB_BLOCK, Strips
from walk.walker import Ledger, Setting, Vector, Walker, shows, walk

# --- stereo links ----------------------------------------------------------------------------------

PAIRS = {
    "config/chlink/{ch_pair}": CHANNELS, "config/auxlink/{aux_pair}": AUX, "config/fxlink/{rtn_pair}": RETURNS,
    "config/buslink/{pair}": BUSES, "config/mtxlink/{mtx_pair}": MATRICES,
}  # fmt: skip


def levels(desk: Strips) -> Vector:
    """Level of the signal at every strip."""
    heard = desk.play(0.1 * np.sin(2 * np.pi * np.arange(14_400) / 48))[9600:]
    return np.sqrt(2 * np.mean(heard**2, axis=0)) * 10


def walk_links(ledger: Ledger, row: str, strips: Sequence[str]) -> None:
    """The even side of each pair does what the odd side is told, where they are linked."""
    with (desk := Strips(ledger, strips is MATRICES)).walker as walker:
        columns = [list(desk.paths).index(path) for path in strips]

        def judge(moved: dict[str, Setting]) -> None:
            walker.set_many({f"{path}/mix/fader": 0.0 for path in strips})
            walker.set_many({f"{path}/mix/fader": -1.0 - n for n, path in enumerate(strips) if n % 2 == 0})
            faders = [walker.stored(path + "/mix/fader") for path in strips]
            gains = [float(processors.gain(processors.taper_db(fader, 1024))) for fader in faders]
            heard = levels(desk)[columns]
            for n, (path, value) in enumerate(moved.items()):
                fed = FADER_0 if strips is RETURNS else 1.0
                # A pair of mixes shares what comes from the middle.
                fed *= 0.5**0.5 if value and strips in (BUSES, MATRICES) else 1.0
                wanted = [gains[2 * n] * fed, (gains[2 * n] if value else FADER_0) * fed]
                ledger.note(path, value, heard[2 * n : 2 * n + 2], wanted, 2e-3)

        walk(walker, [row], [0, 1], judge)


@shows(*PAIRS)
def stereo_links(ledger: Ledger) -> None:
    for row, strips in PAIRS.items():
        walk_links(ledger, row, strips)


FOLLOWING = {
    "hadly": ("preamp/trim", -6.0), "eq": ("eq/1/g", 12.0), "dyn": ("dyn/mgain", 9.0), "fdrmute": ("mix/fader", -9.0),
}  # fmt: skip


@shows("config/linkcfg/hadly", "config/linkcfg/eq", "config/linkcfg/dyn", "config/linkcfg/fdrmute")
def what_links_hold_together(ledger: Ledger) -> None:
    """Channel 3 is moved, channel 4 follows where the preference says so."""
    for preference, (leaf, value) in FOLLOWING.items():
        with (desk := Strips(ledger)).walker as walker:
            walker.set_many({"/ch/03/dyn/on": 1, "/ch/04/dyn/on": 1})
            walker.set_many({f"/ch/{n:02}/eq/1/f": 1000.0 for n in (3, 4)} | {"/config/chlink/3-4": 1})
            neutral = walker.stored(f"/ch/03/{leaf}")
            for on in (0, 1):
                walker.set_many({f"/config/linkcfg/{preference}": 1})
                walker.set_many({f"/ch/03/{leaf}": neutral})
                walker.set_many({f"/config/linkcfg/{preference}": on})
                before = levels(desk)[2:4]
                walker.set_many({f"/ch/03/{leaf}": value})
                after = levels(desk)[2:4]
                rest_db = processors.taper_db(767, 1024) if leaf == "mix/fader" else 0
                wanted_db = walker.value(f"/ch/03/{leaf}") - rest_db
                change_db = processors.level_db(after / before)
                ledger.note(f"/config/linkcfg/{preference}", on, change_db, [wanted_db, wanted_db * on], 0.03)


# --- mutes that press keys -------------------------------------------------------------------------


@shows("-prefs/hardmute", "-prefs/dcamute")
def mutes_that_press_keys(ledger: Ledger) -> None:
    """A member that was muted before is open after its group, where the group has pressed its key."""
    for leaf, group, press in (("hardmute", {"/ch/05/grp/mute": 1}, ("/config/mute/1", 1, 0)),
                               ("dcamute", {"/ch/05/grp/dca": 1}, ("/dca/1/on", 0, 1))):  # fmt: skip
        with Walker(["ch/05"]) as walker:
            walker.set_many({"/ch/05/mix/fader": 0.0} | group)
            for hard in (1, 0):
                path, shut, opened = press
                walker.set_many({f"/-prefs/{leaf}": hard, "/ch/05/mix/on": 0})
                walker.set_many({path: shut})
                closed = found(walker)[0][4, 0]
                walker.set_many({path: opened})
                heard = [closed, found(walker)[0][4, 0]]
                ledger.note(f"/-prefs/{leaf}", hard, heard, [0, hard * FADER_0], 2e-3)


@shows("-prefs/safe_masterlevels")
def protected_master_levels(ledger: Ledger) -> None:
    """A recall leaves the main faders where they are, and moves the channels."""
    with Walker(["main/l", "main/m"]) as walker:
        walker.set_many({"/ch/01/mix/pan": -100.0, "/ch/01/mix/mono": 1, "/ch/01/mix/mlevel": 0.0})
        walker.set_many({"/ch/01/mix/fader": -10.0, "/main/st/mix/fader": -10.0, "/main/m/mix/fader": -10.0})
        walker.order("/save", "scene", 5, "five", "")
        for safe in (1, 0):
            walker.set_many({"/-prefs/safe_masterlevels": safe, "/ch/01/mix/fader": 0.0})
            walker.set_many({"/main/st/mix/fader": -3.0, "/main/m/mix/fader": -3.0})
            walker.set_many({"/-action/goscene": 5})
            walker.net.turn(0.05)
            walker.play(9600, block=480)
            heard = processors.level_db(found(walker)[0][0, :2])
            channel, own, kept = (processors.taper_db(step, 1024) for step in (512, 512, 691))
            ledger.note("/-prefs/safe_masterlevels", safe, heard, [channel + (kept if safe else own)] * 2, 0.02)


# --- what the desk tells of its wiring ----------------------------------------------------------------


TRACKS = range(16, 20)
"""Blocks of inputs that are tracks of a recording."""


@shows([f"/-ha/{n:02}/index" for n in range(38)])
def amplifiers_behind_inputs(ledger: Ledger) -> None:
    """The amplifier that is told is the one that is heard to raise the input, where there is one."""
    with Walker([*(f"ch/{n:02}" for n in range(1, 33)), *(f"aux/{n:02}" for n in range(1, 9))]) as walker:
        walker.set_many({"/config/auxlink/7-8": 0})
        walker.set_row("ch/{ch}/mix/fader", 0.0)
        walker.set_row("auxin/{aux}/mix/fader", 0.0)
        for blocks, aux, amps in (
            ((1, 0, 5, 4), 4, [*range(8, 16), *range(8), *range(40, 48), *range(32, 40), *range(32, 34), *[-1] * 6]),
            ((20, 21, 22, 23), 3, [*range(31, -1, -1), *range(6), -1, -1]),
            ((9, 8, 14, 19), 9,
             [*range(72, 80), *range(64, 72), *range(112, 120), *range(24, 32), *range(80, 86), -1, -1]),
        ):
            walker.set_row("config/userrout/in/{user_in}", list(range(32, 0, -1)))
            names = [f"/config/routing/IN/{block}" for block in routes.BLOCKS]
            walker.set_many(dict(zip(names, blocks, strict=True)) | {"/config/routing/IN/AUX": aux})
            walker.set_row("headamp/{headamp}/gain", [-6.0 - n % 7 for n in range(128)])
            gains = found(walker)[0][:, :40].max(0) / FADER_0
            for n, amp in enumerate(amps):
                is_track = n < 32 and blocks[n // 8] in TRACKS
                behind = amp if amp < 64 and not is_track else -1  # the device ends there, and nothing is played
                level = float(processors.gain(-6.0 - amp % 7)) if behind >= 0 else gains[n]
                told = walker.ask(f"/-ha/{n:02}/index")[0]
                ledger.note(f"/-ha/{n:02}/index", told, [told, gains[n]], [amp, level], [0, 1e-3])
        walker.set_row("headamp/{headamp}/gain", 0.0)


@shows("-insert/{fx_side}", "-insert/{aux_point}")
def strips_on_inserts(ledger: Ledger) -> None:
    sides = [f"/-insert/fx{slot}{side}" for slot in range(1, 9) for side in "LR"]
    ways = [*sides, *(f"/-insert/aux{n}" for n in range(1, 7))]
    strips = [*CHANNELS[:10], *BUSES[:6], *MATRICES[:4], "/main/st", "/main/m"]
    numbers = [*range(10), *range(48, 54), *range(64, 68), 70, 71]
    with Walker() as walker:
        for turn in (0, 5):
            for n, strip in enumerate(strips):
                walker.set_many({f"{strip}/insert/sel": 1 + (n + turn) % 22})
            for n, number in enumerate(numbers):
                path = ways[(n + turn) % 22]
                told = walker.ask(path)[0]
                ledger.note(path, told, told, number, 0)


# --- keys from elsewhere ---------------------------------------------------------------------------

CARRIER_INPUT = 40
SLOT = 2432  # whole sub-blocks: a gate looks for a peak in these, and the model counts them from the beginning
KEYS_HZ = (500.0, 2000.0, 3000.0)
KEY_HZ = processors.frequency(113)
DIGITS = 6


def patterns() -> Vector:
    """Signals of all inputs: square waves that spell their numbers, loud for 1 and soft for 0; shape (frames, 64)."""
    spelt = [np.where(np.arange(1, 65) >> digit & 1, -6.0, -50.0) for digit in range(DIGITS)]
    levels = np.stack([np.full(64, -50.0), *spelt])
    x = np.stack([square(levels[:, n], SLOT) for n in range(64)], axis=1)
    x[:, CARRIER_INPUT - 1] = square([-12.0] * (DIGITS + 1), SLOT)
    return x.astype(np.float32).astype(np.float64)


def key_of(number: int, x: Vector) -> Vector | None:
    """Signal of a key source on `routes.sourced_rig`; None is the strip itself."""
    if number == 0:
        return None
    if number <= 40:
        return x[:, number - 1]
    bus = x[:, 32 + (number - 41) % 8] * float(processors.gain(routes.BUS_DB + routes.NEARLY_0_DB))
    return np.concatenate((np.zeros(SUB_BLOCK), bus[:-SUB_BLOCK]))


def keyed_desk(outputs: Sequence[str]) -> Walker:
    """Console whose channels all take the carrier, and whose buses are fed by aux strips."""
    walker = Walker(outputs)
    walker.set("/config/auxlink/7-8", 0)
    walker.set_row("ch/{ch}/config/source", CARRIER_INPUT)
    for n in range(1, 9):
        walker.set_many({f"/auxin/{n:02}/mix/{bus:02}/level": routes.BUS_DB for bus in (n, n + 8)})
        walker.set_many({f"/auxin/{n:02}/mix/{bus - 1 + n % 2:02}/type": "PRE" for bus in (n, n + 8)})
    walker.set_row("ch/{ch}/mix/fader", 0.0)
    walker.set_row("bus/{bus}/mix/fader", 0.0)
    walker.set_many({f"/fx/{slot}/source/l": 2 * slot + 7 for slot in range(1, 5)})
    walker.set_many({f"/fx/{slot}/source/r": 2 * slot + 8 for slot in range(1, 5)})
    return walker


class Keyed:
    """A desk whose processors listen to somebody else."""

    def __init__(self, ledger: Ledger, section: str, paths: Sequence[str], settings: Mapping[str, Setting]) -> None:
        self.ledger, self.section, self.paths = ledger, section, paths
        self.walker = walker = keyed_desk([path[1:] for path in paths])
        for path in paths:
            walker.set_many({f"{path}/{section}/{leaf}": value for leaf, value in settings.items()})
        self.x = patterns()

    def play(self, x: Vector) -> Vector:
        """Play all inputs, or silence."""
        signal = int(x.size) if x.ndim == 1 else x.astype(np.float32)
        return self.walker.play(signal, block=480)[:, : len(self.paths)].astype(np.float64)

    def hear(self, moved: Mapping[str, Setting]) -> None:
        """Judge every strip, frame by frame."""
        rest(self, [f"{path}/{self.section}/on" for path in self.paths])
        heard = self.play(self.x)
        process = gated if self.section == "gate" else compressed
        for column, path in enumerate(self.paths):
            number = CARRIER_INPUT if path.startswith("/ch") else 33 + (int(path[-2:]) - 1) % 8
            x = late(self.x[:, number - 1]) * (1.0 if path.startswith("/ch") else processors.gain(routes.BUS_DB))
            leaf = f"{path}/{self.section}/keysrc"
            key = key_of(moved[leaf], self.x)
            expected = process(self.walker.stored, path, x, x if key is None else late(key))[SILENCE:] * FADER_0
            steps = np.abs(np.diff(expected, prepend=0)) + np.abs(np.diff(expected, append=0))
            tolerance = 0.012 * np.abs(expected) + 5e-4 + 0.15 * steps
            self.ledger.note(leaf, moved[leaf], heard[::SPARSE, column], expected[::SPARSE], tolerance[::SPARSE])

    def walk(self, row: str, without: Sequence[int] = ()) -> None:
        """Walk all sources of keys but some, a few at a time."""
        sources = [number for number in range(65) if number not in without]
        for first in range(0, len(sources) - 1, len(self.paths)):
            leaves = [f"{path}/{self.section}/keysrc" for path in self.paths]
            walk(self.walker, [row], sources[first : first + len(self.paths) + 1], self.hear, leaves)


@shows("ch/{ch}/gate/keysrc")
def keys_of_gates(ledger: Ledger) -> None:
    with (desk := Keyed(ledger, "gate", CHANNELS, OPEN_GATE)).walker:
        desk.walk("ch/{ch}/gate/keysrc")


@shows("ch/{ch}/dyn/keysrc")
def keys_of_channels_dynamics(ledger: Ledger) -> None:
    with (desk := Keyed(ledger, "dyn", CHANNELS, COMPRESSOR)).walker:
        desk.walk("ch/{ch}/dyn/keysrc")


@shows("bus/{bus}/dyn/keysrc")
def keys_of_buses_dynamics(ledger: Ledger) -> None:
    """One half of the buses listens to what the other half, and what the effects it feeds, carry."""
    for buses, without in ((BUSES[:8], range(49, 57)), (BUSES[8:], [*range(41, 49), *range(57, 65)])):
        with (desk := Keyed(ledger, "dyn", buses, COMPRESSOR)).walker:
            desk.walk("bus/{bus}/dyn/keysrc", without)


@shows("-stat/keysolo")
def keys_in_the_monitor(ledger: Ledger) -> None:
    """The monitor plays the key of the selected strip, filtered: of its gate, or its dynamics in either place."""
    sine = np.zeros((28_800, 64), np.float32)
    sine[:, 0], sine[:, 4], sine[:, 6] = (0.1 * np.sin(2 * np.pi * hz * np.arange(28_800) / RATE) for hz in KEYS_HZ)
    with Walker(["monitor/l", "monitor/r"]) as walker:
        walker.set_many({"/config/solo/source": "OFF", "/config/solo/level": -6.0})
        # Channel 1 listens to input 5 at its gate, and to itself at its compressor; bus 2 to channel 7's input.
        walker.set_many({"/ch/01/gate/on": 1, "/ch/01/gate/keysrc": 5, "/ch/01/gate/thr": -60.0})
        walker.set_many({"/ch/01/gate/filter/on": 1, "/ch/01/gate/filter/type": "HC12", "/ch/01/gate/filter/f": 1000.0})
        walker.set_many({"/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -50.0, "/bus/02/dyn/keysrc": 7})
        page = "/-stat/screen/CHAN/page"
        for settings, carried in (
            ({"/-stat/selidx": 0, page: "GATE"}, 1),
            ({"/-stat/selidx": 0, page: "DYN", "/ch/01/dyn/pos": "PRE"}, 0),
            ({"/-stat/selidx": 0, page: "DYN", "/ch/01/dyn/pos": "POST"}, 0),
            ({"/-stat/selidx": 49, page: "GATE"}, 2),
        ):
            walker.set_many(settings)
            for on in (1, 0):
                walker.set_many({"/-stat/keysolo": on})
                heard = walker.play(sine, block=480)[RATE // 4 :, :2]
                found_there = np.abs(np.stack([desk.amplitude(heard, hz) for hz in KEYS_HZ]))
                expected = np.zeros((3, 2))
                section = filters.key_filter("HC12", KEY_HZ, RATE)
                curve = processors.gain(filters.curve_db(section, np.array(KEYS_HZ), RATE))
                expected[carried] = on * 0.1 * float(processors.gain(-6)) * (curve[1] if carried == 1 else 1)
                ledger.note("/-stat/keysolo", on, found_there, expected, 1e-4)
