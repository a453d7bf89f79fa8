"""The watch over the device: when it goes, the desk waits for the same one and takes it back with a fade.

    playing ── stopped, or no call for two seconds, or another rate ──▶ lost: outputs count as muted, all is kept
       ▲                                                              │
       ╰── wall begins anew, outputs fade in ◀── the same device ◀── sought every two seconds

No other device is ever opened: who wants another one says so in the settings.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from daemon import errors
from daemon.audio import devices, loading, rehearsal
from daemon.desk import console
from dsp.engine import memory, wall

log = logging.getLogger("faderd")

LOOK_S = 0.1
SEEK_S = 2.0
SILENCE_S = 2.0
"""A device that has not called for so long is gone, whatever its driver says."""
FADE_S = 0.05
"""The outputs are shut before so much has passed."""
PACE_S = 1.0
"""How long frames are counted to tell the pace of a device."""
NEAR = 0.01
"""How near to a rate its clock is."""
STEADY = 3
"""So many times in a row it has to be another one: a machine that is too busy is slow now and then."""


@dataclass(frozen=True)
class State:
    """What is known of the device.

    Attributes
    ----------
    playing : bool
    name : str
    why : str
        Why it does not play.
    since : float
        Seconds since the epoch at which this began.
    times_lost : int
        How often it has gone since the start.
    """

    playing: bool
    name: str
    why: str = ""
    since: float = 0.0
    times_lost: int = 0


Told = Callable[[State], object]


class Watch:
    """Keeps a device playing.

    Parameters
    ----------
    device : Device
    audio : Wall
    mixer : Console
    lend : callable
        Gives memory that the device's process sees, too.
    post : callable
        Lets a call happen on this thread, soon, from any other.

    Attributes
    ----------
    listeners : list of callable
        Are told at once when the device goes and comes.
    state : State
    """

    def __init__(
        self, device: devices.Device, audio: wall.Wall, mixer: console.Console, lend: wall.Lend, post: loading.Post
    ) -> None:
        self.device = device
        self.listeners: list[Told] = []
        self.state = State(False, device.name)
        self._callback = 0
        self._lend = lend
        self._effects = loading.Loader(lambda effect: self.device.code(effect), post, mixer.renew_effects)
        self._audio = audio
        self._mixer = mixer
        self._beside: rehearsal.Rehearsal | None = None
        self._turn = asyncio.Lock()

    def wait_for(self, callback: int, beside: rehearsal.Rehearsal) -> None:
        """Take the address of the audio callback, and the other thread that works on the wall: now it can start."""
        self._callback, self._beside = callback, beside

    def start(self) -> None:
        """Open the device, for the first time.

        Raises
        ------
        DeviceError
            When it can't be opened.
        """
        self._let_play()
        self.device.start(self._callback, self._audio.address)
        self._tell(True)

    async def keep(self) -> None:
        """Keep it playing, until it has failed for good: then `device.failure` says why."""
        while True:
            why = await self._until_lost()
            if self.device.failure:
                self._tell(False, self.device.failure)
                log.error("device lost: %s · %s", self.device.name, self.device.failure)
                return
            self._lose(why)
            await self._until_back()

    async def change(self, device: devices.Device) -> None:
        """Play on another device from now on: fade out, change, fade in.

        Raises
        ------
        DeviceError
            When it can't be opened; the one before plays on then.
        """
        async with self._turn:
            before, self.device = self.device, device
            self._mixer.open_outputs(False)
            await asyncio.sleep(FADE_S)
            await asyncio.to_thread(before.stop)
            before.close()
            try:
                await self._open()
            except errors.Refusal:
                device.close()
                self.device = before
                with contextlib.suppress(errors.Refusal):  # else it is lost, and sought
                    await asyncio.to_thread(before.seek)
                    await self._open()
                raise

    async def _until_lost(self) -> str:
        """Wait until the device has gone; say why."""
        pace = Pace(self._audio)
        calls, called = -1, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            if self._turn.locked():
                pace, calls = Pace(self._audio), -1
                continue
            if not self.device.running:
                return self.device.lost or "it has stopped"
            now, done = time.monotonic(), self._audio.count(memory.DONE)
            if done != calls:
                calls, called = done, now
            elif now - called > SILENCE_S:
                return f"it has not asked for audio for {SILENCE_S:g} s"
            if (rate := pace.measure(now)) is not None:
                return f"it runs at {rate} Hz now, not at {self.device.rate} Hz"

    async def _until_back(self) -> None:
        """Seek the device, every so often, until it plays again."""
        said, due = "", time.monotonic()
        while not self.state.playing:
            before = self._audio.rate, self._audio.inputs, self._audio.outputs
            try:
                async with self._turn:
                    if not self.state.playing:
                        await asyncio.to_thread(self.device.seek)
                        await self._open()
            except errors.Refusal as error:
                if str(error) != said and "is not there" not in str(error):
                    said = str(error)
                    log.warning("device not taken back: %s", said)
                due = max(due + SEEK_S, time.monotonic())
                await asyncio.sleep(due - time.monotonic())
                continue
            log.info("device back: %s%s", self.device.name, self._difference(before))

    async def _open(self) -> None:
        """Let the desk begin anew for the device as it is now, and play; nothing calls meanwhile."""
        with self._beside.paused() if self._beside is not None else contextlib.nullcontext():
            self._audio.control_begin_anew(self.device.rate, self.device.inputs, self.device.outputs)
        self._let_play()
        await asyncio.to_thread(self.device.start, self._callback, self._audio.address)
        self._tell(True)

    def _lose(self, why: str) -> None:
        self._mixer.open_outputs(False)
        self._tell(False, why)
        log.error("device lost: %s · %s · outputs are muted · retrying every %g s", self.device.name, why, SEEK_S)
        self.device.close()

    def _let_play(self) -> None:
        """Give the device's process what it plays: effects have addresses there."""
        self._mixer.play_elsewhere(self._effects.code, self._lend, self.device.there)
        self._mixer.begin_anew()
        self._mixer.open_outputs(True)

    def _difference(self, before: tuple[float, int, int]) -> str:
        now = self._audio.rate, self._audio.inputs, self._audio.outputs
        return "" if now == before else f" · now {now[0]:g} Hz, {now[1]} in, {now[2]} out"

    def _tell(self, playing: bool, why: str = "") -> None:
        lost = self.state.times_lost + (self.state.playing and not playing)
        self.state = State(playing, self.device.name, why, time.time(), lost)
        for listener in self.listeners:
            listener(self.state)


class Pace:
    """Tells when a device runs at another rate than it said, with its frames against the clock.

    Blocks that were dropped say that the machine is too busy, and nothing of the device.

    Parameters
    ----------
    audio : Wall
    """

    def __init__(self, audio: wall.Wall) -> None:
        self._audio = audio
        self._began: float | None = None
        self._frame = self._dropped = 0
        self._found: int | None = None
        self._same = 0

    def measure(self, now: float) -> int | None:
        """Another rate than that of the desk, where the device keeps its pace, else None."""
        frame = self._audio.count(memory.FRAME)
        dropped = self._audio.count(memory.OVERRUNS) + self._audio.count(memory.UNDERRUNS)
        if self._began is None or dropped != self._dropped:
            self._began, self._frame, self._dropped, self._same = now, frame, dropped, 0
        if now - self._began < PACE_S:
            return None
        pace = (frame - self._frame) / (now - self._began)
        self._began, self._frame = now, frame
        found = next((rate for rate in devices.RATES if abs(pace / rate - 1) < NEAR), None)
        self._same = self._same + 1 if found == self._found else 1
        self._found = found
        return found if found != round(self._audio.rate) and self._same >= STEADY else None
