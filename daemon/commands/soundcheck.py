"""Virtual soundcheck and the player, from every client: /faderd/soundcheck, /faderd/play.

/faderd/soundcheck 1 [gig] [mark] [loop]   inputs become the tracks of a gig, which plays, again and again if loop is 1
/faderd/soundcheck 0                       inputs are live again
/faderd/soundcheck/inputs 1-8,12           which of them; the others stay live
/faderd/play/start, pause, stop, locate mark:3, loop 1 mark:2 mark:3
/faderd/play                        ─▶ all its values, and for ten seconds each that changes
"""

import functools
import math
from typing import ClassVar

from daemon import errors
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.recording import deck, journal
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

SOUNDCHECK, PLAY = "/faderd/soundcheck", "/faderd/play"
PERIOD_S = 0.25

WORDS = {
    "state": "0 stopped, 1 paused, 2 plays.",
    "gig": "Gig that is in the player.",
    "tracks": "Its tracks.",
    "length": "Its length, in seconds.",
    "position": "Where it is, in seconds.",
    "loop": "1 while a part of it is played again and again.",
    "missed": "How often the disk was late.",
    "alarm": "What of it cannot be read; empty is well.",
}
DEEDS = {
    "start": "Plays on, or a gig from its beginning if you name one.",
    "pause": "Stands still.",
    "stop": "Goes back to the beginning, and is silent.",
    "locate": "Goes to mark:N, to a mark by its name, or to so many seconds.",
    "mark": "Sets a mark where it is; say its name if you like.",
    "rename": "Gives the mark of this number a name.",
    "move": "Moves the mark of this number to where it is, or to a place you name.",
    "unmark": "Takes the mark of this number away.",
    "marks": "Tells the marks: for each its seconds and its name.",
    "loop": "1 plays it again and again, or from one place to another if you name two; 0 ends that.",
}


class Soundcheck(Family):
    """Swaps inputs for recorded tracks, and plays them.

    Parameters
    ----------
    box : Deck
    faults : Faults
        Who wants to know why a gig could not be opened.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        SOUNDCHECK: (
            "1 lets the tracks of a gig take the place of the inputs, from a mark if you name one, again and again if a"
            " 1 follows; 0 ends it."
        ),
        f"{SOUNDCHECK}/inputs": "Inputs that are swapped: all, or such as 1-8,12; the others stay live.",
        PLAY: "Tells all about the player, and for ten seconds whatever of it changes.",
        **{f"{PLAY}/{name}": text for name, text in (WORDS | DEEDS).items()},
    }

    def __init__(self, box: deck.Deck, faults: Faults, network: Network) -> None:
        self._deck, self._faults = box, faults
        self._send, self._clock = network.send, network.clock
        self._leases: Leases[None] = Leases(network)
        self._told: dict[str, Wire] = {}
        self._due = 0.0
        self.commands = {
            SOUNDCHECK: self._switch,
            f"{SOUNDCHECK}/inputs": self._choose,
            PLAY: self._ask,
            f"{PLAY}/start": self._start,
            f"{PLAY}/pause": lambda arguments, client: self._do("pause", client),
            f"{PLAY}/stop": lambda arguments, client: self._do("stop", client),
            f"{PLAY}/locate": self._locate,
            f"{PLAY}/loop": self._loop,
            f"{PLAY}/mark": self._mark,
            f"{PLAY}/rename": self._rename,
            f"{PLAY}/move": self._move,
            f"{PLAY}/unmark": self._unmark,
            f"{PLAY}/marks": lambda arguments, client: self._tell_marks(client),
        }
        for name in WORDS:
            self.commands.setdefault(f"{PLAY}/{name}", functools.partial(self._told_one, name))

    def tick(self) -> None:
        """Tell what has changed, four times a second."""
        self._deck.tick()
        if self._clock() < self._due:
            return
        self._due = self._clock() + PERIOD_S
        clients = self._leases.running()
        if not clients:
            return
        values = self._values()
        changed = [name for name in WORDS if values[name] != self._told.get(name)]
        self._told = values
        for client in clients:
            self._tell(client, changed)

    # --- the swap -----------------------------------------------------------------------------------------

    def _switch(self, arguments: list[Wire], client: Client) -> None:
        if not arguments:
            self._send(packet.build(SOUNDCHECK, int(self._deck.swaps)), client)
        elif not _is_on(arguments[0]):
            self._deck.swap(False)
            self._deck.player.stop()
            self._send(packet.build(SOUNDCHECK, 0), client)
        else:
            name, mark = ([*map(str, arguments[1:3]), "", ""])[:2]
            loops = _is_on(arguments[3]) if len(arguments) > 3 else None
            if not name and self._deck.player.tape is not None:
                self._begin(mark, loops, client, None)
            else:
                self._deck.open(name, lambda refusal: self._begin(mark, loops, client, refusal))

    def _begin(self, mark: str, loops: bool | None, client: Client, refusal: errors.Refusal | None) -> None:
        """Play and swap, now that the gig is in; what is to be a loop is one before its end can come."""
        try:
            if refusal is not None:
                raise refusal
            self._deck.swap(True)
            if mark:
                self._deck.player.locate(self._frame(mark))
            if loops is not None and self._deck.player.tape is not None:
                self._deck.player.loop(0, self._deck.player.tape.frames if loops else 0)
            self._deck.player.play()
            self._send(packet.build(SOUNDCHECK, 1), client)
        except errors.Refusal as reason:
            self._faults.fail(SOUNDCHECK, reason, client)

    def _choose(self, arguments: list[Wire], client: Client) -> None:
        if arguments:
            self._deck.choose(deck.inputs_of(str(arguments[0])))
        self._send(packet.build(f"{SOUNDCHECK}/inputs", deck.words_of(self._deck.inputs)), client)

    # --- the player ---------------------------------------------------------------------------------------

    def _start(self, arguments: list[Wire], client: Client) -> None:
        def play(refusal: errors.Refusal | None) -> None:
            if refusal is not None:
                self._faults.fail(f"{PLAY}/start", refusal, client)
            else:
                self._do("play", client)

        if arguments or self._deck.player.tape is None:
            self._deck.open(str(arguments[0]) if arguments else "", play)
        else:
            play(None)

    def _do(self, deed: str, client: Client) -> None:
        getattr(self._deck.player, deed)()
        self._tell(client, ["state"])

    def _locate(self, arguments: list[Wire], client: Client) -> None:
        if not arguments:
            raise ValueError("say mark:N, the name of a mark, or seconds")
        self._deck.player.locate(self._frame(str(arguments[0])))
        self._tell(client, ["position"])

    def _loop(self, arguments: list[Wire], client: Client) -> None:
        tape = self._deck.player.tape
        if arguments and tape is not None:
            ends = [self._frame(str(each)) for each in arguments[1:3]]
            first, end = ends if len(ends) == 2 else (0, tape.frames)
            self._deck.player.loop(first, end if _is_on(arguments[0]) else 0)
        self._tell(client, ["loop"])

    # --- marks --------------------------------------------------------------------------------------------

    def _mark(self, arguments: list[Wire], client: Client) -> None:
        name = str(arguments[0]) if arguments else ""
        self._change({"kind": "mark", "frame": self._deck.player.position(), "name": name}, client)

    def _rename(self, arguments: list[Wire], client: Client) -> None:
        name = str(arguments[1]) if len(arguments) > 1 else ""
        self._change({"kind": "remark", "number": self._number(arguments), "name": name}, client)

    def _move(self, arguments: list[Wire], client: Client) -> None:
        frame = self._frame(str(arguments[1])) if len(arguments) > 1 else self._deck.player.position()
        self._change({"kind": "remark", "number": self._number(arguments), "frame": frame}, client)

    def _unmark(self, arguments: list[Wire], client: Client) -> None:
        self._change({"kind": "unmark", "number": self._number(arguments)}, client)

    def _number(self, arguments: list[Wire]) -> int:
        said = arguments[0] if arguments else ""
        tape = self._deck.player.tape
        there = len(tape.marks) if tape is not None else 0
        number = int(said) if str(said).isdecimal() or isinstance(said, float) else 0
        if not 1 <= number <= there:
            raise ValueError(f"there is no mark {said}: there are {there}")
        return number

    def _change(self, event: journal.Event, client: Client) -> None:
        def done(refusal: errors.Refusal | None) -> None:
            if refusal is not None:
                self._faults.fail(f"{PLAY}/marks", refusal, client)
            else:
                self._tell_marks(client)

        self._deck.mark(event, done)

    def _tell_marks(self, client: Client) -> None:
        tape = self._deck.player.tape
        found = [] if tape is None else [each for mark in tape.marks for each in (mark.frame / tape.rate, mark.name)]
        self._send(packet.build(f"{PLAY}/marks", *found), client)

    def _frame(self, said: str) -> int:
        tape = self._deck.player.tape
        if tape is None:
            raise errors.Refusal("no gig is in: name one")
        return tape.frame_of(said)

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if arguments and not arguments[0]:
            self._leases.drop(client)
        else:
            self._leases.renew(client, PLAY, None)
            self._tell(client, list(WORDS))

    def _told_one(self, name: str, arguments: list[Wire], client: Client) -> None:
        self._tell(client, [name])

    def _tell(self, client: Client, names: list[str]) -> None:
        values = self._values()
        for name in names:
            self._send(packet.build(f"{PLAY}/{name}", values[name]), client)

    def _values(self) -> dict[str, Wire]:
        told, rate = self._deck.player.report(), round(self._deck.rate)
        return {
            "state": told.state, "gig": told.name, "tracks": told.tracks, "length": told.frames / rate,
            "position": told.position / rate, "loop": int(self._deck.player.looping is not None),
            "missed": told.missed, "alarm": told.alarm,
        }  # fmt: skip


def _is_on(said: Wire) -> bool:
    """What somebody means who says 1 or 0."""
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise ValueError(f"say 1 or 0, not {said}")
    return number != 0
