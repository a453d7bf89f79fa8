"""Presets as text: one strip, one effect, the routing, or the personal monitors.

.chn  lines of a strip without the strip's address: /config "Kick" 3 YE, /gate ON EXP4 …
.efx  type, source and par of an effect, without slashes
.rou  whole lines of the routing and the outputs
.mon  whole lines of the personal monitors
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from daemon.desk import parts
from daemon.desk.parts import Mask, Part
from daemon.files import exact, nodeline, scene
from daemon.files.reading import Reading, SceneError, Source
from daemon.files.scene import Recalled
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

MODELS = ("/ch/01", "/bus/01", "/mtx/01", "/main/st", "/main/m", "/auxin/01", "/fxrtn/01")
"""Strips of every family: the first that understands a line says what it means."""

SENT_TO = 4
"""Slots that are sent to; those behind them are inserted."""

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


def load_channel(source: Source, base: Values, strip: int, scope: int) -> Recalled:
    """Put the preset of any strip into a strip, as far as it has such parameters.

    Parameters
    ----------
    source : Source
        The file.
    base : Values
        The desk before.
    strip : int
        Number of the strip.
    scope : int
        Bits of what is loaded, see `SCOPES`.

    Raises
    ------
    SceneError
        When the file is damaged; the message is for people.
    """
    where, values = parts.of(base.table), base.copy()
    chosen = where.parts(*(part for bit, parts in enumerate(SCOPES) if scope >> bit & 1 for part in parts))
    head, path = _head_amplifier(base, strip), parts.strip_path(strip)

    def apply(line: str) -> Iterator[int]:
        tokens = _tokens(values, line)
        addresses = [address for address, _ in tokens]
        if line.startswith(HEAD_AMPLIFIER):
            leaves: list[int | None] = [*head, *(None for _ in tokens)]
        else:
            leaves = [base.table.leaves.get(path + address) for address in addresses]
        for leaf, (address, token) in zip(leaves, tokens, strict=False):
            if leaf is not None and chosen[leaf] and _fits(values, leaf, token, source.exact, address):
                yield leaf

    return _loaded(source, base, values, apply)


def _loaded(source: Source, base: Values, values: Values, apply: Callable[[str], Iterator[int]]) -> Recalled:
    """Desk as a preset makes it, line by line."""
    found = Reading(source, base.table.size)
    found.each(apply)
    found.refuse_damage(values)
    return Recalled(scene.settled(base, values, found.named), found.problems)


def _tokens(values: Values, line: str) -> list[tuple[str, str]]:
    """Addresses inside a strip that a line sets, and the tokens; of a head amplifier the whole address."""
    reason = None
    for model in [""] if line.startswith(HEAD_AMPLIFIER) else MODELS:
        try:
            leaves = [leaf for leaf, _ in nodeline.fields(values, line, f"{model}/", {})]
        except nodeline.LineError as error:
            reason = reason or error
            continue
        tokens = list(nodeline.split(line))[1:]
        return [
            (values.table.path_of(leaf).removeprefix(model), token)
            for leaf, token in zip(leaves, tokens, strict=True)
        ]
    raise reason or nodeline.LineError(line)


def _fits(values: Values, leaf: int, token: str, steps: Mapping[str, int] | None, address: str) -> bool:
    """Set a value that another sort of strip may not have; tell whether it has it."""
    try:
        values.set(leaf, nodeline.field(values, leaf, token, steps, address))
    except ValueError:
        return False
    return True


def channel_steps(values: Values, strip: int) -> Iterator[tuple[str, int]]:
    """Exact values of a strip's preset."""
    own = np.flatnonzero(parts.of(values.table).strip == strip).tolist()
    yield from exact.steps(values, own, parts.strip_path(strip))
    yield from exact.steps(values, _head_amplifier(values, strip))


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


def load_effect(source: Source, base: Values, slot: int) -> Recalled:
    """Put an effect's preset into a slot.

    Raises
    ------
    SceneError
        When the slot has no such effect, or the file is damaged.
    """
    values, path = base.copy(), f"/fx/{slot + 1}"
    steps = source.exact and {path + address: step for address, step in source.exact.items()}

    def apply(line: str) -> Iterator[int]:
        words = line.removeprefix("/")
        if words.startswith("source ") and slot >= SENT_TO:
            return  # the slots from 5 on are inserted, they have no source
        try:
            for leaf, stored in nodeline.fields(values, words, f"{path}/", steps):
                values.set(leaf, stored)
                yield leaf
        except nodeline.LineError as error:
            if words.startswith("type"):  # and without its effect nothing of it means anything
                raise SceneError(f"{source.name}: {error}: nothing of it counts") from None
            raise

    return _loaded(source, base, values, apply)


def effect_steps(values: Values, slot: int) -> Iterator[tuple[str, int]]:
    """Exact values of an effect's preset."""
    path = f"/fx/{slot + 1}"
    return exact.steps(values, values.table.nodes[f"{path}/par"], path)


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


def load_desk(source: Source, base: Values, chosen: Mask) -> Recalled:
    """Put whole lines into values, as far as their leaves are chosen.

    Raises
    ------
    SceneError
        When the file is damaged; the message is for people.
    """
    values = base.copy()

    def apply(line: str) -> Iterator[int]:
        for leaf, stored in nodeline.fields(values, line, exact=source.exact):
            if not chosen[leaf]:
                raise nodeline.LineError(f"no preset of this sort holds {base.table.path_of(leaf)}")
            values.set(leaf, stored)
            yield leaf

    return _loaded(source, base, values, apply)


def desk_steps(values: Values, chosen: Mask) -> Iterator[tuple[str, int]]:
    """Exact values of a preset of whole lines."""
    return exact.steps(values, np.flatnonzero(chosen).tolist())
