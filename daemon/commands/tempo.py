"""One tempo for several effects: echoes in notes, and oscillators that turn once in a note.

/faderd/tempo                    ─▶ /faderd/tempo 120.0 3 "1/8." 4 "1/4": beats a minute, and who follows in which notes
/faderd/tempo/set 120.5          sets it
/faderd/tempo/tap                a beat: two make a tempo, more make it exact; a pause begins anew
/faderd/tempo/follow 3 1/8.      the effect in slot 3 follows in dotted eighths; T is a triplet, "off" lets it go

What follows is the parameter Time or Speed of the effect in the slot, whichever effect that is, as soon as it has one.
"""

import json
import re
from pathlib import Path
from typing import ClassVar

import numpy as np

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.files.disk import Disk
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.effects.memory import SLOTS
from dsp.parameters.row import Wire
from dsp.parameters.variant import UNUSED
from dsp.table import TABLE

TEMPO, SET, TAP, FOLLOW = "/faderd/tempo", "/faderd/tempo/set", "/faderd/tempo/tap", "/faderd/tempo/follow"
SLOWEST, FASTEST, USUAL = 30.0, 300.0, 120.0
"""Beats a minute."""
MOST_TAPS = 8
WHOLE_NOTE_BEATS = 4.0
NOTE = re.compile(r"1/(1|2|4|8|16|32)([.T]?)")
LENGTHS = {"": 1.0, ".": 1.5, "T": 2 / 3}
FILE = "tempo.json"


def beats(note: str) -> float:
    """Beats that a note lasts.

    Raises
    ------
    ValueError
        When it is none.
    """
    found = NOTE.fullmatch(note)
    if found is None:
        raise ValueError(f"{note!r} is no note: say one such as 1/4, 1/8. (dotted) or 1/8T (triplet), or off")
    return WHOLE_NOTE_BEATS / int(found[1]) * LENGTHS[found[2]]


class Tempo(Family):
    """Keeps the tempo, and who follows it.

    Parameters
    ----------
    console : Console
    files : Disk
        Keeps it on the disk.
    folder : Path, optional
        Where it is kept.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        TEMPO: "Tells the tempo in beats a minute, and for each effect that follows it the slot and its note.",
        SET: f"Sets the tempo in beats a minute, {SLOWEST:.0f} to {FASTEST:.0f}: echoes and oscillators that follow it"
        " change with it.",
        TAP: f"Counts a beat, by hand or foot: two make a tempo, up to {MOST_TAPS} make it exact, a pause begins anew.",
        FOLLOW: "Lets the effect in a slot follow the tempo: the slot, and a note such as 1/4, 1/8. or 1/8T, or off.",
    }

    def __init__(self, console: Console, files: Disk, folder: Path | None, network: Network) -> None:
        self._console, self._files, self._send, self._clock = console, files, network.send, network.clock
        self._path = None if folder is None else folder / FILE
        self._taps: list[float] = []
        self.beats_a_minute = USUAL
        self.notes: dict[int, str] = {}
        self._remember()
        self._types = {TABLE.leaves[f"/fx/{slot}/type"]: slot for slot in range(1, SLOTS + 1)}
        console.rules.append(self._changed)
        self.commands = {TEMPO: self._ask, SET: self._set, TAP: self._tap, FOLLOW: self._follow}

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        follows = [word for slot, note in sorted(self.notes.items()) for word in (slot, note)]
        self._send(packet.build(TEMPO, round(self.beats_a_minute, 2), *follows), client)

    def _set(self, arguments: list[Wire], client: Client) -> None:
        try:
            wanted = float(arguments[0])
        except (IndexError, TypeError, ValueError):
            wanted = 0.0
        if not SLOWEST <= wanted <= FASTEST:
            raise ValueError(f"the tempo is {SLOWEST:.0f} to {FASTEST:.0f} beats a minute, such as {SET} 120")
        self._become(wanted)
        self._ask([], client)

    def _tap(self, arguments: list[Wire], client: Client) -> None:
        now = self._clock()
        if self._taps and now - self._taps[-1] > 60 / SLOWEST:
            self._taps.clear()
        self._taps = [*self._taps[1 - MOST_TAPS :], now]
        if len(self._taps) > 1:
            # A line through all taps: one that comes late shifts the others less than a mean of steps would.
            beat_s = float(np.polyfit(np.arange(len(self._taps)), self._taps, 1)[0])
            self._become(min(max(60 / max(beat_s, 1e-3), SLOWEST), FASTEST))
        self._ask([], client)

    def _follow(self, arguments: list[Wire], client: Client) -> None:
        slot = arguments[0] if arguments else None
        if not isinstance(slot, int | float | str) or str(slot) not in map(str, range(1, SLOTS + 1)):
            raise ValueError(f"{slot!r} is no slot: 1 to {SLOTS}, and then a note such as 1/4, or off")
        note = str(arguments[1]) if len(arguments) > 1 else ""
        if note.lower() == "off":
            self.notes.pop(int(slot), None)
        else:
            beats(note)
            self.notes[int(slot)] = note
            self._lead(int(slot))
        self._keep()
        self._ask([], client)

    def _become(self, beats_a_minute: float) -> None:
        self.beats_a_minute = beats_a_minute
        for slot in sorted(self.notes):
            self._lead(slot)
        self._keep()

    def _changed(self, leaf: int, author: object) -> None:
        slot = self._types.get(leaf)
        if slot in self.notes and not self._console.recalling:  # a scene has times of its own
            self._lead(slot)

    def _lead(self, slot: int) -> None:
        """Set the time of an effect, which is halved as often as it takes to be one that it has, or its speed."""
        seconds = 60 / self.beats_a_minute * beats(self.notes[slot])
        number = 1
        while (leaf := TABLE.leaves.get(f"/fx/{slot}/par/{number:02d}")) is not None:
            param = self._console.values.param(leaf)
            if param is UNUSED:
                return
            if param.path == "Time" and param.unit == "ms":
                while 1000 * seconds > param.highest:
                    seconds /= 2
                self._console.set(leaf, param.nearest(1000 * seconds))
                return
            if param.path == "Speed":
                self._console.set(leaf, param.nearest(1 / seconds))
                return
            number += 1

    def _keep(self) -> None:
        if self._path is not None:
            kept = {"beats_a_minute": self.beats_a_minute, "notes": self.notes}
            self._files.write(self._path, json.dumps(kept).encode(), lambda _: None)

    def _remember(self) -> None:
        """Take up what was kept; a file that is broken is as if it were not there."""
        try:
            kept = json.loads(self._path.read_bytes()) if self._path is not None else {}
            notes = {int(slot): str(note) for slot, note in kept.get("notes", {}).items()}
            for note in notes.values():
                beats(note)
            self.beats_a_minute = min(max(float(kept.get("beats_a_minute", USUAL)), SLOWEST), FASTEST)
            self.notes = {slot: note for slot, note in notes.items() if 1 <= slot <= SLOTS}
        except (OSError, ValueError, TypeError, AttributeError):
            return
