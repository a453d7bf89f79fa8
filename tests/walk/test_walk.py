"""The walk through the table: every parameter is moved over OSC, and heard to do what it says.

Every leaf has a recipe that shows it, or a reason why it does nothing here (`dsp.table.absent`), or is
not about sound at all.
"""

import re
from collections import Counter

import pytest

from dsp.table import TABLE, absent
from walk import (
    dynamics,  # noqa: F401
    effects,  # noqa: F401
    levels,  # noqa: F401
    monitor,  # noqa: F401
    routing,  # noqa: F401
    rules,  # noqa: F401
    strips,  # noqa: F401
)
from walk.walker import RECIPES, Ledger, Recipe

NOT_SOUND = {
    "labels": r"/config/(name|icon|color)$",
    "user controls of a surface": r"^/config/userctrl/|^/-stat/userpar/|^/-stat/userbank",
    "surfaces and screens": (
        r"^/-stat/(screen/|chfaderbank|grpfaderbank|sendsonfader|bussendbank|eqband|lock|geqonfdr|geqpos|dcaspill)"
        r"|^/-prefs/(style|bright|lcdcont|ledbright|lamp|lampon|viewrtn|selfollowsbank|autosel|clockmode|fastFaders)$"
        r"|^/-prefs/(confirm_|key/)|^/-action/newscreen"
    ),
    "how a screen draws the spectrum": (
        r"^/-prefs/rta/(visibility|mode|options|peakhold)$|^/-stat/(rtamodeeq|rtamodegeq|rtaeqpre|rtageqpost)$"
    ),
    "shows, libraries and undo": (
        r"^/-show/|^/-libs/|^/-undo/|^/-prefs/(scene_advance|show_control)$|^/-stat/autosave"
        r"|^/-action/(initall|initlib|initshow|savestate|undopt|doundo|gocue|goscene|gosnippet)$"
    ),
    "recorders": (
        r"^/-(stat/)?(urec|usb|tape)/|^/config/tape/autoplay|^/-prefs/rec_control|^/-stat/usbmounted"
        r"|^/-prefs/card/URECrout$|^/-stat/xcardtype$"
        r"|^/-action/(playtrack|recselect|selsession|delsession|\w+marker|setposition|clearalert|formatcard)$"
    ),
    "network, clock and remote control": (
        r"^/-prefs/(name|ip/|remote/)|^/-stat/remote|^/-action/(setip|setclock|setprebus|setsrate)$"
    ),
}
"""What parameters are about that nobody hears, and their addresses."""


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_parameters_are_heard_to_do_what_they_say(recipe: Recipe) -> None:
    ledger = Ledger()
    recipe.show(ledger)
    ledger.close(recipe.leaves)


def about(path: str) -> list[str]:
    """What a parameter is about that is not sound."""
    return [what for what, pattern in NOT_SOUND.items() if re.search(pattern, path)]


def test_every_parameter_is_shown_or_has_a_reason() -> None:
    shown = {leaf for recipe in RECIPES for leaf in recipe.leaves}
    reasons = {TABLE.path_of(leaf) for leaf in absent.reasons(TABLE)}
    strays = {}
    for path in TABLE.leaves:
        places = ["shown"] * (path in shown) + ["has a reason"] * (path in reasons) + about(path)
        if len(places) != 1:
            strays[path] = places
    assert not strays, f"{len(strays)} leaves, such as {list(strays.items())[:20]}"


def test_no_reason_and_no_pattern_is_left_over() -> None:
    assert all(reason.endswith(".") for reason in absent.REASONS.values())
    unused = Counter({what: 0 for what in NOT_SOUND})
    unused.update(what for path in TABLE.leaves for what in about(path))
    assert all(unused.values())
