"""What the console is set to, as far as it has been heard: one place for every page that shows parameters.

    pushes and answers ─▶ take ─▶ values ─▶ pages
    a hand on a page ─▶ Link.set ─▶ (the console) ─▶ take

It stands on the console's own table, so a page knows range, unit, steps and help of whatever it shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsp.parameters.row import Param, Stored, Wire
from dsp.parameters.table import Values
from dsp.parameters.variant import Varying
from dsp.table import TABLE
from tui import strips, words

UNKNOWN = "–"
"""What stands where a value has not been heard yet."""


class Desk:
    """Values of one console.

    Attributes
    ----------
    values : Values
        As heard; the table's default where nothing was heard.
    heard : ndarray of bool, shape (table.size,)
        Which leaves have been heard.
    revision : int
        Grows with every value that changes.
    """

    def __init__(self) -> None:
        self.values = Values(TABLE)
        self.heard: NDArray[np.bool_] = np.zeros(TABLE.size, bool)
        self.revision = 0

    def take(self, address: str, argument: Wire) -> bool:
        """Take a value as it came; False when the table has no such address.

        Raises
        ------
        ValueError
            When the argument means nothing there.
        """
        leaf = TABLE.leaves.get(address)
        if leaf is None:
            return False
        news = self.values.set(leaf, self.values.param(leaf).from_wire(argument))
        if news:
            for follower in TABLE.followers.get(leaf, ()):
                self.heard[follower] = False
        self.revision += news or not self.heard[leaf]
        self.heard[leaf] = True
        return True

    def forget(self) -> None:
        """Believe nothing any more: it may be another console."""
        self.heard[:] = False
        self.revision += 1

    def param(self, address: str) -> Param:
        """What stands at an address."""
        return self.values.param(TABLE.leaves[address])

    def stored(self, address: str) -> Stored:
        """Stored value at an address."""
        return self.values.get(TABLE.leaves[address])

    def knows(self, address: str) -> bool:
        """Whether the value at an address has been heard."""
        return bool(self.heard[TABLE.leaves[address]])

    def levels_to(self, bus: int) -> NDArray[np.float64]:
        """Levels in dB of the sends of all strips to a bus counted from 1; NaN where there is none or unknown."""
        levels = np.full(len(strips.STRIPS), np.nan)
        for row, strip in enumerate(strips.STRIPS):
            leaf = TABLE.leaves.get(f"/{strip.path}/mix/{bus:02}/level")
            if leaf is not None and self.heard[leaf] and not strip.path.startswith(("bus", "main")):
                levels[row] = self.values.param(leaf).value(self.values.get(leaf))
        return levels

    def scenes(self) -> list[int]:
        """Numbers of the scenes there are, as far as that has been heard."""
        slots = ((number, words.scene_address(number, "hasdata")) for number in range(words.SCENES))
        return [number for number, address in slots if self.knows(address) and self.stored(address)]

    def text(self, address: str) -> str:
        """Value at an address for people, with its unit; `UNKNOWN` before it was heard."""
        leaf = TABLE.leaves[address]
        if not self.heard[leaf]:
            return UNKNOWN
        param = self.values.param(leaf)
        return readable(param, self.values.get(leaf))


def readable(param: Param, stored: Stored) -> str:
    """Write a value for people: a real minus sign, infinity as a sign, the unit behind it."""
    text = param.to_text(stored).strip()
    if param.kind == "text":
        return text.strip('"')
    if text == "-oo":
        return "−∞"
    if param.kind in ("level", "linear", "logarithmic") or (param.kind == "integer" and param.unit):
        text = text.lstrip("+") if param.unit == "dB" and param.lowest >= 0 else text
        text = text.replace("-", "−")
        return f"{text} {param.unit}" if param.unit else text
    return text


def read(param: Param, words: str) -> Stored:
    """Read what a person types: `-3.5`, `−3,5 dB`, `1k2`, `250ms`, `1.2s`, `off`, `+2` relative is not meant here.

    Raises
    ------
    ValueError
        When it means nothing for this parameter; the message is for people.
    """
    text = words.strip()
    if param.kind == "text":
        return param.from_wire(text)
    text = text.replace("−", "-").replace("∞", "oo")
    if param.choices:
        found = [token for token in param.choices if token.lower() == text.lower()]
        words_of = {"on": "ON", "off": "OFF", "yes": "ON", "no": "OFF"}
        return param.from_text(found[0] if found else words_of.get(text.lower(), text))
    if param.kind == "bitmap":
        return param.from_text(text)
    return param.from_text(_number(text.replace(",", "."), param.unit))


SCALES = {("Hz", "khz"): 1000.0, ("Hz", "k"): 1000.0, ("ms", "s"): 1000.0, ("s", "ms"): 0.001}
"""What a unit behind a number makes of it, where the parameter counts in another one."""


def _number(text: str, unit: str) -> str:
    """Take the unit off a number and count it in the parameter's; `1k2` and `-oo` stay as they are."""
    compact = text.replace(" ", "").lower()
    if compact in ("-oo", "oo", "-inf"):
        return "-oo"
    for (own, suffix), factor in SCALES.items():
        if own == unit and compact.endswith(suffix) and not (suffix == "s" and compact.endswith("ms")):
            try:
                return repr(float(compact.removesuffix(suffix)) * factor)
            except ValueError:
                break
    return compact.removesuffix(unit.lower()) if unit else compact


def louder(param: Param, stored: Stored, step_db: float) -> Stored:
    """A level so many decibels higher, at least one step; a closed fader opens at its lowest step."""
    if not isinstance(stored, int):
        return stored
    value = param.value(stored)
    wanted = param.nearest(float(value) + step_db) if stored else 1
    if wanted == stored or not stored:
        wanted = stored + (1 if step_db > 0 else -1)
    return min(max(int(wanted), 0), param.steps - 1)


def turned(param: Param, stored: object, steps: int) -> int | str:
    """Value so many steps on: choices and switches go round, numbers end at their ends."""
    if not isinstance(stored, int):
        return str(stored)
    if param.choices:
        return (stored + (1 if steps > 0 else -1)) % len(param.choices)
    if param.kind == "bitmap":
        return stored
    reach = max(1, min(abs(steps), param.steps // 10)) if abs(steps) > 1 else 1
    lowest, highest = (0, param.steps - 1) if param.kind != "integer" else (int(param.lowest), int(param.highest))
    return min(max(stored + (reach if steps > 0 else -reach), lowest), highest)


def default(desk: Desk, address: str) -> int | str:
    """Default of an address, of the effect that is in the slot where it is one's."""
    number = TABLE.leaves[address]
    row = TABLE.row_of(number)
    if isinstance(row, Varying):
        return desk.values.param(number).defaults()[0]
    return TABLE.texts[number] if number in TABLE.texts else int(TABLE.defaults[number])
