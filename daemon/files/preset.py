"""Presets as text: one strip, one effect, the routing, or the personal monitors.

.chn  lines of a strip without the strip's address: /config "Kick" 3 YE, /gate ON EXP4 …
.efx  type, source and par of an effect, without slashes
.rou  whole lines of the routing and the outputs
.mon  whole lines of the personal monitors
"""

from collections.abc import Iterable, Iterator

import numpy as np

from daemon.desk import parts
from daemon.desk.parts import Mask, Part
from daemon.files import nodeline, scene
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

HEAD_AMPLIFIER = "/headamp/"

# What each bit of the scope of a load lets through.
SCOPES: tuple[tuple[Part, ...], ...] = (
    (Part.PREAMP, Part.HEADAMP),
    (Part.CONFIG, Part.GROUPS, Part.INSERT),
    (Part.GATE,),
    (Part.DYNAMICS,),
    (Part.EQ,),
    (Part.SEND, Part.MATRIX, Part.FADER, Part.MAIN, Part.MUTE),
)
ALL_SCOPES = (1 << len(SCOPES)) - 1

EFFECT = 1
"""Kind of an effect's preset, as its header has it."""

_SPLIT = ("/mix",)
_LEFT_OUT = ("/config/source", "/mix/on")
"""What a desk leaves out of the preset of a channel: where it comes from, and whether it is heard."""

_MODELS = ("/ch/01", "/bus/01", "/mtx/01", "/main/st", "/main/m", "/auxin/01", "/fxrtn/01")
"""Strips of every family: the first that understands a line says what it means."""

_PHANTOM = 0
_ON = {"/delay/on": 1, "/preamp/hpon": 2, "/gate/on": 3, "/eq/on": 4, "/dyn/on": 5}
_THERE = {
    "/preamp/trim": 8, "/config/name": 9, "/preamp/hpf": 10, "/gate/thr": 11, "/eq/1/type": 12, "/dyn/thr": 13,
}  # fmt: skip
"""Bits of the header of a channel's preset, by what they tell of."""

EFFECT_NUMBERS = (
    *("HALL", "CHAM", "ROOM", "RPLT", "PLAT", "AMBI", "GATE", "RVRS", "VRM", "VREV", "CRS", "FLNG", "PIT"),
    *("PIT2", "CR/R", "FL/R", "D/RV", "D/CR", "D/FL", "MODD", "DLY", "3TAP", "4TAP", "GEQ", "GEQ2", "TEQ"),
    *("TEQ2", "PHAS", "ROTA", "WAVD", "LIM", "ENH", "ENH2", "EXC", "EXC2", "AMP", "AMP2", "DRV", "DRV2"),
    *("IMG", "PAN", "FILT", "DES", "DES2", "P1A", "P1A2", "PQ5", "PQ5S", "FAC", "FAC1M", "FAC2", "LEC"),
    *("LEC2", "ULC", "ULC2", "SON", "EDI", "SUB", "DIMC", "CMB", "CMB2"),
)
"""Types of effects by the number that presets show them under."""


def header(slot: int, name: str, kind: int, flags: int) -> str:
    """First line of a preset: its place from 1 on, its name, its kind, what it holds."""
    # An effect shows its number, everything else bits; the list of presets has bits for all.
    shown = str(flags) if kind == EFFECT else f"%{flags:016b}"
    return f'#4.0# {slot + 1} "{scene.quotable(name)}" {kind} {shown} 1'.ljust(scene.HEADER_WIDTH)


# --- channels -----------------------------------------------------------------------------------------


def channel_lines(values: Values, strip: int) -> Iterator[str]:
    """Lines of a strip's preset."""
    base = parts.strip_path(strip)
    for path, leaves in values.table.nodes.items():
        if not path.startswith(f"{base}/"):
            continue
        inside = path.removeprefix(base)
        held = [leaf for leaf in leaves if values.table.path_of(leaf).removeprefix(base) not in _LEFT_OUT]
        if inside in _SPLIT:
            for leaf in held:
                yield f"{values.table.path_of(leaf).removeprefix(base)} {values.text(leaf)}"
        else:
            yield f"{inside} {nodeline.text_of(values, tuple(held))}"
    for leaf in _head_amplifier(values, strip)[:1]:
        node = values.table.path_of(leaf).rpartition("/")[0]
        yield f"{node} {nodeline.text_of(values, values.table.nodes[node])}"


def channel_flags(values: Values, strip: int) -> int:
    """What a strip's preset shows before it is loaded: what is on, what there is."""
    base, leaves = parts.strip_path(strip), values.table.leaves
    there = {path: leaves[base + path] for path in (*_ON, *_THERE) if base + path in leaves}
    bits = [bit for path, bit in _ON.items() if path in there and values.get(there[path])]
    bits += [bit for path, bit in _THERE.items() if path in there]
    bits += [_PHANTOM for leaf in _head_amplifier(values, strip)[1:] if values.get(leaf)]
    return sum(1 << bit for bit in bits)


def load_channel(data: bytes, values: Values, strip: int, scope: int) -> None:
    """Put the preset of any strip into a strip, as far as it has such parameters.

    Parameters
    ----------
    data : bytes
        Content of the file.
    values : Values
        Where it goes.
    strip : int
        Number of the strip.
    scope : int
        Bits of what is loaded, see `SCOPES`.

    Raises
    ------
    LineError
        When a line means nothing on any strip; the values are then half set and of no use.
    """
    where, base = parts.of(values.table), parts.strip_path(strip)
    chosen = where.parts(*(part for bit, parts in enumerate(SCOPES) if scope >> bit & 1 for part in parts))
    own_head = _head_amplifier(values, strip)
    for line in _lines(data):
        fields = _understood(values, line)
        if line.startswith(HEAD_AMPLIFIER):
            found = dict(zip(own_head, [token for _, token in fields], strict=False))
        else:
            found = {
                leaf: token
                for path, token in fields
                if (leaf := values.table.leaves.get(base + path)) is not None
            }
        for leaf, token in found.items():
            if chosen[leaf]:
                _set_if_fits(values, leaf, token)


def _understood(values: Values, line: str) -> list[tuple[str, str]]:
    """Addresses inside a strip that a line sets, and the tokens."""
    if line.startswith(HEAD_AMPLIFIER):
        return [(values.table.path_of(leaf), token) for leaf, token in _tokens(values, line, "")]
    reason = None
    for model in _MODELS:
        try:
            return [
                (values.table.path_of(leaf).removeprefix(model), token)
                for leaf, token in _tokens(values, line, model)
            ]
        except nodeline.LineError as error:
            reason = reason or error
    raise reason or nodeline.LineError(line)


def _tokens(values: Values, line: str, base: str) -> list[tuple[int, str]]:
    """Leaves that a line sets, and their values as the desk writes them."""
    found: list[tuple[int, Stored]] = list(nodeline.fields(values, line.removeprefix("/"), f"{base}/"))
    return [(leaf, values.param(leaf).to_text(stored)) for leaf, stored in found]


def _set_if_fits(values: Values, leaf: int, token: str) -> None:
    """Set a value that another sort of strip may not have."""
    try:
        stored = nodeline.understood(values.param(leaf), token)
    except ValueError:
        return
    values.set(leaf, stored)


def _head_amplifier(values: Values, strip: int) -> tuple[int, ...]:
    """Gain and phantom power of the head amplifier that feeds a strip; none if it has none."""
    where = parts.of(values.table)
    return tuple(np.flatnonzero(where.head_amplifiers(values, where.strip == strip)).tolist())


# --- effects, routing, personal monitors -----------------------------------------------------------------


def effect_lines(values: Values, slot: int) -> Iterator[str]:
    """Lines of an effect's preset: type, source where it has one, parameters."""
    table = values.table
    for path in (f"/fx/{slot + 1}", f"/fx/{slot + 1}/source", f"/fx/{slot + 1}/par"):
        if path in table.nodes:
            name = "type" if path.count("/") == 2 else path.rpartition("/")[2]
            yield f"{name} {nodeline.text_of(values, table.nodes[path])}"


def effect_number(values: Values, slot: int) -> int:
    """Number that a preset shows for the effect in a slot."""
    leaf = values.table.leaves[f"/fx/{slot + 1}/type"]
    return EFFECT_NUMBERS.index(values.text(leaf))


def load_effect(data: bytes, values: Values, slot: int) -> None:
    """Put an effect's preset into a slot.

    Raises
    ------
    LineError
        When the slot has no such effect, or a line means nothing; the values are then of no use.
    """
    for line in _lines(data):
        if line.removeprefix("/").startswith("source ") and slot >= 4:
            continue  # the slots from 5 on are inserted, they have no source
        for leaf, stored in nodeline.fields(values, line, f"/fx/{slot + 1}/"):
            values.set(leaf, stored)


def routing(values: Values) -> Mask:
    """Leaves of a routing preset."""
    return parts.of(values.table).parts(Part.ROUTING, Part.OUTPUT)


def monitors(values: Values) -> Mask:
    """Leaves of a preset of the personal monitors."""
    return parts.of(values.table).like(parts.PERSONAL_MONITORS)


def desk_lines(values: Values, chosen: Mask) -> Iterator[str]:
    """Lines of all nodes whose leaves are chosen."""
    for path, leaves in values.table.nodes.items():
        if all(chosen[leaf] for leaf in leaves):
            yield f"{path} {nodeline.text_of(values, leaves)}"


def load_desk(data: bytes, values: Values, chosen: Mask) -> None:
    """Put whole lines into values, as far as their leaves are chosen.

    Raises
    ------
    LineError
        When a line means nothing; the values are then half set and of no use.
    """
    for line in _lines(data):
        for leaf, stored in nodeline.fields(values, line):
            if chosen[leaf]:
                values.set(leaf, stored)


def _lines(data: bytes) -> Iterable[str]:
    """Lines of a file but its header, comments and blanks."""
    try:
        lines = [line.strip() for line in data.decode("utf-8").split("\n")]
    except UnicodeDecodeError:
        raise nodeline.LineError("not UTF-8 text; save the file as UTF-8") from None
    return [line for line in lines if line and not line.startswith("#")]
