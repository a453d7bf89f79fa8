"""Roles at work: the port a client comes in by is its role, and a PIN raises it for a while.

    message ─▶ too many a second?  may the role say this?   ─▶ no: /faderd/error, counted, logged
            ─▶ Console.set ─▶ may the role set this leaf?   ─▶ no: the same, and nothing is changed
                           ─▶ a level above the role's cap  ─▶ held there, and told

/faderd/role          tells your role and its buses
/faderd/role/NAME     tells which parameters a role sets
/faderd/login PIN     gives you the role of that PIN as long as you say something every minute
/faderd/login PIN bus/03 [ADDRESS]     the same, but of nobody else's mix; who asks for somebody on this machine
                      names that one's address, so that nobody waits for another one's wrong PIN
/faderd/login/names   tells which roles and mixes have a PIN
/faderd/login/ticket  tells what can be said in place of that PIN for a week
"""

import functools
import hmac
import logging
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

from daemon import errors
from daemon.commands import tickets
from daemon.commands.family import Family
from daemon.commands.xremote import Remotes
from daemon.desk import roles
from daemon.desk.console import Console
from daemon.desk.roles import Access
from daemon.errors import Denied
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Continuous, Stored, Wire

log = logging.getLogger("faderd")

Key = TypeVar("Key")
What = TypeVar("What")

LOGIN, NAMES, TICKET, ROLE = "/faderd/login", "/faderd/login/names", "/faderd/login/ticket", "/faderd/role"
LOGIN_S = 60.0
"""A raised role ends when its client has said nothing for so long."""

FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 300.0
"""After a wrong PIN; the delay doubles with each."""

MOST_WRONG, WRONG_S = 5, 60.0
"""Wrong PINs for one mix in so many seconds, from wherever they come: a thousand take hours."""

MOST_REMEMBERED = 1024
"""Clients and hosts that something is remembered of."""

LOG_EVERY_S = 10.0
"""One line in the log for each client in so many seconds."""

FLOOR_DB = -60.0
"""A level below this counts as this when a rise is measured: nobody hears the difference."""


class Roles(Family):
    """Lets clients do what their role may.

    Parameters
    ----------
    console : Console
        Guarded from now on.
    doors : sequence of Access
        What those who come in by each door may do; whoever comes in by another one is an engineer.
    pins : mapping of str to str
        PIN of a role or mix by its name.
    remotes : Remotes
        Who is told again what stands where they wanted something else.
    network : Network
        The way to the clients.
    given : Tickets, optional
        What stands for a PIN.
    """

    help: ClassVar = {
        LOGIN: "With a PIN, gives you its role as long as you say something every minute; the answer is the role. With"
        " a name too, such as bus/03, only the PIN of that name will do.",
        NAMES: "Tells the roles and mixes that have a PIN.",
        TICKET: "After a login, tells what can be said in place of the PIN for seven days, until it is another PIN.",
        ROLE: "Tells your role, and the buses that are yours.",
        **{f"{ROLE}/{name}": f"{role.help} The answer is what it sets." for name, role in roles.ROLES.items()},
    }

    def __init__(
        self, console: Console, doors: Sequence[Access], pins: Mapping[str, str], remotes: Remotes, network: Network,
        given: tickets.Tickets | None = None,
    ) -> None:  # fmt: skip
        self._console, self._table = console, console.values.table
        self._doors, self._pins, self._tickets = doors, pins, given or tickets.Tickets()
        self._remotes, self._network = remotes, network
        self._raised: dict[Client, tuple[str, float]] = {}
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._tried: dict[str, deque[float]] = {name: deque(maxlen=MOST_WRONG) for name in pins}
        self._allowance: OrderedDict[Client, tuple[float, float]] = OrderedDict()
        self._logged: OrderedDict[Client, tuple[float, int]] = OrderedDict()
        self._before: dict[int, Stored] = {}
        self.commands = {
            LOGIN: self._login, NAMES: self._tell_names, TICKET: self._tell_ticket, ROLE: self._tell_role
        }  # fmt: skip
        for name in roles.ROLES:
            self.commands[f"{ROLE}/{name}"] = functools.partial(self._tell_patterns, name)
        console.guard = self

    def access(self, client: Client) -> Access:
        """What a client may do now."""
        own = self._doors[client.door] if client.door < len(self._doors) else Access()
        raised = self._raised.get(client)
        if raised is None or self._network.clock() > raised[1]:
            return own
        return roles.named(raised[0]) or own

    def heard(self, client: Client) -> None:
        """Prolong a raised role."""
        if raised := self._raised.pop(client, None):
            now = self._network.clock()
            if now <= raised[1]:
                self._raised[client] = (raised[0], now + LOGIN_S)

    # --- what is asked before anything is done --------------------------------------------------------

    def begin(self) -> None:
        """Begin a datagram: a bundle raises a level by no more than a message does."""
        self._before.clear()

    def admit(self, client: Client) -> None:
        """Let a message in; raise `Denied` when there are too many of them."""
        access = self.access(client)
        if access.max_rate is not None:
            self._count(access.max_rate, client)

    def allow(self, address: str, client: Client) -> None:
        """Let a command be used; raise `Denied` when the role does not have it."""
        access = self.access(client)
        if not roles.sayable(access.role, address):
            raise Denied(f"a {access.role} may not use {address}. {roles.ROLES[access.role].help}")

    def require(self, leaf: int, author: object) -> None:
        """Raise `Denied` where somebody may not set a leaf, see `console.Guard`."""
        if not isinstance(author, Client):
            return
        access = self.access(author)
        path = self._table.path_of(leaf)
        if not roles.settable(access.role, access.buses, path):
            if self._console.values.param(leaf).access != "wo":
                self._remotes.correct(leaf, author)
            raise Denied(f"a {access} may not set {path}. {roles.ROLES[access.role].help}")

    def permit(self, leaf: int, stored: Stored, author: object) -> Stored:
        """Say what may be stored when somebody sets a leaf, see `console.Guard`."""
        self.require(leaf, author)
        if not isinstance(author, Client):
            return stored
        access = self.access(author)
        if access.max_db is None and access.max_raise_db is None:
            return stored
        return self._held(access, leaf, stored, author)

    def _held(self, access: Access, leaf: int, stored: Stored, client: Client) -> Stored:
        """A level, held below the caps of a role."""
        row = self._console.values.param(leaf)
        if row.kind != "level" or not isinstance(row, Continuous) or isinstance(stored, str):
            return stored
        before = self._before.setdefault(leaf, self._console.values.get(leaf))
        ceiling = float("inf") if access.max_db is None else access.max_db
        if access.max_raise_db is not None:
            ceiling = min(ceiling, max(row.value(int(before)), FLOOR_DB) + access.max_raise_db)
        if row.value(stored) <= ceiling:
            return stored
        held = int((row.grid <= ceiling).sum()) - 1
        path = self._table.path_of(leaf)
        self._network.send(packet.build("/faderd/error", path, f"held at {row.to_text(held).strip()} dB"), client)
        self._network.later(0, lambda: self._remotes.correct(leaf, client))
        return held

    def _count(self, most: float, client: Client) -> None:
        """Let a second's worth of messages in at once, and then so many a second."""
        now = self._network.clock()
        allowance, counted = self._allowance.pop(client, (most, now))
        allowance = min(most, allowance + (now - counted) * most)
        _remember(self._allowance, client, (max(0.0, allowance - 1), now))
        if allowance < 1:
            raise Denied(f"more than {most:g} messages a second: this one does not count")

    # --- what becomes of a refusal --------------------------------------------------------------------

    def refused(self, address: str, reason: str, client: Client) -> None:
        """Tell the client, and now and then the log."""
        now = self._network.clock()
        since, count = self._logged.pop(client, (-LOG_EVERY_S, 0))
        if now - since >= LOG_EVERY_S:
            more = f" · {count} more before" if count else ""
            log.warning("refused: %s %s: %s%s", client, address, reason, more)
            since, count = now, 0
        _remember(self._logged, client, (since, count + 1))
        self._network.send(packet.build("/faderd/error", address, reason), client)

    # --- commands -------------------------------------------------------------------------------------

    def _tell_role(self, arguments: list[Wire], client: Client) -> None:
        access = self.access(client)
        self._network.send(packet.build(ROLE, access.role, *access.buses), client)

    def _tell_patterns(self, name: str, arguments: list[Wire], client: Client) -> None:
        self._network.send(packet.build(f"{ROLE}/{name}", *roles.ROLES[name].sets), client)

    def _tell_names(self, arguments: list[Wire], client: Client) -> None:
        self._network.send(packet.build(NAMES, *self._pins), client)

    def _tell_ticket(self, arguments: list[Wire], client: Client) -> None:
        name, until = self._raised.get(client, ("", 0.0))
        if name not in self._pins or self._network.clock() > until:
            raise errors.Refusal(f"say a PIN first, at {LOGIN}")
        self._network.send(packet.build(TICKET, self._tickets.write(name, self._pins[name])), client)

    def _login(self, arguments: list[Wire], client: Client) -> None:
        """Give the role of a PIN, or of a ticket: that one nobody guesses, so that it waits for no wrong PIN."""
        said, name, source, *_ = (*(str(argument) for argument in arguments[:3]), "", "", "")
        if name and name not in self._pins:
            raise errors.Refusal(f"{name} has no PIN: those that have one are {', '.join(self._pins) or 'none'}")
        meant = {name: self._pins[name]} if name else self._pins
        if tickets.LOOKS.fullmatch(said):
            found = [each for each, pin in meant.items() if self._tickets.proves(said, each, pin)]
            if not found:
                raise errors.Refusal("this ticket has ended: say the PIN")
        else:
            found = self._compared(said, name, meant, source, client)
        self._raise(client, found[0], self._network.clock())

    def _compared(self, said: str, name: str, meant: Mapping[str, str], source: str, client: Client) -> list[str]:
        """Compare with every PIN meant, in a time that tells nothing; who is wrong waits before the next try counts."""
        host = source if source and client.host.startswith("127.") else client.host
        now = self._network.clock()
        wrong, until = self._wrong.get(host, (0, now))
        if (tried := self._tried.get(name)) and len(tried) == MOST_WRONG:
            until = max(until, tried[0] + WRONG_S)
        if now < until:
            raise errors.Refusal(f"wait {max(1, until - now):.0f} s before you try again")
        found = [each for each, pin in meant.items() if hmac.compare_digest(pin.encode(), said.encode())]
        if not found:
            delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**wrong)
            _remember(self._wrong, host, (wrong + 1, now + delay_s))
            if name:
                self._tried[name].append(now)
            log.warning("wrong PIN from %s%s, try %d", source and f"{source} by ", client, wrong + 1)
            raise errors.Refusal(f"wrong PIN: wait {delay_s:.0f} s before you try again")
        self._wrong.pop(host, None)
        return found

    def _raise(self, client: Client, name: str, now: float) -> None:
        """Give a client a role for a while."""
        if client not in self._raised and len(self._raised) >= self._network.clients:
            self._raised = {each: held for each, held in self._raised.items() if now <= held[1]}
            if len(self._raised) >= self._network.clients:
                raise errors.Refusal("no room for more clients; wait until another one has left")
        self._raised[client] = (name, now + LOGIN_S)
        access = self.access(client)
        log.info("%s is %s now", client, access)
        mine = access.buses if access.role == "musician" else ()
        self._network.send(packet.build(LOGIN, access.role, LOGIN_S, *mine), client)


def _remember(kept: OrderedDict[Key, What], key: Key, what: What) -> None:
    """Keep something of the newest; who has been silent longest is forgotten first."""
    kept[key] = what
    kept.move_to_end(key)
    if len(kept) > MOST_REMEMBERED:
        kept.popitem(last=False)
