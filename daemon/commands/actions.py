"""The buttons below `/-action/`: they do something, and read 0."""

from collections.abc import Callable

from daemon.commands.errors import Faults
from daemon.desk import parts
from daemon.desk.console import Console
from daemon.history.undo import Undo
from daemon.show.library import Library
from daemon.show.recall import Recall
from daemon.show.show import Show
from daemon.show.turns import Steps, Turns
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

PREFIX = "/-action/"
SPECTRUM = "/-action/setrtasrc"

# What belongs to a recording card: there is none, but clients wait for the answer.
_CARD = (
    *("selsession", "delsession", "selmarker", "delmarker", "savemarker", "addmarker", "setposition"),
    *("clearalert", "formatcard"),
)


class Actions:
    """Does what the buttons say.

    Parameters
    ----------
    console : Console
        Whose buttons they are.
    show : Show
    library : Library
    recall : Recall
    undo : Undo
    turns : Turns
        What takes its time is done there.
    faults : Faults
        Who wants reasons.
    network : Network
        The way to the clients.
    """

    def __init__(
        self,
        console: Console,
        show: Show,
        library: Library,
        recall: Recall,
        undo: Undo,
        turns: Turns,
        faults: Faults,
        network: Network,
    ) -> None:
        self._console = console
        self._faults = faults
        self._recall = recall
        self._turns = turns
        self._send = network.send
        pressed: dict[str, Callable[[], None]] = {
            "initall": self._begin_anew,
            "initlib": library.clear,
            "initshow": show.clear,
            "undopt": undo.remember,
            "doundo": recall.undo,
            "clearsolo": self._clear_solo,
        }
        numbered: dict[str, Callable[[int], Steps]] = {
            "gocue": recall.cue,
            "goscene": recall.scene,
            "gosnippet": recall.snippet,
        }
        table = console.values.table
        for path, leaf in table.leaves.items():
            if path.startswith(PREFIX):
                name = path.removeprefix(PREFIX)
                console.triggers[leaf] = self._trigger(path, pressed.get(name), numbered.get(name))

    def _trigger(
        self, path: str, press: Callable[[], None] | None, number: Callable[[int], Steps] | None
    ) -> Callable[[Stored, object], None]:
        """Work of one button."""

        def trigger(stored: Stored, author: object) -> None:
            def told(_: object) -> None:
                self._faults.tell_all(author, path, self._recall.left_out)

            if number is not None:
                self._turns.recall(number(int(stored)), told, self._faults.failing(author, path))
            elif path == SPECTRUM:
                self._set_spectrum(int(stored))
            elif press is not None and stored:
                press()
            elif path.removeprefix(PREFIX) in _CARD and isinstance(author, Client):
                self._send(packet.build(path, 0), author)

        return trigger

    def _begin_anew(self) -> None:
        """Set the desk as it came."""
        wanted = self._console.values.copy()
        fresh = Values(wanted.table)
        parts.take(wanted, fresh, parts.of(wanted.table).part != parts.Part.OUTSIDE)
        self._recall.become(wanted)

    def _clear_solo(self) -> None:
        table = self._console.values.table
        for number in range(1, parts.STRIPS + 1):
            self._console.set(table.leaves[f"/-stat/solosw/{number:02d}"], 0)

    def _set_spectrum(self, source: int) -> None:
        self._console.set(self._console.values.table.leaves["/-stat/rtasource"], source)
