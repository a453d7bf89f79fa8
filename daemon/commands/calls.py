"""Calling for help: a musician calls, whoever mixes sees it and answers.

/faderd/call WORDS              calls for your mix; without words you no longer need help
/faderd/calls [1]               ─▶ /faderd/calls JSON; with 1 for ten seconds, whenever one of them changes
/faderd/call/answer BUS WORDS   answers; whoever called hears /faderd/call/answer WORDS
"""

import dataclasses
import json
import logging
from collections.abc import Callable
from typing import ClassVar

from daemon.commands.family import Family
from daemon.desk.roles import BUSES, Access
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

log = logging.getLogger("faderd")

CALL, CALLS, ANSWER = "/faderd/call", "/faderd/calls", "/faderd/call/answer"
LONGEST = 60
"""Letters of a call, and of an answer: all of them fit into a datagram."""
ANSWERED_S = 60.0
"""So long an answer stands."""
UNANSWERED_S = 900.0
"""Whoever called a quarter of an hour ago has found help, or gone."""


@dataclasses.dataclass
class Call:
    """Somebody needs help."""

    client: Client
    bus: int
    words: str
    since: float
    answer: str = ""


class Calls(Family):
    """Passes calls on.

    Parameters
    ----------
    access : callable
        What a client may do: its first bus is where help is needed.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        CALL: "Calls whoever mixes to your mix, in your words; without any words you no longer need help.",
        CALLS: "Tells who needs help, as JSON: bus, words, seconds since then, answer; 1 has it told for ten seconds.",
        ANSWER: "Answers the call of a bus, in your words.",
    }

    def __init__(self, access: Callable[[Client], Access], network: Network) -> None:
        self._access = access
        self._send, self._clock = network.send, network.clock
        self._leases: Leases[None] = Leases(network)
        self._calls: dict[int, Call] = {}
        self.commands = {CALL: self._call, CALLS: self._ask, ANSWER: self._answer}

    def tick(self) -> None:
        """Forget what is settled."""
        now = self._clock()
        for call in [*self._calls.values()]:
            if now - call.since > (ANSWERED_S if call.answer else UNANSWERED_S):
                self._end(call.bus)

    def _call(self, arguments: list[Wire], client: Client) -> None:
        access = self._access(client)
        bus = access.buses[0] if access.buses != BUSES else 0
        words = _short(arguments[:1])
        if not words:
            self._end(bus)
            return
        if access.role == "viewer":
            raise ValueError("a viewer has no mix to be helped with: log in first")
        self._calls[bus] = Call(client, bus, words, self._clock())
        log.info("bus %d calls: %s", bus, words)
        self._tell()

    def _answer(self, arguments: list[Wire], client: Client) -> None:
        if len(arguments) < 2 or not isinstance(arguments[0], int) or arguments[0] not in self._calls:
            raise ValueError("say the bus that calls, and what you answer")
        call = self._calls[arguments[0]]
        call.answer, call.since = _short(arguments[1:2]) or "Seen", self._clock()
        self._send(packet.build(ANSWER, call.answer), call.client)
        self._tell()

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if arguments and not arguments[0]:
            self._leases.drop(client)
            return
        if arguments and not self._leases.renew(client, CALLS, None):
            raise ValueError("no room for more clients; wait until another one has left")
        self._send(packet.build(CALLS, self._text()), client)

    def _end(self, bus: int) -> None:
        if self._calls.pop(bus, None):
            self._tell()

    def _tell(self) -> None:
        for client in self._leases.running():
            self._send(packet.build(CALLS, self._text()), client)

    def _text(self) -> str:
        now = self._clock()
        return json.dumps([
            {"bus": call.bus, "words": call.words, "since_s": round(now - call.since), "answer": call.answer}
            for call in self._calls.values()
        ])  # fmt: skip


def _short(arguments: list[Wire]) -> str:
    """Words that fit, without what can't be shown."""
    text = str(arguments[0]) if arguments else ""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST].strip()
