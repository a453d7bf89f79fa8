"""Consoles whose outputs are patched, and which signal is where."""

import numpy as np

from rigs import desk
from rigs.tones import TAGGED, TALK_INPUT

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
SEND_DB, MATRIX_DB, FADER_DB, MAKEUP_DB, SHELF_DB = -10.0, -5.0, -6.0, 6.0, 9.0
IN, PRE_EQ, POST_EQ, PRE, POST = range(5)
PLANE_OF = (IN, IN, PRE_EQ, PRE_EQ, POST_EQ, POST_EQ, PRE, PRE, POST)
OBEYS_MUTE = (False, True) * 4 + (True,)


class Labelled:
    """A console where every strip can be told from every other, and every tap of it from its other taps."""

    make = desk.Rig

    def __init__(self, dynamics: str, on: int = 1) -> None:
        self.rig = self.make(OUTPUTS, talk_input=TALK_INPUT)
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
            return [(bus, [(f"/ch/{bus:02}", send), (f"/bus/{bus:02}", fader), (f"/fxrtn/{number - 65:02}", 1)])]
        return [(TALK_INPUT, [("", 1)])] if number == 76 else []
