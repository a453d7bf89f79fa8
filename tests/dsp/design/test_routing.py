"""Routing: any input reaches any channel, key and socket, and nothing else is found there."""

import numpy as np
import pytest

from rigs import desk
from rigs.routes import (
    BLOCKS,
    QUARTERS,
    block_inputs,
    output_input,
    physical_input,
    quarter_inputs,
    routed_rig,
    source_gains,
    sourced_rig,
)
from rigs.tones import DIRECT, TALK_INPUT, TONES_HZ, check, direct_outs, one

# --- input routing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bank", ["IN", "PLAY"])
def test_every_block_of_inputs_reaches_every_eight_channels(bank: str) -> None:
    rig = desk.Rig(DIRECT, talk_input=TALK_INPUT)
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
    rig = desk.Rig(DIRECT, talk_input=TALK_INPUT)
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
    rig = desk.Rig(DIRECT, talk_input=TALK_INPUT)
    direct_outs(rig, 26)
    rig.set_many({f"/config/routing/IN/{block}": 20 + which for which, block in enumerate(BLOCKS)})
    for first in range(0, 169, 32):
        numbers = [(first + n) % 169 for n in range(32)]
        rig.set_row("config/userrout/in/{user_in}", numbers)
        check(rig, one([physical_input(number) for number in numbers]))


# --- output routing --------------------------------------------------------------------------------


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


def test_every_source_reaches_every_channel() -> None:
    rig = sourced_rig()
    for first in range(65):
        numbers = [(first + 2 * n) % 65 for n in range(32)]
        rig.set_row("ch/{ch}/config/source", numbers)
        check(rig, np.stack([source_gains(number) for number in numbers], axis=1))


@pytest.mark.parametrize("numbers", [range(32), range(32, 64), range(64, 65)])
def test_every_source_can_open_a_gate(numbers: range) -> None:
    rig = sourced_rig()
    rig.set_row("outputs/main/{out}/pos", "PRE")
    rig.set_row("outputs/p16/{p16}/pos", "PRE")
    rig.set_row("ch/{ch}/config/source", 40)  # what is gated: a low tone that opens nothing by itself
    for channel, number in enumerate(numbers, 1):
        rig.set_many({f"/ch/{channel:02}/gate/on": 1, f"/ch/{channel:02}/gate/thr": -40.0})
        rig.set_many({f"/ch/{channel:02}/gate/keysrc": number, f"/ch/{channel:02}/gate/hold": 0.02})
        rig.set_many({f"/ch/{channel:02}/gate/release": 5.0, f"/ch/{channel:02}/gate/attack": 0.0})
    # Inputs sound in turn, by the digits of their numbers: the gates spell what they listen to.
    slot, digits = 9600, 7
    x = np.zeros((slot * digits, 64), np.float32)
    x[:, 39] = desk.tone(1000, len(x), 1e-3)
    for number in range(1, 40):
        for digit in range(digits):
            if number >> digit & 1:
                x[digit * slot : (digit + 1) * slot, number - 1] = desk.tone(TONES_HZ[number], slot)
    heard = rig.play(x, block=480)
    for channel, number in enumerate(numbers):
        settled = heard[:, channel].reshape(digits, slot)[:, slot // 2 :]
        loud = (np.abs(settled).max(1) > 1e-4).tolist()
        key = np.argmax(source_gains(number)) + 1 if 0 < number != 40 else 0
        key = 0 if key == 40 else key  # the quiet tone opens nothing
        assert loud == [bool(key >> digit & 1) for digit in range(7)], number
