"""The desk's own card recorder: /-stat/urec, /-urec and the buttons below /-action that belong to it.

    /-stat/urec/state REC, PLAY, PPAUSE, STOP   ─▶ recorder, player
    sessions are gigs, the newest hundred; markers are marks ─▶ lists that apps show

A session that is deleted goes to the folder `trash` beside the others.
"""

import functools
import pathlib
import shutil
from collections.abc import Callable
from typing import ClassVar

from daemon import errors
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.recording import deck, player, recorder, tracks
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Stored

STATE, ROUTING = "/-stat/urec/state", "/config/routing/routswitch"
STOP, PPAUSE, PLAY, REC = range(4)
AUTO = 2
X_LIVE = 10
READY, PROTECT = 1, 2
MOST = 100
NAME_LENGTH, STAMP_LENGTH = 19, len("2026-11-28 19-58-03")
DAY_MS = 86_399_999
PERIOD_S, LIST_S = 0.1, 2.0
FULL, SLOW, NO_SESSION, OTHER, FILE_MISSING = 10, 12, 4, 1, 18
"""Numbers that the desk gives to what goes wrong."""


class CardRecorder(Family):
    """Lets apps that know the desk's card record, play, mark, list and delete.

    Parameters
    ----------
    console : Console
    box : Deck
    kept : Recorder
    run : callable
        Does what takes its time.
    faults : Faults
        Who wants reasons.
    network : Network
    """

    help: ClassVar = {}

    def __init__(
        self, console: Console, box: deck.Deck, kept: recorder.Recorder, run: deck.Run, faults: Faults, network: Network
    ) -> None:
        self.commands = {}
        self._console, self._deck, self._recorder, self._run = console, box, kept, run
        self._faults, self._send, self._clock = faults, network.send, network.clock
        self._leaves = console.values.table.leaves
        self._due = self._list_due = 0.0
        self._sessions: list[pathlib.Path] = []
        self._listing = self._routed = False
        self._alert = ""
        console.listeners.append(self._note)
        buttons: dict[str, Callable[[int], None]] = {
            "selsession": self._select, "delsession": self._delete, "selmarker": self._go_to_marker,
            "delmarker": functools.partial(self._change_marker, "unmark"),
            "savemarker": functools.partial(self._change_marker, "remark"),
            "addmarker": self._add_marker, "setposition": self._set_position, "clearalert": self._clear_alert,
            "formatcard": self._format,
        }  # fmt: skip
        for name, press in buttons.items():
            console.triggers[self._leaves[f"/-action/{name}"]] = functools.partial(self._pressed, name, press)
        self._set("/-stat/xcardtype", X_LIVE)

    # --- what clients want --------------------------------------------------------------------------------

    def _note(self, leaf: int, author: object) -> None:
        if author is not self and leaf == self._leaves[STATE]:
            try:
                self._transport(int(self._console.values.get(leaf)), author)
            except errors.Refusal as refusal:
                self._refuse(STATE, refusal, author)

    def _pressed(self, name: str, press: Callable[[int], None], stored: Stored, author: object) -> None:
        """Do what a button of the card says, and answer 0 when it is done."""
        address = f"/-action/{name}"
        try:
            press(int(stored))
        except errors.Refusal as refusal:
            self._refuse(address, refusal, author)
        if isinstance(author, Client):
            self._send(packet.build(address, 0), author)

    def _refuse(self, address: str, refusal: errors.Refusal, author: object) -> None:
        self._alert = str(refusal)
        self._due = 0.0
        if isinstance(author, Client):
            self._faults.fail(address, refusal, author)

    def _transport(self, wanted: int, author: object) -> None:
        recording = self._recorder.report().state != recorder.IDLE
        if wanted == REC and not recording:
            self._deck.swap(False)
            self._deck.player.stop()
            self._route(False)
            self._recorder.start()
            self._list_due = 0.0
        elif wanted == PLAY:
            if recording:
                raise errors.Refusal("a session is being recorded: stop that before you play")
            self._with_session(self._play, author)
        elif wanted == PPAUSE and not recording:
            self._deck.player.pause()
        elif wanted == STOP:
            if recording:
                self._recorder.stop()
            self._deck.player.stop()
            self._route(False)

    def _play(self) -> None:
        self._deck.player.play()
        if int(self._console.values.get(self._leaves["/-prefs/card/URECrout"])) == AUTO:
            self._route(True)

    def _route(self, to_tracks: bool) -> None:
        """Let the desk's own switch follow the player, and go back when it went there."""
        if to_tracks != self._routed:
            self._routed = to_tracks
            self._console.set(self._leaves[ROUTING], int(to_tracks))

    def _with_session(self, then: Callable[[], None], author: object) -> None:
        """Do something once a session is in: the one that is, or the newest."""
        if self._deck.player.tape is not None:
            then()
            return

        def opened(refusal: errors.Refusal | None) -> None:
            if refusal is not None:
                self._refuse(STATE, refusal, author)
            else:
                then()
                self._list()

        self._deck.open("", opened)

    # --- sessions -----------------------------------------------------------------------------------------

    def list_sessions(self) -> None:
        """Look what there is, while nobody waits."""
        if self._listing:
            return
        self._listing = True
        found: list[pathlib.Path] = []

        def done(error: OSError | None) -> None:
            self._listing = False
            if error is None:
                self._sessions = found[-MOST:]
                self._list()

        self._run(lambda: found.extend(self._deck.gigs()[::-1]), done)

    def _list(self) -> None:
        self._set("/-urec/sessionmax", len(self._sessions))
        for number in range(1, MOST + 1):
            named = session_name(self._sessions[number - 1]) if number <= len(self._sessions) else ""
            self._set(f"/-urec/session/{number:03}/name", named)
        open_now = self._folder()
        self._set("/-urec/sessionpos", self._sessions.index(open_now) + 1 if open_now in self._sessions else 0)

    def _folder(self) -> pathlib.Path | None:
        """Folder of the gig that is recorded, or in the player."""
        told = self._recorder.report()
        if told.state != recorder.IDLE:
            return self._deck.folder / told.gig
        tape = self._deck.player.tape
        return tape.folder if isinstance(tape, tracks.Gig) else None

    def _session(self, number: int) -> pathlib.Path:
        if not 1 <= number <= len(self._sessions):
            raise errors.Refusal(f"there is no session {number}: there are {len(self._sessions)}")
        if self._recorder.report().state != recorder.IDLE:
            raise errors.Refusal("a session is being recorded: stop that first")
        return self._sessions[number - 1]

    def _select(self, number: int) -> None:
        folder = self._session(number)

        def opened(refusal: errors.Refusal | None) -> None:
            self._alert = str(refusal or "")
            self._list()

        self._deck.open(folder.name, opened)

    def _delete(self, number: int) -> None:
        folder = self._session(number)
        if folder == self._folder():
            self._deck.swap(False)
            self._route(False)
            self._deck.player.stop()
            self._deck.player.eject()
        trash = self._deck.folder / "trash"

        def move() -> None:
            trash.mkdir(exist_ok=True)
            shutil.move(folder, trash / folder.name)

        def moved(error: OSError | None) -> None:
            self._alert = "" if error is None else f"{folder}: {error.strerror or error}"
            self.list_sessions()

        self._run(move, moved)

    def _format(self, pressed: int) -> None:
        """Empty nothing: a finger on a tablet must not be all there is between a band and its evening."""
        if pressed:
            raise errors.Refusal("recordings are not emptied at once: delete sessions one by one, they go to the trash")

    # --- markers ------------------------------------------------------------------------------------------

    def _frames(self) -> list[int]:
        """Frames of the markers of the session, of the first hundred."""
        if self._recorder.report().state != recorder.IDLE:
            return sorted(self._recorder.marks)[:MOST]
        tape = self._deck.player.tape
        return [mark.frame for mark in tape.marks[:MOST]] if tape is not None else []

    def _add_marker(self, pressed: int) -> None:
        if not pressed:
            return
        if self._recorder.report().state != recorder.IDLE:
            self._recorder.mark()
        else:
            self._deck.mark({"kind": "mark", "frame": self._deck.player.position(), "name": ""}, self._marked)

    def _change_marker(self, kind: str, number: int) -> None:
        if self._recorder.report().state != recorder.IDLE:
            raise errors.Refusal("markers can be changed when the session has been recorded")
        self._marker(number)
        self._deck.mark({"kind": kind, "number": number, "frame": self._deck.player.position()}, self._marked)

    def _marked(self, refusal: errors.Refusal | None) -> None:
        self._alert = str(refusal or "")

    def _go_to_marker(self, number: int) -> None:
        self._deck.player.locate(self._marker(number))

    def _marker(self, number: int) -> int:
        frames = self._frames()
        if not 1 <= number <= len(frames):
            raise errors.Refusal(f"there is no marker {number}: there are {len(frames)}")
        return frames[number - 1]

    def _set_position(self, milliseconds: int) -> None:
        self._deck.player.locate(round(milliseconds * self._deck.rate / 1000))

    def _clear_alert(self, pressed: int) -> None:
        self._alert = ""

    # --- what is told -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Tell where it is, ten times a second, and now and then what there is."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + PERIOD_S
        kept, played = self._recorder.report(), self._deck.player.report()
        recording = kept.state != recorder.IDLE
        state = REC if recording else {player.PLAY: PLAY, player.PAUSE: PPAUSE}.get(played.state, STOP)
        if not recording and played.state == player.STOP:
            self._route(False)
        self._set(STATE, state)
        length, position = (kept.frames, kept.frames) if recording else (played.frames, played.position)
        self._set("/-stat/urec/etime", self._ms(position))
        self._set("/-stat/urec/rtime", min(1000 * kept.left, DAY_MS) if recording else self._ms(length - position))
        self._set("/-urec/sessionlen", self._ms(length))
        frames = self._frames()
        self._set("/-urec/markermax", len(frames))
        self._set("/-urec/markerpos", sum(frame <= position for frame in frames))
        for number in range(1, MOST + 1):
            self._set(f"/-urec/marker/{number:03}/time", self._ms(frames[number - 1]) if number <= len(frames) else 0)
        count = kept.tracks if recording else played.tracks
        self._set("/-urec/tracks", 0 if not count else 8 if count <= 8 else 16 if count <= 16 else 32)
        self._set("/-urec/srate", int(self._deck.rate != 44_100))
        self._set("/-urec/sessionspan", int(bool(count)))
        alarm = self._alert or kept.alarm or played.alarm
        self._set("/-urec/errormessage", _ascii(alarm)[:64])
        self._set("/-urec/errorcode", code_of(alarm))
        if self._clock() >= self._list_due:
            self._list_due = self._clock() + LIST_S
            self._tell_disk()
            self.list_sessions()

    def _tell_disk(self) -> None:
        told: list[tuple[int, str]] = []

        def look() -> None:
            self._deck.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._deck.folder).free
            told.append((READY, f"{free / 1e9:.1f} GB free"))

        def looked(error: OSError | None) -> None:
            state, info = told[0] if told else (PROTECT, error.strerror or "not there" if error else "")
            self._set("/-urec/sd1state", state)
            self._set("/-urec/sd1info", _ascii(info)[:32])

        self._run(look, looked)

    def _ms(self, frames: int) -> int:
        return max(0, min(round(1000 * frames / self._deck.rate), DAY_MS))

    def _set(self, path: str, stored: Stored) -> None:
        leaf = self._leaves[path]
        if self._console.values.get(leaf) != stored:
            self._console.set(leaf, stored, self)


def session_name(folder: pathlib.Path) -> str:
    """What apps show of a gig: its name, else when it was recorded."""
    stamp, name = folder.name[:STAMP_LENGTH], folder.name[STAMP_LENGTH:].strip()
    shown = name if name and stamp.count("-") == 4 else folder.name
    return _ascii(shown)[:NAME_LENGTH]


def code_of(alarm: str) -> int:
    """The desk's number for what is wrong."""
    if not alarm:
        return 0
    known = {"No space": FULL, "full": FULL, "slow": SLOW, "answer": SLOW, "no session": NO_SESSION,
             "no gig": NO_SESSION, "is not there": FILE_MISSING, "missing": FILE_MISSING}  # fmt: skip
    return next((number for words, number in known.items() if words in alarm), OTHER)


def _ascii(text: str) -> str:
    """What every app can show."""
    return text.encode("ascii", "replace").decode()
