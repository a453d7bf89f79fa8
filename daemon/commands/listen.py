"""Listening alone: a client has a bus and solo switches of its own, as long as it renews its lease.

    /faderd/listen [3]            take a bus, or this one, or keep it ─▶ /faderd/listen 3 "outputs 17 and 18"
    /faderd/listen/solosw/05 1    solo a strip, counted as /-stat/solosw; links and exclusive solos hold
    /faderd/listen/level 0.75     level, source, chmode, busmode and dcamode: as /config/solo has them
    /faderd/listen/clear          end all solos
    /faderd/listen/release        give the bus back

Without an argument switches and settings are told.  Nobody else hears of any of it: monitor, mains and
`/-stat/solosw` stay as they are.  Each of these messages and `/renew` keep the bus for ten seconds;
then it is silent, and free for the next one.
"""

import functools
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.desk.solo import Pressing, Switches
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp import units
from dsp.design import monitor, strips
from dsp.engine import layout
from dsp.parameters.row import Param, Stored, Wire

LISTEN = "/faderd/listen"
NAME = "faderd/listen"
SETTINGS = ("level", "source", "chmode", "busmode", "dcamode")
"""What a listener sets as `/config/solo` has it."""

SWITCH = "-stat/solosw/{solo}"
CHECK_S = 0.5
"""How soon after the end of its lease a bus is silent."""


@dataclass
class Seat:
    """A bus, and what its listener wants to hear on it."""

    number: int
    settings: dict[str, Stored]
    switches: Switches = field(default_factory=lambda: np.zeros(strips.SWITCHES, bool))


class Listening(Family):
    """Gives out the listen buses.

    Parameters
    ----------
    console : Console
        Where they are heard.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        LISTEN: "Gives you, or keeps, a listen bus for ten seconds, the one whose number you name if you do; the answer"
        " is its number and where it is heard, or 0 and why there is none.",
        f"{LISTEN}/solosw/{{solo}}": "Solos a strip on your listen bus alone, counted as /-stat/solosw.",
        f"{LISTEN}/level": "Level of your listen bus, as /config/solo/level.",
        f"{LISTEN}/source": "What your listen bus plays while you solo nothing, as /config/solo/source; at first OFF.",
        f"{LISTEN}/chmode": "Whether you hear channels before or after their fader, as /config/solo/chmode.",
        f"{LISTEN}/busmode": "Whether you hear buses before or after their fader, as /config/solo/busmode.",
        f"{LISTEN}/dcamode": "Whether you hear DCAs before or after the fader, as /config/solo/dcamode.",
        f"{LISTEN}/clear": "Ends all solos on your listen bus.",
        f"{LISTEN}/release": "Gives your listen bus back; the same happens when you say nothing for ten seconds.",
    }

    def __init__(self, console: Console, network: Network) -> None:
        self._console = console
        self._network = network
        self._seats: Leases[Seat] = Leases(network)
        self._heard: set[int] = set()
        self._is_watching = False
        self._pressing = Pressing(console.values)
        rows = console.values.table.rows
        self._rows: dict[str, Param] = {name: rows[f"config/solo/{name}"] for name in SETTINGS}
        self._switch = rows[SWITCH]
        self.commands = {
            LISTEN: self._take,
            f"{LISTEN}/clear": self._clear,
            f"{LISTEN}/release": lambda arguments, client: self.drop(client),
            **{f"{LISTEN}/{name}": functools.partial(self._set, name) for name in SETTINGS},
        }
        for strip in range(strips.SWITCHES):
            self.commands[f"{LISTEN}/solosw/{strip + 1:02}"] = functools.partial(self._press, strip)

    def prolong(self, client: Client, name: str = "") -> None:
        """Give a client's bus ten more seconds."""
        self._seats.prolong(client, name)

    def drop(self, client: Client, name: str = "") -> None:
        """Take a client's bus back."""
        self._seats.drop(client, name)
        self._silence()

    # --- a bus ----------------------------------------------------------------------------------------

    def _take(self, arguments: list[Wire], client: Client) -> None:
        """Answer with the number of the client's bus and where it is heard; 0 and the reason if there is none."""
        seat = self._seats.get(client, NAME)
        wanted = _number(arguments)
        if seat is None or wanted not in (None, seat.number):
            taken = {other.number for seats in self._seats.running().values() for other in seats}
            number = wanted or self._best_but(taken)
            if number is None or number in taken:
                reason = "all listen buses are taken" if number is None else f"listen bus {number} is taken"
                self._answer(client, 0, f"{reason}; ask again when somebody has left")
                return
            seat = self._seat(number) if seat is None else Seat(number, seat.settings, seat.switches)
        if not self._seats.renew(client, NAME, seat, LISTEN):
            self._answer(client, 0, "no room for more clients; wait until another one has left")
            return
        self._silence()
        self._play(seat)
        self._answer(client, seat.number, self._where(seat.number))

    def _seat(self, number: int) -> Seat:
        """A bus on which nothing is soloed: before or after faders as the console has it."""
        settings: dict[str, Stored] = {name: row.defaults()[0] for name, row in self._rows.items()}
        settings["source"] = monitor.OFF
        for name in SETTINGS[2:]:
            settings[name] = self._console.values.get(self._rows[name].offset)
        return Seat(number, settings)

    def _best_but(self, taken: set[int]) -> int | None:
        """A free bus, best one that an output carries."""
        free = [number for number in range(1, layout.LISTENERS + 1) if number not in taken]
        return min(free, key=lambda number: (not self._console.outputs_with(_signal(number)), number), default=None)

    def _where(self, number: int) -> str:
        outputs = self._console.outputs_with(_signal(number))
        if not outputs:
            return f'nowhere: name "{_signal(number)}" among the outputs in the settings'
        return f"outputs {' and '.join(map(str, outputs))}"

    def _answer(self, client: Client, number: int, words: str) -> None:
        self._network.send(packet.build(LISTEN, number, words), client)

    # --- what is heard on it --------------------------------------------------------------------------

    def _set(self, name: str, arguments: list[Wire], client: Client) -> None:
        """Set a setting, or tell it."""
        seat = self._renewed(client)
        if not arguments:
            self._tell(f"{LISTEN}/{name}", self._rows[name].to_wire(seat.settings[name]), client)
            return
        seat.settings[name] = self._rows[name].from_wire(arguments[0])
        self._play(seat)

    def _press(self, strip: int, arguments: list[Wire], client: Client) -> None:
        """Press a solo switch, or tell it."""
        seat = self._renewed(client)
        if not arguments:
            self._tell(f"{LISTEN}/solosw/{strip + 1:02}", int(seat.switches[strip]), client)
            return
        seat.switches[strip] = bool(self._switch.from_wire(arguments[0]))
        seat.switches = self._pressing.follow(seat.switches, strip)
        self._play(seat)

    def _clear(self, arguments: list[Wire], client: Client) -> None:
        seat = self._renewed(client)
        seat.switches[:] = False
        self._play(seat)

    def _renewed(self, client: Client) -> Seat:
        """The client's bus, for ten more seconds."""
        seat = self._seats.get(client, NAME)
        if seat is None:
            raise ValueError(f"you have no listen bus, or no longer: ask for one with {LISTEN}")
        self._seats.renew(client, NAME, seat, LISTEN)
        return seat

    def _tell(self, address: str, value: Wire, client: Client) -> None:
        self._network.send(packet.build(address, value), client)

    def _play(self, seat: Seat) -> None:
        """Let the bus sound as it is set, and look after it."""
        settings = seat.settings
        level = units.db_to_gain(self._rows["level"].value(settings["level"]))
        before = monitor.Before(*(settings[name] == 0 for name in ("chmode", "busmode", "dcamode")))
        wish = monitor.Listener(seat.switches.copy(), float(level), before, int(settings["source"]))
        self._console.listen(seat.number, wish)
        self._heard.add(seat.number)
        if not self._is_watching:
            self._is_watching = True
            self._network.later(CHECK_S, self._watch)

    def _watch(self) -> None:
        """Silence the buses whose clients are gone."""
        self._silence()
        self._is_watching = bool(self._heard)
        if self._is_watching:
            self._network.later(CHECK_S, self._watch)

    def _silence(self) -> None:
        leased = {seat.number for seats in self._seats.running().values() for seat in seats}
        for number in self._heard - leased:
            self._console.listen(number, None)
        self._heard &= leased


def _signal(number: int) -> str:
    return f"listen/{number}"


def _number(arguments: list[Wire]) -> int | None:
    """Bus that is asked for by its number, if any."""
    if not arguments:
        return None
    if arguments[0] not in range(1, layout.LISTENERS + 1):
        raise ValueError(f"{arguments[0]!r} is no listen bus: they are numbered 1 to {layout.LISTENERS}")
    return int(arguments[0])
