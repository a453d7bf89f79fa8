"""Any source reaches any output: every input has a tone of its own, and nothing else is found there."""

from collections.abc import Iterable

import numpy as np
import pytest
import rigdesk

RATE = rigdesk.RATE
FRAMES = 4800  # every tone has a whole number of periods in it
SETTLING = 4800  # with these too, so that it goes on when it is played again
PEAK = 0.05
TALK_INPUT = 64
FLOOR_DB = -140.0
LEVEL_DB = 0.01

# Inputs by what the console calls them; tones lie far apart.
INPUTS = np.arange(1, 65)
TONES_HZ = 300.0 + 50 * INPUTS

OUTPUTS = (
    *(f"out/{number:02}" for number in range(1, 17)),
    *(f"aux-out/{number}" for number in range(1, 7)),
    *("aes/1", "aes/2", "rec/1", "rec/2"),
    *(f"p16/{number:02}" for number in range(1, 17)),
    *(f"mtx/{number:02}" for number in range(1, 7)),
)
PATCHED = (
    *(f"/outputs/main/{number:02}" for number in range(1, 17)),
    *(f"/outputs/aux/{number:02}" for number in range(1, 7)),
    *("/outputs/aes/01", "/outputs/aes/02", "/outputs/rec/01", "/outputs/rec/02"),
    *(f"/outputs/p16/{number:02}" for number in range(1, 17)),
)
STRIPS = (
    [f"/ch/{n:02}" for n in range(1, 33)] + [f"/auxin/{n:02}" for n in range(1, 9)]
    + [f"/fxrtn/{n:02}" for n in range(1, 9)]
)  # fmt: skip


def tagged(inputs: Iterable[int] = tuple(INPUTS)) -> np.ndarray:
    """All inputs with their tones; shape (frames, 64)."""
    x = np.zeros((SETTLING + FRAMES, 64), np.float32)
    for number in inputs:
        x[:, number - 1] = rigdesk.tone(TONES_HZ[number - 1], len(x), PEAK)
    return x


TAGGED = tagged()


def found(rig: rigdesk.Rig) -> tuple[np.ndarray, np.ndarray]:
    """Gain of each input's tone at each output, shape (64, outputs), and the level in dBFS of the loudest stranger."""
    heard = rig.play(TAGGED, block=480)[SETTLING:].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(heard, axis=0)) * 2 / FRAMES
    bins = np.rint(TONES_HZ * FRAMES / RATE).astype(int)
    gains = spectrum[bins] / PEAK
    spectrum[bins] = 0
    return gains, rigdesk.decibels(spectrum.max(0))


def check(rig: rigdesk.Rig, expected: np.ndarray) -> None:
    """Outputs carry the inputs with the expected gains, shape (64, outputs), and nothing else."""
    gains, strangers_db = found(rig)
    gains, strangers_db = gains[:, : expected.shape[1]], strangers_db[: expected.shape[1]]
    assert (strangers_db < FLOOR_DB).all()
    silent = expected == 0
    wrong = np.where(silent, rigdesk.decibels(gains * PEAK) >= FLOOR_DB, False)
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong |= ~silent & (np.abs(rigdesk.decibels(gains) - rigdesk.decibels(expected)) > LEVEL_DB)
    assert not wrong.any(), [
        f"input {i + 1} at output {o + 1}: {gains[i, o]:.6f}, not {expected[i, o]:.6f}" for i, o in np.argwhere(wrong)
    ][:8]


def one(inputs: Iterable[int]) -> np.ndarray:
    """Expected gains where each output carries one input, 0 for none; shape (64, outputs)."""
    numbers = np.array(list(inputs))
    return (INPUTS[:, np.newaxis] == numbers).astype(float)


# --- the output patch ------------------------------------------------------------------------------

SEND_DB, MATRIX_DB, FADER_DB, MAKEUP_DB, SHELF_DB = -10.0, -5.0, -6.0, 6.0, 9.0
IN, PRE_EQ, POST_EQ, PRE, POST = range(5)
PLANE_OF = (IN, IN, PRE_EQ, PRE_EQ, POST_EQ, POST_EQ, PRE, PRE, POST)
OBEYS_MUTE = (False, True) * 4 + (True,)


class Labelled:
    """A console where every strip can be told from every other, and every tap of it from its other taps."""

    def __init__(self, dynamics: str, on: int = 1) -> None:
        self.rig = rigdesk.Rig(OUTPUTS, talk_input=TALK_INPUT)
        self.on, self.early = on, dynamics == "PRE"
        rig = self.rig
        rig.set_many({f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)} | {"/config/auxlink/7-8": 0})
        for strip in STRIPS:
            rig.set(f"{strip}/mix/fader", FADER_DB)
            rig.set(f"{strip}/mix/st", 0)
        for number in range(1, 17):
            rig.set(f"/ch/{number:02}/mix/{number:02}/level", SEND_DB)
            if number % 2:
                rig.set(f"/ch/{number:02}/mix/{number:02}/type", "PRE")
                rig.set(f"/ch/{number + 1:02}/mix/{number:02}/type", "PRE")
        for number in range(1, 7):
            rig.set(f"/bus/{number:02}/mix/{number:02}/level", MATRIX_DB)
        for number in (1, 3, 5):
            rig.set(f"/bus/{number:02}/mix/{number:02}/type", "PRE")
            rig.set(f"/bus/{number + 1:02}/mix/{number:02}/type", "PRE")
        for slot in range(1, 5):
            rig.set(f"/fx/{slot}/source/l", 2 * slot + 8 - 1)
            rig.set(f"/fx/{slot}/source/r", 2 * slot + 8)
        # Channels 17 to 19 feed the mains: left, right, and mono.
        rig.set_many({"/ch/17/mix/st": 1, "/ch/17/mix/pan": -100.0, "/ch/18/mix/st": 1, "/ch/18/mix/pan": 100.0})
        rig.set_many({"/ch/19/mix/mono": 1, "/ch/19/mix/mlevel": 0.0})
        self.shaped = [f"/ch/{n:02}" for n in range(1, 33)] + self.mixes()
        for strip in self.shaped:
            rig.set_many({f"{strip}/dyn/on": 1, f"{strip}/dyn/pos": dynamics, f"{strip}/dyn/mgain": MAKEUP_DB})
        for strip in (*STRIPS, *self.mixes()):
            rig.set_many({f"{strip}/eq/1/type": "HShv", f"{strip}/eq/1/f": 20.0, f"{strip}/eq/1/g": SHELF_DB})
            if strip not in STRIPS:
                rig.set(f"{strip}/mix/fader", FADER_DB)
            rig.set(f"{strip}/mix/on", on)

    def settle(self) -> None:
        """Let the shelves, which are lower than any tone, come to rest."""
        for _ in range(5):
            self.rig.play(TAGGED, block=480)

    @staticmethod
    def mixes() -> list[str]:
        return [f"/bus/{n:02}" for n in range(1, 17)] + [f"/mtx/{n:02}" for n in range(1, 7)] + ["/main/st", "/main/m"]

    def gain(self, strip: str, plane: int) -> float:
        """Gain of a strip from its input to a tap."""
        db = 0.0
        makeup = MAKEUP_DB if strip in self.shaped else 0.0
        db += makeup * (plane >= (PRE_EQ if self.early else PRE))
        db += SHELF_DB * (plane >= POST_EQ)
        db += self.rig.value("/ch/01/mix/fader") * (plane == POST)
        return float(10 ** (db / 20))

    def source(self, number: int, position: int) -> np.ndarray:
        """Expected gains of all inputs at an output with this source and tap; shape (64,)."""
        plane = PLANE_OF[position]
        muted = OBEYS_MUTE[position] and not self.on
        expected = np.zeros(64)
        for feeding, strips in self._ways(number):
            level = np.prod([self.gain(strip, PRE) * extra for strip, extra in strips[:-1]])
            expected[feeding - 1] = level * (self.gain(strips[-1][0], plane) if strips[-1][0] else 1.0)
            if (muted and strips[-1][0]) or (not self.on and len(strips) > 1):
                expected[feeding - 1] = 0
        return expected

    def _ways(self, number: int) -> list[tuple[int, list[tuple[str, float]]]]:
        """Inputs that reach a source of the output patch, each with the strips on its way."""
        send, matrix = 10 ** (SEND_DB / 20), 10 ** (MATRIX_DB / 20)
        fader = 10 ** (self.rig.value("/ch/01/mix/fader") / 20)
        if number in (1, 2):
            return [(16 + number, [(f"/ch/{16 + number}", fader), ("/main/st", 1)])]
        if number == 3:
            return [(19, [("/ch/19", fader), ("/main/m", 1)])]
        if 4 <= number < 20:
            bus = number - 3
            return [(bus, [(f"/ch/{bus:02}", send), (f"/bus/{bus:02}", 1)])]
        if 20 <= number < 26:
            bus = number - 19
            return [(bus, [(f"/ch/{bus:02}", send), (f"/bus/{bus:02}", matrix), (f"/mtx/{bus:02}", 1)])]
        if 26 <= number < 58:
            return [(number - 25, [(f"/ch/{number - 25:02}", 1)])]
        if 58 <= number < 66:
            return [(number - 25, [(f"/auxin/{number - 57:02}", 1)])]
        if 66 <= number < 74:
            bus = number - 66 + 9
            return [(bus, [(f"/ch/{bus:02}", send), (f"/fxrtn/{number - 65:02}", 1)])]
        return [(TALK_INPUT, [("", 1)])] if number == 76 else []


@pytest.mark.parametrize(("dynamics", "on"), [("PRE", 1), ("POST", 1), ("POST", 0)])
def test_every_source_reaches_every_output_at_every_tap(dynamics: str, on: int) -> None:
    desk = Labelled(dynamics, on)
    desk.settle()
    # Every run, each output has another source and another tap: all of them meet within 77 runs of a few taps.
    for round_ in range(0, 77, 3):
        expected = np.zeros((64, len(PATCHED)))
        for output, path in enumerate(PATCHED):
            number, position = (round_ + 5 * output) % 77, (round_ + 2 * output) % 9
            number = 0 if number in (74, 75) else number
            desk.rig.set(f"{path}/src", number)
            desk.rig.set(f"{path}/pos", position)
            expected[:, output] = desk.source(number, position)
        check(desk.rig, expected)


@pytest.mark.parametrize("position", range(9))
def test_every_source_reaches_an_output(position: int) -> None:
    desk = Labelled("PRE")
    desk.settle()
    numbers = [number for number in range(77) if number not in (74, 75)]
    for first in range(0, len(numbers), len(PATCHED)):
        expected = np.zeros((64, len(PATCHED)))
        for output, path in enumerate(PATCHED):
            number = numbers[(first + output) % len(numbers)]
            desk.rig.set(f"{path}/src", number)
            desk.rig.set(f"{path}/pos", position)
            expected[:, output] = desk.source(number, position)
        check(desk.rig, expected)


def test_the_monitor_reaches_an_output() -> None:
    rig = rigdesk.Rig(OUTPUTS)
    rig.set_many({"/-stat/solosw/03": 1, "/outputs/main/01/src": 74, "/outputs/p16/16/src": 75})
    rig.set_many({f"{path}/src": 0 for path in PATCHED[1:-1]})
    expected = np.zeros((64, len(PATCHED)))
    expected[2, [0, -1]] = 1
    check(rig, expected)


def test_an_inverted_output_cancels_its_twin() -> None:
    rig = rigdesk.Rig(OUTPUTS)
    for path in (path for path in PATCHED if "/rec/" not in path):
        rig.set_many({f"{path}/src": 26, f"{path}/pos": 0, f"{path}/invert": 1})
    heard = rig.play(TAGGED)
    inverted = [output for output, path in enumerate(PATCHED) if "/rec/" not in path]
    assert (heard[SETTLING:, inverted] == -TAGGED[SETTLING:, :1]).all()


def test_an_output_with_nothing_patched_is_silent() -> None:
    rig = rigdesk.Rig(OUTPUTS)
    rig.set_many({f"{path}/src": 0 for path in PATCHED})
    heard = rig.play(TAGGED)
    assert not heard[:, : len(PATCHED)].any()


def test_an_output_whose_source_is_taken_away_falls_silent_for_good() -> None:
    rig = rigdesk.Rig(OUTPUTS)
    rig.set_many({f"{path}/src": 26 for path in PATCHED})
    rig.play(TAGGED)
    rig.set_many({f"{path}/src": 0 for path in PATCHED})
    heard = rig.play(TAGGED)
    assert not heard[SETTLING:, : len(PATCHED)].any()


# --- input routing ---------------------------------------------------------------------------------

BLOCKS = ("1-8", "9-16", "17-24", "25-32")


def block_inputs(choice: int, user: np.ndarray) -> np.ndarray:
    """Device inputs in a block of the console's list: local, AES50 A, AES50 B, card, user."""
    within = np.arange(8)
    if choice < 4:
        return 8 * choice + within + 1
    if choice < 8:
        return 8 * (choice - 4) + within + 33
    if choice < 20:
        return np.zeros(8, int)
    return user[8 * (choice - 20) + within]


def direct_outs(rig: rigdesk.Rig, first: int) -> None:
    """Let the 16 main and 16 personal outputs carry 32 channels, as they come in."""
    for n in range(16):
        rig.set_many({f"/outputs/main/{n + 1:02}/src": first + n, f"/outputs/main/{n + 1:02}/pos": 0})
        rig.set_many({f"/outputs/p16/{n + 1:02}/src": first + 16 + n, f"/outputs/p16/{n + 1:02}/pos": 0})


DIRECT = (*(f"out/{n:02}" for n in range(1, 17)), *(f"p16/{n:02}" for n in range(1, 17)))


def physical_input(number: int) -> int:
    """Device input behind a number of the user patch; 0 where there is none."""
    if 1 <= number <= 64:
        return number
    if 161 <= number <= 166:
        return number - 161 + 33
    return TALK_INPUT if number in (167, 168) else 0


@pytest.mark.parametrize("bank", ["IN", "PLAY"])
def test_every_block_of_inputs_reaches_every_eight_channels(bank: str) -> None:
    rig = rigdesk.Rig(DIRECT, talk_input=TALK_INPUT)
    rig.set("/config/routing/routswitch", "PLAY" if bank == "PLAY" else "REC")
    direct_outs(rig, 26)
    patched = (7 * np.arange(32) + 3) % 64 + 1
    rig.set_row("config/userrout/in/{user_in}", patched.tolist())
    for choice in range(24):
        chosen = [(choice + 5 * which) % 24 for which in range(4)]
        rig.set_many({f"/config/routing/{bank}/{block}": each for block, each in zip(BLOCKS, chosen, strict=True)})
        check(rig, one(np.concatenate([block_inputs(each, patched) for each in chosen])))


@pytest.mark.parametrize("bank", ["IN", "PLAY"])
def test_every_choice_of_aux_inputs_reaches_the_aux_strips(bank: str) -> None:
    rig = rigdesk.Rig(DIRECT, talk_input=TALK_INPUT)
    rig.set("/config/routing/routswitch", "PLAY" if bank == "PLAY" else "REC")
    direct_outs(rig, 58)
    rig.set_many({f"/outputs/p16/{n:02}/src": 0 for n in range(1, 17)})
    rig.set_many({f"/outputs/main/{n:02}/src": 0 for n in range(9, 17)})
    patched = np.arange(50, 50 + 6)
    rig.set_row("config/userrout/in/{user_in}", [*patched.tolist(), *[0] * 26])
    starts = (1, 33, None, None, patched)
    for choice in range(16):
        inputs = np.arange(33, 39)
        if choice:
            which, size = divmod(choice - 1, 3)
            count, start = 2 * size + 2, starts[which]
            inputs[:count] = 0 if start is None else start[:count] if which == 4 else start + np.arange(count)
        rig.set(f"/config/routing/{bank}/AUX", choice)
        # Aux strips 7 and 8 are USB: device inputs 39 and 40.
        check(rig, one([*inputs, 39, 40, *[0] * 24]))


def test_every_number_of_the_user_patch_reaches_the_inputs() -> None:
    rig = rigdesk.Rig(DIRECT, talk_input=TALK_INPUT)
    direct_outs(rig, 26)
    rig.set_many({f"/config/routing/IN/{block}": 20 + which for which, block in enumerate(BLOCKS)})
    for first in range(0, 169, 32):
        numbers = [(first + n) % 169 for n in range(32)]
        rig.set_row("config/userrout/in/{user_in}", numbers)
        check(rig, one([physical_input(number) for number in numbers]))


# --- output routing --------------------------------------------------------------------------------

QUARTERS = ("1-4", "5-8", "9-12", "13-16")
XLR = tuple(f"out/{n:02}" for n in range(1, 17))


def routed_rig() -> rigdesk.Rig:
    """Console whose outputs carry: main n channel n, personal n channel 16 + n, aux n aux strip n, monitor channel 5."""
    rig = rigdesk.Rig(XLR, talk_input=TALK_INPUT)
    direct_outs(rig, 26)
    rig.set_many({f"/outputs/aux/{n:02}/src": 57 + n for n in range(1, 7)})
    rig.set_many({f"/outputs/aux/{n:02}/pos": 0 for n in range(1, 7)})
    rig.set("/-stat/solosw/05", 1)
    return rig


def output_input(number: int) -> int:
    """Device input that the user output's number leads to, on `routed_rig`."""
    if number < 169:
        return physical_input(number)
    if number < 201:
        return number - 168
    return number - 201 + 33 if number < 207 else 5


def quarter_inputs(choice: int, quarter: int, user_out: list[int], user_in: list[int]) -> list[int]:
    """Device inputs in a block of four outputs."""
    within = [4 * (quarter % 2) + n for n in range(4)]
    if choice < 20:
        starts = [1, 9, 17, 25, *range(33, 81, 8), *range(81, 129, 8), *range(129, 161, 8)]
        return [physical_input(starts[choice] + n) for n in within]
    if choice < 24:
        return [8 * (choice - 20) + n + 1 for n in within]
    if choice == 24:
        return [[33, 34, 35, 36, 37, 38, 5, 5][n] for n in within]
    if choice == 25:
        return [[33, 34, 35, 36, 37, 38, TALK_INPUT, TALK_INPUT][n] for n in within]
    if choice < 32:
        return [output_input(user_out[8 * (choice - 26) + n]) for n in within]
    return [physical_input(user_in[8 * (choice - 32) + n]) for n in within]


def test_every_block_of_outputs_reaches_every_four_sockets() -> None:
    rig = routed_rig()
    user_out = [(5 * n + 2) % 60 + 1 for n in range(48)]
    user_in = [(3 * n + 7) % 60 + 1 for n in range(32)]
    rig.set_row("config/userrout/out/{user_out}", user_out)
    rig.set_row("config/userrout/in/{user_in}", user_in)
    for choice in range(36):
        chosen = [(choice + 7 * quarter) % 36 for quarter in range(4)]
        rig.set_many({f"/config/routing/OUT/{name}": each for name, each in zip(QUARTERS, chosen, strict=True)})
        inputs = [quarter_inputs(each, quarter, user_out, user_in) for quarter, each in enumerate(chosen)]
        check(rig, one(np.concatenate(inputs)))


def test_every_number_of_the_user_outputs_reaches_a_socket() -> None:
    rig = routed_rig()
    rig.set_many({f"/config/routing/OUT/{name}": 26 + which // 2 for which, name in enumerate(QUARTERS)})
    for first in range(0, 209, 16):
        numbers = [(first + n) % 209 for n in range(16)]
        rig.set_row("config/userrout/out/{user_out}", numbers + [0] * 32)
        check(rig, one([output_input(number) for number in numbers]))


# --- sources and keys of channels ------------------------------------------------------------------

BUS_DB = -3.0


def sourced_rig() -> rigdesk.Rig:
    """Console whose aux strip n feeds bus n, and bus 9 + n effect return n; aux strips listen to themselves."""
    rig = rigdesk.Rig(DIRECT)
    direct_outs(rig, 26)
    for n in range(1, 9):
        rig.set(f"/auxin/{n:02}/mix/{n:02}/level", BUS_DB)
        rig.set(f"/auxin/{n:02}/mix/{n + 8:02}/level", BUS_DB)
    for n in range(1, 9, 2):
        for strip in (n, n + 1):
            rig.set_many({f"/auxin/{strip:02}/mix/{n:02}/type": "PRE", f"/auxin/{strip:02}/mix/{n + 8:02}/type": "PRE"})
    rig.set_many({"/config/auxlink/7-8": 0} | {f"/fx/{slot}/source/l": 2 * slot + 7 for slot in range(1, 5)})
    rig.set_many({f"/fx/{slot}/source/r": 2 * slot + 8 for slot in range(1, 5)})
    return rig


def source_gains(number: int) -> np.ndarray:
    """Expected gains of all inputs at a channel with this source, on `sourced_rig`; shape (64,)."""
    expected = np.zeros(64)
    if 1 <= number <= 40:
        expected[number - 1] = 1
    elif 41 <= number <= 64:
        expected[32 + (number - 41) % 8] = 10 ** (BUS_DB / 20)
    return expected


def test_every_source_reaches_every_channel() -> None:
    rig = sourced_rig()
    for first in range(65):
        numbers = [(first + 2 * n) % 65 for n in range(32)]
        rig.set_row("ch/{ch}/config/source", numbers)
        check(rig, np.stack([source_gains(number) for number in numbers], axis=1))


@pytest.mark.parametrize("numbers", [range(32), range(32, 64), range(64, 65)])
def test_every_source_can_open_a_gate(numbers: range) -> None:
    rig = sourced_rig()
    rig.set_row("ch/{ch}/config/source", 40)  # what is gated: a low tone that opens nothing by itself
    for channel, number in enumerate(numbers, 1):
        rig.set_many({f"/ch/{channel:02}/gate/on": 1, f"/ch/{channel:02}/gate/thr": -40.0})
        rig.set_many({f"/ch/{channel:02}/gate/keysrc": number, f"/ch/{channel:02}/gate/hold": 0.02})
        rig.set_many({f"/ch/{channel:02}/gate/release": 5.0, f"/ch/{channel:02}/gate/attack": 0.0})
    # Inputs sound in turn, by the digits of their numbers: the gates spell what they listen to.
    slot, digits = 9600, 7
    x = np.zeros((slot * digits, 64), np.float32)
    x[:, 39] = rigdesk.tone(1000, len(x), 1e-3)
    for number in range(1, 40):
        for digit in range(digits):
            if number >> digit & 1:
                x[digit * slot : (digit + 1) * slot, number - 1] = rigdesk.tone(TONES_HZ[number], slot)
    heard = rig.play(x, block=480)
    for channel, number in enumerate(numbers):
        loud = [np.abs(heard[digit * slot + slot // 2 : (digit + 1) * slot, channel]).max() > 1e-4 for digit in range(7)]
        key = np.argmax(source_gains(number)) + 1 if 0 < number != 40 else 0
        key = 0 if key == 40 else key  # the quiet tone opens nothing
        assert loud == [bool(key >> digit & 1) for digit in range(7)], number
