"""Snippet files: the lines of a few strips or of a few sorts of parameters.

    #4.0# "Name" eventtyp channels auxbuses maingrps 1
    /ch/01/mix/fader  -9.9
    /ch/01/mix/01 ON -12.0 +0 POST 0

Where a mask can take one field of a line and leave another, the line is split into one for each field,
as the desk does it.
"""

import re
from collections.abc import Iterator

from daemon.desk.parts import Mask
from daemon.files import nodeline, scene
from dsp.parameters.table import Values

# Families in the desk's order; what belongs to none is in no snippet.
_FAMILIES = (
    *("/fx", "/config/solo", "/config/dp48", "/config/talk", "/config/routing", "/config/userrout"),
    *("/outputs", "/headamp", "/ch", "/auxin", "/fxrtn", "/bus", "/mtx", "/main", "/dca"),
)
_SPLIT = re.compile(r"/.+/mix|/dca/\d|/config/routing(/.+)?")


def header(name: str, masks: list[str]) -> str:
    """First line of a snippet file: its name and four masks, as wide as the desk makes it."""
    return f'#4.0# "{scene.quotable(name)}" {" ".join(masks)} 1'.ljust(scene.HEADER_WIDTH)


def lines(values: Values, chosen: Mask) -> Iterator[str]:
    """Lines of a snippet below its header.

    Parameters
    ----------
    values : Values
        What is stored.
    chosen : ndarray of bool, shape (table.size,)
        Leaves the snippet holds.
    """
    for family in _FAMILIES:
        for path, leaves in values.table.nodes.items():
            if path == family or path.startswith(f"{family}/"):
                yield from _node(values, path, leaves, chosen)


def _node(values: Values, path: str, leaves: tuple[int, ...], chosen: Mask) -> Iterator[str]:
    """Lines of a node: one, or one for each field that is chosen."""
    held = [leaf for leaf in leaves if chosen[leaf]]
    if len(held) == len(leaves) and not _SPLIT.fullmatch(path):
        yield f"{path} {nodeline.text_of(values, leaves)}"
        return
    for leaf in held:
        yield f"{values.table.path_of(leaf)} {nodeline.text_of(values, (leaf,))}"
