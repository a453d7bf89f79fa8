"""A mastering chain, as a project states it: what is absent does nothing.

    low cut, EQ, side EQ, width, mono below ─▶ de-esser ─▶ compressor ─▶ multiband ─▶ saturation ─▶ reverb

Every number has its range beside it; `read` makes a chain of a table of TOML, or says what is wrong there.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from daemon import errors
from daemon.album import curves

PHASES = ("minimum", "linear")
SLOPES = ("12", "48")
VOICES = ("FEM", "MALE")
REVERBS = ("HALL", "PLAT", "CHAM", "ROOM", "AMBI")
BAND_LIMITS = ((10.0, 24_000.0), (-15.0, 15.0), (0.1, 20.0))
BAND_WORDS = ("frequency", "gain", "quality")

Part = TypeVar("Part")


def _number(default: float, lowest: float, highest: float) -> Any:
    return field(default=default, metadata={"limits": (lowest, highest)})


def _word(default: str, *words: str) -> Any:
    return field(default=default, metadata={"words": words})


@dataclass(frozen=True)
class Compressor:
    """The console's compressor, both sides alike, with a look ahead."""

    threshold_db: float = _number(-18.0, -60.0, 0.0)
    ratio: float = _number(1.5, 1.0, 20.0)
    attack_ms: float = _number(30.0, 0.1, 200.0)
    release_ms: float = _number(250.0, 5.0, 4000.0)
    knee_db: float = _number(6.0, 0.0, 20.0)
    makeup_db: float = _number(0.0, 0.0, 24.0)
    mix_percent: float = _number(100.0, 0.0, 100.0)
    look_ahead_ms: float = _number(5.0, 0.0, 20.0)
    key_low_cut_hz: float = _number(60.0, 0.0, 500.0)
    """Below this it does not listen; 0 listens to everything."""


@dataclass(frozen=True)
class Multiband:
    """The rack's combinator: five bands."""

    threshold_db: float = _number(-20.0, -40.0, 0.0)
    ratio: float = _number(1.5, 1.1, 10.0)
    attack: float = _number(10.0, 0.0, 19.0)
    release_ms: float = _number(300.0, 20.0, 3000.0)
    gain_db: float = _number(0.0, -10.0, 10.0)
    mix_percent: float = _number(100.0, 0.0, 100.0)
    slope: str = _word("12", *SLOPES)
    """Of its crossovers, in dB per octave; 12 turns the phase less."""


@dataclass(frozen=True)
class DeEsser:
    """The rack's de-esser."""

    low: float = _number(15.0, 0.0, 50.0)
    high: float = _number(15.0, 0.0, 50.0)
    voice: str = _word("FEM", *VOICES)


@dataclass(frozen=True)
class Saturation:
    """A soft bend of the peaks, without aliases; what is quiet stays as it is."""

    drive_db: float = _number(0.0, -24.0, 18.0)
    mix_percent: float = _number(100.0, 0.0, 100.0)


@dataclass(frozen=True)
class Reverb:
    """A touch of the rack's reverb beside the song."""

    kind: str = _word("HALL", *REVERBS)
    decay_s: float = _number(1.5, 0.2, 5.0)
    pre_delay_ms: float = _number(20.0, 0.0, 200.0)
    level_db: float = _number(-24.0, -60.0, 0.0)


@dataclass(frozen=True)
class Polish:
    """A whole chain."""

    phase: str = _word("minimum", *PHASES)
    low_cut: float = _number(0.0, 0.0, 400.0)
    """In Hz, 12 dB per octave; 0 is off."""
    eq: tuple[curves.Band, ...] = ()
    side_eq: tuple[curves.Band, ...] = ()
    """On what both sides have apart."""
    width: float = _number(1.0, 0.0, 2.0)
    mono_below: float = _number(0.0, 0.0, 400.0)
    """In Hz; 0 is off."""
    compressor: Compressor | None = None
    multiband: Multiband | None = None
    deesser: DeEsser | None = None
    saturation: Saturation | None = None
    reverb: Reverb | None = None


PARTS: dict[str, type[Any]] = {
    "compressor": Compressor, "multiband": Multiband, "deesser": DeEsser, "saturation": Saturation, "reverb": Reverb,
}  # fmt: skip


def read(table: Mapping[str, Any], where: str) -> Polish:
    """A chain of what a project says.

    Parameters
    ----------
    table : mapping
        Keys are those of `Polish`.
    where : str
        What a message calls it.

    Raises
    ------
    Refusal
        When a key is none, or a value is not in its range.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key in PARTS:
            found[key] = _part(PARTS[key], value, f"{where}: {key}")
        elif key in ("eq", "side_eq"):
            found[key] = _bands(value, f"{where}: {key}")
        else:
            found[key] = _checked(Polish, key, value, where)
    return Polish(**found)


def _part(kind: type[Part], value: Any, where: str) -> Part:
    if not isinstance(value, Mapping):
        raise errors.Refusal(f"{where} is not {value!r} but a table, such as {{}} for one as it usually is")
    return kind(**{key: _checked(kind, key, each, where) for key, each in value.items()})


def _checked(kind: type[Any], key: str, value: Any, where: str) -> Any:
    """A value of a key of this part, in its range."""
    known = {each.name: each for each in dataclasses.fields(kind)}
    if key not in known:
        raise errors.Refusal(f"{where}: there is no {key!r}; there are {', '.join(known)}")
    meant = known[key].metadata
    if words := meant.get("words"):
        if value not in words:
            raise errors.Refusal(f"{where}: {key} is not {value!r}; it is one of {', '.join(words)}")
        return value
    lowest, highest = meant["limits"]
    return _within(value, lowest, highest, f"{where}: {key}")


def _within(value: Any, lowest: float, highest: float, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise errors.Refusal(f"{where} is not {value!r} but a number from {lowest:g} to {highest:g}")
    return float(value)


def _bands(value: Any, where: str) -> tuple[curves.Band, ...]:
    if not isinstance(value, list | tuple):
        raise errors.Refusal(f'{where} is a list of bands, such as [["bell", 2500, -1.5, 1.0]]')
    return tuple(_band(each, f"{where}: band {number}") for number, each in enumerate(value, 1))


def _band(value: Any, where: str) -> curves.Band:
    if not isinstance(value, list | tuple) or len(value) != 4 or not isinstance(value[0], str):
        raise errors.Refusal(f'{where} is not {value!r} but kind, Hz, dB, quality, such as ["bell", 2500, -1.5, 1.0]')
    kind = curves.kind(value[0]).name.lower()
    freq, gain, q = (
        _within(each, *limits, f"{where}: its {word}")
        for each, limits, word in zip(value[1:], BAND_LIMITS, BAND_WORDS, strict=True)
    )
    return kind, freq, gain, q
