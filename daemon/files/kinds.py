"""Every kind of file that holds lines of a console, by its header or its ending, and its lines well formed.

    .scn scene · .snp snippet · .chn channel · .efx effect · .rou routing · .mon personal monitors
    .shw show · .lib list of the libraries
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from daemon.files import nodeline, preset, reading, scene, snippet
from daemon.files.reading import Problem, Source
from dsp.parameters.table import Values


class Kind(Enum):
    """What a file is."""

    SCENE = auto()
    SNIPPET = auto()
    CHANNEL = auto()
    EFFECT = auto()
    ROUTING = auto()
    MONITORS = auto()
    SHOW = auto()
    LIBRARY = auto()
    LINES = auto()
    """Whatever else has lines: preferences."""


LACKING = {
    Kind.CHANNEL: preset.MODELS,
    Kind.EFFECT: ("/fx/1",),
    Kind.SHOW: ("/-show/showfile",),
    Kind.LIBRARY: ("/-libs",),
}
"""Beginnings that the paths in a kind of file lack; where there are several, the first that makes sense."""

PRESETS = (Kind.CHANNEL, Kind.EFFECT, Kind.ROUTING, Kind.MONITORS)
"""By their number in the header."""

_ENDINGS = {
    ".scn": Kind.SCENE, ".snp": Kind.SNIPPET, ".chn": Kind.CHANNEL, ".efx": Kind.EFFECT, ".rou": Kind.ROUTING,
    ".mon": Kind.MONITORS, ".shw": Kind.SHOW, ".lib": Kind.LIBRARY,
}  # fmt: skip
_BITS = re.compile("%[01]+")
_BARE = (Kind.EFFECT, Kind.SHOW, Kind.LIBRARY)
"""Kinds whose lines begin without a slash."""

EVERYTHING = ["134217727", "-1", "-1", "65535"]
"""Masks of a snippet that holds all there is."""


class Line(NamedTuple):
    """A line that is understood."""

    number: int
    text: str
    """As this console would write it."""
    others: list[str]
    """What is kept as something else than is written."""


class File(NamedTuple):
    """A file that was read."""

    kind: Kind
    values: Values
    lines: list[Line]
    problems: list[Problem]


def kind_of(path: Path, data: bytes) -> Kind:
    """Kind of a file: of a preset the ending counts, as for a desk; of others the header, then the ending."""
    words, ending = scene.header_of(data), _ENDINGS.get(path.suffix.lower())
    is_titled = len(words) > 1 and words[0].startswith('"')
    if is_titled and words[1].startswith('"'):
        return Kind.SCENE
    if ending in PRESETS:
        return ending
    if is_titled:
        return Kind.SNIPPET
    if len(words) > 2 and words[2] in "0123":
        return PRESETS[int(words[2])]
    return ending or (Kind.LINES if data.startswith(b"#") and not words else Kind.SCENE)


def read(path: Path, source: Source, values: Values) -> File:
    """Read a file of any kind into values, line by line.

    Raises
    ------
    SceneError
        When it is empty, binary or cut off; the message is for people.
    """
    file = File(kind_of(path, source.data), values, [], [])
    found = reading.Reading(source, values.table.size)
    whole = scene.Lines(values, source.exact or {})

    def apply(line: str) -> Iterator[int]:
        if file.kind in LACKING:
            leaves = _inside(file, line)
        elif file.kind is Kind.LINES:
            leaves = _set(values, line)
        else:
            leaves = whole.apply(line)
        done = []
        try:
            for leaf in leaves:
                done.append(leaf)
                yield leaf
        finally:
            if done:
                file.lines.append(Line(found.number, *_formed(file, line, done)))

    found.each(apply)
    found.refuse_parts(values)
    file.problems.extend(found.problems)
    return file


def header(file: File, source: Source, name: str) -> str:
    """First line of a file: its own, well formed; a file without one is given what it holds."""
    words = scene.header_of(source.data)
    if file.kind is Kind.SNIPPET:
        return snippet.header(words[0].strip('"') if words else name, words[1:5] if len(words) > 4 else EVERYTHING)
    if file.kind in PRESETS:
        slot, title, flags = _preset_header(words, name)
        return preset.header(slot - 1, title, PRESETS.index(file.kind), _flags(file) if flags is None else flags)
    return "#4.0#"


def _preset_header(words: list[str], name: str) -> tuple[int, str, int | None]:
    """Slot, title and flags of the header of a preset, as far as it has them."""
    slot, words = (int(words[0]), words[1:]) if words and words[0].isdecimal() else (1, words)
    title = words[0].strip('"') if words else name
    flags = words[2] if len(words) > 2 else ""
    if _BITS.fullmatch(flags):
        return slot, title, int(flags.removeprefix("%"), 2)
    return slot, title, int(flags) if flags.isdecimal() else None


def _flags(file: File) -> int:
    if file.kind is Kind.EFFECT:
        return preset.effect_number(file.values, 0)
    return preset.channel_flags(file.values, 0) if file.kind is Kind.CHANNEL else 0


def _inside(file: File, line: str) -> Iterator[int]:
    """Set what a line says whose path lacks its beginning: the first that understands it says what it means."""
    models = [""] if line.startswith(preset.HEAD_AMPLIFIER) else [*LACKING[file.kind]]
    for model in models[: len(models) - 1]:
        try:
            list(nodeline.fields(file.values, line, f"{model}/", {}))
        except nodeline.LineError:
            continue
        return _set(file.values, line, f"{model}/")
    return _set(file.values, line, f"{models[-1]}/")


def _set(values: Values, line: str, prefix: str = "/") -> Iterator[int]:
    exact: Mapping[str, int] = {}
    for leaf, stored in nodeline.fields(values, line, prefix, exact):
        values.set(leaf, stored)
        yield leaf


def _formed(file: File, line: str, leaves: list[int]) -> tuple[str, list[str]]:
    """A line as this console would write it, and what is kept as something else."""
    values = file.values
    tokens = nodeline.split(line)
    path = next(tokens)
    path = path.removeprefix("/") if file.kind in _BARE else "/" + path.removeprefix("/")
    others = []
    for leaf, token in zip(leaves, tokens, strict=False):
        kept = values.text(leaf).strip()
        if kept.strip('"') != token.strip('"'):
            others.append(f"{values.table.path_of(leaf)}: {token} is kept as {kept}")
    return f"{path} {nodeline.text_of(values, tuple(leaves))}", others
