"""Consoles in which every route carries another signal, and what the model says of them."""

import numpy as np

from rigs import desk
from rigs.tones import DIRECT, TALK_INPUT, direct_outs

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


def physical_input(number: int) -> int:
    """Device input behind a number of the user patch; 0 where there is none."""
    if 1 <= number <= 64:
        return number
    if 161 <= number <= 166:
        return number - 161 + 33
    return TALK_INPUT if number in (167, 168) else 0


QUARTERS = ("1-4", "5-8", "9-12", "13-16")
XLR = tuple(f"out/{n:02}" for n in range(1, 17))


def routed_rig() -> desk.Rig:
    """Console whose main outputs carry channels 1–16, personal 17–32, aux outputs the aux strips, monitor channel 5."""
    rig = desk.Rig(XLR, talk_input=TALK_INPUT)
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


BUS_DB = -3.0
NEARLY_0_DB = 0.0  # the fader's step that reads 0.0 is exactly that


def sourced_rig() -> desk.Rig:
    """Console whose aux strip n feeds bus n, and bus 9 + n effect return n; aux strips listen to themselves."""
    rig = desk.Rig(DIRECT)
    direct_outs(rig, 26)
    rig.set("/config/auxlink/7-8", 0)
    for n in range(1, 9):
        rig.set(f"/auxin/{n:02}/mix/{n:02}/level", BUS_DB)
        rig.set(f"/auxin/{n:02}/mix/{n + 8:02}/level", BUS_DB)
    rig.set_row("bus/{bus}/mix/fader", 0.0)
    for n in range(1, 9, 2):
        for strip in (n, n + 1):
            rig.set_many({f"/auxin/{strip:02}/mix/{n:02}/type": "PRE", f"/auxin/{strip:02}/mix/{n + 8:02}/type": "PRE"})
    rig.set_many({f"/fx/{slot}/source/l": 2 * slot + 7 for slot in range(1, 5)})
    rig.set_many({f"/fx/{slot}/source/r": 2 * slot + 8 for slot in range(1, 5)})
    return rig


def source_gains(number: int) -> np.ndarray:
    """Expected gains of all inputs at a channel with this source, on `sourced_rig`; shape (64,)."""
    expected = np.zeros(64)
    if 1 <= number <= 40:
        expected[number - 1] = 1
    elif 41 <= number <= 64:
        expected[32 + (number - 41) % 8] = 10 ** ((BUS_DB + NEARLY_0_DB) / 20)
    return expected
