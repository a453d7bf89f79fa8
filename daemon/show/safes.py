"""What a recall leaves alone, and what a snippet holds: bits of the desk's masks to leaves.

scene safes       nine bits of the scene itself
parameter safes   inputs, mxsends, mxbuses, console: sorts of parameters, for the whole show
channel safes     chan16 … effects: whole strips, for the whole show
snippet masks     eventtyp: sorts of parameters; channels, auxbuses, maingrps: strips
"""

import numpy as np

from daemon.desk import parts
from daemon.desk.parts import FIRST_AUX, FIRST_BUS, FIRST_DCA, FIRST_MATRIX, FIRST_RETURN, STRIPS, Mask, Part, Places
from dsp.parameters.table import Values
from dsp.table import strip_parts

SHOW = "/-show/showfile/show"
MASTER_LEVELS = ("/main/st/mix/fader", "/main/m/mix/fader")

_PROCESSING = (
    *(Part.GATE, Part.DYNAMICS, Part.EQ, Part.INSERT, Part.GROUPS, Part.FADER, Part.MUTE, Part.MAIN),
    *(Part.SEND, Part.MATRIX),
)

# Sorts of parameters by bit: what of the input strips, of the buses, and of the desk.
_INPUT_SORTS = (
    (Part.PREAMP,),
    (Part.CONFIG,),
    (Part.EQ,),
    (Part.GATE, Part.DYNAMICS),
    (Part.INSERT,),
    (Part.GROUPS,),
    (Part.FADER, Part.MAIN),
    (Part.MUTE,),
)
_BUS_SORTS = ((Part.MATRIX,), *_INPUT_SORTS[1:])
_DESK_SORTS = (
    (Part.CONSOLE, Part.TALK),
    (Part.SOLO,),
    (Part.ROUTING,),
    (Part.OUTPUT,),
    (Part.USER_IN,),
    (Part.USER_OUT,),
)

_IN_NO_SNIPPET = "|".join(
    (*(rf"/ch/\d\d/{name}/" for name, part in strip_parts.PARTS.items() if not part.in_snippets), "/outputs/rec/")
)


def protected(values: Values, scene: int) -> Mask:
    """Leaves that the recall of a scene leaves alone: by its own safes, and by those of the show.

    Parameters
    ----------
    values : Values
        Where the safes are.
    scene : int
        Number of the scene; scene 0 has no safes of its own.
    """
    where = parts.of(values.table)
    mask = _by_sort(where, values) | _by_strip(where, values)
    if values.row("-prefs/safe_masterlevels"):
        mask[[values.table.leaves[path] for path in MASTER_LEVELS]] = True
    if scene:
        mask |= _by_scene(where, _bits(values, f"/-show/showfile/scene/{scene:03d}/safes"))
    return mask


def _by_scene(where: Places, bits: int) -> Mask:
    """Leaves behind the nine safes of a scene."""
    inputs, mixes = where.strips(0, FIRST_BUS), where.strips(FIRST_BUS, STRIPS - FIRST_BUS)
    groups = {
        1: where.parts(Part.TALK),
        2: where.parts(Part.EFFECT),
        3: mixes & where.parts(*_PROCESSING),
        4: inputs & where.parts(*_PROCESSING),
        5: where.parts(Part.CONFIG, Part.CONSOLE, Part.SOLO),
        6: where.parts(Part.PREAMP, Part.HEADAMP),
        7: where.parts(Part.OUTPUT),
        8: where.parts(Part.ROUTING, Part.USER_IN, Part.USER_OUT),
    }
    return _union(where, [group for bit, group in groups.items() if bits >> bit & 1])


def _by_sort(where: Places, values: Values) -> Mask:
    """Leaves behind the parameter safes."""
    inputs = _sorts(where, _INPUT_SORTS, _show(values, "inputs")) & where.strips(0, FIRST_BUS)
    mixes = _sorts(where, _BUS_SORTS, _show(values, "mxbuses")) & where.strips(FIRST_BUS, STRIPS - FIRST_BUS)
    desk = _sorts(where, _DESK_SORTS, _show(values, "console"))
    sends = where.numbers(Part.SEND, 0, 16, _show(values, "mxsends"))
    heads = where.parts(Part.HEADAMP) if _show(values, "inputs") & 1 else np.zeros_like(inputs)
    return inputs | mixes | desk | sends | heads


def _by_strip(where: Places, values: Values) -> Mask:
    """Leaves behind the channel safes, with the head amplifiers that feed these channels."""
    strips = (
        where.strips(0, 16, _show(values, "chan16"))
        | where.strips(16, 16, _show(values, "chan32"))
        | where.strips(FIRST_AUX, 16, _show(values, "return"))
        | where.strips(FIRST_BUS, 16, _show(values, "buses"))
        | where.strips(FIRST_MATRIX, 16, _show(values, "lrmtxdca"))
    )
    effects = where.numbers(Part.EFFECT, 0, 8, _show(values, "effects"))
    return strips | effects | where.head_amplifiers(values, strips)


def snippet(values: Values, number: int) -> Mask:
    """Leaves that a snippet holds, by its four masks."""
    where = parts.of(values.table)
    path = f"/-show/showfile/snippet/{number:03d}"
    events = _bits(values, f"{path}/eventtyp")
    others = _bits(values, f"{path}/auxbuses")
    strips = (
        where.strips(0, 32, _bits(values, f"{path}/channels"))
        | where.strips(FIRST_AUX, 8, others)
        | where.strips(FIRST_RETURN, 8, others >> 8)
        | where.strips(FIRST_BUS, 16, others >> 16)
        | where.strips(FIRST_MATRIX, 8, _bits(values, f"{path}/maingrps"))
        | where.strips(FIRST_DCA, 8, _bits(values, f"{path}/maingrps") >> 8)
    )
    of_strips = [
        _sorts(where, (*_INPUT_SORTS[:6], (Part.FADER,), (Part.MUTE,)), events),
        where.numbers(Part.SEND, 0, 8) if events >> 8 & 1 else None,
        where.numbers(Part.SEND, 8, 4) if events >> 9 & 1 else None,
        where.numbers(Part.SEND, 12, 4) if events >> 10 & 1 else None,
        where.parts(Part.MAIN) if events >> 11 & 1 else None,
        where.parts(Part.MATRIX) if events >> 12 & 1 else None,
    ]
    desk = (Part.SOLO, Part.TALK, Part.ROUTING, Part.OUTPUT, Part.USER_IN, Part.USER_OUT)
    of_desk = [
        where.numbers(Part.EFFECT, 0, 8, events >> 13),
        _sorts(where, tuple((part,) for part in desk), events >> 21),
        where.head_amplifiers(values, strips) if events & 1 else None,
        where.like(parts.PERSONAL_MONITORS) if events >> 21 & 1 else None,
    ]
    return ((strips & _union(where, of_strips)) | _union(where, of_desk)) & ~where.like(_IN_NO_SNIPPET)


def _sorts(where: Places, sorts: tuple[tuple[Part, ...], ...], bits: int) -> Mask:
    """Leaves of the sorts whose bit is set; bit 0 is the first."""
    return where.parts(*(part for bit, parts in enumerate(sorts) if bits >> bit & 1 for part in parts))


def _union(where: Places, masks: list[Mask | None] | list[Mask]) -> Mask:
    whole = np.zeros(where.part.size, bool)
    for mask in masks:
        if mask is not None:
            whole |= mask
    return whole


def _show(values: Values, name: str) -> int:
    return _bits(values, f"{SHOW}/{name}")


def _bits(values: Values, path: str) -> int:
    """Bits of a mask; the highest of 32 is stored as a sign."""
    leaf = values.table.leaves.get(path)
    return int(values.get(leaf)) & 0xFFFFFFFF if leaf is not None else 0
