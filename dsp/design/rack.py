"""The rack on the control side: from the rows of a slot to its kernel, its memory and its settings.

    fx/3/type DLY ─▶ kernel (loaded once) and memory (made anew for each choice) ─▶ draft
    fx/3/par  223 ms … ─▶ design of that type ─▶ draft

An effect that is still being loaded is not in the draft: the one before sounds until it is there.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.effects import library
from dsp.effects.memory import SLOTS
from dsp.parameters.row import Choice
from dsp.parameters.table import Values
from dsp.parameters.variant import UNUSED

Lend = Callable[[int], npt.NDArray[np.uint8]]
Load = Callable[[str], int | None]

SENDS = 4
"""Slots from the first on that buses can feed; the others are inserts always."""

def chooser(slot: int) -> str:
    """Row of the types that a slot, counted from 0, takes."""
    return "fx/{slot}" if slot < SENDS else "fx/{insert}"


def type_of(values: Values, slot: int) -> str:
    """Type of the effect in a slot, counted from 0."""
    row = values.table.rows[f"{chooser(slot)}/type"]
    assert isinstance(row, Choice)
    return row.choices[int(values.row(row.path)[slot % SENDS])]


def knobs(values: Values, slot: int) -> list[Any]:
    """Values of the parameters of the effect in a slot, in the order of its rows; choices by their token."""
    row = values.table.rows[f"{chooser(slot)}/par/{{par}}"]
    share = row.size // SENDS
    first = row.offset + slot % SENDS * share
    found: list[Any] = []
    # Read as a row, so that a sheet notes it.
    for leaf, stored in zip(range(first, first + share), values.row(row.path)[slot % SENDS].tolist(), strict=True):
        param = values.param(leaf)
        if param is UNUSED:
            break
        if isinstance(param, Choice):
            found.append(bool(stored) if param.kind == "switch" else param.choices[stored])
        else:
            found.append(param.value(stored))
    return found


class Rack:
    """Kernels and memory of the effects that are, or are about to be, in the slots.

    Parameters
    ----------
    rate : float
        Frames per second.

    Attributes
    ----------
    in_use : callable
        Tells the serial of the effect that sounds in a slot; memory of those before it is given back.
    load : callable
        Gives the address of the kernel of a type, or None as long as it is being loaded.
    lend : callable
        Gives so many bytes of memory.
    there : callable
        Tells what the address of such memory is in the process that plays.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.in_use: Callable[[int], int] = lambda slot: 0
        self.load: Load = library.code
        self.lend: Lend = library.lend
        self.there: Callable[[int], int] = int
        self._types = [""] * SLOTS
        self._set_to: list[tuple[Any, ...]] = [()] * SLOTS
        self._serial = 0
        self._memory: list[dict[int, npt.NDArray[np.float32]]] = [{} for _ in range(SLOTS)]

    def follow(self, other: "Rack") -> None:
        """Know what another rack knows, and keep what its effects remember."""
        self.in_use, self.load, self.lend, self.there = other.in_use, other.load, other.lend, other.there
        self._types, self._set_to = other._types.copy(), other._set_to.copy()
        self._serial, self._memory = other._serial, [blocks.copy() for blocks in other._memory]

    def begin_anew(self, heard: bool) -> None:
        """Put all effects into their slots once more, remembering nothing; keep memory of those that may be heard."""
        self._types, self._set_to = [""] * SLOTS, [()] * SLOTS
        if not heard:
            self._memory = [{} for _ in range(SLOTS)]

    def remembered(self) -> list[tuple[int, int]]:
        """Which part of each slot's memory is no ring: see `library.remembered`."""
        return [library.remembered(name, self.rate) for name in self._types]

    def memories(self, serials: Iterable[int], records: Iterable[int]) -> list[npt.NDArray[np.float32]] | None:
        """Memory of the effects with these serials, in these records of each slot; None when one is not the newest."""
        found = list(zip(self._memory, map(int, serials), strict=True))
        both = [blocks[serial] for blocks, serial in found if serial in blocks and serial == max(blocks)]
        return [each[record] for each, record in zip(both, records, strict=True)] if len(both) == SLOTS else None

    def resume(self, draft: npt.NDArray[Any], values: Values, effects: list[npt.NDArray[np.float32]]) -> None:
        """Go on with a draft of another rack, and memory that its effects have filled, twice as in `library`."""
        self._serial = int(draft["effect_serial"].max())
        for slot, memory in enumerate(effects):
            self._types[slot] = type_of(values, slot)
            self._memory[slot] = {int(draft["effect_serial"][slot]): memory}
            self._address(draft, slot, self.load(self._types[slot]) or 0, memory)

    def design(self, draft: npt.NDArray[Any], values: Values, slot: int) -> None:
        """Write what a slot is to be into a draft."""
        name = type_of(values, slot)
        if name != self._types[slot]:
            code = self.load(name)
            if code is None:
                return
            self._serial += 1
            memory = library.memory(name, self.rate, self.lend)
            sounding = self.in_use(slot)
            kept = {serial: block for serial, block in self._memory[slot].items() if serial >= sounding}
            self._memory[slot] = kept | {self._serial: memory}
            self._types[slot] = name  # no sooner: another thread may ask for what is remembered, see `memories`
            self._address(draft, slot, code, memory)
            draft["effect_floats"][slot] = memory.shape[1]
            draft["effect_serial"][slot] = self._serial
        set_to = (name, *knobs(values, slot))
        if set_to != self._set_to[slot]:
            self._set_to[slot] = set_to
            draft["effect"][slot] = library.design(name, set_to[1:], self.rate)

    def _address(self, draft: npt.NDArray[Any], slot: int, code: int, memory: npt.NDArray[np.float32]) -> None:
        """Write where the kernel and the memory of a slot are, for who plays, and for who rehearses in this process."""
        here = [record.ctypes.data for record in memory]
        draft["effect_code"][slot], draft["effect_memory"][slot] = code, [self.there(address) for address in here]
        draft["effect_code_here"][slot] = library.code(self._types[slot]) if code else 0
        draft["effect_memory_here"][slot] = here
