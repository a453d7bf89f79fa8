"""A row of the table: what one parameter of the console is.

A row describes a pattern such as ``ch/{ch}/eq/{band}/f`` and all that follows from it: addresses,
wire form, text, grid.

Every value is *stored* as a whole number: a continuous parameter as the index of its grid step, so
that it can't lie between two steps; a choice as its index, a switch as 0 or 1, bits as they are.
Texts are stored as they are.
"""

import itertools
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dsp.parameters import axis, scales

Wire = int | float | str
"""An argument of an OSC message, as python-osc hands it over."""

Stored = int | str
Default = float | str | Sequence[float] | Sequence[str]
Access = Literal["rw", "ro", "wo"]

_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")
_BITS = re.compile(r"%[01]{1,32}")
_WORD = 32


class Param(ABC):
    """One row of the table.

    Parameters
    ----------
    kind : str
        "level", "linear", "logarithmic", "integer", "enum", "switch", "bitmap", "text" or "effect".
    path : str
        Pattern of the address, without the leading slash.
    default : float, str or sequence
        In engineering units, a choice by its token; a sequence runs along the last axis, or all of them.
    help : str
        One sentence for the person at the desk.
    unit : str
        "dB", "Hz", "ms", "s", "m", "%" or nothing.
    lowest, highest : float
        Ends of the range in engineering units (`lowest` is at position 0); for a text, `highest`
        is the greatest number of letters.
    steps : int
        Number of different values; 0 for a text.
    choices : tuple of str
        Tokens of a choice or switch, by index.

    Attributes
    ----------
    offset : int
        Number of the first leaf, set by the table.
    access : str
        "rw"; "ro" for what the console only tells; "wo" for what only makes it do something.
    """

    offset: int
    access: Access = "rw"

    def __init__(
        self,
        kind: str,
        path: str,
        default: Default,
        help: str,
        *,
        unit: str = "",
        lowest: float = 0,
        highest: float = 0,
        steps: int = 0,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.kind, self.path, self.default, self.help = kind, path, default, help
        self.unit, self.lowest, self.highest, self.steps, self.choices = unit, lowest, highest, steps, choices

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes the path runs along."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes; () for a single leaf."""
        return tuple(len(axis.LABELS[name]) for name in self.axes)

    @cached_property
    def size(self) -> int:
        """Number of leaves."""
        return math.prod(self.shape)

    @property
    def in_scene(self) -> bool:
        """Whether scenes hold it; the console marks what they don't with a dash."""
        return not self.path.startswith("-")

    def addresses(self) -> list[str]:
        """OSC address of every leaf, in order."""
        parts = [axis.LABELS[part[1:-1]] if part.startswith("{") else (part,) for part in self.path.split("/")]
        return ["/" + "/".join(labels) for labels in itertools.product(*parts)]

    def defaults(self) -> list[Stored]:
        """Stored default of every leaf, in order."""
        along = [self.default] if isinstance(self.default, str | float | int) else self.default
        return [self.nearest(value) for value in along] * (self.size // len(along))

    @abstractmethod
    def nearest(self, value: Any) -> Stored:
        """Stored form of an engineering value: the nearest there is."""

    @abstractmethod
    def value(self, stored: Any) -> float | str:
        """Engineering value of a stored one: a number, the token of a choice, or the text."""

    @abstractmethod
    def from_wire(self, argument: Wire) -> Stored:
        """Stored form of an OSC argument.

        Raises
        ------
        ValueError
            When the argument means nothing here; the message is for people.
        """

    @abstractmethod
    def to_wire(self, stored: Any) -> Wire:
        """OSC argument of a stored value."""

    @abstractmethod
    def from_text(self, token: str) -> Stored:
        """Stored form of a token of a node line or scene file.

        Raises
        ------
        ValueError
            When the token means nothing here; the message is for people.
        """

    @abstractmethod
    def to_text(self, stored: Any) -> str:
        """Token for a node line or scene file, padded as the desk pads it."""


class Continuous(Param):
    """A parameter that turns: stored as the index of its step, a position from 0 to 1 on the wire."""

    def __init__(self, *args: Any, scale: scales.Scale, text: scales.Format, **about: Any) -> None:
        super().__init__(*args, **about)
        self.scale, self.text = scale, text
        self.read = scales.number_or_silence if self.lowest == scales.SILENT else scales.number

    @cached_property
    def grid(self) -> npt.NDArray[np.float64]:
        """Engineering value of every step; shape (steps,)."""
        values = self.scale.value(np.arange(self.steps) / (self.steps - 1))
        if self.lowest == scales.SILENT:
            # A fader of 1,024 steps has none at 0 dB: the one that is written 0.0 has to be unity, not -0.01 dB.
            values[self.nearest(0.0)] = 0.0
        return values

    @cached_property
    def positions(self) -> list[float]:
        """Position of every step as the desk sends it: i / (steps - 1) in single precision."""
        return [float(position) for position in (np.arange(self.steps) / (self.steps - 1)).astype(np.float32)]

    def _index(self, position: float) -> int:
        return int(min(max(position, 0.0), 1.0) * (self.steps - 1) + 0.5)

    def nearest(self, value: float) -> int:
        """Index of the step nearest to a value, measured along the scale."""
        return self._index(float(self.scale.position(value)))

    def value(self, stored: int) -> float:
        """Value of a step."""
        return float(self.grid[stored])

    def from_wire(self, argument: Wire) -> int:
        """Index of the step nearest to a position, or to a value written as text; beyond the ends is at the end."""
        if isinstance(argument, str):
            return self.from_text(argument)
        if not math.isfinite(argument):
            raise ValueError(f"{argument!r} is not a position from 0.0 to 1.0")
        if isinstance(argument, int) and argument not in (0, 1):
            raise ValueError(f"{argument} is not a position: a whole number must be 0 or 1")
        return self._index(argument)

    def to_wire(self, stored: int) -> float:
        """Position of a step."""
        return self.positions[stored]

    def from_text(self, token: str) -> int:
        """Index of the step nearest to a written value, or of the one beside it that is written so."""
        index = self.nearest(self.read(token))
        # The desk cuts digits off (1049 Hz is 1k0), which may bring a value nearer to another step.
        beside = (step for step in (index, index + 1, index - 1) if 0 <= step < self.steps)
        return next((step for step in beside if self._is(step, token)), index)

    def _is(self, stored: int, token: str) -> bool:
        return self.to_text(stored).strip() == token.strip()

    def to_text(self, stored: int) -> str:
        """Write the value of a step."""
        return self.text(self.value(stored))


class Whole(Param):
    """A whole number, stored and sent as it is."""

    def _checked(self, number: int) -> int:
        if not self.lowest <= number <= self.highest:
            raise ValueError(f"{number} is not within {self.lowest}…{self.highest}")
        return number

    def nearest(self, value: float) -> int:
        """Hold a number within the range."""
        return int(min(max(round(value), self.lowest), self.highest))

    def value(self, stored: int) -> int:
        """Number itself."""
        return stored

    def from_wire(self, argument: Wire) -> int:
        """Take a whole number, or one in decimal writing."""
        if isinstance(argument, float):
            raise ValueError(f"{argument!r} is not a whole number")
        return self.from_text(argument) if isinstance(argument, str) else self._checked(argument)

    def to_wire(self, stored: int) -> int:
        """Number itself."""
        return stored

    def from_text(self, token: str) -> int:
        """Read a number."""
        if not _WHOLE.fullmatch(token):
            raise ValueError(f"{token!r} is not a whole number")
        return self._checked(int(token))

    def to_text(self, stored: int) -> str:
        """Write the number."""
        return str(stored)


class Bits(Whole):
    """A set of members, bit 0 the first; 32 of them are stored and sent as a signed number.

    Parameters
    ----------
    plain : bool
        Written as a number instead of as binary digits.
    """

    def __init__(self, *args: Any, plain: bool, **about: Any) -> None:
        super().__init__(*args, **about)
        self.plain = plain
        self._digits = self.steps.bit_length() - 1

    def _checked(self, number: int) -> int:
        if self._digits == _WORD and -(2 ** (_WORD - 1)) <= number < 0:
            return number
        number = super()._checked(number)
        return number - 2**_WORD if number >= 2 ** (_WORD - 1) else number

    def from_text(self, token: str) -> int:
        """Read bits as `%` and binary digits, or a number."""
        return self._checked(int(token[1:], 2)) if _BITS.fullmatch(token) else super().from_text(token)

    def to_text(self, stored: int) -> str:
        """Write all bits, the highest first, or the number."""
        return str(stored) if self.plain else f"%{stored:0{self._digits}b}"


class Choice(Param):
    """One of several named things, or a switch (OFF, ON): stored and sent as its index."""

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {token: index for index, token in enumerate(self.choices)}

    def nearest(self, value: str) -> int:
        """Index of a token."""
        return self.choices.index(value)

    def value(self, stored: int) -> str:
        """Token of an index."""
        return self.choices[stored]

    def from_wire(self, argument: Wire) -> int:
        """Take an index, a token, or a float to be rounded (layouts send floats to switches)."""
        if isinstance(argument, str):
            return self.from_text(argument)
        index = round(argument) if math.isfinite(argument) else -1
        if not 0 <= index < self.steps:
            raise ValueError(f"{argument!r} is not within 0…{self.steps - 1}")
        return index

    def to_wire(self, stored: int) -> int:
        """Index itself."""
        return stored

    def from_text(self, token: str) -> int:
        """Index of a token in exact spelling."""
        index = self._indices.get(token)
        if index is None:
            raise ValueError(f"{token!r} is not one of {' '.join(self.choices)}")
        return index

    def to_text(self, stored: int) -> str:
        """Token of an index."""
        return self.choices[stored]


class Text(Param):
    """A name, cut to its greatest length; it can't hold what would break a line of text."""

    def nearest(self, value: str) -> str:
        """Make a text fit: no control characters, no double quotes (lines can't escape them), no excess."""
        return "".join(c for c in value.replace('"', "'") if c.isprintable())[: int(self.highest)]

    def value(self, stored: str) -> str:
        """Text itself."""
        return stored

    def from_wire(self, argument: Wire) -> str:
        """Take any string."""
        if not isinstance(argument, str):
            raise ValueError(f"{argument!r} is not a text")
        return self.nearest(argument)

    def to_wire(self, stored: str) -> str:
        """Text itself."""
        return stored

    def from_text(self, token: str) -> str:
        """Take a token with or without its double quotes."""
        return self.nearest(token[1:-1] if len(token) > 1 and token[0] == token[-1] == '"' else token)

    def to_text(self, stored: str) -> str:
        """Put the text in double quotes."""
        return f'"{stored}"'
