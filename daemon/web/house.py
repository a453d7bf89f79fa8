"""The page of the whole desk, and the wall, which only shows."""

from collections.abc import Callable
from typing import Any

from daemon.web import guard
from daemon.web.desk import GAINS, INPUTS, MIXES, Desk
from daemon.web.guard import Word
from daemon.web.mix import STRIPS
from daemon.web.phone import Phone
from daemon.wire import packet
from dsp.parameters.row import Wire
from dsp.table import TABLE, strip_parts

OUTPUTS = (*(f"/bus/{n:02}" for n in range(1, 17)), *(f"/mtx/{n:02}" for n in range(1, 7)), "/main/st", "/main/m")
DCAS = tuple(f"/dca/{n}" for n in range(1, 9))
ALL = (*STRIPS, *OUTPUTS, *DCAS)
MUTES = tuple(f"/config/mute/{n}" for n in range(1, 7))
POSITION = "/-show/prepos/current"
SCENES = tuple(f"/-show/showfile/scene/{n:03}/{leaf}" for n in range(100) for leaf in ("name", "hasdata"))
MOST_SHOWN = 200
"""Changes of a scene that are shown before it is recalled."""
VIEWS = (*STRIPS, *OUTPUTS, *(f"/fx/{n}" for n in range(1, 9)))
SECTIONS = (*strip_parts.PARTS, "type", "source", "par")


Who = Callable[[], list[dict[str, str]]]


def labels(strips: tuple[str, ...]) -> list[str]:
    """Names and colours."""
    return [f"{strip}/config/{leaf}" for strip in strips for leaf in ("name", "color")]


def moved(strip: str) -> tuple[str, str]:
    """Fader and mute of a strip."""
    return (f"{strip}/fader", f"{strip}/on") if strip.startswith("/dca") else (f"{strip}/mix/fader", f"{strip}/mix/on")


class Wall:
    """Meters, loudness, clock, scene, recorder: nothing to touch."""

    feeds = frozenset({INPUTS, MIXES})
    title = "wall"

    def __init__(self, phone: Phone, desk: Desk) -> None:
        self.phone, self._desk = phone, desk
        self.paths = frozenset((*labels((*STRIPS, *OUTPUTS)), POSITION, *SCENES))

    def hello(self) -> dict[str, Any]:
        """All that the page begins with."""
        shown = (*STRIPS, *OUTPUTS)
        values = {path: self._desk.told(path) for path in labels(shown)}
        return {"wall": True, "strips": shown, "values": values, "scene": self._scene(), **self._facts()}

    def changed(self, path: str) -> None:
        """Tell what is new."""
        if path == POSITION or path in SCENES:
            self.phone.tell({"scene": self._scene()})
        elif path in self.paths:
            self.phone.tell({"values": {path: self._desk.told(path)}})

    def told(self, fact: str) -> None:
        """Tell a fact that is new."""
        if fact in ("rec", "loudness"):
            self.phone.tell({fact: self._desk.facts[fact]})

    def obey(self, words: list[Word]) -> None:
        """There is nothing to be said here."""
        raise ValueError("the wall says nothing")

    def _facts(self) -> dict[str, Any]:
        return {"rec": self._desk.facts["rec"], "loudness": self._desk.facts["loudness"]}

    def _scene(self) -> str:
        number = int(self._desk.values.get(POSITION, -1))
        scene = f"/-show/showfile/scene/{number:03}"
        is_stored = number >= 0 and self._desk.values.get(f"{scene}/hasdata")
        return f"{number:02} {self._desk.values.get(f'{scene}/name', '')}" if is_stored else ""


class House:
    """The whole desk, for whoever the daemon says is an engineer.

    Parameters
    ----------
    phone : Phone
    desk : Desk
    who : callable
        Tells who is on which page.
    keep : callable
        Keeps every mix as it is now.
    """

    feeds = frozenset({INPUTS, MIXES, GAINS})
    title = "desk"

    def __init__(self, phone: Phone, desk: Desk, who: Who, keep: Callable[[], None]) -> None:
        self.phone, self._desk, self._who, self._keep = phone, desk, who, keep
        own = [path for strip in ALL for path in moved(strip)]
        self._base = frozenset((*labels(ALL), *own, *MUTES, POSITION))
        self._view: tuple[str, ...] = ()
        self._shown = ""
        self._sends: tuple[str, ...] = ()
        self._diff: list[list[Wire]] = []
        phone.hear = self._hear

    def hello(self) -> dict[str, Any]:
        """All that the page begins with."""
        values = {path: self._desk.told(path) for path in sorted(self._base)}
        facts = {name: self._desk.facts[name] for name in ("calls", "rec")}
        return {"desk": True, "values": values, "scenes": self._scenes(), "who": self._who(), **facts}

    def changed(self, path: str) -> None:
        """Tell what is new of what is shown."""
        if path in SCENES:
            self.phone.tell({"scenes": self._scenes()})
        elif path in self._base or path in self._sends:
            self.phone.tell({"values": {path: self._desk.told(path)}})
        if path in self._view:
            if path.endswith("/type") and self._shown.startswith("/fx"):
                self._show(self._shown)
                return
            self.phone.tell({"set": {path: self._valued(path)}})
            if "/eq/" in path or "/preamp/" in path:
                self.phone.say("/faderd/curve", self._shown)

    def told(self, fact: str) -> None:
        """Tell a fact that is new."""
        if fact in ("calls", "rec"):
            self.phone.tell({fact: self._desk.facts[fact]})

    def obey(self, words: list[Word]) -> None:
        """Do what the page says.

        Raises
        ------
        ValueError
            When no page of ours says so.
        """
        match words:
            case ["undo"]:
                self.phone.say("/faderd/undo")
            case ["view", str(path)] if path in VIEWS:
                self._show(path)
            case ["sends", bus]:
                number = guard.number(bus, 0, 16)
                own = [f"{strip}/mix/{number:02}/level" for strip in STRIPS] if number else []
                self._sends = tuple(own)
                self.phone.tell({"values": {path: self._desk.told(path) for path in own}})
            case ["diff", scene]:
                self._diff = []
                self.phone.say("/faderd/scene/diff", guard.number(scene, 0, 99))
            case ["go", scene]:
                self.phone.say("/-action/goscene", guard.number(scene, 0, 99))
            case ["rec", "start" | "stop" | "mark" as deed]:
                self.phone.say(f"/faderd/rec/{deed}")
            case ["answer", bus, str(text)]:
                self.phone.say("/faderd/call/answer", guard.number(bus, 0, 16), text)
            case ["keep"]:
                self._keep()
                self.phone.tell({"refused": "Every mix is kept as it is now"})
            case [str(path), value] if path in TABLE.leaves and not isinstance(value, list):
                self._set(path, value)
            case _:
                raise ValueError("no words of the desk")

    def _set(self, path: str, value: Word) -> None:
        """Say a value as its row wants it."""
        kind = self._desk.row(path).kind
        if kind == "text":
            self.phone.say(path, str(value))
        elif kind in ("level", "linear", "logarithmic"):
            self.phone.say(path, float(guard.position(value)))
        elif isinstance(value, int | float):
            self.phone.say(path, int(value))

    # --- what one strip or slot is --------------------------------------------------------------------

    def _show(self, path: str) -> None:
        """Tell all about a strip or an effect, and whatever of it changes from now on."""
        found = [leaf for leaf in TABLE.leaves if leaf.startswith(f"{path}/") and self._is_used(leaf)]
        self._view, self._shown = tuple(sorted(found, key=_section)), path
        self.phone.tell({"view": path, "rows": [self._described(leaf) for leaf in self._view]})
        if path.startswith("/fx"):
            self.phone.say("/faderd/picture", int(path[-1]))
        else:
            self.phone.say("/faderd/curve", path)

    def _is_used(self, path: str) -> bool:
        parts = path.split("/")
        is_send = len(parts) == 6 and parts[3] == "mix"
        row = self._desk.row(path)
        return not is_send and row.kind != "bitmap" and row.path != "unused" and not path.endswith("/icon")

    def _described(self, path: str) -> list[Any]:
        """Path, label, section, kind, choices or ends, help, value, text."""
        row = self._desk.row(path)
        section = path.removeprefix(f"{self._shown}/")
        label = row.path if "/par/" in path else section.replace("/", " ")
        if not self._shown.startswith("/fx"):
            label = label.partition(" ")[2] or label
        ends = list(row.choices) or ([row.lowest, row.highest] if row.kind == "integer" else [])
        return [path, label, section.partition("/")[0], row.kind, ends, row.help, *self._valued(path)]

    def _valued(self, path: str) -> list[Wire]:
        return [self._desk.values.get(path, 0), self._desk.text(path)]

    def _scenes(self) -> list[tuple[int, str]]:
        """Scenes that can be recalled."""
        values = self._desk.values
        path = "/-show/showfile/scene/{:03}/{}".format
        return [(n, str(values.get(path(n, "name"), ""))) for n in range(100) if values.get(path(n, "hasdata"))]

    def _hear(self, message: packet.Message) -> None:
        """Take what the daemon answers."""
        match message.address, message.arguments:
            case "/faderd/scene/diff", [int(count)]:
                self.phone.tell({"diff": self._diff[:MOST_SHOWN], "count": count})
            case "/faderd/scene/diff", change:
                self._diff.append(change)
            case "/faderd/rec/mark", _:
                self.phone.tell({"refused": "Marked"})
            case "/faderd/picture", [int(slot), str(name), str(text)]:
                self.phone.tell({"picture": text, "effect": name, "slot": slot})
            case "/faderd/curve", [str(name), *gains]:
                self.phone.tell({"curve": [round(float(gain), 2) for gain in gains], "of": name})


def _section(path: str) -> int:
    """In signal order."""
    parts = path.split("/")
    return next((place for place, name in enumerate(SECTIONS) if name in parts), len(SECTIONS))
