"""How routing is shown: every input has a tone of its own, and what arrives is told by its tones, and nothing else."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from oracles import processors
from rigs import patched, routes
from rigs.tones import DIRECT, SETTLING, TAGGED, TALK_INPUT, direct_outs, found
from walk.strips import BUSES, CHANNELS, MATRICES, RATE
from walk.walker import Ledger, Setting, Vector, Walker, shows, walk

SHARE = 10 ** (0.01 / 20) - 1  # 0.01 dB
SILENCE = 1e-6

Gains = Callable[[], Vector]
"""Expected gains of all inputs at all outputs; shape (64, outputs)."""


def listen(ledger: Ledger, walker: Walker, moved: Mapping[str, Setting], expected: Vector,
           at: Callable[[str], Sequence[int]]) -> None:  # fmt: skip
    """Judge all outputs, and enter for each leaf those `at` which it is heard."""
    heard, strangers_db = found(walker)
    heard = heard[:, : expected.shape[1]]
    tolerance = SHARE * expected + SILENCE
    wrong = np.argwhere(np.abs(heard - expected) > tolerance)
    for row, column in wrong[:2]:
        ledger.fault(
            f"input {row + 1} at output {column + 1}: {heard[row, column]:.6g}, not {expected[row, column]:.6g}"
        )
    if strangers_db[: expected.shape[1]].max() > -120:
        ledger.fault(f"something strange at output {strangers_db.argmax() + 1}: {strangers_db.max():.1f} dBFS")
    for path, value in moved.items():
        columns = list(at(path))
        ledger.note(path, value, heard[:, columns], expected[:, columns], tolerance[:, columns])


def one(inputs: Sequence[int]) -> Vector:
    """Expected gains where each output carries one input, 0 for none; shape (64, outputs)."""
    return (np.arange(1, 65)[:, np.newaxis] == np.asarray(inputs)).astype(float)


def last_number(path: str) -> int:
    """Number at the end of an address without its leaf, such as 5 of `/outputs/main/05/src`."""
    return int([part for part in path.split("/") if part.isdigit()][-1])


# --- inputs ----------------------------------------------------------------------------------------

USER_IN = [(7 * n + 3) % 64 + 1 for n in range(32)]
BLOCKS = routes.BLOCKS


@shows("config/routing/IN/{block}", "config/routing/PLAY/{block}")
def blocks_of_inputs(ledger: Ledger) -> None:
    for bank in ("IN", "PLAY"):
        with Walker(DIRECT, talk_input=TALK_INPUT) as walker:
            direct_outs(walker, 26)
            walker.set("/config/routing/routswitch", int(bank == "PLAY"))
            walker.set_row("config/userrout/in/{user_in}", USER_IN)
            places = {f"/config/routing/{bank}/{block}": range(8 * n, 8 * n + 8) for n, block in enumerate(BLOCKS)}

            def judge(moved: dict[str, Setting], walker=walker, places=places) -> None:
                inputs = [routes.block_inputs(moved[path], np.array(USER_IN)) for path in places]
                listen(ledger, walker, moved, one(np.concatenate(inputs)), places.__getitem__)

            walk(walker, [f"config/routing/{bank}/{{block}}"], list(range(24)), judge)


@shows("config/routing/IN/AUX", "config/routing/PLAY/AUX")
def blocks_of_aux_inputs(ledger: Ledger) -> None:
    for bank in ("IN", "PLAY"):
        with Walker([f"aux/{n:02}" for n in range(1, 9)], talk_input=TALK_INPUT) as walker:
            walker.set("/config/auxlink/7-8", 0)
            walker.set_row("auxin/{aux}/mix/fader", 10.0)
            walker.set("/config/routing/routswitch", int(bank == "PLAY"))
            walker.set_row("config/userrout/in/{user_in}", USER_IN)
            path = f"/config/routing/{bank}/AUX"
            for choice in range(16):
                inputs = [33, 34, 35, 36, 37, 38]
                if choice:
                    which, size = divmod(choice - 1, 3)
                    count, start = 2 * size + 2, (1, 33, 0, 0, 0)[which]
                    within = range(start, start + count) if start else [0] * count
                    inputs[:count] = USER_IN[:count] if which == 4 else within
                moved = walker.send({path: choice})
                expected = one([*inputs, 39, 40]) * float(processors.gain(10))
                listen(ledger, walker, moved, expected, lambda _: range(8))


@shows("config/routing/routswitch")
def record_or_play(ledger: Ledger) -> None:
    with Walker(DIRECT) as walker:
        direct_outs(walker, 26)
        walker.set_many({f"/config/routing/PLAY/{block}": 4 + n for n, block in enumerate(BLOCKS)})
        for choice, first in ((1, 33), (0, 1)):
            moved = walker.send({"/config/routing/routswitch": choice})
            listen(ledger, walker, moved, one(range(first, first + 32)), lambda _: range(32))


@shows("config/userrout/in/{user_in}")
def user_inputs(ledger: Ledger) -> None:
    with Walker(DIRECT, talk_input=TALK_INPUT) as walker:
        direct_outs(walker, 26)
        walker.set_many({f"/config/routing/IN/{block}": 20 + n for n, block in enumerate(BLOCKS)})

        def judge(moved: dict[str, Setting]) -> None:
            inputs = [routes.physical_input(number) for number in moved.values()]
            listen(ledger, walker, moved, one(inputs), lambda path: [last_number(path) - 1])

        for first in (0, 43, 86, 129):
            walk(walker, ["config/userrout/in/{user_in}"], [n for n in range(first, first + 43) if n < 169], judge)


def fed_by_aux(outputs: Sequence[str] = DIRECT) -> Walker:
    """Console whose aux strip n feeds bus n and bus 8 + n, and bus 8 + n effect return n, see `routes.sourced_rig`."""
    walker = Walker(outputs)
    direct_outs(walker, 26)
    walker.set("/config/auxlink/7-8", 0)
    for n in range(1, 9):
        walker.set_many({f"/auxin/{n:02}/mix/{bus:02}/level": routes.BUS_DB for bus in (n, n + 8)})
        walker.set_many({f"/auxin/{n:02}/mix/{bus - 1 + n % 2:02}/type": "PRE" for bus in (n, n + 8)})
    walker.set_row("bus/{bus}/mix/fader", 0.0)
    walker.set_many({f"/fx/{slot}/source/l": 2 * slot + 7 for slot in range(1, 5)})
    walker.set_many({f"/fx/{slot}/source/r": 2 * slot + 8 for slot in range(1, 5)})
    return walker


@shows("ch/{ch}/config/source")
def sources_of_channels(ledger: Ledger) -> None:
    with fed_by_aux() as walker:

        def judge(moved: dict[str, Setting]) -> None:
            expected = np.stack([routes.source_gains(number) for number in moved.values()], axis=1)
            listen(ledger, walker, moved, expected, lambda path: [last_number(path) - 1])

        for first in (0, 33):
            walk(walker, ["ch/{ch}/config/source"], [n for n in range(first, first + 33) if n < 65], judge)


@shows("auxin/{aux}/config/source")
def sources_of_aux_strips(ledger: Ledger) -> None:
    """As for channels; buses are fed by channels here."""
    with Walker([f"aux/{n:02}" for n in range(1, 9)]) as walker:
        walker.set("/config/auxlink/7-8", 0)
        walker.set_row("auxin/{aux}/mix/fader", 0.0)
        walker.set_row("bus/{bus}/mix/fader", 0.0)
        walker.set_row("ch/{ch}/mix/{odd}/type", "PRE")
        walker.set_many({f"/ch/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 17)})
        walker.set_many({f"/fx/{n // 2 + 1}/source/{'lr'[n % 2]}": n + 9 for n in range(8)})
        fader = float(processors.gain(routes.NEARLY_0_DB))

        def gains(number: int) -> Vector:
            column = np.zeros(64)
            if 1 <= number <= 40:
                column[number - 1] = fader
            elif number >= 41:
                column[number - 41 + 8 if number < 49 else number - 49] = fader**2
            return column

        def judge(moved: dict[str, Setting]) -> None:
            expected = np.stack([gains(number) for number in moved.values()], axis=1)
            listen(ledger, walker, moved, expected, lambda path: [last_number(path) - 1])

        for first in range(0, 65, 10):
            walk(walker, ["auxin/{aux}/config/source"], [n for n in range(first, first + 10) if n < 65], judge)


@shows([f"/headamp/{n:03}/gain" for n in range(64)])
def head_amplifiers(ledger: Ledger) -> None:
    outputs = [f"ch/{n:02}" for n in range(1, 33)]
    palette = [-12.0, -6.5, -3.0, 2.0, 5.5, 9.0, 14.0]
    for first, blocks in ((0, range(4)), (32, range(4, 8))):
        with Walker(outputs) as walker:
            walker.set_row("ch/{ch}/mix/fader", -10.0)
            walker.set_many({f"/config/routing/IN/{name}": block for name, block in zip(BLOCKS, blocks, strict=True)})
            leaves = [f"/headamp/{n:03}/gain" for n in range(first, first + 32)]
            fader = float(processors.gain(processors.taper_db(walker.stored("/ch/01/mix/fader"), 1024)))

            def judge(moved: dict[str, Setting], walker=walker, first=first, fader=fader) -> None:
                gains = processors.gain([-12 + value / 2 for value in moved.values()]) * fader
                expected = one(range(first + 1, first + 33)) * gains
                listen(ledger, walker, moved, expected, lambda path: [last_number(path) % 32])

            walk(walker, ["headamp/{headamp}/gain"], palette, judge, leaves)


# --- effects and inserts ---------------------------------------------------------------------------


@shows("fx/{slot}/source/l", "fx/{slot}/source/r")
def sources_of_effects(ledger: Ledger) -> None:
    """An effect slot is fed from where its rows say: buses, mono/centre, or nothing of its own (INS)."""
    with Walker([f"fxrtn/{n:02}" for n in range(1, 9)]) as walker:
        walker.set_many({f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)})
        walker.set_row("fxrtn/{rtn}/mix/st", 0)
        walker.set_row("bus/{bus}/mix/fader", 0.0)
        walker.set("/main/m/mix/fader", 0.0)
        walker.set_row("ch/{ch}/mix/{odd}/type", "PRE")
        walker.set_many({f"/ch/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 17)})
        walker.set_many({"/ch/17/mix/mono": 1, "/ch/17/mix/mlevel": 0.0, "/ch/17/mix/fader": 0.0})
        fader = float(processors.gain(routes.NEARLY_0_DB))

        def judge(moved: dict[str, Setting]) -> None:
            expected = np.zeros((64, 8))
            places = {path: 2 * last_number(path) - 2 + path.endswith("/r") for path in moved}
            for path, choice in moved.items():
                if choice:
                    expected[choice - 1, places[path]] = fader**2 * (fader if choice == 17 else 1)
            listen(ledger, walker, moved, expected, lambda path: [places[path]])

        walk(walker, ["fx/{slot}/source/l", "fx/{slot}/source/r"], list(range(18)), judge)


INSERTED = ("ch/{ch}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m")
FIRST_AUX_CHOICE = 17
MAKEUP = float(processors.gain(6.0))


class Inserts:
    """A desk whose strips can be inserted: each tap of them has a level of its own, and aux input n a tone.

    A make-up gain of 6 dB lies behind the EQ, an insert before the EQ comes before it, one behind the EQ after.
    """

    def __init__(self, ledger: Ledger, kind: str) -> None:
        self.ledger, self.kind = ledger, kind
        strips = {"ch/{ch}": CHANNELS, "bus/{bus}": BUSES, "mtx/{mtx}": MATRICES}
        self.strips = strips.get(kind, [f"/{kind}"])
        names = ["main/l"] if kind == "main/st" else [strip[1:] for strip in self.strips]
        self.outputs = len(names)
        self.walker = walker = Walker([*names, *(f"aux-out/{n}" for n in range(1, 7))])
        walker.set_row("ch/{ch}/mix/st", 0)
        walker.set_row("ch/{ch}/mix/{odd}/type", "IN/LC")
        walker.set_row("bus/{bus}/mix/{odd_mtx}/type", "IN/LC")
        walker.set_many({f"/ch/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 17)})
        walker.set_many({f"/bus/{n:02}/mix/{n:02}/level": 0.0 for n in range(1, 7)})
        walker.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/mix/mlevel": 0.0, "/ch/01/mix/pan": -100.0})
        walker.set_many({"/ch/01/mix/st": int(kind == "main/st"), "/ch/01/mix/mono": int(kind == "main/m")})
        walker.set_row(f"{kind}/mix/fader", 0.0)
        for leaf, value in {"dyn/on": 1, "dyn/pos": "POST", "dyn/mgain": 6.0, "insert/on": 1, "insert/sel": 0}.items():
            walker.set_row(f"{kind}/{leaf}", value)
        self.fader = float(processors.gain(routes.NEARLY_0_DB))
        self.fed = self.fader if kind.startswith("main") else 1.0

    def judge(self, moved: Mapping[str, Setting]) -> None:
        """A strip with an insert gives what comes back at its aux input; its aux output what goes out to it."""
        ask = self.walker.stored
        expected = np.zeros((64, self.outputs + 6))
        for column, strip in enumerate(self.strips):
            choice, on, after = (ask(f"{strip}/insert/{leaf}") for leaf in ("sel", "on", "pos"))
            if on and choice >= FIRST_AUX_CHOICE:
                aux = choice - FIRST_AUX_CHOICE
                expected[32 + aux, column] = (1 if after else MAKEUP) * self.fader
                expected[:, self.outputs + aux] = 0
                expected[column, self.outputs + aux] = self.fed * (MAKEUP if after else 1)
            else:
                expected[column, column] = self.fed * MAKEUP * self.fader
        numbers = {strip: column for column, strip in enumerate(self.strips)}
        listen(self.ledger, self.walker, moved, expected, lambda path: [
            numbers[path.rpartition("/insert")[0]], *range(self.outputs, self.outputs + 6)
        ])  # fmt: skip


def walk_inserts(ledger: Ledger, leaf: str, palette: Sequence[Setting]) -> None:
    """Six strips at a time, so that each has an aux way of its own."""
    for kind in INSERTED:
        with (desk := Inserts(ledger, kind)).walker as walker:
            for first in range(0, len(desk.strips), 6):
                some = desk.strips[first : first + 6]
                walker.set_row(f"{kind}/insert/sel", 0)
                walker.set_many({f"{strip}/insert/sel": FIRST_AUX_CHOICE + n for n, strip in enumerate(some)})
                walker.set_many({f"{strip}/insert/pos": n % 2 for n, strip in enumerate(some)})
                walk(
                    walker, [f"{kind}/insert/{leaf}"], palette, desk.judge, [f"{strip}/insert/{leaf}" for strip in some]
                )


def every_insert(leaf: str) -> list[str]:
    return [f"{kind}/insert/{leaf}" for kind in INSERTED]


@shows(*every_insert("on"))
def switches_of_inserts(ledger: Ledger) -> None:
    walk_inserts(ledger, "on", [1, 0])


@shows(*every_insert("pos"))
def places_of_inserts(ledger: Ledger) -> None:
    walk_inserts(ledger, "pos", [0, 1])


@shows(*every_insert("sel"))
def ways_of_inserts(ledger: Ledger) -> None:
    """Each strip through all six aux ways, and out; no two strips on one way at the same time."""
    choices = [FIRST_AUX_CHOICE + n for n in range(6)] + [0]
    for kind in INSERTED:
        with (desk := Inserts(ledger, kind)).walker as walker:
            for first in range(0, len(desk.strips), 6):
                some = desk.strips[first : first + 6]
                for turn in range(len(choices)):
                    walker.set_row(f"{kind}/insert/sel", 0)
                    desk.judge(walker.send({
                        f"{strip}/insert/sel": choices[(n + turn) % len(choices)] for n, strip in enumerate(some)
                    }))  # fmt: skip


# --- outputs ---------------------------------------------------------------------------------------

PATCHED = patched.PATCHED
BANKS = {"main": "{out}", "aux": "{aux_out}", "p16": "{p16}", "aes": "{side}", "rec": "{side}"}


def every_output(leaf: str) -> list[str]:
    return [f"outputs/{bank}/{axis}/{leaf}" for bank, axis in BANKS.items() if (bank, leaf) != ("rec", "invert")]


class Labelled(patched.Labelled):
    """The same desk, set over OSC."""

    make = Walker


def walk_outputs(
    ledger: Ledger, leaf: str, palettes: Sequence[Sequence[Setting]], dynamics: str = "PRE", on: int = 1
) -> None:
    desk = Labelled(dynamics, on)
    with desk.rig as walker:
        desk.settle()
        walker.set_many({f"{path}/src": 26 + n % 32 for n, path in enumerate(PATCHED)})
        walker.set_many({f"{path}/pos": 0 for path in PATCHED})

        def judge(moved: dict[str, Setting]) -> None:
            columns = [desk.source(walker.stored(f"{path}/src"), walker.stored(f"{path}/pos")) for path in PATCHED]
            listen(
                ledger, walker, moved, np.stack(columns, axis=1), lambda path: [PATCHED.index(path.rpartition("/")[0])]
            )

        for palette in palettes:
            walk(walker, every_output(leaf), palette, judge)


@shows(*every_output("src"))
def sources_of_outputs(ledger: Ledger) -> None:
    # The monitor, 74 and 75, is walked by itself.
    numbers = [number for number in range(77) if number not in (74, 75)]
    walk_outputs(ledger, "src", [numbers[first : first + 25] for first in (0, 25, 50)])


@shows(*every_output("pos"))
def taps_of_outputs(ledger: Ledger) -> None:
    # The taps before and behind dynamics differ when these are on the one side of the EQ or the other.
    for dynamics, on in (("PRE", 1), ("POST", 1), ("POST", 0)):
        walk_outputs(ledger, "pos", [list(range(9))], dynamics, on)


@shows(*every_output("invert"))
def polarities_of_outputs(ledger: Ledger) -> None:
    with Walker(patched.OUTPUTS) as walker:
        walker.set_many({f"{path}/src": 26 + n % 32 for n, path in enumerate(PATCHED)})
        walker.set_many({f"{path}/pos": 0 for path in PATCHED})

        def judge(moved: dict[str, Setting]) -> None:
            heard = walker.play(TAGGED, block=480)[SETTLING:]
            for path, value in moved.items():
                output = PATCHED.index(path.rpartition("/")[0])
                ledger.note(path, value, heard[::7, output], (1 - 2 * value) * TAGGED[SETTLING::7, output % 32], 0)

        walk(walker, every_output("invert"), [0, 1], judge)


IMPULSE = np.zeros(16_000)
IMPULSE[100] = 0.5


@shows("outputs/main/{out}/delay/on", "outputs/main/{out}/delay/time")
def delays_of_outputs(ledger: Ledger) -> None:
    with Walker(patched.OUTPUTS) as walker:
        walker.set_row("outputs/main/{out}/src", 26)
        walker.set_row("outputs/main/{out}/pos", 0)

        def judge(moved: dict[str, Setting]) -> None:
            walker.play(28_000, block=480)
            heard = walker.play({1: IMPULSE}, block=480)
            for path, value in moved.items():
                output = last_number(path)
                on, time = (walker.stored(f"/outputs/main/{output:02}/delay/{leaf}") for leaf in ("on", "time"))
                frames = round((0.3 + time / 10) * RATE / 1000) * on
                at = int(np.argmax(np.abs(heard[:, output - 1])))
                ledger.note(path, value, [at - 100, heard[at, output - 1]], [frames, 0.5], 0)

        walker.set_row("outputs/main/{out}/delay/on", 1)
        walk(walker, ["outputs/main/{out}/delay/time"], [0.3, 1.0, 2.7, 13.1, 50.0, 111.1, 200.0], judge)
        walk(walker, ["outputs/main/{out}/delay/on"], [0, 1], judge)


# --- blocks of outputs -----------------------------------------------------------------------------

QUARTERS = routes.QUARTERS
USER_OUT = [(5 * n + 2) % 60 + 1 for n in range(48)]


def routed(outputs: Sequence[str]) -> Walker:
    """Console whose outputs carry what `routes.routed_rig` says."""
    walker = Walker(outputs, talk_input=TALK_INPUT)
    direct_outs(walker, 26)
    walker.set_many({f"/outputs/aux/{n:02}/src": 57 + n for n in range(1, 7)})
    walker.set_many({f"/outputs/aux/{n:02}/pos": 0 for n in range(1, 7)})
    walker.set("/-stat/solosw/05", 1)
    walker.set_row("config/userrout/out/{user_out}", USER_OUT)
    walker.set_row("config/userrout/in/{user_in}", USER_IN)
    return walker


@shows(*(f"/config/routing/OUT/{quarter}" for quarter in QUARTERS))
def blocks_of_sockets(ledger: Ledger) -> None:
    with routed(routes.XLR) as walker:
        paths = [f"/config/routing/OUT/{quarter}" for quarter in QUARTERS]

        def judge(moved: dict[str, Setting]) -> None:
            inputs = [routes.quarter_inputs(moved[path], n, USER_OUT, USER_IN) for n, path in enumerate(paths)]
            listen(
                ledger,
                walker,
                moved,
                one(np.concatenate(inputs)),
                lambda path: range(4 * paths.index(path), 4 * paths.index(path) + 4),
            )

        walk(walker, paths, list(range(36)), judge)


@shows("config/userrout/out/{user_out}")
def user_outputs(ledger: Ledger) -> None:
    with routed(routes.XLR) as walker:
        for first in (0, 16, 32):
            blocks = [26 + first // 8 + n // 2 for n in range(4)]
            walker.set_many(
                {f"/config/routing/OUT/{name}": block for name, block in zip(QUARTERS, blocks, strict=True)}
            )
            leaves = [f"/config/userrout/out/{n + 1:02}" for n in range(first, first + 16)]

            def judge(moved: dict[str, Setting], first=first) -> None:
                inputs = [routes.output_input(number) for number in moved.values()]
                listen(ledger, walker, moved, one(inputs), lambda path: [last_number(path) - 1 - first])

            for begin in (0, 70, 140):
                walk(
                    walker,
                    ["config/userrout/out/{user_out}"],
                    [n for n in range(begin, begin + 70) if n < 209],
                    judge,
                    leaves,
                )


STREAMS = {
    "AES50A": [f"aes50-a/{n:02}" for n in range(1, 49)],
    "AES50B": [f"aes50-b/{n:02}" for n in range(1, 49)],
    "CARD": [f"card/{n:02}" for n in range(1, 33)],
}


@shows("config/routing/{aes_port}/{aes_block}", "config/routing/CARD/{block}")
def blocks_of_streams(ledger: Ledger) -> None:
    """What leaves for AES50 and the card: outputs of the device can carry it."""
    for stream, outputs in STREAMS.items():
        with routed(outputs) as walker:
            paths = [f"/config/routing/{stream}/{first}-{first + 7}" for first in range(1, len(outputs), 8)]
            patterns = (
                ["config/routing/CARD/{block}"] if stream == "CARD" else ["config/routing/{aes_port}/{aes_block}"]
            )

            def judge(moved: dict[str, Setting], walker=walker, paths=paths) -> None:
                inputs = []
                for path in paths:
                    inputs += routes.quarter_inputs(moved[path], 0, USER_OUT, USER_IN)
                    inputs += routes.quarter_inputs(moved[path], 1, USER_OUT, USER_IN)
                listen(
                    ledger,
                    walker,
                    moved,
                    one(inputs),
                    lambda path: range(8 * paths.index(path), 8 * paths.index(path) + 8),
                )

            walk(walker, patterns, list(range(36)), judge, paths)


@shows("config/tape/gainL", "config/tape/gainR")
def gains_of_the_recorder(ledger: Ledger) -> None:
    with Walker(["rec/1", "rec/2"]) as walker:
        walker.set_many(
            {"/outputs/rec/01/src": 26, "/outputs/rec/02/src": 27, "/outputs/rec/01/pos": 0, "/outputs/rec/02/pos": 0}
        )

        def judge(moved: dict[str, Setting]) -> None:
            sides = [walker.stored(f"/config/tape/gain{side}") for side in "LR"]
            expected = one([1, 2]) * processors.gain([-6 + side / 2 for side in sides])
            listen(ledger, walker, moved, expected, lambda path: [int(path.endswith("R"))])

        walk(walker, ["config/tape/gainL", "config/tape/gainR"], [-6.0, 3.5, 12.0, 24.0], judge)
