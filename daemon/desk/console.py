"""The console: the values, their only writer, and the way from a value to the audio thread.

set ─▶ values ─▶ (touched rows) ─▶ publish, once per pass of the event loop ─▶ draft ─▶ mailbox
├──▶ listeners: who else wants to know, and what has to be saved
└──▶ rules: what the desk sets along with it, see `rules`
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from daemon.desk.quieter import Quieter
from daemon.desk.rides import Rides
from dsp.design import draft, monitor, rack, refresh, routing, signals
from dsp.design.rack import Load
from dsp.effects import library
from dsp.engine import layout, memory, wall
from dsp.engine.wall import Bytes
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

Listener = Callable[[int, object], None]

Trigger = Callable[[Stored, object], None]
"""What a leaf does that is no value but a button: it takes what was sent, and who sent it."""

EFFECT_TYPES = {"fx/{slot}/type", "fx/{insert}/type"}
"""Rows of what is in the slots."""


class Scribe(Protocol):
    """Writes down what has to be done again to hear the same."""

    def noted(self, leaf: int, stored: Stored, recalled: bool, pace: int = 0) -> None:
        """Somebody, or a rule, has set a leaf; or it is part of a whole desk that was recalled."""

    def published(self, whole: bool) -> None:
        """What was noted may have been handed over; `whole` is to be heard as another desk."""

    def began_anew(self) -> None:
        """What was made of the values before is forgotten, for another device or other settings."""


class Guard(Protocol):
    """Says who may set what."""

    def require(self, leaf: int, author: object) -> None:
        """Raise `errors.Denied` where an author may not set a leaf."""

    def permit(self, leaf: int, stored: Stored, author: object) -> Stored:
        """Return what may be stored when an author sets a leaf; raise `errors.Denied` where nothing may."""


class Console:
    """All values of the desk, and the draft of what the audio thread is to do with them.

    Parameters
    ----------
    audio : Wall, optional
        Where drafts go; without it the console only keeps values.
    plan : Plan, optional
        What the settings file says about the device.
    load : callable, optional
        Where kernels of effects are, see `design.rack`; by default in this process, which compiles what it hasn't yet.

    Attributes
    ----------
    confirmed : list of callable
        Told of what is set to what it is already.
    guard : Guard, optional
        Asked before anything is set; what follows from a move by the desk's own rules is not asked about.
    actor : object
        On whose behalf things happen now, whoever is named as the author of each.
    is_following : bool
        Whether what listeners are told follows from a move by the desk's own rules.
    scribe : Scribe, optional
        Told of all that is set, in order, and when it is handed over.
    recalling : bool
        Whether what listeners are told belongs to a whole desk that is recalled, at once or in time.
    """

    def __init__(
        self, audio: wall.Wall | None = None, plan: draft.Plan | None = None, load: Load = library.code
    ) -> None:
        self.values = Values(TABLE)
        self.listeners: list[Listener] = []
        self.rules: list[Listener] = []
        self.confirmed: list[Listener] = []
        self.triggers: dict[int, Trigger] = {}
        self.guard: Guard | None = None
        self.actor: object = None
        self.scribe: Scribe | None = None
        self.audio = audio
        self.recalling = False
        self.is_following = False
        self._touched: set[str] = set()
        self._is_recalled = self._is_pulled = False
        self._desk = draft.Desk(self.values, audio.rate, plan) if audio is not None else None
        self._quieter = Quieter(audio) if audio is not None else None
        self._rides = Rides(audio.rate) if audio is not None else None
        self._published = self.values.stored.copy()
        if audio is not None and self._desk is not None:
            audio.effects = self._desk.rack
            self._desk.rack.in_use, self._desk.rack.load = audio.effect_in_use, load
            refresh.everything(self._desk)

    def set(self, leaf: int, stored: Stored, author: object = None, pace: int | None = None) -> bool:
        """Store a value and tell the listeners; a leaf that is a button does its work instead.

        Parameters
        ----------
        leaf : int
            Number of the parameter in the table.
        stored : int or str
            Its stored form, see `parameters.Param`.
        author : object
            Who did it: listeners do not tell the author.
        pace : int, optional
            Sub-blocks for which it is to ride, as a log tells; else it is learnt from the moves before, see `rides`.

        Returns
        -------
        changed : bool

        Raises
        ------
        Denied
            When the author, or else whoever acts now, may not set this.
        """
        if self.guard is not None and not self.is_following:
            stored = self.guard.permit(leaf, stored, self.actor if author is None else author)
        if (trigger := self.triggers.get(leaf)) is not None:
            trigger(stored, author)
            return False
        if not self.recalling and self._quieter is not None and self._quieter.concerns(leaf):
            self._part_from_recall()
        is_pulled = self._quieter is not None and self._quieter.note(leaf, stored)
        learnt = self._learn(leaf, stored, author)
        pace = learnt if pace is None else pace
        if self.scribe is not None:
            self.scribe.noted(leaf, stored, recalled=False, pace=pace)
        changed = self.values.set(leaf, stored)
        if changed:
            self._ride(leaf, pace)
            self._tell(leaf, author)
            # What the values set along with it is news for everybody, the author too.
            for follower in TABLE.followers.get(leaf, ()):
                self._tell(follower, None)
            return True
        for listener in self.confirmed:
            listener(leaf, author)
        if is_pulled:
            # Only the desk to come is so already; on the one that is heard the other side of a link is not.
            self._follow(leaf, author)
        return False

    def _learn(self, leaf: int, stored: Stored, author: object) -> int:
        """For how many sub-blocks a leaf that is set is to ride."""
        if self._rides is None or self.audio is None:
            return 0
        return self._rides.learn(leaf, stored, self.audio.count(memory.FRAME), self.actor if author is None else author)

    def _ride(self, leaf: int, pace: int) -> None:
        if self._rides is not None:
            self._rides.begin(leaf, pace)

    def pace_of(self, leaf: int) -> int:
        """For how many sub-blocks a leaf that has just been set rides, 0 if it moves by itself."""
        return 0 if self._rides is None else self._rides.of(leaf)

    def recall(self, wanted: Values, author: object = None) -> list[int]:
        """Become like other values in one go, and tell the listeners afterwards.

        Parameters
        ----------
        wanted : Values
            What the console is to be; best a copy of `values` with changes in it.
        author : object
            Who did it, see `set`.

        Returns
        -------
        changed : list of int
            Leaves that have another value now, in the order of the table.

        Raises
        ------
        Denied
            When whoever acts now may not set one of them; nothing has been set then.
        """
        wanted = self.permitted(wanted)
        self.part()
        changed = differences(self.values, wanted)
        self.values.stored[:] = wanted.stored
        self.values.texts.update(wanted.texts)
        self.recalling = True
        for leaf in changed:
            if self.scribe is not None:
                self.scribe.noted(leaf, wanted.get(leaf), recalled=True)
            self._tell(leaf, author)
        self.recalling = False
        self._is_recalled |= bool(changed)
        return changed

    def permitted(self, wanted: Values) -> Values:
        """Other values as whoever acts now may set them.

        Raises
        ------
        Denied
            When whoever acts now may not set one of them.
        """
        wanted = wanted.copy()
        changing = differences(self.values, wanted)
        self.require(changing, self.actor)
        if self.guard is not None:
            for leaf in changing:
                wanted.set(leaf, self.guard.permit(leaf, wanted.get(leaf), self.actor))
        return wanted

    def _tell(self, leaf: int, author: object) -> None:
        self._touched.add(TABLE.row_of(leaf).path)
        for listener in self.listeners:
            listener(leaf, author)
        self._follow(leaf, author)

    def _follow(self, leaf: int, author: object) -> None:
        """Let the desk set what it sets along with a leaf."""
        before, self.is_following = self.is_following, True
        for rule in self.rules:
            rule(leaf, author)
        self.is_following = before

    def restore(self, wanted: Mapping[int, Stored]) -> None:
        """Set values that say themselves how everything is: nothing else follows from them."""
        before, self.recalling = self.recalling, True
        for leaf, stored in wanted.items():
            self.set(leaf, stored)
        self.recalling = before

    def require(self, leaves: Iterable[int], author: object) -> None:
        """Raise `errors.Denied` where an author may not set all of these: what is refused is refused whole."""
        if self.guard is not None:
            for leaf in leaves:
                self.guard.require(leaf, author)

    def on_behalf(self, call: Callable[[], None]) -> Callable[[], None]:
        """Make a call for later that happens on behalf of whoever acts now."""
        actor = self.actor

        def acting() -> None:
            before, self.actor = self.actor, actor
            try:
                call()
            finally:
                self.actor = before

        return acting

    def part(self) -> None:
        """Hand over what hands pull down before what follows is heard as another desk: they mean what is heard now."""
        if self._is_pulled and not self._is_recalled:
            self.publish()

    def _part_from_recall(self) -> None:
        """The same the other way round: a hand is about to pull down, perhaps behind another desk."""
        if self._is_recalled:
            self.publish()
        self._is_pulled = True

    def change_at_once(self) -> None:
        """Let all that has been set since the last `publish` be heard as a recall is: as another desk."""
        self._is_recalled = True

    @property
    def touched(self) -> bool:
        """Whether anything has been set since the last `publish`."""
        return bool(self._touched) or (self._quieter is not None and self._quieter.is_pulled)

    def publish(self, pulls: bool = True) -> None:
        """Hand what has changed since the last call to the audio thread: heard whole or not at all.

        What was pulled down is handed over behind it, unless that waits for `pull`.
        """
        whole = self._is_recalled
        if self._touched and self._renew():
            self._hand_over()
        if pulls:
            self.pull()
        if self.scribe is not None:
            self.scribe.published(whole)

    def pull(self) -> None:
        """Hand over what was pulled down while another desk is on its way."""
        if self._quieter is not None and self._desk is not None:
            self._quieter.publish(self._desk)

    def repeat(self, deeds: Iterable[tuple[int, Stored, bool, int]], whole: bool) -> None:
        """Do again what a scribe noted: nothing follows from it, for what followed was noted, too."""
        for leaf, stored, recalled, pace in deeds:
            self._touched.add(TABLE.row_of(leaf).path)
            if recalled and isinstance(stored, int):
                self.values.stored[leaf] = stored
            elif recalled:
                self.values.texts[leaf] = str(stored)
            else:
                if self._quieter is not None:
                    self._quieter.note(leaf, stored)
                if self.values.set(leaf, stored):
                    self._ride(leaf, pace)
                self._touched.update(TABLE.row_of(each).path for each in TABLE.followers.get(leaf, ()))
        self._is_recalled |= whole

    @property
    def targets(self) -> draft.Draft:
        """Targets as they were handed over last, or will be next."""
        assert self._desk is not None
        return self._desk.draft

    def stream_places(self) -> list[int]:
        """Places of the outputs of the device that feed a stream, as they leave; none where none does."""
        if self._desk is None or self.audio is None:
            return []
        feeding = np.flatnonzero(self._desk.stream[: self.audio.outputs])
        return [int(place) for place in layout.output(feeding)]

    @property
    def plan(self) -> draft.Plan:
        """What the settings say about the device."""
        assert self._desk is not None
        return self._desk.plan

    @property
    def rack(self) -> rack.Rack:
        """Effects that are in the slots, or about to be."""
        assert self._desk is not None
        return self._desk.rack

    def resume(self, draft_before: draft.Draft, effects: list[npt.NDArray[np.float32]]) -> None:
        """Go on from a draft that plays already, and what its effects remember; `values` are those it was made of."""
        if self.audio is not None and self._desk is not None:
            self._desk = draft.Desk(self.values, self.audio.rate, self._desk.plan)
            self.audio.effects = self._desk.rack
            refresh.everything(self._desk)
            self._desk.draft[()] = draft_before
            self._desk.rack.resume(self._desk.draft, self.values, effects)
        if self._rides is not None and self.audio is not None:
            self._rides.resume(self.audio.count(memory.FRAME))
        self._touched.clear()
        self._is_recalled = False
        self._published[:] = self.values.stored

    def listen(self, number: int, wish: monitor.Listener | None) -> None:
        """Let somebody hear something on a listen bus, counted from 1, or nothing any more."""
        if self._desk is not None:
            if wish is None:
                self._desk.listeners.pop(number, None)
            else:
                self._desk.listeners[number] = wish
            self._touched.add(draft.LISTENERS)

    def play(self, played: draft.Played) -> None:
        """Let recorded tracks be what inputs are, or nothing any more."""
        if self._desk is not None:
            self._desk.played = played
            if self.scribe is not None:
                self.scribe.began_anew()
            self._touched.add(draft.PLAYED)

    def outputs_with(self, name: str) -> list[int]:
        """Outputs of the device that carry a signal, wherever its strip is tapped; counted from 1.

        An output of the device may carry one of the console's outputs, which carries the signal.
        """
        if self.audio is None or self._desk is None:
            return []
        sent = self._desk.draft["send_patch"].reshape(-1)
        carried = self._desk.draft["output_patch"].reshape(-1)[: self.audio.outputs]
        wanted = np.array(signals.find(name, self.values))
        lanes = (layout.lane(routing.before_outputs(places, sent)) for places in (carried, wanted))
        return (np.flatnonzero(np.isin(*lanes)) + 1).tolist()

    @property
    def rate(self) -> float:
        """Frames per second; 0 without audio."""
        return float(self.audio.rate) if self.audio is not None else 0.0

    def filters(self, pairs: Sequence[int], lane: int) -> npt.NDArray[np.float64] | None:
        """Coefficients in use of a lane, those of these pairs of filters, shape (n, 6); None without audio."""
        if self._desk is None:
            return None
        group, place = divmod(lane, layout.WIDTH)
        found = self._desk.draft["filter"][list(pairs), group, :, place]
        return np.array(found, np.float64).reshape(2 * len(pairs), -1)

    def open_outputs(self, is_open: bool) -> None:
        """Fade all device outputs in or out."""
        if self._desk is not None:
            self._desk.draft["output"] = 1 if is_open else 0
            whole = self._is_recalled
            self._renew()
            self._hand_over()
            if self.scribe is not None:
                self.scribe.published(whole)

    def play_elsewhere(self, load: Load, lend: Callable[[int], Bytes], there: Callable[[int], int]) -> None:
        """Let another process play, see `design.rack`: it has addresses of its own; from `begin_anew` on."""
        if self._desk is not None:
            self._desk.rack.load, self._desk.rack.lend, self._desk.rack.there = load, lend, there

    def renew_effects(self) -> None:
        """Look again at what is in the slots: a kernel that was missing has come."""
        self._touched |= EFFECT_TYPES

    def begin_anew(self, plan: draft.Plan | None = None) -> None:
        """Make the whole draft anew, for a wall that has begun anew or for other settings; outputs stay shut."""
        if self.audio is not None and self._desk is not None:
            before, self._desk = self._desk, draft.Desk(self.values, self.audio.rate, plan or self._desk.plan)
            self._desk.listeners, self._desk.played = before.listeners, before.played
            before.rack.begin_anew(heard=self.audio.count(memory.CALLS) > 0)
            self._desk.rack.follow(before.rack)
            self.audio.effects = self._desk.rack
            refresh.everything(self._desk)
            self._desk.draft["recalls"] = before.draft["recalls"]
            if self.scribe is not None:
                self.scribe.began_anew()
            self.open_outputs(False)

    def _renew(self) -> bool:
        """Make anew what has changed of the draft; false if nothing was read of it."""
        if self._desk is None or self._rides is None or self.audio is None:
            anew = False
        elif self._is_recalled:
            self._rides.forget(self._desk)
            anew = self._become_another(self._desk)
        else:
            anew = self._rides.renew(self._desk, self._touched, self._published, self.audio.count(memory.FRAME))
        self._touched.clear()
        self._is_recalled = self._is_pulled = False
        self._published[:] = self.values.stored
        return anew

    def _become_another(self, desk: draft.Desk) -> bool:
        """Make the draft of another desk, and remember the one that is heard until then."""
        heard = self.values.copy()
        heard.stored[:] = self._published
        before = desk.with_values(heard)
        anew = refresh.recalled(desk, self._touched)
        if self._quieter is not None and desk.draft["recalls"] != before.draft["recalls"]:
            self._quieter.keep(heard, before)
        return anew

    def _hand_over(self) -> None:
        if self.audio is not None and self._desk is not None:
            self.audio.control_publish(self._desk.draft)


def differences(one: Values, other: Values) -> list[int]:
    """Leaves that differ, in the order of the table."""
    numbers = np.flatnonzero(one.stored != other.stored).tolist()
    texts = [leaf for leaf, text in other.texts.items() if one.texts.get(leaf) != text]
    return sorted({*numbers, *texts})
