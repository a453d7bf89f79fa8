"""The language again, plainly, from the frozen facts alone: what each parameter takes, sends and writes.

Nothing here comes from `dsp` or `daemon`; packets are built and read by hand.
"""

from __future__ import annotations

import csv
import itertools
import math
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parents[1] / "data"

Wire = int | float | str


# --- packets --------------------------------------------------------------------------------------------


def pad(text: str) -> bytes:
    """Text and one to four zeros."""
    data = text.encode()
    return data + b"\0" * (4 - len(data) % 4)


def build(address: str, *arguments: Wire) -> bytes:
    """Datagram of a message."""
    tags, data = ",", b""
    for argument in arguments:
        if isinstance(argument, str):
            tags, data = tags + "s", data + pad(argument)
        elif isinstance(argument, float):
            tags, data = tags + "f", data + struct.pack(">f", argument)
        else:
            tags, data = tags + "i", data + struct.pack(">i", argument)
    return pad(address) + pad(tags) + data


def read(datagram: bytes) -> tuple[Any, ...]:
    """Address and arguments of a datagram."""
    address, at = _text(datagram, 0)
    tags, at = _text(datagram, at)
    values: list[Any] = []
    for tag in tags[1:]:
        if tag == "s":
            value, at = _text(datagram, at)
        elif tag == "b":
            (size,) = struct.unpack_from(">i", datagram, at)
            value, at = datagram[at + 4 : at + 4 + size], at + 4 + (size + 3) // 4 * 4
        else:
            (value,), at = struct.unpack_from(f">{tag}", datagram, at), at + 4
        values.append(value)
    assert at == len(datagram), datagram
    return (address, *values)


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end // 4 * 4 + 4


def single(value: float) -> float:
    """The nearest number of 32 bits."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


# --- text -----------------------------------------------------------------------------------------------


def rounded(value: float, decimals: int, sign: str = "") -> str:
    """Decimals with halves away from zero, and no minus zero."""
    shifted = math.floor(abs(value) * 10**decimals + 0.5 + 1e-7) / 10**decimals
    return f"{math.copysign(shifted, value) if shifted else 0.0:{sign}.{decimals}f}"


def kilo(value: float, below: int, digits: int) -> str:
    """From 1 kHz on a k in place of the point: digits are cut off what is written."""
    text = rounded(value, below)
    whole, _, _ = text.partition(".")
    return text if value < 1000 else f"{whole[:-3]}k{whole[-3:][:digits]}"


def level(value: float) -> str:
    """Level of a fader or send."""
    if abs(value) < 0.1:
        return "  0.0"
    return f"{'-oo' if value == -math.inf else rounded(value, 1, '+'):>5}"


FORMATS: dict[str, Callable[[float], str]] = {
    "L5": level,
    ".1": lambda v: rounded(v, 1),
    ".1w5": lambda v: f"{rounded(v, 1):>5}",
    "+1": lambda v: rounded(v, 1, "+"),
    "+1w5": lambda v: f"{rounded(v, 1, '+'):>5}",
    "+2": lambda v: rounded(v, 2, "+")[:5],
    "3s": lambda v: f"{rounded(v, 2)[:4].rstrip('.'):>4}",
    "I": lambda v: rounded(v, 0),
    "I3": lambda v: f"{rounded(v, 0):>3}",
    "I4": lambda v: f"{rounded(v, 0):>{3 if v < 100 else 4}}",
    "K": lambda v: kilo(v, 1, 2),
    "Q": lambda v: " 10" if v > 9.95 else rounded(v, 1),
    "P": lambda v: rounded(v, 0, "+"),
    "%d": lambda v: rounded(v, 0),
    "%+d": lambda v: rounded(v, 0, "+"),
    "%.1f": lambda v: rounded(v, 1),
    "%.2f": lambda v: rounded(v, 2),
    "k1": lambda v: kilo(v, 0, 1),
    "k2": lambda v: kilo(v, 1, 2),
}
"""Text of a continuous value by the code of its field; the second half are those of effects."""


# --- facts ----------------------------------------------------------------------------------------------


class Trial(NamedTuple):
    """What is sent and what has to come back."""

    sent: Wire
    back: Wire
    text: str


class Fact:
    """One row of the facts: all that is known of a parameter.

    Parameters
    ----------
    row : dict
        Line of the facts.
    code : str
        How its field of a node is written.
    """

    def __init__(self, row: dict[str, str], code: str, plain: bool = False) -> None:
        self.scaling, self.code, self.plain = row["scaling"], code, plain
        self.access = row.get("access", "rw")
        self.tokens = [token for token in row["enum"].split(",") if token]
        numbers = [-math.inf if text == "-oo" else float(text or 0) for text in (row["min"], row["max"])]
        self.lowest, self.highest = numbers
        self.steps = int(row["steps"] or 0)
        self.letters = int(float(row["max"] or row["min"] or 0)) if self.scaling == "string" else 0

    @property
    def turns(self) -> bool:
        """Whether it is a position from 0 to 1 on the wire."""
        return self.scaling in ("level1024", "level161", "linf", "logf")

    @property
    def type(self) -> type:
        """Type of its answers."""
        return float if self.turns else str if self.scaling == "string" else int

    def value(self, step: int) -> float:
        """Engineering value of a step."""
        at = step / (self.steps - 1)
        if self.scaling == "linf":
            return self.lowest + at * (self.highest - self.lowest)
        if self.scaling == "logf":
            return float(self.lowest * (self.highest / self.lowest) ** at)
        if step == 0:
            return -math.inf
        parts = ((0.5, 40, -30), (0.25, 80, -50), (0.0625, 160, -70), (0.0, 480, -90))
        return next(slope * at + offset for begin, slope, offset in parts if at >= begin)

    def text(self, stored: Wire) -> str:
        """How the console writes a value; of what turns, by its step."""
        if isinstance(stored, str):
            return f'"{stored}"'
        if self.turns:
            return FORMATS[self.code](self.value(int(stored)))
        if self.tokens:
            return self.tokens[int(stored)]
        if self.scaling == "bitmap" and not self.plain:
            return f"%{int(stored):0{int(self.code[1:])}b}"
        return str(stored)

    def trials(self) -> Iterator[Trial]:
        """Lowest, middle, highest, and something off the grid or of another type."""
        if self.turns:
            last, middle = self.steps - 1, self.steps // 2
            for sent, step in ((0, 0), (middle, middle), (last, last), (middle + 0.3, middle)):
                yield Trial(sent / last, single(step / last), self.text(step))
            yield Trial(1.7, 1.0, self.text(last))
        elif self.scaling == "string":
            for sent in ("", "Größe"[: self.letters], "x" * self.letters, "y" * (self.letters + 1)):
                back = sent[: self.letters]
                yield Trial(sent, back, self.text(back))
        else:
            lowest, highest = int(self.lowest), int(self.highest)
            numbers = {lowest, (lowest + highest) // 2, highest, min(lowest + 1, highest)}
            for number in sorted(numbers):
                word = struct.unpack(">i", struct.pack(">I", number & 0xFFFFFFFF))[0]
                yield Trial(word, word, self.text(word))
            # By its token or in decimal writing, and as the float that layouts send.
            yield Trial(self.tokens[-1] if self.tokens else str(highest), word, self.text(word))
            if abs(highest) < 1 << 24:
                yield Trial(float(lowest), lowest, self.text(lowest))


def rows(name: str) -> list[dict[str, str]]:
    """Lines of a file of facts."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def expand(pattern: str) -> list[str]:
    """Addresses of a pattern such as /ch/[01..32]/mix/[01,03..15]/pan."""
    parts = []
    for part in re.split(r"(\[[^]]+\]|\{[^}]+\})", pattern):
        if part.startswith("["):
            first, *second, last = re.findall(r"\d+", part)
            step = int(second[0]) - int(first) if second else 1
            parts.append([f"{n:0{len(first)}d}" for n in range(int(first), int(last) + 1, step)])
        else:
            parts.append(part[1:-1].split(",") if part.startswith("{") else [part])
    return ["".join(labels) for labels in itertools.product(*parts)]


def codes() -> dict[str, tuple[str, bool]]:
    """Code of each leaf's field in its node, and whether a bitmap is written as a number."""
    found = {}
    for node in rows("nodes.tsv"):
        for path in expand(node["node_path"]):
            for field in node["fields"].split():
                pattern, _, code = field.rpartition(":")
                found |= {f"{path}/{name}": (code, node["plain"] == "yes") for name in expand(pattern)}
    return found


def parameters() -> list[tuple[list[str], Fact]]:
    """Every row of the table: its addresses, and what it is."""
    code = codes()
    found = []
    for row in rows("parameters.tsv"):
        addresses = expand(row["pattern"])
        found.append((addresses, Fact(row, *code[addresses[0]])))
    return found


def effects() -> dict[str, list[Fact]]:
    """Parameters of every type of effect, in order."""
    found: dict[str, list[Fact]] = {}
    for row in rows("effects.tsv"):
        found.setdefault(row["fx"], []).append(Fact(row, row["text_format"]))
    return found
