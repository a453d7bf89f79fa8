"""The commands for stored things: /save /load /copy /add /rename /delete, and /showdump.

Each answers its sender with its own address, the kind, and 1 for done or 0 for not done.
"""

from collections.abc import Callable
from typing import ClassVar

from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.files import preset
from daemon.files.disk import Done
from daemon.show.library import KINDS, Library
from daemon.show.recall import Recall
from daemon.show.show import FIELDS, Show
from daemon.show.turns import Steps, Turns
from daemon.wire import packet
from daemon.wire.bursts import Bursts
from daemon.wire.network import Client, Command, Network
from dsp.parameters.row import Wire
from dsp.parameters.table import Values


class Datasets(Family):
    """Commands for scenes, snippets, cues and presets.

    Parameters
    ----------
    show : Show
    library : Library
    recall : Recall
    turns : Turns
        What takes its time is done there.
    faults : Faults
        Who wants reasons.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        "/save": "Stores a scene, snippet or preset in a slot, under a name; the answer is 1 when it is on the disk.",
        "/load": "Recalls a scene, snippet or preset from a slot.",
        "/copy": "Stores in one slot what another one holds.",
        "/add": "Puts a cue into the list, by number and name.",
        "/rename": "Gives a scene, snippet, cue or preset another name.",
        "/delete": "Empties a slot.",
        "/showdump": "Tells the whole list of the show.",
    }

    def __init__(
        self, show: Show, library: Library, recall: Recall, turns: Turns, faults: Faults, network: Network
    ) -> None:
        self._turns = turns
        self._show, self._library, self._recall = show, library, recall
        self._faults = faults
        self._send = network.send
        self._bursts = Bursts(network)
        self._work: dict[str, Callable[[str, _Arguments, Done], Steps | None]] = {
            "/load": self._load,
            "/copy": self._copy,
            "/add": self._add,
            "/rename": self._rename,
            "/delete": self._delete,
        }
        self.commands = {address: self._command(address) for address in ("/save", *self._work)}
        self.commands["/showdump"] = self._dump

    def _command(self, address: str) -> Command:
        """Work behind an address, with its answer: now if it fails, else when the disk has it."""

        def command(arguments: list[Wire], client: Client) -> None:
            given = _Arguments(address, arguments)
            kind = given.text()

            def done(error: OSError | None) -> None:
                self._send(packet.build(address, kind, int(error is None)), client)
                if error is not None:
                    self._faults.tell(client, address, f"{kind} not stored: {error.strerror or error}")

            def failed(error: Exception) -> None:
                self._send(packet.build(address, kind, 0), client)
                self._faults.failing(client, address)(error)

            def finished(_: object) -> None:
                if address == "/load":
                    self._faults.tell_all(client, address, self._recall.left_out)

            take = self._turns.recall if address == "/load" else self._turns.take
            # What is stored is the desk as it is now, however long others are before it in turn.
            now = self._show.now() if address == "/save" else None
            take(self._steps(address, kind, given, done, now), finished, failed)

        return command

    def _steps(self, address: str, kind: str, given: "_Arguments", done: Done, now: Values | None) -> Steps:
        steps = self._work[address](kind, given, done) if now is None else self._save(kind, given, done, now)
        if steps is not None:
            yield from steps

    def _save(self, kind: str, given: "_Arguments", done: Done, now: Values) -> Steps:
        slot, name = given.number(), given.text()
        if kind == "scene":
            yield from self._show.save_scene(slot, name, given.text(""), done, now)
        elif kind == "snippet":
            yield from self._show.save_snippet(slot, name, done, now)
        else:
            self._library.store(_library(kind), slot, name, given.number(0), done, now)

    def _load(self, kind: str, given: "_Arguments", done: Done) -> Steps:
        """Recall; lines that are not understood are left out and told."""
        slot = given.number()
        if kind == "scene":
            yield from self._recall.scene(slot)
        elif kind == "snippet":
            yield from self._recall.snippet(slot)
        else:
            target, scope = given.number(0), given.number(preset.ALL_SCOPES)
            yield from self._recall.preset(_library(kind), slot, target, scope)
        done(None)

    def _copy(self, kind: str, given: "_Arguments", done: Done) -> None:
        source, target = given.number(), given.number()
        if kind in FIELDS:
            self._show.copy(kind, source, target, done)
        else:
            self._library.copy(_library(kind), source, target, done)

    def _add(self, kind: str, given: "_Arguments", done: Done) -> None:
        if kind != "cue":
            raise ValueError(f"{kind}: only cues are added; scenes and presets are saved")
        self._recall.cues.add(given.number(), given.text())
        done(None)

    def _rename(self, kind: str, given: "_Arguments", done: Done) -> None:
        slot, name = given.number(), given.text()
        if kind == "cue":
            self._recall.cues.rename(slot, name)
            done(None)
        elif kind in FIELDS:
            self._show.rename(kind, slot, name, done)
        else:
            self._library.rename(_library(kind), slot, name, done)

    def _delete(self, kind: str, given: "_Arguments", done: Done) -> None:
        slot = given.number()
        if kind == "cue":
            self._recall.cues.delete(slot)
            done(None)
        elif kind in FIELDS:
            self._show.delete(kind, slot, done)
        else:
            self._library.delete(_library(kind), slot, done)

    def _dump(self, arguments: list[Wire], client: Client) -> None:
        """Send the whole list of the show, as answers to `/node`."""
        self._bursts.send([packet.build("node", f"{line}\n") for line in self._show.dump()], client)


class _Arguments:
    """Arguments of a command, taken one after the other."""

    def __init__(self, address: str, arguments: list[Wire]) -> None:
        self._address = address
        self._left = list(arguments)

    def text(self, missing: str | None = None) -> str:
        """Next argument, a text."""
        argument = self._next(missing)
        if not isinstance(argument, str):
            raise ValueError(f"{self._address}: {argument!r} is not a text")
        return argument

    def number(self, missing: int | None = None) -> int:
        """Next argument, a whole number in any writing."""
        argument = self._next(missing)
        try:
            if float(argument) == int(float(argument)):
                return int(float(argument))
        except (ValueError, OverflowError):
            pass
        raise ValueError(f"{self._address}: {argument!r} is not a whole number")

    def _next(self, missing: Wire | None) -> Wire:
        if self._left:
            return self._left.pop(0)
        if missing is None:
            raise ValueError(f"{self._address}: arguments are missing, see the protocol")
        return missing


def _library(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not one of scene, snippet, cue, {', '.join(KINDS)}")
    return kind
