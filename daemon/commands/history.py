"""What was done, kept and undone: the log of every accepted move, /faderd/moves, /faderd/undo and /faderd/redo.

/faderd/undo                       sets back what you did last
/faderd/undo ch/01/**              sets back what was done last at such addresses, by anybody
/faderd/undo client 10.0.0.7:5001  sets back what that client did last
/faderd/undo since 21:13           sets back all that was done since then
/faderd/redo                       does again what you undid last
/faderd/moves                      tells the last moves of all hands as JSON, newest first

Where somebody has moved on meanwhile, their place stays.  The answer is how many parameters were set, and of whom.
"""

import collections
import json
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.files.disk import Disk
from daemon.history.log import Log
from daemon.history.moment import moment
from daemon.history.moves import Move, Moves
from daemon.history.steps import Step, Steps
from daemon.show import recall
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

log = logging.getLogger("faderd")

UNDO, REDO, MOVES = "/faderd/undo", "/faderd/redo", "/faderd/moves"
TOLD = 12
"""Moves that are told of in one answer: it must fit into a datagram, and be no gift to a forged sender."""
WRITTEN_AFTER_S = 0.5
TRIED_AGAIN_S = 5.0
MOST_UNWRITTEN = 50_000
"""Records that wait for a disk that refuses; beyond that the oldest are lost, and that is said."""
EVERYBODY = "everybody"


class History(Family):
    """Keeps the log, and steps back and forward.

    Parameters
    ----------
    console : Console
        Whose history it is.
    role_of : callable
        Role of a client.
    network : Network
        The way to the clients.
    files : Disk
        Writes the log beside the loop.
    kept : Log, optional
        Where it is written.
    wall_clock : callable
        Seconds since 1970.
    """

    help: ClassVar = {
        UNDO: "Sets back what you did last; with an address or pattern what was done last there; with client and its"
        " address what that client did last; with since and a time all since then.",
        REDO: "Does again what you undid last.",
        MOVES: "Tells the last moves of all hands, newest first, as JSON: time, client, role, address, old and new.",
    }

    def __init__(
        self,
        console: Console,
        role_of: Callable[[Client], str],
        network: Network,
        files: Disk,
        kept: Log | None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._console, self._network, self._files, self._log = console, network, files, kept
        self._wall_clock = wall_clock
        self._moves = Moves(console, role_of, network, wall_clock)
        self._steps = Steps(console)
        self._last: collections.deque[Move] = collections.deque(maxlen=TOLD)
        self._moves.takers += [self._steps.take, self._remember, self._keep]
        self._unwritten: list[Move] = []
        self._refused: list[dict[str, Any]] = []
        self._is_failing = False
        self.commands = {UNDO: self._undo, REDO: self._redo, MOVES: self._tell}

    def save(self) -> None:
        """Write everything now."""
        self._moves.flush()
        self._write()

    # --- the log --------------------------------------------------------------------------------------

    def _remember(self, moves: list[Move]) -> None:
        """Keep what hands did last; what followed by a rule or a recall is no move of a hand."""
        self._last.extendleft(move for move in moves if not move.followed)

    def _tell(self, arguments: list[Wire], client: Client) -> None:
        """Tell the last moves; those of the last moment too."""
        self._moves.flush()
        path_of = self._console.values.table.path_of
        records = [move.record(path_of(move.leaf)) for move in self._last]
        told = [{key: record[key] for key in ("time", "client", "role", "address", "old", "new")} for record in records]
        self._network.send(packet.build(MOVES, json.dumps(told, ensure_ascii=False)), client)

    def _keep(self, moves: list[Move]) -> None:
        if self._log is None:
            return
        if not self._unwritten and not self._is_failing:
            self._network.later(WRITTEN_AFTER_S, self._write)
        self._unwritten += moves

    def _write(self) -> None:
        """Write what has gathered: moves, and at which frames targets took effect."""
        moves, self._unwritten = self._unwritten, []
        stamps = self._console.audio.stamps() if self._console.audio is not None else []
        kept = self._log
        if kept is None or not (moves or stamps or self._refused):
            return
        path_of, now = self._console.values.table.path_of, self._wall_clock()
        refused, self._refused = self._refused, []
        records = refused + [move.record(path_of(move.leaf)) for move in moves]
        records += [{"time": round(now, 3), "heard": serial, "frame": frame} for serial, frame in stamps]
        self._files.run(lambda: kept.add(records), lambda error: self._written(error, records))

    def _written(self, error: OSError | None, records: list[dict[str, Any]]) -> None:
        """Keep what a disk refused, and try again in a while."""
        if error is None:
            if self._is_failing:
                log.info("history is written again")
            self._is_failing = False
            return
        if not self._is_failing:
            log.error("history not written: %s: the console goes on, and tries again", error.strerror or error)
            self._is_failing = True
        waiting = self._refused + records
        if (lost := len(waiting) - MOST_UNWRITTEN) > 0:
            log.error("history: %d records lost while the disk refuses", lost)
        self._refused = waiting[-MOST_UNWRITTEN:]
        self._network.later(TRIED_AGAIN_S, self._write)

    # --- back and forward -----------------------------------------------------------------------------

    def _undo(self, arguments: list[Wire], client: Client) -> None:
        self._moves.flush()
        step = self._meant([str(argument) for argument in arguments], client)
        if step is None:
            self._network.send(packet.build(UNDO, 0, ""), client)
            return
        count = self._stepping(lambda: self._steps.undo(step, str(client)))
        self._network.send(packet.build(UNDO, count, step.client or EVERYBODY), client)

    def _redo(self, arguments: list[Wire], client: Client) -> None:
        self._moves.flush()
        self._network.send(packet.build(REDO, self._stepping(lambda: self._steps.redo(str(client)))), client)

    def _meant(self, words: list[str], client: Client) -> Step | None:
        """The step that is meant."""
        if not words:
            return self._steps.last(str(client))
        if len(words) == 2 and words[0] == "client":
            return self._steps.last(words[1])
        if len(words) == 2 and words[0] == "since":
            return self._steps.since(moment(words[1], self._wall_clock()))
        if len(words) == 1:
            chosen = recall.like(self._console.values, words[0])
            return self._steps.last(among=lambda leaf: bool(chosen[leaf]))
        raise ValueError(f"{words}: say nothing, an address, client and its address, or since and a time")

    def _stepping(self, step: Callable[[], int]) -> int:
        """Step, and keep that out of what can be undone."""
        self._moves.stepping = True
        try:
            return step()
        finally:
            self._moves.flush()
            self._moves.stepping = False
