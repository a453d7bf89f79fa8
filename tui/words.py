"""What parameters are called on the pages: the console's short addresses in a person's words."""

from __future__ import annotations

from dsp.parameters import axis
from dsp.table import TABLE, strip_parts
from tui import strips

SCENES = len(axis.LABELS["scene"])

SECTIONS = {name: part.word for name, part in strip_parts.PARTS.items()} | {"source": "Source", "par": "Parameters"}
"""Parts of a strip, and of an effect slot."""

LEAVES = {
    "f": "frequency", "g": "gain", "q": "Q", "thr": "threshold", "mgain": "make-up", "keysrc": "key source",
    "hpon": "low cut", "hpf": "low cut at", "hpslope": "low cut slope", "invert": "polarity", "sel": "through",
    "pos": "position", "st": "to main", "mono": "to centre", "mlevel": "centre level", "dca": "DCAs",
    "mute": "mute groups", "env": "envelope", "det": "detector", "auto": "auto time", "panFollow": "pan follows",
    "src": "source", "color": "colour", "l": "left", "r": "right", "type": "type",
}  # fmt: skip


def leaf(address: str) -> str:
    """Name of a parameter within its section: `EQ 2 gain` is `2 gain` there, a send `bus 3 level`."""
    parts = address.strip("/").split("/")
    name = LEAVES.get(parts[-1], parts[-1])
    before = parts[-2] if len(parts) > 2 else ""
    if before == "filter":
        return f"key filter {'at' if parts[-1] == 'f' else name}"
    if parts[-3:-2] == ["mix"] and before.isdigit():
        target = "matrix" if parts[0] in ("bus", "main") else "bus"
        return f"{target} {int(before)} {name}"
    return f"{before} {name}" if before.isdigit() or len(before) == 1 else name


def strip_of(address: str) -> strips.Strip | None:
    """Strip that an address belongs to."""
    return _BY_PATH.get("/".join(address.strip("/").split("/")[:2]))


_BY_PATH = {strip.path: strip for strip in reversed(strips.STRIPS)}


def title(address: str, name: str = "") -> str:
    """Full name of a parameter, with the strip's own name, or the DCA's, where it has one."""
    strip = strip_of(address)
    if strip is None:
        parts = address.strip("/").split("/")
        if parts[:2] == ["config", "mute"]:
            return f"Mute group {parts[2]}"
        if parts[0] == "dca":
            return f"DCA {f'{parts[1]} {name}'.strip()} · {leaf(address) if len(parts) > 3 else parts[-1]}"
        return " ".join(parts)
    section = address.strip("/").split("/")[2]
    own = strip.title.removesuffix(" L") if strip.path == "main/st" else strip.title
    what = leaf(address)
    words = what if section in ("mix", "config", "grp") else f"{SECTIONS.get(section, section)} {what}"
    return f"{own} {name} · {words}" if name else f"{own} · {words}"


def strip_sections(path: str) -> dict[str, list[str]]:
    """Addresses of a strip by section, in the console's order; sends stand apart from the mix."""
    sections: dict[str, list[str]] = {}
    for address in _below(f"/{path}/"):
        parts = address.removeprefix(f"/{path}/").split("/")
        name = SECTIONS.get(parts[0], parts[0])
        if parts[0] == "mix" and len(parts) == 3:
            name = "Sends"
        sections.setdefault(name, []).append(address)
    return {name: sorted(addresses, key=_number) for name, addresses in sections.items()}


def _number(address: str) -> int:
    """What belongs to one band or one send stands together, after what belongs to all; otherwise the table's order."""
    before = address.split("/")[-2]
    return int(before) if before.isdigit() and address.count("/") > 4 else 0


def _below(prefix: str) -> list[str]:
    """Writable addresses that begin so, in the table's order."""
    return [
        address
        for address, number in TABLE.leaves.items()
        if address.startswith(prefix) and TABLE.row_of(number).access == "rw"
    ]


def scene_address(number: int, leaf: str) -> str:
    """Where the console tells something of a scene: `hasdata`, `name`."""
    return f"/-show/showfile/scene/{axis.LABELS['scene'][number]}/{leaf}"


def scene_addresses() -> list[str]:
    """Whether there is a scene in each of the slots, and what it is called."""
    return [scene_address(number, leaf) for number in range(SCENES) for leaf in ("hasdata", "name")]


def routing_sections() -> dict[str, list[str]]:
    """Addresses of what goes where."""
    blocks = {"Inputs": "/config/routing/IN/", "Outputs": "/config/routing/OUT/", "Card": "/config/routing/CARD/"}
    sections = {"Switch": ["/config/routing/routswitch"]}
    sections |= {name: _below(prefix) for name, prefix in blocks.items()}
    for name, prefix in (("Main out", "/outputs/main/"), ("Aux out", "/outputs/aux/")):
        sections[name] = [a for a in _below(prefix) if a.endswith(("/src", "/pos"))]
    return sections


def effect_sections(slots: range = range(1, 9)) -> dict[str, list[str]]:
    """Addresses of the effect slots: type and sources; the parameters depend on the type, see `effect_parameters`."""
    return {f"FX {slot}": [a for a in _below(f"/fx/{slot}/") if "/par/" not in a] for slot in slots}


def effect_parameters(slot: int) -> list[str]:
    """Addresses of all places of a slot."""
    return [f"/fx/{slot}/par/{place}" for place in axis.LABELS["par"]]
