"""What each role may do, said once: which parameters it sets, and which commands it uses.

    engineer   everything
    monitor    all bus mixes, no house
    musician   the mix of one bus or pair: its sends, its fader and mute, its EQ
    viewer     reads

Reading is free to everybody.  In a pattern `*` is one part of an address, `**` any number of parts, and
`{bus}` any of the buses that the role is given.
"""

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

BUSES = tuple(range(1, 17))

TELLING = (
    "/info", "/xinfo", "/status", "/node", "/showdump", "/meters", "/xremote", "/xremotenfb", "/subscribe",
    "/formatsubscribe", "/batchsubscribe", "/renew", "/unsubscribe", "/faderd/help", "/faderd/list",
    "/faderd/errors", "/faderd/sync", "/faderd/ack", "/faderd/login", "/faderd/login/names",
    "/faderd/login/ticket", "/faderd/role",
    "/faderd/role/*", "/faderd/call", "/faderd/calls", "/faderd/limiter", "/faderd/curve", "/faderd/picture",
    "/faderd/tempo",
    "/faderd/rec",
    "/faderd/health", "/faderd/loudness", "/faderd/moves", "/faderd/play", "/faderd/scene/diff",
)  # fmt: skip
"""Commands that only tell something, to whoever asks."""

MOVING = ("/", "/faderd/undo", "/faderd/redo")
"""Commands that set nothing but what the role may set."""

INPUTS = ("ch", "auxin", "fxrtn")
SENDS = tuple(f"/{strips}/*/mix/{{bus}}/{leaf}" for strips in INPUTS for leaf in ("on", "level", "pan"))
TAPS = tuple(f"/{strips}/*/mix/{{bus}}/{leaf}" for strips in INPUTS for leaf in ("type", "panFollow"))


class Role(NamedTuple):
    """What somebody may do."""

    help: str
    """One sentence for whoever has the role."""
    sets: tuple[str, ...]
    """Patterns of parameters."""
    says: tuple[str, ...]
    """Patterns of commands."""


ENGINEER = "engineer"

ROLES = {
    ENGINEER: Role("May do everything.", ("/**",), ("/**",)),
    "monitor": Role(
        "Mixes all buses: their sends, faders, mutes, names, EQ and dynamics; nothing of the house.",
        (
            *SENDS,
            *TAPS,
            "/bus/{bus}/config/*",
            "/bus/{bus}/dyn/**",
            "/bus/{bus}/eq/**",
            "/bus/{bus}/mix/on",
            "/bus/{bus}/mix/fader",
        ),
        (*TELLING, *MOVING, "/faderd/listen", "/faderd/listen/**", "/faderd/call/answer"),
    ),
    "musician": Role(
        "Mixes what its own bus or pair hears: the sends to it, its fader, its mute and its EQ.",
        (*SENDS, "/bus/{bus}/mix/fader", "/bus/{bus}/mix/on", "/bus/{bus}/eq/**"),
        (*TELLING, *MOVING),
    ),
    "viewer": Role("Reads everything and sets nothing.", (), TELLING),
}


class Access(NamedTuple):
    """What those who come in by one door may do."""

    role: str = ENGINEER
    buses: tuple[int, ...] = BUSES
    max_db: float | None = None
    """No level they set is higher."""
    max_raise_db: float | None = None
    """No message of theirs raises a level by more."""
    max_rate: float | None = None
    """Messages a second."""

    def __str__(self) -> str:
        if self.buses == BUSES:
            return self.role
        return f"{self.role}, bus {' and '.join(map(str, self.buses))}"


MIX = re.compile(r"bus/(\d\d)(?:\+bus/(\d\d))?")


def mix_name(buses: Sequence[int]) -> str:
    """Name of the mix of a bus or pair, as the settings write it: bus/03+bus/04."""
    return "+".join(f"bus/{bus:02}" for bus in buses)


def named(name: str) -> Access | None:
    """What somebody may do who has the PIN of this name: a role, or the mix of a bus or pair; None is no such name."""
    if name in ROLES and name != "musician":
        return Access(name)
    found = MIX.fullmatch(name)
    buses = tuple(int(each) for each in found.groups() if each) if found else ()
    is_mix = bool(buses) and all(bus in BUSES for bus in buses) and list(buses) == sorted(set(buses))
    return Access("musician", buses) if is_mix else None


def settable(role: str, buses: tuple[int, ...], path: str) -> bool:
    """Whether somebody may set a parameter."""
    return _matching(ROLES[role].sets, buses).fullmatch(path) is not None


def sayable(role: str, address: str) -> bool:
    """Whether somebody may use a command."""
    return _matching(ROLES[role].says, ()).fullmatch(address) is not None


@functools.cache
def _matching(patterns: tuple[str, ...], buses: tuple[int, ...]) -> re.Pattern[str]:
    """What any of these patterns fits."""
    numbers = "|".join(f"{bus:02}" for bus in buses)
    words = [
        re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\{bus\}", f"(?:{numbers})")
        for pattern in patterns
    ]
    return re.compile("|".join(words) or r"(?!)")
