"""Parts of a strip as its addresses name them, in the order of the signal: their words, and what they are kept with.

    /ch/01/gate/thr ─▶ gate ─▶ "Gate" on the pages, GATE for safes, scopes and masks
"""

from typing import NamedTuple


class Part(NamedTuple):
    """Rows of a strip that belong together."""

    word: str
    """What a person calls it."""
    kept: str
    """Sort of parameters that safes, scopes and masks keep it with."""
    in_snippets: bool = True
    """Whether snippets hold it."""


PARTS = {
    "config": Part("Strip", kept="CONFIG"),
    "preamp": Part("Preamp", kept="PREAMP"),
    "delay": Part("Delay", kept="CONFIG"),
    "gate": Part("Gate", kept="GATE"),
    "dyn": Part("Dynamics", kept="DYNAMICS"),
    "eq": Part("EQ", kept="EQ"),
    "insert": Part("Insert", kept="INSERT"),
    "mix": Part("Mix", kept="MAIN"),
    "grp": Part("Groups", kept="GROUPS"),
    "automix": Part("Automix", kept="GROUPS", in_snippets=False),
}
