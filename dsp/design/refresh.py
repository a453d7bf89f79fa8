"""What of a desk's draft has to be made anew when values change."""

from collections.abc import Callable, Iterable

from dsp.design.draft import Desk
from dsp.design.outputs import (
    design_inserts,
    design_levels,
    design_outputs,
    design_selected,
    design_spectrum,
    design_tools,
    follow_key,
)
from dsp.design.processing import (
    design_automix,
    design_delay,
    design_dynamics,
    design_eq,
    design_gate,
    design_links,
    design_low_cut,
    design_preamps,
    design_sources,
    design_trims,
)

Design = Callable[[Desk], None]

LISTENERS = "listeners"
"""What stands among touched rows for the listen buses, which are in no table."""

SECTIONS: tuple[tuple[str, Design], ...] = (
    ("/config/source", design_sources),
    ("headamp/", design_preamps),
    ("keysrc", design_sources),
    ("config/tape", design_outputs),
    ("/source/", design_sources),
    ("/preamp/hp", design_low_cut),
    ("/preamp/", design_trims),
    ("/delay", design_delay),
    ("/gate/", design_gate),
    ("/dyn/", design_dynamics),
    ("/eq/", design_eq),
    ("/insert/", design_inserts),
    ("/automix", design_automix),
    ("amixenable", design_automix),
    ("linkcfg", design_links),
    ("config/osc/level", design_levels),
    ("config/osc/dest", design_levels),
    ("config/osc/", design_tools),
    ("outputs/", design_outputs),
    ("/mix", design_levels),
    ("/grp/", design_levels),
    ("dca/{dca}/on", design_levels),
    ("dca/{dca}/fader", design_levels),
    ("config/mute/", design_levels),
    ("config/mono/", design_levels),
    ("config/solo/", design_levels),
    ("config/talk/", design_levels),
    (LISTENERS, design_levels),
    ("-stat/talk", design_levels),
    ("rta", design_spectrum),
    ("-stat/selidx", design_selected),
)
"""Which part of a row's path makes which section's work; the first that fits."""

SEVERAL: tuple[tuple[str, tuple[Design, ...]], ...] = (
    ("link/", (design_links, design_levels)),
    ("config/routing", (design_sources, design_outputs)),
    ("config/userrout", (design_sources, design_outputs)),
    ("config/solo/delay", (design_delay,)),
    ("-stat/osc/", (design_tools, design_levels)),
    ("-stat/solosw", (design_levels, design_spectrum)),
)
"""The same for rows that several sections read, or that a shorter part above would catch."""


def everything(desk: Desk) -> None:
    """Make the whole draft."""
    for design in EVERY:
        design(desk)


def touched(desk: Desk, rows: Iterable[str]) -> None:
    """Redo the sections to which the touched rows (their paths) belong."""
    for design in dict.fromkeys(design for path in rows for design in sections_of(path)):
        design(desk)
    follow_key(desk)


def recalled(desk: Desk, rows: Iterable[str]) -> None:
    """Become another desk as a whole; if any of the touched rows is heard, this is no move but a `change`."""
    rows = set(rows)
    touched(desk, rows)
    desk.draft["recalls"] += any(map(sections_of, rows))


def sections_of(path: str) -> tuple[Design, ...]:
    """The sections that have to be redone when a row changes; none for names, colours and icons."""
    for part, designs in SEVERAL:
        if part in path:
            return designs
    return tuple(design for part, design in SECTIONS if part in path)[:1]


EVERY = tuple(dict.fromkeys([design for _, design in SECTIONS] + [design_links]))
