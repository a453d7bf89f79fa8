"""What the desk can't do with its scenes: show what a recall would change, recall a part, take time.

/faderd/scene/diff N|FILE [PATTERN]           what would change
/faderd/scene/recall N [PATTERN] [SECONDS [CLASS SECONDS …]]    a part of it, slowly
/faderd/show/next  previous  go               the position in the list
"""

from pathlib import Path
from typing import ClassVar

from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.desk.console import Console, differences
from daemon.show import fade_times
from daemon.show.recall import Recall
from daemon.show.turns import Steps, Turns
from daemon.wire import packet
from daemon.wire.bursts import Bursts
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire
from dsp.parameters.table import Values

DIFF = "/faderd/scene/diff"
RECALL = "/faderd/scene/recall"


class Beyond(Family):
    """Commands for scenes that the desk does not have.

    Parameters
    ----------
    console : Console
        The desk.
    recall : Recall
        Where scenes come from.
    folder : Path
        Where files of scenes are.
    turns : Turns
        What takes its time is done there.
    faults : Faults
        Who wants reasons.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        DIFF: "Tells what recalling a scene, by number or file, would change: address, value now and then; with a"
        " pattern such as bus/05/** only of that part.",
        RECALL: "Recalls a scene by number; with a pattern only a part, with seconds slowly, with names and seconds of"
        " preamps, dynamics, eq, levels, sends or effects those at their own pace; a scene can ask for it in its"
        " notes: fade 5 eq 1. The answer is the number and how much changes.",
        "/faderd/show/next": "Moves to the next line of the show.",
        "/faderd/show/previous": "Moves to the line of the show before.",
        "/faderd/show/go": "Recalls the line of the show you are at.",
    }

    def __init__(
        self, console: Console, recall: Recall, folder: Path, turns: Turns, faults: Faults, network: Network
    ) -> None:
        self._turns = turns
        self._values = console.values
        self._recall = recall
        self._faults = faults
        self._folder = folder
        self._network = network
        self._bursts = Bursts(network)
        self.commands = {
            DIFF: self._diff,
            RECALL: self._part,
            "/faderd/show/next": lambda arguments, client: recall.step(1),
            "/faderd/show/previous": lambda arguments, client: recall.step(-1),
            "/faderd/show/go": self._go,
        }

    def _diff(self, arguments: list[Wire], client: Client) -> None:
        """Answer with address, value now and value then of each change, and their number at last."""
        if not arguments:
            raise ValueError("name a scene by its number, or a file in the folder of the show")
        number, pattern = _number(arguments[0]), str(arguments[1]) if len(arguments) > 1 else "**"
        if number is None:
            steps = self._recall.file_values(self._file(str(arguments[0])), pattern)
        else:
            steps = self._recall.scene_values(number, pattern)

        def compared() -> Steps:
            # With the desk that the scene was read for: what is set meanwhile is nothing that the scene would change.
            before = self._values.copy()
            return changes_of(before, (yield from steps))

        def told(changes: list[tuple[str, str, str]]) -> None:
            self._faults.tell_all(client, DIFF, self._recall.left_out)
            answers = [packet.build(DIFF, *change) for change in changes]
            self._bursts.send([*answers, packet.build(DIFF, len(changes))], client)

        self._turns.take(compared(), told, self._faults.failing(client, DIFF))

    def _go(self, arguments: list[Wire], client: Client) -> None:
        address = "/faderd/show/go"
        self._turns.recall(self._recall.go(), lambda _: None, self._faults.failing(client, address))

    def _file(self, name: str) -> Path:
        """File in the folder of the show, and only there: a client must not look into others."""
        path = self._folder / Path(name).name
        if not path.is_file():
            raise ValueError(f"{Path(name).name}: there is no such file in the folder of the show")
        return path

    def _part(self, arguments: list[Wire], client: Client) -> None:
        """Recall a scene: at addresses like a pattern, within some seconds; answer with how much changes."""
        number = _number(arguments[0]) if arguments else None
        if number is None:
            raise ValueError("name a scene by its number")
        rest = arguments[1:]
        pattern = str(rest.pop(0)) if rest and isinstance(rest[0], str) and _number(rest[0]) is None else "**"

        def told(changes: int) -> None:
            self._network.send(packet.build(RECALL, number, changes), client)
            self._faults.tell_all(client, RECALL, self._recall.left_out)

        steps = self._recall.scene(number, pattern, fade_times.parse(rest) if rest else None)
        self._turns.recall(steps, told, self._faults.failing(client, RECALL))


def changes_of(now: Values, then: Values) -> list[tuple[str, str, str]]:
    """Address, value now and value then of everything that differs, as the desk writes values."""
    return [
        (now.table.path_of(leaf), now.text(leaf).strip(), then.text(leaf).strip())
        for leaf in differences(now, then)
    ]


def _number(argument: Wire) -> int | None:
    """Number in any writing."""
    try:
        return int(float(argument)) if float(argument) == int(float(argument)) else None
    except (ValueError, OverflowError):
        return None

