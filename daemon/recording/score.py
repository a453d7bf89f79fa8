"""The score of a gig: all that was set while it was recorded, and the frames at which it was heard.

    Console ─▶ noted … published ─▶ move: what was set, serial of the targets
    audio thread ─▶ stamps        ─▶ heard, pulled, recall: serials and frames
                                                                  ╰─▶ moves.jsonl

With the desk as it was at the beginning, this plays the show again: see `again`.
"""

import collections
import json
import pathlib
import time
from typing import Any

from daemon.desk import console, parts
from daemon.recording import journal
from daemon.wire.network import Client
from dsp.engine import wall
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

MOVES, START, SCENE = "moves.jsonl", "start.json", "start.scn"


class Scribe:
    """Notes what happens to a console from now on.

    Parameters
    ----------
    mixer : Console
        With everything published.
    audio : Wall
    first : int
        Frame of the stream at which the gig begins.

    Attributes
    ----------
    values : Values
        How the console was set at the beginning.
    first : int
        See above.
    """

    def __init__(self, mixer: console.Console, audio: wall.Wall, first: int) -> None:
        self._mixer, self._audio, self.first = mixer, audio, first
        self._noted: list[list[Any]] = []
        self._events: collections.deque[journal.Event] = collections.deque()
        self._serial, self._hushed = audio.published, audio.hushed
        self._heard = audio.stamps_since(0)[1]
        self._pulled = audio.hushes_since(0)[1]
        self._recalls = audio.recalls_since(0)[1]
        self._asked = audio.recall_asked()
        self.values = mixer.values.copy()
        self._first_serial = self._serial
        mixer.scribe = self

    def start(self) -> dict[str, Any]:
        """The desk as it was at the beginning."""
        return {"serial": self._first_serial, "values": changed(self.values)}

    def stop(self) -> None:
        """Note nothing any more."""
        if self._mixer.scribe is self:
            self._mixer.scribe = None

    def noted(self, leaf: int, stored: Stored, recalled: bool, pace: int = 0) -> None:
        """Take what was set, from the console: as recalled, and for how long it rides, where that is more than 0."""
        if TABLE.path_of(leaf).startswith(parts.CLOCKWORK):
            return
        more = [int(recalled), pace] if pace else [1] if recalled else []
        self._noted.append([TABLE.path_of(leaf), stored, *more])

    def published(self, whole: bool) -> None:
        """Take what was handed over, from the console."""
        serial, hushed = self._audio.published, self._audio.hushed
        event: journal.Event = {"kind": "move"}
        if serial != self._serial:
            event |= {"serial": serial, "whole": whole}
        if hushed != self._hushed:
            event["hush"] = hushed
        if len(event) == 1:
            return
        self._serial, self._hushed = serial, hushed
        actor = self._mixer.actor
        event |= {"time": round(time.time(), 3), "by": str(actor) if isinstance(actor, Client) else ""}
        event["set"], self._noted = self._noted, []
        self._events.append(event)

    def began_anew(self) -> None:
        """Note, for the console, that from the next targets on nothing can be played again."""
        self._events.append({"kind": "anew", "serial": self._audio.published + 1})

    def tell(self, event: journal.Event) -> None:
        """Note something else that has to be known to play it again."""
        self._events.append(event)

    def look(self) -> bool:
        """Note at which frames what was handed over has been heard; at least five times a second.

        Returns
        -------
        torn : bool
            Whether a recall had to wait for so long that what it heard again is not what was kept: from where it is
            heard on, the show can't be played again until the next checkpoint.
        """
        heard, self._heard = self._audio.stamps_since(self._heard)
        pulled, self._pulled = self._audio.hushes_since(self._pulled)
        recalls, self._recalls = self._audio.recalls_since(self._recalls)
        if (asked := self._audio.recall_asked()) != self._asked:  # a gig may end before it is heard
            self._asked = asked
            self._events.append({"kind": "asked", "at": [(asked[0], asked[1] - self.first)]})
        for kind, found in (("heard", heard), ("pulled", pulled)):
            if found:
                self._events.append({"kind": kind, "at": [(serial, frame - self.first) for serial, frame in found]})
        for each in recalls:
            frames = {name: each[name] - self.first for name in ("asked", "now", "ready", "seen")}
            self._events.append({"kind": "recall", "serial": each["serial"]} | frames)
            if each["torn"]:
                self._events.append({"kind": "break", "frame": frames["seen"], "why": "a recall had to wait"})
        return any(each["torn"] for each in recalls)

    def write(self, path: pathlib.Path) -> None:
        """Add what has come since the last call to a file; what a disk does not take is kept for the next."""
        events = list(self._events)
        if events:
            journal.append(path, *events)
            for _ in events:
                self._events.popleft()


def changed(values: Values) -> dict[str, Stored]:
    """All values that are not as the console is delivered, by address."""
    fresh = Values(TABLE)
    found = [leaf for leaf in range(TABLE.size) if values.get(leaf) != fresh.get(leaf)]
    return {TABLE.path_of(leaf): values.get(leaf) for leaf in found}


def begin(folder: pathlib.Path) -> dict[str, Any]:
    """Read the desk as it was when a gig began."""
    return dict(json.loads((folder / START).read_text("utf-8")))
