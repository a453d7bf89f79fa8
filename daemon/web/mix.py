"""A musician's page: the sends to a mix, in an order and a choice of the musician's own."""

import time
from typing import Any, NamedTuple

from daemon.web import guard
from daemon.web.desk import INPUTS, Desk
from daemon.web.guard import Word
from daemon.web.kept import Kept
from daemon.web.phone import Phone
from dsp.parameters.row import Wire
from dsp.table import TABLE

STRIPS = tuple(f"/{kind}/{number:02}" for kind, last in (("ch", 32), ("auxin", 8), ("fxrtn", 8))
               for number in range(1, last + 1))  # fmt: skip
"""Strips that send to a mix, as the meter of the inputs counts them."""
DCAS = range(1, 9)
COMES_BACK_S = 0.5
"""Until then the desk has told what a page said."""
MOST_DB = 6
"""Largest step of one press."""


class Mix(NamedTuple):
    """A mix that has a page.

    Parameters
    ----------
    name : str
        As the settings write it: bus/03, or bus/03+bus/04.
    port : int or None
        Port of its musician who needs no PIN; None asks for one.
    """

    name: str
    port: int | None = None

    @property
    def bus(self) -> int:
        """Its first bus."""
        return int(self.name[4:6])

    def own(self, leaf: str) -> str:
        """Path of a leaf of the bus."""
        return f"/bus/{self.bus:02}/{leaf}"

    def send(self, strip: str, leaf: str) -> str:
        """Path of a leaf of a send."""
        return f"{strip}/mix/{self.bus:02}/{leaf}"

    @property
    def link(self) -> str:
        """Path of the switch that makes a stereo pair of the bus."""
        left = (self.bus - 1) // 2 * 2 + 1
        return f"/config/buslink/{left}-{left + 1}"

    def settable(self) -> list[str]:
        """What its musician sets here."""
        sends = [self.send(strip, leaf) for strip in STRIPS for leaf in ("level", "on", "pan")]
        return [path for path in (*sends, self.own("mix/fader"), self.own("mix/on")) if path in TABLE.leaves]

    def paths(self) -> list[str]:
        """What its page shows."""
        labels = [f"{strip}/config/{leaf}" for strip in STRIPS for leaf in ("name", "color")]
        return [*labels, *self.settable(), self.own("config/name"), self.own("config/color"), self.link]


class Musician:
    """A page of a mix.

    Parameters
    ----------
    mix : Mix
    phone : Phone
    desk : Desk
    kept : Kept
    hands : dict
        Who has said something of a path last, and when: phones that share a mix are told whose move it was.
    """

    feeds = frozenset({INPUTS})

    def __init__(self, mix: Mix, phone: Phone, desk: Desk, kept: Kept, hands: dict[str, tuple[Phone, float]]) -> None:
        self.mix, self.phone, self._hands = mix, phone, hands
        self.paths = frozenset(mix.paths())
        self._settable = frozenset(mix.settable())
        self._desk, self._kept = desk, kept
        self._meant: dict[str, tuple[Wire, float]] = {}

    @property
    def title(self) -> str:
        """What engineers know it by."""
        return f"mix {self.mix.bus} {self._desk.values.get(self.mix.own('config/name'), '')}".strip()

    def hello(self) -> dict[str, Any]:
        """All that the page begins with."""
        values = {path: self._desk.told(path) for path in self.mix.paths()}
        return {
            "bus": self.mix.bus, "strips": STRIPS, "values": values, "groups": self.groups(), **self._facts("calls"),
            **self._facts("limiter"), **self._kept.choice(self.mix.name),
            "soundcheck": bool(self._kept.soundcheck(self.mix.name)),
        }  # fmt: skip

    def groups(self) -> list[tuple[str, list[int]]]:
        """DCAs of the desk as groups: their names, and numbers of their strips."""
        found = []
        for dca in DCAS:
            members = [number for number, strip in enumerate(STRIPS)
                       if int(self._desk.values.get(f"{strip}/grp/dca", 0)) >> (dca - 1) & 1]  # fmt: skip
            if members:
                found.append((str(self._desk.values.get(f"/dca/{dca}/config/name") or f"DCA {dca}"), members))
        return found

    def changed(self, path: str) -> None:
        """Tell what is new."""
        if path in self.paths:
            who = self._who(path) if path in self._settable else ""
            self.phone.tell({"values": {path: self._desk.told(path)}, **({"by": {path: who}} if who else {})})
        elif path.endswith("/grp/dca") or (path.startswith("/dca/") and path.endswith("/name")):
            self.phone.tell({"groups": self.groups()})

    def _who(self, path: str) -> str:
        """Who else has moved something: another phone of this mix, or the desk."""
        moved = [self._hands[key] for key in (path, self.mix.name) if key in self._hands]
        phone, at = max(moved, key=lambda each: each[1], default=(self.phone, 0.0))
        if time.monotonic() - at > COMES_BACK_S:
            return "Desk"
        return "" if phone is self.phone else phone.name

    def told(self, fact: str) -> None:
        """Tell a fact that is new, if it concerns this mix."""
        if news := self._facts(fact):
            self.phone.tell(news)

    def _facts(self, fact: str) -> dict[str, Any]:
        if fact == "calls":
            return {"call": next((each for each in self._desk.facts["calls"] if each["bus"] == self.mix.bus), None)}
        if fact == "limiter":
            return {"limiter": self._desk.facts["limiter"][self.mix.bus - 1]}
        return {}

    def obey(self, words: list[Word]) -> None:
        """Do what the page says.

        Raises
        ------
        ValueError
            When no page of ours says so.
        """
        match words:
            case ["undo"]:
                self._hands[self.mix.name] = (self.phone, time.monotonic())  # it may move any of them
                self.phone.say("/faderd/undo")
            case ["me", step]:
                self._more_me(guard.number(step, -MOST_DB, MOST_DB))
            case ["group", members, step]:
                sends = [self.mix.send(STRIPS[number], "level") for number in guard.numbers(members, len(STRIPS) - 1)]
                self._nudge(sends, guard.number(step, -MOST_DB, MOST_DB))
            case ["order" | "hidden" | "mine" as name, numbers]:
                self._kept.choose(self.mix.name, name, guard.numbers(numbers, len(STRIPS) - 1))
            case ["keep"]:
                self.keep()
                self.phone.tell({"soundcheck": True})
            case ["back"]:
                then = self._kept.soundcheck(self.mix.name)
                self._set_all([(p, v) for p, v in then.items() if self._desk.values.get(p) != v])
            case ["call", str(text)]:
                self.phone.say("/faderd/call", text)
            case [str(path), value] if path.startswith("/"):
                place = guard.position(value)
                is_own = path in self._settable
                if is_own:
                    self._meant[path] = (place, time.monotonic())
                    self._hands[path] = (self.phone, time.monotonic())
                whole = is_own and TABLE.row_of(TABLE.leaves[path]).kind == "switch"
                self.phone.say(path, int(place) if whole else float(place))
            case _:
                raise ValueError("no words of a musician")

    def keep(self) -> None:
        """Keep all that the musician sets as it is now."""
        self._kept.keep(self.mix.name, {path: self._desk.values[path] for path in self.mix.settable()})

    def _more_me(self, step_db: int) -> None:
        """Raise what is mine; at the end of its way, all else goes down instead."""
        mine = self._kept.choice(self.mix.name)["mine"]
        own = [self.mix.send(STRIPS[number], "level") for number in mine]
        if step_db > 0 and any(self._now(path) == 1.0 for path in own):
            rest = [strip for number, strip in enumerate(STRIPS) if number not in mine]
            self._nudge([self.mix.send(strip, "level") for strip in rest], -step_db)
        else:
            self._nudge(own, step_db)

    def _nudge(self, levels: list[str], step_db: int) -> None:
        """Move levels by some decibels; what is closed stays closed, unless it is alone."""
        is_open = [path for path in levels if self._now(path) != 0]
        moved: list[tuple[str, Wire]] = [
            (path, self._desk.nudged(path, self._now(path), step_db)) for path in is_open or levels[:1]
        ]
        self._meant |= {path: (value, time.monotonic()) for path, value in moved}
        self._set_all(moved)

    def _set_all(self, moved: list[tuple[str, Wire]]) -> None:
        """Set several things at once, as this phone."""
        self._hands |= {path: (self.phone, time.monotonic()) for path, _ in moved}
        self.phone.set_all(moved)

    def _now(self, path: str) -> Wire:
        """Where a level is, or is about to be: what was said a moment ago may not have come back yet."""
        meant, at = self._meant.get(path, (0.0, 0.0))
        return meant if time.monotonic() - at < COMES_BACK_S else self._desk.values.get(path, 0.0)
