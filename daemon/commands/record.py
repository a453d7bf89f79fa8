"""The recorder, from every client: /faderd/rec.

/faderd/rec/start [name], stop, mark [name]   do it
/faderd/rec                                   ─▶ all its values, and for ten seconds each that changes
"""

import dataclasses
from typing import ClassVar

from daemon import errors
from daemon.commands.family import Family
from daemon.recording import recorder
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

REC = "/faderd/rec"
PERIOD_S = 0.25
MOST = 2**31 - 1

WORDS = {
    "state": "0 idle, 1 recording, 2 trouble.",
    "gig": "Folder of the gig.",
    "tracks": "Inputs that are recorded.",
    "frames": "Frames that came in since the gig began.",
    "durable": "Frames that survive a power cut.",
    "verified": "Frames that were read back from the disk and are what was written.",
    "lost": "Frames that found no room while the disk did not take them.",
    "left": "Seconds for which there is room on the disk.",
    "sync": "The slowest write, in milliseconds.",
    "alarm": "What is wrong; empty is well.",
}


class Record(Family):
    """Starts, stops and marks, and tells how the recording is.

    Parameters
    ----------
    kept : Recorder
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        REC: "Tells all about the recording, and for ten seconds whatever of it changes.",
        f"{REC}/start": "Records all inputs, from two seconds ago on; say a name for the gig if you like.",
        f"{REC}/stop": "Ends the recording.",
        f"{REC}/mark": "Sets a mark in the recording; say its name if you like.",
    } | {f"{REC}/{name}": text for name, text in WORDS.items()}

    def __init__(self, kept: recorder.Recorder, network: Network) -> None:
        self._recorder = kept
        self._send = network.send
        self._clock = network.clock
        self._leases: Leases[None] = Leases(network)
        self._told: dict[str, Wire] = {}
        self._due = 0.0
        self.commands = {
            REC: self._ask,
            f"{REC}/start": lambda arguments, client: self._do("start", arguments, client),
            f"{REC}/stop": lambda arguments, client: self._do("stop", [], client),
            f"{REC}/mark": lambda arguments, client: self._do("mark", arguments, client),
        } | {f"{REC}/{name}": lambda _, client, name=name: self._tell(client, [name]) for name in WORDS}

    def tick(self) -> None:
        """Tell what has changed, four times a second."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + PERIOD_S
        values = self._values()
        changed = [name for name in WORDS if values[name] != self._told.get(name)]
        self._told = values
        for client in self._leases.running():
            self._tell(client, changed)

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if arguments and not arguments[0]:
            self._leases.drop(client)
        else:
            self._leases.renew(client, REC, None)
            self._tell(client, list(WORDS))

    def _do(self, deed: str, arguments: list[Wire], client: Client) -> None:
        """Do it and answer with the state, or with why not."""
        try:
            getattr(self._recorder, deed)(*(str(argument) for argument in arguments[:1]))
        except errors.Refusal as refusal:
            raise ValueError(str(refusal)) from None
        self._send(packet.build(f"{REC}/{deed}", self._values()["state"]), client)

    def _tell(self, client: Client, names: list[str]) -> None:
        values = self._values()
        for name in names:
            self._send(packet.build(f"{REC}/{name}", values[name]), client)

    def _values(self) -> dict[str, Wire]:
        """What is told; a number too large for the wire's whole numbers is a decimal one."""
        told = dataclasses.asdict(self._recorder.report())
        return {n: float(v) if isinstance(v, int) and v > MOST else v for n, v in told.items()}
