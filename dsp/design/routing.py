"""Routing: from the console's numbers for signals to places, on the way in and on the way out.

    device inputs 1–64 ─▶ local 1–32, AES50 A 1–32, aux 1–6, USB ─▶ blocks ─▶ In 1–32, Aux 1–6 ─▶ strips
    strips ─▶ Out 1–16, aux out, AES, record, personal ─▶ blocks ─▶ XLR 1–16 ─▶ device outputs

The card's signals are the tracks of the recording that is played, behind the head amplifiers of the inputs
they were.  An interface's first 32 inputs are the local ones.  Inputs 33–64 can be reached as AES50 A 1–32, the
first six of them also as aux inputs and the next two as USB left and right.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.design import strips
from dsp.engine import layout
from dsp.parameters.table import Values

Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

LOCAL, AES50_A, AES50_B, CARD, AUX_IN = 1, 33, 81, 129, 161
TALK_INTERNAL, TALK_EXTERNAL = 167, 168
OUTPUT, PERSONAL, AUX_OUT, MONITOR = 169, 185, 201, 207
PHYSICAL = 209
CARDS = 32
BLOCK = 8
USER = -1  # a block of user-patched signals

# First signal of each block in the console's lists of blocks; user blocks begin at USER, USER − 8 …
INPUT_BLOCKS = np.concatenate(
    [start + BLOCK * np.arange(count) for start, count in ((LOCAL, 4), (AES50_A, 6), (AES50_B, 6), (CARD, 4))]
    + [USER - BLOCK * np.arange(4)]
)
OUTPUT_BLOCKS = np.concatenate(
    [start + BLOCK * np.arange(count) for start, count in ((LOCAL, 4), (AES50_A, 6), (AES50_B, 6), (CARD, 4))]
    + [start + BLOCK * np.arange(2) for start in (OUTPUT, PERSONAL)]
)
AUX_AND_MONITOR, AUX_AND_TALK, USER_OUT, USER_IN = 24, 25, 26, 32
# What replaces the first aux inputs: signal and how many.
AUX_BLOCKS = [(AUX_IN, 6)] + [
    (start, count) for start in (LOCAL, AES50_A, AES50_B, CARD, USER) for count in (2, 4, 6)
]
INPUTS, AUX_INPUTS = 32, 6
STREAMS = ("AES50A", "AES50B", "CARD")

# Taps of an output: a plane, and whether the strip's mute counts.
OUTPUT_PLANES = np.array(
    [layout.INPUT, layout.INPUT, layout.PRE_EQ, layout.PRE_EQ, layout.POST_EQ, layout.POST_EQ,
     layout.PRE_FADER, layout.PRE_FADER, layout.POST_FADER]
)  # fmt: skip
OUTPUT_MUTED = np.array([False, True, False, True, False, True, False, True, False])

EFFECT_SIDES = 16  # insert choices from 1 on: left and right of eight effect slots, then aux 1–6
INSERTED = 0  # source of a slot: the strips it is inserted in

SPECTRUM_POST, MONITOR_STRIP = 98, 72  # numbers of what the spectrum shows


@functools.cache
def physical(talk: int) -> Int:
    """Places of all physical signals by the console's number, not to be written to; `talk` is the talkback's place."""
    places = np.full(PHYSICAL, layout.NOWHERE)
    raw = np.array(
        [layout.place(int(layout.RAW) + i // layout.WIDTH, layout.INPUT, i % layout.WIDTH) for i in range(64)]
    )
    places[LOCAL : LOCAL + 32] = raw[:32]
    places[AES50_A : AES50_A + 32] = raw[32:]
    places[CARD : CARD + CARDS] = raw[:CARDS] + layout.place(0, layout.TRACK)
    places[AUX_IN : AUX_IN + AUX_INPUTS] = raw[32 : 32 + AUX_INPUTS]
    places[TALK_INTERNAL] = places[TALK_EXTERNAL] = talk
    places[OUTPUT : OUTPUT + 16] = send_place(np.arange(16))
    places[PERSONAL : PERSONAL + 16] = send_place(layout.PERSONAL_OUT + np.arange(16))
    places[AUX_OUT : AUX_OUT + 6] = send_place(layout.AUX_OUT + np.arange(6))
    places[MONITOR : MONITOR + 2] = send_place(layout.MONITOR_OUT + np.arange(2))
    places.setflags(write=False)
    return places


def send_place(index: Int | int) -> Int:
    """Places of the console's outputs, counted through their lanes."""
    group, lane = np.divmod(index, layout.WIDTH)
    return np.asarray(layout.place(int(layout.SEND) + group, layout.INPUT, lane))


def before_outputs(places: Int, send_patch: Int) -> Int:
    """What is at places before any output of the console, of which `send_patch` says what each takes."""
    index = (places - send_place(0)) // layout.place(1, 0) * layout.WIDTH + places % layout.WIDTH
    is_output = (places >= send_place(0)) & (index < send_patch.size)
    return np.where(is_output, send_patch[np.where(is_output, index, 0)], places)


def usb_places(tape: bool = False) -> Int:
    """Places of USB left and right: inputs of the device, or both sides of the stereo player."""
    if tape:
        return np.array([layout.place(layout.RAW, layout.TAPE, side) for side in (0, 1)])
    return np.array([layout.place(int(layout.RAW) + 2, layout.INPUT, AUX_INPUTS + side) for side in (0, 1)])


def slots(values: Values) -> Int:
    """Physical signal (its number) in each slot that strips can take: In 1–32, Aux 1–6; shape (38,)."""
    play = bool(values.row("config/routing/routswitch"))
    bank = "PLAY" if play else "IN"
    user = values.row("config/userrout/in/{user_in}")
    starts = INPUT_BLOCKS[values.row(f"config/routing/{bank}/{{block}}")]
    taken = [_signal(start + np.arange(BLOCK) if start > 0 else start - np.arange(BLOCK), user) for start in starts]
    aux = AUX_IN + np.arange(AUX_INPUTS)
    start, count = AUX_BLOCKS[int(values.row(f"config/routing/{bank}/AUX"))]
    replaced = start + np.arange(count) if start > 0 else start - np.arange(count)
    aux[:count] = _signal(replaced, user)
    return np.concatenate([*taken, aux])


def amplifiers(values: Values) -> Int:
    """Head amplifier behind each of In 1–32, Aux 1–6 and USB, counted from 0; −1 is none; shape (40,)."""
    return np.append(_amplifier(slots(values)), [-1, -1])


def _amplifier(signal: Int) -> Int:
    amplifier = np.where(signal < CARD, signal - LOCAL, signal - CARD)
    return np.asarray(np.where((signal >= LOCAL) & (signal < CARD + CARDS), amplifier, -1))


def head_amps(values: Values, kind: strips.Kind) -> Int:
    """Head amplifier that feeds each strip of a kind with sources, counted from 0; −1 is none."""
    signals = np.concatenate(([0], slots(values), np.zeros(2 + 8 + 16, np.int64)))
    return _amplifier(signals[strips.row(values, kind, "config/source")])


def _signal(number: Int, user: Int) -> Int:
    """Numbers of physical signals, user-patched ones (negative) looked up."""
    return np.where(number > 0, number, user[np.clip(USER - number, 0, len(user) - 1)])


def sources(values: Values, talk: int, tape: bool = False) -> Int:
    """Places of what strips can take as their source, by the console's number 0–64; shape (65,).

    Off, In 1–32, Aux 1–6, USB, effect returns 1–8, buses 1–16.
    """
    buses = np.array([layout.place(layout.RETURN, layout.BACK_BUS, bus) for bus in range(16)])
    return np.concatenate(
        ([layout.NOWHERE], physical(talk)[slots(values)], usb_places(tape), effect_places(values), buses)
    )


def spectrum_places(source: int) -> Int:
    """Places of both sides of what the spectrum shows, alike for all but main stereo and monitor; shape (2,).

    `source` counts the strips 0–71 and the monitor 72; from 98 on the same after their EQ.
    """
    after, which = divmod(source, SPECTRUM_POST)
    if which > MONITOR_STRIP:
        return np.full(2, layout.NOWHERE)
    if which == MONITOR_STRIP:
        return np.array([layout.place(layout.MONITOR, layout.INPUT, side) for side in (0, 1)])
    return strips.place(strip_sides(which), layout.POST_EQ if after else layout.PRE_EQ)


def strip_sides(strip: int) -> Int:
    """Lanes of both sides of a strip, counted 0–71, alike for all but main stereo; shape (2,)."""
    sides = [
        np.stack((kind.lanes[:: kind.width], kind.lanes[kind.width - 1 :: kind.width]), axis=1)
        for kind in strips.NUMBERED
    ]
    return np.asarray(np.concatenate(sides)[strip])


def selected_places(strip: int) -> Int:
    """Places of both sides of a strip at each tap a send can have; shape (2, taps)."""
    return strips.place(strip_sides(strip)[:, np.newaxis], np.arange(layout.TAPS))


def effect_sources(values: Values) -> Int:
    """What both sides of each slot are fed with: 0 the strips it is inserted in, buses, mono/centre; shape (16,)."""
    fed = [values.row(f"fx/{{slot}}/source/{side}") for side in ("l", "r")]
    return np.concatenate((np.stack(fed, axis=1).reshape(-1), np.full(EFFECT_SIDES // 2, INSERTED)))


def effect_feeds(values: Values) -> Int:
    """Places of what both sides of each slot are fed with by buses and mono/centre; shape (16,)."""
    buses = [layout.place(layout.BUS, layout.POST_FADER, bus) for bus in range(16)]
    mono = layout.place(layout.MAIN, layout.POST_FADER, layout.CENTRE)
    return np.array([layout.NOWHERE, *buses, mono])[effect_sources(values)]


def effect_returns() -> Int:
    """Places of what both sides of each slot give back; shape (16,)."""
    return np.array([layout.place(layout.RETURN, layout.BACK_EFFECT, side) for side in range(EFFECT_SIDES)])


def effect_places(values: Values) -> Int:
    """What the effect returns take: slots 1 to 4, unless they are inserted."""
    places = np.where(effect_sources(values) == INSERTED, layout.NOWHERE, effect_returns())
    return places[: EFFECT_SIDES // 2]


class Taps(NamedTuple):
    """What outputs carry, one for each."""

    places: Int
    lanes: Int
    """Of the strips that are tapped."""
    obey: Bool
    """Whether the strip's mute counts."""


def tap(source: Int, position: Int, talk: int) -> Taps:
    """What outputs carry.

    Parameters
    ----------
    source : ndarray of int
        The console's number 0–76: off, left, right, mono, buses, matrices, channels, aux, returns,
        monitor left and right, talkback.
    position : ndarray of int
        Where the strip is tapped.
    talk : int
        Place of the talkback.
    """
    order = (strips.STEREO, strips.MONO, strips.BUS, strips.MATRIX, strips.CHANNEL, strips.AUX, strips.EFFECT)
    lane = np.concatenate([[0], *(kind.lanes for kind in order), [0, 0, 0]])[source]
    is_strip = (source > 0) & (source < 74)
    others = np.full(77, layout.NOWHERE)
    others[74:76] = [layout.place(layout.MONITOR, layout.INPUT, side) for side in (0, 1)]
    others[76] = talk
    places = np.where(is_strip, strips.place(lane, OUTPUT_PLANES[position]), others[source])
    return Taps(places, lane, is_strip & OUTPUT_MUTED[position])


def xlr(values: Values, places: Int) -> Int:
    """Places of the sixteen XLR outputs, given those of all physical signals."""
    names = ("1-4", "5-8", "9-12", "13-16")
    found = []
    for quarter, name in enumerate(names):
        choice = int(values.row(f"config/routing/OUT/{name}"))
        within = np.arange(4) + 4 * (quarter % 2)
        found.append(places[_out_signal(values, choice, within)])
    return np.concatenate(found)


def stream(values: Values, port: str, places: Int) -> Int:
    """Places of what leaves through an AES50 port (AES50A, AES50B) or the CARD, given those of all physical signals."""
    if port == "CARD":
        choices = values.row("config/routing/CARD/{block}")
    else:
        choices = values.row("config/routing/{aes_port}/{aes_block}")[STREAMS.index(port)]
    return np.concatenate([places[_out_signal(values, int(choice), np.arange(BLOCK))] for choice in choices])


def _out_signal(values: Values, choice: int, within: Int) -> Int:
    """Physical signals in one block of outputs."""
    if choice == AUX_AND_MONITOR:
        return np.concatenate((AUX_OUT + np.arange(6), MONITOR + np.arange(2)))[within]
    if choice == AUX_AND_TALK:
        return np.concatenate((AUX_OUT + np.arange(6), [TALK_INTERNAL, TALK_EXTERNAL]))[within]
    if choice >= USER_IN:
        return values.row("config/userrout/in/{user_in}")[BLOCK * (choice - USER_IN) + within].astype(np.int64)
    if choice >= USER_OUT:
        return values.row("config/userrout/out/{user_out}")[BLOCK * (choice - USER_OUT) + within].astype(np.int64)
    return OUTPUT_BLOCKS[choice] + within
