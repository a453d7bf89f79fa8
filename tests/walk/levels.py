"""How levels are shown: every input has a tone of its own, and what each mix carries of it is the model's."""

from collections.abc import Iterable, Sequence

import numpy as np

from oracles import levels, processors
from rigs.tones import found
from walk.walker import Ledger, Setting, Vector, Walker, shows, told, walk

INPUT_STRIPS = [*(f"/ch/{n:02}" for n in range(1, 33)), *(f"/auxin/{n:02}" for n in range(1, 9))]
RETURNS = [f"/fxrtn/{n:02}" for n in range(1, 9)]
MIXES = {
    **{f"/bus/{n:02}": f"bus/{n:02}" for n in range(1, 17)},
    **{f"/main/{side}": f"main/{side}" for side in "lrm"},
    **{f"/mtx/{n:02}": f"mtx/{n:02}" for n in range(1, 7)},
}
FIRST_RETURN = 33  # device input whose tone comes back from the first effect
SENDERS = ("ch/{ch}", "auxin/{aux}")
MIXERS = ("bus/{bus}", "main/st", "main/m")
STRIPS = (*SENDERS, "bus/{bus}", "mtx/{mtx}", "main/st", "main/m")
PANNED = (*SENDERS, "bus/{bus}")

SHARE = 10 ** (0.005 / 20) - 1  # 0.005 dB
FLOOR = 1e-6

FADERS = [-30.0, -12.0, -25.0, -3.0, 4.0, -50.0, -8.0]
LEVELS = [-10.0, -22.0, 3.0, -15.0, -30.0, -5.0]
PANS = [-100.0, -60.0, -20.0, 10.0, 50.0, 90.0, 100.0]


class Mixes:
    """A desk on which every strip has a way to every mix, and the model of it.

    Parameters
    ----------
    ledger : Ledger
    feeding : int
        0 if channels and aux strips are heard; else effect returns 1 to 8, fed by so many buses from this one on.
    """

    def __init__(self, ledger: Ledger, feeding: int = 0) -> None:
        self.ledger = ledger
        self.walker = walker = Walker(list(MIXES.values()))
        self.feeding = feeding
        self.taps: dict[str, Sequence[float]] = {}
        self.share = SHARE
        walker.set_many({"/config/auxlink/7-8": 0} | {f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)})
        for strip in STRIPS:
            walker.set_row(f"{strip}/mix/fader", -10.0)
        for strip in MIXERS:
            walker.set_row(f"{strip}/mix/{{mtx}}/level", -15.0)
        walker.set_row("bus/{bus}/mix/st", 1)
        walker.set_row("bus/{bus}/mix/mono", 1)
        walker.set_row("bus/{bus}/mix/mlevel", -9.0)
        if feeding:
            self._feed_returns(walker)
        else:
            walker.set_row("fxrtn/{rtn}/mix/on", 0)
            self._open(walker, SENDERS)
        self.inputs = self._inputs()

    def _open(self, walker: Walker, strips: Iterable[str]) -> None:
        for strip in strips:
            walker.set_row(f"{strip}/mix/{{bus}}/level", -12.0)
            walker.set_row(f"{strip}/mix/mono", 1)
            walker.set_row(f"{strip}/mix/mlevel", -6.0)

    def _feed_returns(self, walker: Walker) -> None:
        """Let aux strip n be all that effect return n brings back."""
        walker.set_row("ch/{ch}/config/source", 0)
        walker.set_row("auxin/{aux}/mix/st", 0)
        self.fed = [f"/bus/{self.feeding + n:02}" for n in range(8)]
        for n, bus in enumerate(self.fed):
            walker.set_many({f"/auxin/{n + 1:02}/mix{bus[4:]}/level": 0.0, f"{bus}/mix/fader": 0.0})
            odd = self.feeding + n - n % 2
            walker.set_many({f"/auxin/{n + 1:02}/mix/{odd:02}/type": "PRE", f"{bus}/mix/st": 0, f"{bus}/mix/mono": 0})
            walker.set(f"/fx/{n // 2 + 1}/source/{'lr'[n % 2]}", self.feeding + n)
            walker.set_many({f"{bus}/mix/{matrix:02}/on": 0 for matrix in range(1, 7)})
        self._open(walker, ["fxrtn/{rtn}"])
        for path in RETURNS:
            walker.set_many({f"{path}{bus[4:].join(['/mix', '/on'])}": 0 for bus in self.fed})

    def quieten(self) -> None:
        """Keep everything below the threshold of dynamics that only make up."""
        for strip in MIXERS:
            self.walker.set_row(f"{strip}/mix/{{mtx}}/level", -50.0)
            if strip == "bus/{bus}" and not self.feeding:
                self.walker.set_row(f"{strip}/mix/fader", -40.0)
        for strip in (*SENDERS, "fxrtn/{rtn}"):
            self.walker.set_row(f"{strip}/mix/fader", -30.0)
            if strip not in SENDERS[1:] or not self.feeding:
                self.walker.set_row(f"{strip}/mix/{{bus}}/level", -32.0)

    def _inputs(self) -> dict[str, Vector]:
        tones = np.eye(64)
        if not self.feeding:
            return {strip: tones[number] for number, strip in enumerate(INPUT_STRIPS)}
        return dict(zip(RETURNS, tones[FIRST_RETURN - 1 :], strict=False))

    def gains(self) -> tuple[Vector, Vector]:
        """Gains of the inputs at all mixes, heard and expected; shape (inputs, mixes)."""
        self.walker.play(4800, block=480)
        heard = found(self.walker)[0][:, : len(MIXES)]
        desk = levels.Desk(self.walker.stored, self.inputs, self.taps)
        expected = np.abs(np.stack([desk.post[path] for path in MIXES], axis=1))
        if self.feeding:
            return heard[FIRST_RETURN - 1 :][:8] * self._way(), expected[FIRST_RETURN - 1 :][:8]
        return heard, expected

    def _way(self) -> float:
        """What makes up for the faders of the buses that feed the returns, which are only next to 0 dB."""
        return 1 / processors.gain(processors.taper_db(self.walker.stored(f"{self.fed[0]}/mix/fader"), 1024))

    def hear(self, moved: dict[str, Setting]) -> None:
        """Judge all mixes, and enter for each leaf what it acts on."""
        heard, expected = self.gains()
        if self.feeding:
            columns = [number for number, path in enumerate(MIXES) if path not in self.fed]
            heard, expected = heard[:, columns], expected[:, columns]
        tolerance = self.share * expected + FLOOR * max(expected.max(), 1)
        wrong = np.abs(heard - expected) > tolerance
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            some = ", ".join(f"{path} {told(path, value)}" for path, value in list(moved.items())[:3])
            self.ledger.fault(
                f"{wrong.sum()} gains, the first of source {row + 1} at mix {column + 1}: "
                f"{heard[row, column]:.6g}, not {expected[row, column]:.6g}, with {some} …"
            )
        for path, value in moved.items():
            cells = self._cells(path, heard.shape)
            self.ledger.note(path, value, heard[cells], expected[cells], tolerance[cells])

    def _cells(self, path: str, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Which gains a leaf makes: those of an input strip, or all."""
        strip = "/".join(path.split("/")[:3])
        strips = list(self.inputs)
        if strip in strips:
            row = strips.index(strip)
            return slice(row, row + 1), slice(None)
        return slice(None), slice(None)


def mix_of_every(ledger: Ledger, leaf: str, palette: Sequence[Setting], prepare: dict[str, Setting] | None = None,
                 strips: Sequence[str] = STRIPS) -> None:  # fmt: skip
    """Walk a leaf of channels, aux strips and mixes at once, then the same of the effect returns."""
    with (desk := Mixes(ledger)).walker:
        desk.walker.set_many(prepare or {})
        walk(desk.walker, [f"{strip}/{leaf}" for strip in strips], palette, desk.hear)
    with (desk := Mixes(ledger, feeding=9)).walker:
        desk.walker.set_many(prepare or {})
        walk(desk.walker, [f"fxrtn/{{rtn}}/{leaf}"], palette, desk.hear)


def every(leaf: str, strips: Sequence[str] = STRIPS) -> list[str]:
    """Rows of a leaf of all strips, effect returns too."""
    return [f"{strip}/{leaf}" for strip in (*strips, "fxrtn/{rtn}")]


@shows(*every("mix/fader"))
def faders(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/fader", FADERS)


@shows(*every("mix/on"))
def mutes(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/on", [1, 0])


@shows(*every("mix/st", PANNED))
def ways_to_main(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/st", [1, 0], strips=PANNED)


@shows(*every("mix/mono", PANNED))
def ways_to_mono(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/mono", [1, 0], strips=PANNED)


@shows(*every("mix/pan", PANNED))
def pans(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/pan", PANS, strips=PANNED)


@shows("main/st/mix/pan")
def balance(ledger: Ledger) -> None:
    with (desk := Mixes(ledger)).walker:
        walk(desk.walker, ["main/st/mix/pan"], PANS, desk.hear)


@shows(*every("mix/mlevel", PANNED))
def levels_in_mono(ledger: Ledger) -> None:
    mix_of_every(ledger, "mix/mlevel", LEVELS, strips=PANNED)


DCA_FADERS = {f"/dca/{n}/fader": -2.0 * n for n in range(1, 9)}
DCAS = [0, 1, 2, 4, 8, 16, 32, 64, 128, 0b1000_0001, 0b0011_0100]


@shows(*every("grp/dca"))
def members_of_dcas(ledger: Ledger) -> None:
    mix_of_every(ledger, "grp/dca", DCAS, DCA_FADERS)


GROUPS = [0, 1, 2, 4, 8, 16, 32]


@shows(*every("grp/mute"))
def members_of_mute_groups(ledger: Ledger) -> None:
    # Either half of the groups is shut while all strips go through all of them.
    for shut in ((1, 3, 5), (2, 4, 6)):
        mix_of_every(ledger, "grp/mute", GROUPS, {f"/config/mute/{group}": 1 for group in shut})


@shows("config/mute/{group}", "dca/{dca}/on", "dca/{dca}/fader")
def groups(ledger: Ledger) -> None:
    with (desk := Mixes(ledger)).walker:
        for number, strip in enumerate(INPUT_STRIPS):
            desk.walker.set_many({f"{strip}/grp/dca": 1 << number % 8, f"{strip}/grp/mute": 1 << number // 8 % 6})
        # Faders go without sends: what a group does is seen on them.
        for number, strip in enumerate(MIXES):
            if not strip.startswith("/main"):
                desk.walker.set_many({f"{strip}/grp/mute": 1 << 5, f"{strip}/grp/dca": 1 << number % 8})
        walk(desk.walker, ["config/mute/{group}"], [0, 1], desk.hear)
        desk.walker.set_row("config/mute/{group}", 0)
        walk(desk.walker, ["dca/{dca}/on"], [1, 0], desk.hear)
        desk.walker.set_row("dca/{dca}/on", 1)
        walk(desk.walker, ["dca/{dca}/fader"], FADERS, desk.hear)


@shows("config/mono/mode", "config/mono/link")
def mono(ledger: Ledger) -> None:
    with (desk := Mixes(ledger)).walker:
        for number, strip in enumerate(INPUT_STRIPS):
            desk.walker.set_many({f"{strip}/mix/pan": -100.0 + 5 * number, f"{strip}/mix/mono": int(number % 3 > 0)})
        desk.walker.set_many({"/main/st/mix/fader": -6.0, "/main/m/mix/fader": 2.0})
        walk(desk.walker, ["config/mono/mode"], ["LR+M", "LCR"], desk.hear)
        walk(desk.walker, ["config/mono/link"], [0, 1], desk.hear)


# --- sends -----------------------------------------------------------------------------------------


def sends(ledger: Ledger, leaf: str, palette: Sequence[Setting], linked: bool, odd: bool = False) -> None:
    """Walk a leaf of all sends: of channels and aux strips to buses, of mixes to matrices, of effect returns."""
    bus, matrix = ("{odd}", "{odd_mtx}") if odd else ("{bus}", "{mtx}")
    with (desk := Mixes(ledger)).walker:
        link(desk.walker, range(1, 17, 2), linked)
        link(desk.walker, range(1, 7, 2), linked, "mtx")
        spread(desk.walker)
        walk(desk.walker, [f"{strip}/mix/{bus}/{leaf}" for strip in SENDERS], palette, desk.hear)
        link(desk.walker, range(1, 17, 2), False)  # linked buses would follow each other
        walk(desk.walker, [f"{strip}/mix/{matrix}/{leaf}" for strip in senders_to_matrices(leaf)], palette, desk.hear)
    for feeding, first in ((9, 1), (1, 9)):
        with (desk := Mixes(ledger, feeding)).walker:
            link(desk.walker, range(first, first + 8, 2), linked)
            spread(desk.walker)
            half = [f"{path}/mix/{n:02}/{leaf}" for path in RETURNS for n in range(first, first + 8, 1 + odd)]
            walk(desk.walker, [f"fxrtn/{{rtn}}/mix/{bus}/{leaf}"], palette, desk.hear, half)


def link(walker: Walker, odd: Iterable[int], linked: bool, kind: str = "bus") -> None:
    """Make stereo pairs of buses or matrices, or not."""
    walker.set_many({f"/config/{kind}link/{n}-{n + 1}": int(linked) for n in odd})


def spread(walker: Walker) -> None:
    """Put the strips in different places, so that it matters which pan is meant."""
    for strip in (*PANNED, "fxrtn/{rtn}"):
        row = f"{strip}/mix/pan"
        walker.set_row(row, [PANS[number % len(PANS)] for number in range(walker.console.values.table.rows[row].size)])


def senders_to_matrices(leaf: str) -> Sequence[str]:
    """Mono/centre has no pan that a send could follow."""
    return MIXERS[:-1] if leaf == "panFollow" else MIXERS


def every_send(leaf: str, odd: bool = False) -> list[str]:
    """Rows of a leaf of all sends."""
    bus, matrix = ("{odd}", "{odd_mtx}") if odd else ("{bus}", "{mtx}")
    return [
        *(f"{strip}/mix/{bus}/{leaf}" for strip in (*SENDERS, "fxrtn/{rtn}")),
        *(f"{strip}/mix/{matrix}/{leaf}" for strip in senders_to_matrices(leaf)),
    ]


@shows(*every_send("on"))
def mutes_of_sends(ledger: Ledger) -> None:
    sends(ledger, "on", [1, 0], linked=False)


@shows(*every_send("level"))
def levels_of_sends(ledger: Ledger) -> None:
    sends(ledger, "level", [0.5 * n - 30 for n in range(40)], linked=False)


@shows(*every_send("pan", odd=True))
def pans_of_sends(ledger: Ledger) -> None:
    sends(ledger, "pan", [4.0 * n - 90 for n in range(44)], linked=True, odd=True)


@shows(*every_send("panFollow", odd=True))
def sends_that_follow_pans(ledger: Ledger) -> None:
    sends(ledger, "panFollow", [0, 1], linked=True, odd=True)


MAKEUP_DB, SHELF_DB = 6.0, 9.0


def gain_of(level_db: float) -> float:
    return float(10 ** (level_db / 20))


@shows(*every_send("type", odd=True))
def taps_of_sends(ledger: Ledger) -> None:
    """Every tap of a strip has a level of its own: a shelf below all tones, and make-up gain before or after it."""
    makeup, shelf = gain_of(MAKEUP_DB), gain_of(SHELF_DB)
    for position, gains in (
        ("PRE", (1, makeup, makeup * shelf, makeup * shelf)),
        ("POST", (1, 1, shelf, makeup * shelf)),
    ):
        for feeding, first in ((0, 0), (9, 1), (1, 9)):
            with (desk := Mixes(ledger, feeding)).walker:
                desk.share = gain_of(0.015) - 1  # the shelf is not quite flat
                desk.quieten()
                for path in [
                    *INPUT_STRIPS,
                    *RETURNS,
                    *(mix for mix in MIXES if "main" not in mix),
                    "/main/st",
                    "/main/m",
                ]:
                    if path.startswith("/auxin") and feeding:
                        continue
                    if path in getattr(desk, "fed", []):
                        continue
                    has_dynamics = path[:4] not in ("/aux", "/fxr")
                    desk.walker.set_many(
                        {f"{path}/eq/1/type": "HShv", f"{path}/eq/1/f": 20.0, f"{path}/eq/1/g": SHELF_DB}
                    )
                    if has_dynamics:
                        desk.walker.set_many(
                            {f"{path}/dyn/on": 1, f"{path}/dyn/pos": position, f"{path}/dyn/mgain": MAKEUP_DB}
                        )
                    desk.taps[path] = gains if has_dynamics else (1, 1, shelf, shelf)
                settle(desk)
                if not feeding:
                    walk(desk.walker, [f"{strip}/mix/{{odd}}/type" for strip in SENDERS], list(range(6)), desk.hear)
                    walk(desk.walker, [f"{strip}/mix/{{odd_mtx}}/type" for strip in MIXERS], list(range(5)), desk.hear)
                elif position == "PRE":
                    half = [f"{path}/mix/{n:02}/type" for path in RETURNS for n in range(first, first + 8, 2)]
                    walk(desk.walker, ["fxrtn/{rtn}/mix/{odd}/type"], list(range(6)), desk.hear, half)


def settle(desk: Mixes) -> None:
    """Let the shelves, which are lower than any tone, come to rest."""
    for _ in range(5):
        found(desk.walker)
