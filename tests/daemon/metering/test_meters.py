"""Every word of every meter: a signal on each source is found where it is documented, as loud as at its tap.

What the words should be is taken from elsewhere: levels after faders from the outputs of the device, inputs from
what was played and the trim, gains from the ratio of both.
"""

import functools
from collections.abc import Iterable

import numpy as np
import pytest

from oracles import processors
from rigs import desk
from rigs.talk import Talk, heard, words

STRIPS_OUT = [
    *(f"ch/{n:02}" for n in range(1, 33)), *(f"aux/{n:02}" for n in range(1, 9)),
    *(f"fxrtn/{n:02}" for n in range(1, 9)), *(f"bus/{n:02}" for n in range(1, 17)),
]  # fmt: skip
OTHERS_OUT = [
    *(f"mtx/{n:02}" for n in range(1, 7)), "main/l", "main/r", "main/m", "monitor/l", "monitor/r",
    *(f"out/{n:02}" for n in range(1, 17)), *(f"p16/{n:02}" for n in range(1, 17)),
    *(f"aux-out/{n}" for n in range(1, 7)), "aes/1", "aes/2", "rec/1", "rec/2",
]  # fmt: skip
TALK_INPUT = 64
SOURCES = [*range(1, 41), TALK_INPUT]
PEAKS = {n: 0.9 * 0.97**n for n in SOURCES}
SETTLING, FRAMES = 28_800, 960  # RMS has learnt of a wave how much less its mean is
SILENT = np.float32(10 ** (-128 / 20))
TYPES = ["IN/LC", "<-EQ", "EQ->", "PRE", "POST", "POST", "POST", "POST"]  # of the sends to each pair of buses
LEVEL = 1e-4


def square(peak: float, frames: int) -> np.ndarray:
    """A square wave: its magnitude is the same at every moment, so a peak is never missed."""
    return np.where(np.arange(frames) // 24 % 2, -peak, peak)


class Board:
    """A desk on which every strip has its own levels; each bus and matrix has one source, and so has each main."""

    def __init__(self, outputs: list[str]) -> None:
        self.rig = rig = desk.Rig(outputs, talk_input=TALK_INPUT)
        self.outputs = outputs
        self.talk = Talk(console=rig.console)
        for links in ("fxlink/{rtn_pair}", "auxlink/{aux_pair}"):
            rig.set_row(f"config/{links}", 0)
        rig.set_row("dca/{dca}/fader", [-float(n) for n in range(1, 9)])
        for kind in ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}", "bus/{bus}"):
            rig.set_row(f"{kind}/mix/st", 0)
        self._channels()
        self._mixes()
        self._outputs()

    def _channels(self) -> None:
        rig = self.rig
        for n in range(1, 33):
            ch = f"/ch/{n:02}"
            rig.set_many({f"{ch}/preamp/trim": n % 5 - 2.0, f"{ch}/mix/fader": -3.0 - n / 8})
            if n % 2:
                rig.set_many({f"{ch}/gate/on": 1, f"{ch}/gate/thr": 0.0, f"{ch}/gate/range": 3.0 + n})
            if n % 3 == 0:
                rig.set_many({f"{ch}/dyn/on": 1, f"{ch}/dyn/thr": -50.0, f"{ch}/dyn/release": 5.0})
        rig.set_row("ch/{ch}/gate/release", 5.0)
        for n in range(1, 9):
            rig.set_many({f"/auxin/{n:02}/preamp/trim": n / 2 - 2.0, f"/auxin/{n:02}/mix/fader": -n / 2})
            rig.set_many({f"/fxrtn/{n:02}/mix/fader": -n / 3, f"/ch/{n:02}/grp/dca": 1 << n - 1})
        for n, path in ((0, "bus/09"), (1, "mtx/02"), (2, "main/st"), (3, "main/m"), (4, "auxin/01"), (5, "fxrtn/02")):
            rig.set(f"/{path}/grp/dca", 1 << n)

    def _mixes(self) -> None:
        rig = self.rig
        rig.set_many({"/ch/17/mix/st": 1, "/ch/17/mix/pan": -100.0, "/ch/18/mix/st": 1, "/ch/18/mix/pan": 100.0})
        rig.set_many({"/ch/19/mix/mono": 1, "/ch/19/mix/mlevel": -1.0})
        for b in range(1, 17):
            bus, ch = f"/bus/{b:02}", f"/ch/{b:02}"
            rig.set_many({f"{ch}/mix/{b:02}/level": -2.0 - b / 4, f"{bus}/mix/fader": -b / 2})
            if b % 2:
                rig.set_many({f"{ch}/mix/{b:02}/type": TYPES[b // 2], f"{bus}/dyn/on": 1, f"{bus}/dyn/thr": -60.0})
        for m, sender in enumerate(("bus/01", "bus/02", "bus/03", "bus/04", "main/st", "main/m"), 1):
            rig.set_many({f"/{sender}/mix/{m:02}/level": -3.0 - m, f"/mtx/{m:02}/mix/fader": -m / 4})
            if m % 2 == 0:
                rig.set_many({f"/mtx/{m:02}/dyn/on": 1, f"/mtx/{m:02}/dyn/thr": -60.0})
        rig.set_many({"/main/st/mix/fader": -2.0, "/main/m/mix/fader": -4.0, "/main/st/dyn/on": 1, "/main/m/dyn/on": 1})
        rig.set_many({"/main/st/dyn/thr": -55.0, "/main/m/dyn/thr": -45.0})
        for kind in ("bus/{bus}", "mtx/{mtx}", "main/st", "main/m"):
            rig.set_row(f"{kind}/dyn/release", 5.0)
        for slot, (left, right) in enumerate(((1, 2), (3, 4), (5, 6), (0, 7)), 1):
            rig.set_many({f"/fx/{slot}/source/l": left, f"/fx/{slot}/source/r": right})

    def _outputs(self) -> None:
        rig = self.rig
        for n in range(1, 17):
            rig.set_many({f"/outputs/main/{n:02}/src": 25 + n, f"/outputs/main/{n:02}/pos": n % 9})
            rig.set_many({f"/outputs/p16/{n:02}/src": 41 + n, f"/outputs/p16/{n:02}/pos": n % 9})
        for n in range(1, 7):
            rig.set_many({f"/outputs/aux/{n:02}/src": 57 + n, f"/outputs/aux/{n:02}/pos": 8})
        for side in (1, 2):
            rig.set_many({f"/outputs/aes/{side:02}/src": 3 + side, f"/outputs/rec/{side:02}/src": side})
            rig.set(f"/config/tape/gain{' LR'[side]}", 3.0 * side)
        rig.set("/config/solo/source", "LR")

    def peaks(self, playing: Iterable[int]) -> dict[str, float]:
        """Play some inputs until all has settled; tell what is heard at each output."""
        inputs = {n: square(PEAKS[n], SETTLING) for n in playing} or SETTLING
        self.rig.play(inputs)
        loudest = np.abs(self.rig.play(short(inputs))).max(0)
        return dict(zip(self.outputs, loudest.tolist(), strict=False))

    def meters(self, playing: Iterable[int], wanted: Iterable[tuple[int, ...]]) -> dict[tuple[int, ...], np.ndarray]:
        """Words of the wanted meters, with their arguments, over the wire."""
        inputs = short({n: square(PEAKS[n], FRAMES) for n in playing} or FRAMES)
        for _ in range(3):  # the first pages hold what was before
            self.rig.play(inputs)
            page = self.rig.meters()
        shown = {}
        for number, *arguments in wanted:
            self.talk.say("/meters", f"/meters/{number}", *arguments)
            self.talk.dialect.feed(page)
            (datagram,) = self.talk.raw()
            assert heard(datagram)[0] == f"/meters/{number}"
            shown[(number, *arguments)] = words(datagram)
            self.talk.say("/unsubscribe")
        return shown


def short(inputs: dict[int, np.ndarray] | int) -> dict[int, np.ndarray] | int:
    return FRAMES if isinstance(inputs, int) else {n: signal[:FRAMES] for n, signal in inputs.items()}


class Wanted:
    """What there should be, by names such as `in ch/01`, `gate ch/01`, `dyn bus/02`, `post main/l`, `aes/1`."""

    def __init__(self, rig: desk.Rig, peaks: dict[str, float], playing: Iterable[int]) -> None:
        self.rig = rig
        self.levels = {f"post {name}" if name in POSTS else name: peak for name, peak in peaks.items()}
        self.levels |= {"talk": PEAKS[TALK_INPUT] if TALK_INPUT in playing else 0.0}
        for n in range(1, 33):
            peak = PEAKS[n] if n in playing else 0.0
            self.levels[f"in ch/{n:02}"] = peak * self.gain(f"/ch/{n:02}/preamp/trim")
            self.levels[f"gate ch/{n:02}"] = self.gain(f"/ch/{n:02}/gate/range", -1) if n % 2 else 1.0
        for n in range(1, 9):
            peak = PEAKS[32 + n] if 32 + n in playing else 0.0
            self.levels[f"in aux/{n:02}"] = peak * self.gain(f"/auxin/{n:02}/preamp/trim")
            slot, side = divmod(n - 1, 2)
            fed = rig.stored(f"/fx/{slot + 1}/source/{'lr'[side]}")
            self.levels[f"in fxrtn/{n:02}"] = self.levels[f"post bus/{fed:02}"] if fed else 0.0
        for b in range(1, 17):
            self.levels[f"in bus/{b:02}"] = self.tap(b) * self.gain(f"/ch/{b:02}/mix/{b:02}/level")
        self.levels |= {
            "in main/l": self.levels["post ch/17"], "in main/r": self.levels["post ch/18"],
            "in main/m": self.levels["post ch/19"] * self.gain("/ch/19/mix/mlevel"),
        }  # fmt: skip
        for m in range(1, 5):
            self.levels[f"in mtx/{m:02}"] = self.levels[f"post bus/{m:02}"] * self.gain(f"/bus/{m:02}/mix/{m:02}/level")
        sides = [0.5 * self.levels[f"post main/{side}"] * self.gain("/main/st/mix/05/level") for side in "lr"]
        self.levels |= {"in mtx/05": sum(sides), "send main/st": max(sides)}
        self.levels["in mtx/06"] = self.levels["post main/m"] * self.gain("/main/m/mix/06/level")
        for strip in POSTS:
            passed = self.levels[f"in {strip}"] * self.levels.get(f"gate {strip}", 1.0) * self.fader(strip)
            self.levels[f"dyn {strip}"] = self.levels[f"post {strip}"] / passed if passed else 1.0
        both = min(self.levels[f"dyn main/{side}"] for side in "lr")  # the dynamics of main stereo are one
        self.levels |= {"dyn main/l": both, "dyn main/r": both}

    def gain(self, path: str, sign: int = 1) -> float:
        return float(processors.gain(sign * self.rig.value(path)))

    def fader(self, strip: str) -> float:
        """Fader and DCAs."""
        path = path_of(strip)
        dcas = [n + 1 for n in range(8) if self.rig.stored(f"{path}/grp/dca") >> n & 1]
        return self.gain(f"{path}/mix/fader") * float(np.prod([self.gain(f"/dca/{dca}/fader") for dca in dcas]))

    def tap(self, b: int) -> float:
        """Level of channel `b` where its send to bus `b` taps; its dynamics are after the EQ."""
        kind, ch = TYPES[(b - 1) // 2], f"ch/{b:02}"
        post = self.levels[f"post {ch}"]
        gated = self.levels[f"in {ch}"] * self.levels[f"gate {ch}"]
        taps = {"IN/LC": self.levels[f"in {ch}"], "<-EQ": gated, "EQ->": gated, "PRE": post / self.fader(ch)}
        return taps.get(kind, post)

    def words(self, names: Iterable[str]) -> np.ndarray:
        """Words of a meter: its levels are never below the desk's silence."""
        found = np.array([float(name) if name in ("1", "0") else self.levels[name] for name in names])
        gains = [name.startswith(("gate", "dyn", "1")) for name in names]
        return np.where(gains, found, np.maximum(found, SILENT))

    def dca(self, n: int) -> float:
        """Level of the loudest member of a DCA."""
        members = [strip for strip in POSTS if self.rig.stored(f"{path_of(strip)}/grp/dca") >> n & 1]
        return max(self.levels[f"post {strip}"] for strip in members)


KINDS = ("ch", "aux", "fxrtn", "bus", "mtx", "main")
POSTS = [name for name in (*STRIPS_OUT, *OTHERS_OUT) if name.split("/")[0] in KINDS]


def path_of(strip: str) -> str:
    """Where a strip's parameters are, by the name of its signal."""
    return "/main/st" if strip in ("main/l", "main/r") else f"/{strip.replace('aux/', 'auxin/')}"


def many(kind: str, *names: str) -> list[str]:
    return [f"{kind} {name}".strip() for name in names]


CH, AUX, FX = STRIPS_OUT[:32], STRIPS_OUT[32:40], STRIPS_OUT[40:48]
BUS, MTX = STRIPS_OUT[48:], OTHERS_OUT[:6]
LRM = ["main/l", "main/r", "main/m"]
IN = many("in", *CH, *AUX, *FX)
MONITOR, OUT, P16 = OTHERS_OUT[9:11], OTHERS_OUT[11:27], OTHERS_OUT[27:43]
AUX_OUT, AES, REC = OTHERS_OUT[43:49], OTHERS_OUT[49:51], OTHERS_OUT[51:53]
BANKS = [IN[:16], IN[16:32], IN[32:], many("post", *BUS)]
GROUPS = [
    [f"dca {n}" for n in range(1, 9)], many("post", *BUS[:8]), many("post", *BUS[8:]), [*many("post", *MTX), "0", "0"],
]  # fmt: skip

DOCUMENTED: dict[tuple[int, ...], list[str]] = {
    (0,): [*IN, *many("post", *BUS, *MTX)],
    (1,): [*IN[:32], *many("gate", *CH), *many("dyn", *CH)],
    (2,): [*many("post", *BUS, *MTX, *LRM), *many("dyn", *BUS, *MTX, "main/l", "main/m")],
    (3,): [*AUX_OUT, *many("in", *AUX, *FX)],
    (4,): [*IN[:40], *OUT, *P16, *AUX_OUT, *AES, *MONITOR],
    **{(5, left, right): [*BANKS[left], *GROUPS[right], *many("post", *LRM)]
       for left in range(4) for right in range(4)},
    **{(6, n): [f"in {strip}", f"gate {strip}" if n < 32 else "1", f"dyn {strip}", f"post {strip}"]
       for n, strip in enumerate([*CH, *AUX, *FX, *BUS, *MTX])},
    (6, 71): ["in main/m", "1", "dyn main/m", "post main/m"],
    (9,): [f"post {BUS[0]}", f"post {BUS[1]}", *IN[40:42], f"post {BUS[2]}", f"post {BUS[3]}", *IN[42:44],
           f"post {BUS[4]}", f"post {BUS[5]}", *IN[44:46], "0", f"post {BUS[6]}", *IN[46:48], *["0"] * 16],
    (10,): ["1"] * 32,
    (11,): [*MONITOR, "talk", "1", "0"],
    (12,): [*REC, "0", "0"],
    (13,): IN,
    (14,): ["1"] * 80,
}  # fmt: skip
"""Words of the meters, with their arguments, in the order of the console's documentation."""


@functools.cache
def boards() -> tuple[Board, Board]:
    """The same desk twice, with half of its signals at the outputs of each."""
    return Board(STRIPS_OUT), Board(OTHERS_OUT)


def played(playing: list[int]) -> Wanted:
    strips, others = boards()
    return Wanted(strips.rig, strips.peaks(playing) | others.peaks(playing), playing)


def compare(shown: np.ndarray, wanted: Wanted, names: list[str], about: object) -> None:
    for n in range(8):
        wanted.levels[f"dca {n + 1}"] = wanted.dca(n)
    expected = wanted.words(names)
    silent = expected == SILENT
    wrong = np.where(silent, shown != SILENT, np.abs(shown - expected) > LEVEL * expected)
    assert not wrong.any(), [(about, names[i], float(shown[i]), float(expected[i])) for i in np.flatnonzero(wrong)][:5]


def test_every_word_is_the_level_or_gain_it_is_documented_to_be() -> None:
    wanted = played(SOURCES)
    shown = boards()[0].meters(SOURCES, DOCUMENTED)
    for meter, names in DOCUMENTED.items():
        compare(shown[meter], wanted, names, meter)
    moving = [name for name, level in wanted.levels.items() if name.startswith(("gate", "dyn")) and level < 0.99]
    assert len(moving) > 16 + 10 + 8 + 3 + 2  # the dynamics do something where they are on


@pytest.mark.parametrize("first", range(0, len(SOURCES), 8))
def test_a_source_is_found_where_it_belongs_and_nowhere_else(first: int) -> None:
    for source in SOURCES[first : first + 8]:
        wanted = played([source])
        shown = boards()[0].meters([source], DOCUMENTED)
        for meter, names in DOCUMENTED.items():
            compare(shown[meter], wanted, names, (source, meter))


def test_the_main_strip_shows_its_louder_side() -> None:
    wanted = played(SOURCES)
    shown = boards()[0].meters(SOURCES, [(6, 70)])[6, 70]
    sides = [wanted.words([f"in main/{side}", "1", f"dyn main/{side}", f"post main/{side}"]) for side in "lr"]
    np.testing.assert_allclose(shown, np.maximum(*sides), rtol=LEVEL)


@pytest.mark.parametrize("first", range(0, 72, 12))
def test_the_sends_of_the_selected_strip_are_what_arrives(first: int) -> None:
    wanted = played(SOURCES)
    board = boards()[0]
    arrives = {n: ("in " + BUS[n], 7, n) for n in range(16)}
    arrives |= {48 + m: (f"in {MTX[m]}", 8, m) for m in range(4)}
    arrives |= {70: ("send main/st", 8, 4), 71: ("in mtx/06", 8, 5)}
    for strip in range(first, first + 12):
        board.talk.say("/-stat/selidx", strip)
        shown = board.meters(SOURCES, [(7,), (8,)])
        for meter, count in ((7, 16), (8, 6)):
            expected = np.full(count, SILENT)
            if strip in arrives and arrives[strip][1] == meter:
                expected[arrives[strip][2]] = wanted.levels[arrives[strip][0]]
            np.testing.assert_allclose(shown[meter,], expected, rtol=LEVEL, err_msg=f"strip {strip}")


def test_gains_in_sixteen_bits_are_those_of_the_processors() -> None:
    wanted = played(SOURCES)
    shown = boards()[0].meters(SOURCES, [(16,)])[16,].view("<i2")
    names = [*many("gate", *CH), *many("dyn", *CH, *BUS, *MTX, "main/l", "main/m")]
    np.testing.assert_allclose(shown[:88], wanted.words(names) * 32_767, atol=1)
    assert shown[88:].tolist() == [0] * 8


def test_the_gains_of_the_automatic_mix_are_doublings() -> None:
    board = Board(STRIPS_OUT)
    without = board.peaks(SOURCES)
    for n in range(1, 9):
        board.rig.set_many({f"/ch/{n:02}/automix/group": "X" if n % 2 else "Y", f"/ch/{n:02}/automix/weight": -n / 2})
    board.rig.set_many({"/config/amixenable/X": 1, "/config/amixenable/Y": 1})
    for _ in range(8):
        board.peaks(SOURCES)
    shares = board.peaks(SOURCES)
    shown = board.meters(SOURCES, [(16,)])[16,].view("<i2")[88:]
    gains = np.array([shares[f"ch/{n:02}"] / without[f"ch/{n:02}"] for n in range(1, 9)])
    assert (gains < 0.95).all()
    np.testing.assert_allclose(shown, np.log2(gains) * 256, atol=2)


@pytest.mark.parametrize("level_db", [-40.0, -6.0])
def test_the_oscillator_is_shown_with_its_level(level_db: float) -> None:
    board = Board([*STRIPS_OUT[:60], "main/l"])
    board.rig.set_many({"/-stat/osc/on": 1, "/config/osc/level": level_db, "/config/osc/type": 0})
    board.rig.set_many({"/config/osc/dest": 16, "/main/st/dyn/on": 0})
    for _ in range(4):
        board.peaks([])
    loudest = board.peaks([])["main/l"] / processors.gain(board.rig.value("/main/st/mix/fader"))
    loudest /= processors.gain(board.rig.value("/dca/3/fader"))
    shown = board.meters([], [(11,)])[11,]
    assert shown[4] == pytest.approx(loudest, rel=0.001)
    board.rig.set("/-stat/osc/on", 0)
    board.peaks([])
    assert board.meters([], [(11,)])[11,][4] == SILENT


def test_the_table_has_every_meter_but_the_analysers() -> None:
    assert {meter[0] for meter in DOCUMENTED} | {7, 8, 15, 16} == set(range(17))
