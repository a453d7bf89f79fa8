"""Everything a client can ask to be told: the commands of the subscription family.

`/xremote` tells every change, `/subscribe` and `/formatsubscribe` values at a steady pace, `/meters`
and `/batchsubscribe` meters (the latter also one value of many strips); `/renew` and `/unsubscribe`
prolong and end any of them, by name or all at once; the same hold for a listen bus (see `listen`).
"""

from typing import ClassVar

from daemon.commands.family import Family
from daemon.commands.listen import Listening
from daemon.commands.meterfeed import ADDRESSES, MeterFeed
from daemon.commands.polls import Polls
from daemon.commands.xremote import Remotes
from daemon.desk.console import Console
from daemon.metering.meters import METERS, Page
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire


class Subscriptions(Family):
    """What each client is told, and the commands for it.

    Parameters
    ----------
    console : Console
        What is told.
    network : Network
        The way to the clients.

    Attributes
    ----------
    remotes : Remotes
        Who hears of every change.
    """

    help: ClassVar = {
        "/xremote": "For ten seconds, tells every change that others make.",
        "/xremotenfb": "For ten seconds, tells every change that others make, as /xremote.",
        "/subscribe": "For ten seconds, tells a parameter or meter again and again.",
        "/formatsubscribe": "For ten seconds, tells several parameters in one message again and again.",
        "/batchsubscribe": "For ten seconds, tells a meter, or one parameter of many strips, under a name you give.",
        "/meters": "For ten seconds, tells a meter.",
        "/renew": "Gives ten more seconds to what you are told, or to all of it.",
        "/unsubscribe": "Ends one thing that you are told, or all of it.",
        **{f"/meters/{number}": str(meter.words.__doc__) for number, meter in METERS.items()},
        **Listening.help,
    }

    def __init__(self, console: Console, network: Network) -> None:
        self.remotes = Remotes(console, network)
        self._polls = Polls(console.values, network)
        self._meters = MeterFeed(console.values, network)
        self._listening = Listening(console, network)
        self.commands = {
            "/xremote": self._remote,
            "/xremotenfb": self._remote,
            "/subscribe": self._subscribe,
            "/formatsubscribe": self._format,
            "/batchsubscribe": self._batch,
            "/meters": self._meter,
            "/renew": self._renew,
            "/unsubscribe": self._unsubscribe,
            **self._listening.commands,
        }

    def shows(self, meter: int) -> bool:
        """Whether anybody wants the meter of this number."""
        return self._meters.shows(meter)

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
        self._meters.feed(page)

    def heard(self, client: Client) -> None:
        """Tell a client what it is owed of all changes."""
        self.remotes.heard(client)

    def tick(self) -> None:
        """Send values; called every 50 ms."""
        self._polls.tick()

    def _remote(self, arguments: list[Wire], client: Client) -> None:
        if not self.remotes.renew(client):
            raise ValueError("no room for more clients; wait until another one has left")

    def _subscribe(self, arguments: list[Wire], client: Client) -> None:
        if arguments and arguments[0] in ADDRESSES:
            self._meters.subscribe(client, arguments, "/subscribe")
        else:
            self._polls.subscribe(client, arguments)

    def _format(self, arguments: list[Wire], client: Client) -> None:
        self._polls.format(client, arguments)

    def _batch(self, arguments: list[Wire], client: Client) -> None:
        if len(arguments) > 1 and arguments[1] in ADDRESSES:
            self._meters.batch(client, arguments)
        else:
            self._polls.batch(client, arguments)

    def _meter(self, arguments: list[Wire], client: Client) -> None:
        self._meters.subscribe(client, arguments)

    def _renew(self, arguments: list[Wire], client: Client) -> None:
        """Prolong one thing by its name, all of a command by its address, or everything."""
        name = _name(arguments)
        if name:
            self.remotes.prolong(client, name)
        self._polls.prolong(client, name)
        self._meters.prolong(client, name)
        self._listening.prolong(client, name)

    def _unsubscribe(self, arguments: list[Wire], client: Client) -> None:
        """End one thing by its name, all of a command by its address, or everything."""
        name = _name(arguments)
        self._polls.drop(client, name)
        self._meters.drop(client, name)
        self._listening.drop(client, name)
        self.remotes.drop(client, name)


def _name(arguments: list[Wire]) -> str:
    """Name of the subscription that is meant; without one, all are."""
    return str(arguments[0]) if arguments else ""
