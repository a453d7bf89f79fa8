"""Stereo links: what is set on one side of a linked pair is set on both.

    set ch/03/eq/1/g ─▶ chlink 3-4 on? linkcfg eq on? ─▶ set ch/04/eq/1/g
    set ch/03/mix/05/level ─▶ buslink 5-6 on? ─▶ set ch/03/mix/06/level

Linking copies the odd side to the even one and opens the pans; unlinking centres pans that are
still wide open.  Names, icons and sources stay each strip's own.  A scene says itself how everything
is: linked strips that it tears apart are made alike before it is recalled, and nothing else follows.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from daemon.desk.console import Console
from dsp.design import routing, strips
from dsp.parameters.table import Values
from dsp.table import TABLE

LINKS = {"ch": "chlink", "auxin": "auxlink", "fxrtn": "fxlink", "bus": "buslink", "mtx": "mtxlink"}
"""Rows of the switches, by strip."""

# What goes along between two strips, and the switch of `config/linkcfg` it obeys; None is always.
PREFERENCES: tuple[tuple[str, str | None], ...] = (
    (r"config/color$", None),
    (r"(gate|dyn)/filter/", None),
    (r"(delay|preamp)/", "hadly"),
    (r"eq/", "eq"),
    (r"(gate|dyn|insert)/", "dyn"),
    (r"(mix/(on|fader|st|mono|mlevel)|grp/\w+)$", "fdrmute"),
)
SENDS = r"mix/\d\d/(on|level|type|panFollow)$"
SENDS_PREFERENCE = {"bus": None}  # of other strips as the faders

STRIP = re.compile(r"/(ch|auxin|fxrtn|bus|mtx)/(\d\d)/(.+)")
SEND = re.compile(r"(/(ch|auxin|fxrtn|bus|main)/\w+/mix/)(\d\d)/(on|level)")
PAN = re.compile(r"mix/(\d\d/)?pan")
HEAD_AMP = re.compile(r"/headamp/(\d\d\d)/(gain|phantom)")
HEAD_AMP_PREFERENCE = "hadly"
FED_BY_HEAD_AMPS = {"ch": strips.CHANNEL, "auxin": strips.AUX}
WIDE = 100.0


class Partner(NamedTuple):
    """What goes along with a leaf while a link is on."""

    leaf: int
    link: int
    preference: int | None


class Pan(NamedTuple):
    """A pan that a link opens."""

    leaf: int
    side: float
    is_send: bool


class Links:
    """Keeps linked strips alike.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._partners: dict[int, list[Partner]] = {}
        self._copies: dict[int, list[tuple[int, Partner]]] = {}
        self._pans: dict[int, list[Pan]] = {}
        self._head_amps: dict[int, tuple[int, str]] = {}
        self._strips: dict[int, tuple[str, int]] = {}
        for path, leaf in TABLE.leaves.items():
            if match := STRIP.fullmatch(path):
                self._learn_strip(leaf, match[1], int(match[2]), match[3])
            if match := SEND.fullmatch(path):
                self._learn_send(leaf, match[1], match[2], int(match[3]), match[4])
            if match := HEAD_AMP.fullmatch(path):
                self._head_amps[leaf] = (int(match[1]), match[2])
        console.rules.append(self._follow)
        console.agreements.append(self.agree)

    def _learn_strip(self, leaf: int, strip: str, number: int, rest: str) -> None:
        """Note what a leaf of a strip has to do with the strip beside it."""
        link = _link(strip, number)
        if link is None:
            return
        odd = number % 2 == 1
        self._strips[link] = (strip, number if odd else number - 1)
        if PAN.fullmatch(rest):
            pan = Pan(leaf, -WIDE if odd else WIDE, rest != "mix/pan")
            self._pans.setdefault(link, []).append(pan)
            return
        rules = (*PREFERENCES, (SENDS, SENDS_PREFERENCE.get(strip, "fdrmute")))
        for pattern, preference in rules:
            if re.match(pattern, rest):
                other = TABLE.leaves[f"/{strip}/{_beside(number):02}/{rest}"]
                self._pair(leaf, Partner(other, link, _preference(preference)), odd)
                return

    def _learn_send(self, leaf: int, sender: str, kind: str, number: int, rest: str) -> None:
        """Note what a send has to do with the send to the bus or matrix beside."""
        link = _link("mtx" if kind in ("bus", "main") else "bus", number)
        if link is not None:
            other = TABLE.leaves[f"{sender}{_beside(number):02}/{rest}"]
            self._pair(leaf, Partner(other, link, None), number % 2 == 1)

    def _pair(self, leaf: int, partner: Partner, odd: bool) -> None:
        self._partners.setdefault(leaf, []).append(partner)
        if odd:
            self._copies.setdefault(partner.link, []).append((leaf, partner))

    def _follow(self, leaf: int, author: object) -> None:
        values = self._console.values
        if self._console.recalling:
            return
        if leaf in self._copies:
            self._open(leaf) if values.get(leaf) else self._close(leaf)
        for other in self._along(values, leaf):
            self._console.set(other, values.get(leaf))

    def agree(self, wanted: Values, changing: Iterable[int]) -> None:
        """Make linked strips alike in what is about to be recalled; of two sides that change the first counts."""
        for leaf in changing:
            self._agree(wanted, leaf)

    def _agree(self, wanted: Values, leaf: int) -> None:
        for other in self._along(wanted, leaf):
            if wanted.set(other, wanted.get(leaf)):
                self._agree(wanted, other)

    def _along(self, values: Values, leaf: int) -> Iterator[int]:
        """Leaves that are set along with this one."""
        for partner in self._partners.get(leaf, ()):
            if values.get(partner.link) and _obeys(values, partner):
                yield partner.leaf
        if leaf in self._head_amps:
            yield from self._head_amps_along(values, *self._head_amps[leaf])

    def _head_amps_along(self, values: Values, number: int, field: str) -> Iterator[int]:
        """Head amplifiers of linked neighbours of the strips that this one feeds."""
        if not _links_head_amps(values):
            return
        for kind in FED_BY_HEAD_AMPS.values():
            amps = routing.head_amps(values, kind).reshape(-1, 2)
            for pair in amps[values.row(str(kind.link))].tolist():
                for mine, other in (pair, pair[::-1]):
                    if mine == number and other >= 0:
                        yield _head_amp(other, field)

    def _open(self, link: int) -> None:
        """Begin a link: the even side becomes like the odd one, and they move apart."""
        values = self._console.values
        for leaf, partner in self._copies[link]:
            if _obeys(values, partner):
                self._console.set(partner.leaf, values.get(leaf))
        self._move_pans(link, lambda pan, place: pan.side if pan.is_send or place == 0 else place)
        strip, odd = self._strips[link]
        if strip in FED_BY_HEAD_AMPS and _links_head_amps(values):
            mine, other = routing.head_amps(values, FED_BY_HEAD_AMPS[strip])[odd - 1 : odd + 1].tolist()
            if min(mine, other) >= 0:
                for field in ("gain", "phantom"):
                    self._console.set(_head_amp(other, field), values.get(_head_amp(mine, field)))

    def _close(self, link: int) -> None:
        """End a link: what is still wide open goes back to the middle."""
        self._move_pans(link, lambda pan, place: 0.0 if place == pan.side else place)

    def _move_pans(self, link: int, to: Callable[[Pan, float], float]) -> None:
        for pan in self._pans.get(link, ()):
            row = TABLE.row_of(pan.leaf)
            place = float(row.value(self._console.values.get(pan.leaf)))
            self._console.set(pan.leaf, row.nearest(to(pan, place)))


def _obeys(values: Values, partner: Partner) -> bool:
    """Whether the link preferences let a partner go along."""
    return partner.preference is None or bool(values.get(partner.preference))


def _links_head_amps(values: Values) -> bool:
    return bool(values.get(TABLE.leaves[f"/config/linkcfg/{HEAD_AMP_PREFERENCE}"]))


def _head_amp(number: int, field: str) -> int:
    return TABLE.leaves[f"/headamp/{number:03}/{field}"]


def _beside(number: int) -> int:
    """The other number of a pair."""
    return number + 1 if number % 2 else number - 1


def _link(strip: str, number: int) -> int | None:
    """Leaf of the switch that links a strip to the one beside, if there is one."""
    odd = min(number, _beside(number))
    return TABLE.leaves.get(f"/config/{LINKS[strip]}/{odd}-{odd + 1}")


def _preference(name: str | None) -> int | None:
    return None if name is None else TABLE.leaves[f"/config/linkcfg/{name}"]
