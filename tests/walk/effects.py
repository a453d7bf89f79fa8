"""How the slots of the rack are shown: each is the insert of two channels, and what comes back is what it plays.

    graphic equalisers     all 64 places of a slot: the gain at every centre is that of an analogue bell, bent as said
    gains of eight types   the type itself: the same place of a slot is another parameter, and heard as that
"""

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.signal

from rigs import desk
from walk.strips import FADER_0
from walk.walker import BURST, Ledger, Stored, Vector, Walker, codes, packet, shows

SLOTS = 8
SIDES = 2 * SLOTS
RATE = desk.RATE
CENTRES = 1000 * 2.0 ** ((np.arange(31) - 17) / 3)
QUALITY = 4.318
FLAT, STEP_DB = 30, 0.5
"""Stored value of a fader at 0 dB, and the decibels of a step."""
WITHIN_DB = 0.1
ROUND_TRIP = 64
TAKES = 1920
"""Frames in which another effect has taken over, and settings have arrived."""


class Slots:
    """Sides of the slots as inserts of channels 1 to 16, whose outputs are heard."""

    def __init__(self) -> None:
        self.walker = walker = Walker([f"ch/{n:02}" for n in range(1, SIDES + 1)])
        walker.set_row("ch/{ch}/mix/st", 0)
        walker.set_row("ch/{ch}/mix/fader", 0.0)
        walker.set_row("fx/{slot}/source/l", 0)
        walker.set_row("fx/{slot}/source/r", 0)
        sides = [f"FX{slot}{side}" for slot in range(1, SLOTS + 1) for side in "LR"]
        for n, side in enumerate(sides, 1):
            walker.set_many({f"/ch/{n:02}/insert/sel": side, f"/ch/{n:02}/insert/on": 1})

    def send(self, settings: Mapping[str, Stored]) -> None:
        """Send stored values by what they mean now, types first."""
        values = self.walker.console.values
        for number, (path, stored) in enumerate(settings.items(), 1):
            leaf = values.table.leaves[path]
            self.walker.client.send(packet.build(path, values.param(leaf).to_wire(stored)))
            if number % BURST == 0 or path.endswith("/type"):
                self.walker.net.turn()
        self.walker.net.turn()
        deaf = [path for path, stored in settings.items() if values.get(values.table.leaves[path]) != stored]
        assert not deaf, f"not taken: {deaf[:8]}"

    def choose(self, slot: int, name: str) -> None:
        """Put a type into a slot, and let it take over."""
        values = self.walker.console.values
        path = f"/fx/{slot}/type"
        self.send({path: values.param(values.table.leaves[path]).from_text(name)})

    def play(self, x: Vector) -> Vector:
        """Play (frames,) into all sides, or (frames, sides); what comes back, as loud as it comes."""
        each = x[:, np.newaxis] + np.zeros(SIDES) if x.ndim == 1 else x
        inputs = np.zeros((len(each), 64), np.float32)
        inputs[:, : each.shape[1]] = each
        return np.asarray(self.walker.play(inputs)[:, :SIDES], np.float64) / FADER_0

    def response(self, seconds: int = 1) -> Vector:
        """Gain in dB at all centres, shape (31, sides)."""
        x = np.zeros(seconds * RATE)
        x[0] = 1
        y = self.play(x)
        turns = np.exp(-2j * np.pi * np.outer(CENTRES, np.arange(len(y)) - ROUND_TRIP) / RATE)
        return np.asarray(20 * np.log10(np.abs(turns @ y) + 1e-12))


def bells_db(faders_db: Sequence[float]) -> Vector:
    """Gain at all centres of bells in series: each s² + s·A/Q + 1 over s² + s/(A·Q) + 1, pre-warped."""
    total = np.zeros(31)
    for centre, gain_db in zip(CENTRES, faders_db, strict=True):
        if gain_db:
            a, w = 10 ** (gain_db / 40), 2 * RATE * np.tan(np.pi * centre / RATE)
            above, below = [1, w * a / QUALITY, w * w], [1, w / (a * QUALITY), w * w]
            _, gain = scipy.signal.freqz(*scipy.signal.bilinear(above, below, RATE), CENTRES, fs=RATE)
            total += 20 * np.log10(np.abs(gain))
    return total


@shows("fx/{slot}/par/{par}", "fx/{insert}/par/{par}")
def faders_of_graphic_equalisers(ledger: Ledger) -> None:
    """Two graphic equalisers in each slot: 31 faders and a level on either side."""
    slots = Slots()
    with slots.walker:
        for slot in range(1, SLOTS + 1):
            slots.choose(slot, "GEQ2")
        slots.play(np.zeros(TAKES))
        paths = [f"/fx/{slot}/par/{place:02d}" for slot in range(1, SLOTS + 1) for place in range(1, 65)]
        palette = [FLAT, FLAT - 9, FLAT + 5]
        for phase in codes(len(paths), len(palette)):
            moved = {path: palette[choice] for path, choice in zip(paths, phase, strict=True)}
            slots.send(moved)
            slots.play(np.zeros(TAKES))
            heard = slots.response()
            for side in range(SIDES):
                own = paths[32 * side : 32 * side + 32]
                faders = [(moved[path] - FLAT) * STEP_DB for path in own]
                expected = bells_db(faders[:31]) + faders[31]
                for path in own:
                    ledger.note(path, moved[path], heard[:, side], expected, WITHIN_DB)


GAINS = {
    "GEQ": {32: -6.0}, "TEQ": {32: 4.0}, "IMG": {7: -3.0}, "EDI": {8: 5.0}, "WAVD": {3: -9.0, 6: -9.0},
    "P1A": {2: 3.0, 11: "OFF"}, "PQ5": {2: -4.5, 9: "OFF"}, "GEQ2": {32: 2.0, 64: 2.0},
}  # fmt: skip
"""Places of a type that set its gain; all else is neutral."""


@shows("fx/{slot}/type", "fx/{insert}/type")
def types_by_their_gains(ledger: Ledger) -> None:
    """What a slot is decides which of its places is its gain."""
    slots = Slots()
    with slots.walker:
        values = slots.walker.console.values
        for turn in range(len(GAINS)):
            wanted = []
            for slot in range(1, SLOTS + 1):
                name, knobs = list(GAINS.items())[(turn + slot) % len(GAINS)]
                slots.choose(slot, name)
                for place, value in knobs.items():
                    path = f"/fx/{slot}/par/{place:02d}"
                    param = values.param(values.table.leaves[path])
                    slots.send({path: param.from_text(value) if isinstance(value, str) else param.nearest(value)})
                wanted.append(next(value for value in knobs.values() if isinstance(value, float)))
            slots.play(np.zeros(TAKES))
            heard = slots.response()
            for slot, gain_db in enumerate(wanted, 1):
                path = f"/fx/{slot}/type"
                stored = values.get(values.table.leaves[path])
                ledger.note(path, stored, heard[12, 2 * slot - 2 : 2 * slot], [gain_db, gain_db], 0.05)


