"""Rows whose leaves mean what another leaf says: the parameters of an effect slot.

    fx/{slot}/type      HALL
    fx/{slot}/par/{par}  └─▶ PreDelay  Decay  Size …  and nothing beyond what the type has

Such a row knows every meaning its leaves can have; which one they have now, `parameters.Values` knows.
"""

from collections.abc import Sequence
from typing import Any, NoReturn, cast

from dsp.parameters.row import Choice, Param, Stored, Wire


class Unused(Param):
    """A place the effect does not use: always 0."""

    def nearest(self, value: Any) -> int:
        """Nothing but 0."""
        return 0

    def value(self, stored: int) -> float:
        """Nothing but 0."""
        return 0.0

    def from_wire(self, argument: Wire) -> int:
        """Let any number pass, even none (NaN): clients send all places of a slot at once."""
        if isinstance(argument, str):
            raise ValueError(f"{argument!r} is not a number")
        return 0

    def to_wire(self, stored: int) -> float:
        """Nothing but 0."""
        return 0.0

    def from_text(self, token: str) -> int:
        """Let anything pass: lines hold all places of a slot, perhaps as another effect left them."""
        return 0

    def to_text(self, stored: int) -> str:
        """Nothing but 0."""
        return "0"


UNUSED = Unused("effect", "unused", 0, "The effect in this slot has no such parameter.", steps=1)


class Varying(Param):
    """A row whose leaves mean what another leaf says.

    Parameters
    ----------
    path : str
        Pattern of the address; its last axis runs along the parameters of one choice.
    chooser : Choice
        Row whose leaves choose, along the same axes but the last.
    meanings : sequence of sequence of Param
        Parameters of every choice, by its index; beyond them, places are unused.
    help : str
        One sentence for the person at the desk.
    """

    def __init__(self, path: str, chooser: Choice, meanings: Sequence[Sequence[Param]], help: str) -> None:
        super().__init__("effect", path, 0, help)
        self.chooser = chooser
        self.share = self.shape[-1]
        self._meanings = [(*meaning, *(UNUSED for _ in range(self.share - len(meaning)))) for meaning in meanings]

    def meaning(self, choice: int, place: int) -> Param:
        """What a leaf is at a place along the last axis, under a choice."""
        return self._meanings[choice][place]

    def followers(self) -> dict[int, range]:
        """Leaves of this row by the leaf that says what they mean."""
        first = range(self.offset, self.offset + self.size, self.share)
        choosers = range(self.chooser.offset, self.chooser.offset + self.chooser.size)
        return {leaf: range(start, start + self.share) for leaf, start in zip(choosers, first, strict=True)}

    def defaults(self) -> list[Stored]:
        """Stored default of every leaf under the chooser's defaults, in order."""
        return [param.defaults()[0] for choice in self.chooser.defaults() for param in self._meanings[int(choice)]]

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError(f"what {self.path} is depends on {self.chooser.path}: ask Values.param")

    # A form of its own it has not; whoever asks the row instead of the values should learn it at once.
    nearest = value = from_wire = to_wire = from_text = to_text = cast(Any, _refuse)
