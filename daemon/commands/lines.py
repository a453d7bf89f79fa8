"""Parameters as lines of text: /node reads one, / writes one."""

from typing import ClassVar

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.errors import UnknownError
from daemon.files import nodeline, scene
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire


class Lines(Family):
    """Reads and writes nodes as text.

    Parameters
    ----------
    console : Console
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        "/node": "With the address of a node or parameter, tells its values as a line of text.",
        "/": "Sets what a line of text says, and sends it back when that is done.",
    }

    def __init__(self, console: Console, network: Network) -> None:
        self._console = console
        self._send = network.send
        self.commands = {"/node": self._tell, "/": self._apply}

    def _tell(self, arguments: list[Wire], client: Client) -> None:
        """Answer with a line, from the address `node` as the desk does."""
        path = "/" + _text(arguments).strip().removeprefix("/")
        line = nodeline.line_of(self._console.values, path)
        if line is None:
            raise UnknownError(path)
        self._send(packet.build("node", line + "\n"), client)

    def _apply(self, arguments: list[Wire], client: Client) -> None:
        """Apply a line and echo it: clients wait for that before they send the next one."""
        line = _text(arguments)
        self._console.require(self._meant(line), client)
        problems = scene.apply_line(self._console, line, client)
        self._send(packet.build("/", line), client)
        if problems:
            raise ValueError(problems[0].reason)

    def _meant(self, line: str) -> tuple[int, ...]:
        """Leaves that a line means to set."""
        path, *tokens = list(nodeline.split(line)) or [""]
        return nodeline.leaves_of(self._console.values, "/" + path.removeprefix("/"))[: len(tokens)]


def _text(arguments: list[Wire]) -> str:
    """First argument of a message that has one text."""
    return str(arguments[0]) if arguments else ""
