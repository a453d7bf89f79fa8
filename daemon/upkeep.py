"""What goes on beside the mixing: the load is measured, the loop's heart beats, health is told, settings reloaded."""

import asyncio
import logging
import pathlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from daemon.audio import shared, watch
from daemon.commands import cardrecorder, health, loudness, record, reload, soundcheck, stick
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.commands.roles import Roles
from daemon.desk import console, loops
from daemon.files import disk
from daemon.metering import load
from daemon.recording import deck, gig, recorder, starter, stereo
from daemon.settings import Settings
from daemon.system import child, heart, notify, realtime
from daemon.wire import network
from dsp.engine import wall

log = logging.getLogger("faderd")

TICK_S = 1.0


class Upkeep:
    """Looks after a console that plays.

    Parameters
    ----------
    audio : Wall
    mixer : Console
    chosen : Settings
    read : callable
        Reads the settings again.
    room : Room
        Where the wall lies.
    state : Path
        The file in which the desk is kept.
    files : Disk
        What takes its time is done there.
    """

    def __init__(
        self,
        audio: wall.Wall,
        mixer: console.Console,
        chosen: Settings,
        read: Callable[[], Settings],
        room: shared.Room,
        state: pathlib.Path,
        files: disk.Disk,
    ) -> None:
        self._audio = audio
        self._mixer = mixer
        self._chosen = chosen
        self._read = read
        self._room = room
        self._state = state
        self._began = time.monotonic()
        self._load = load.Load(audio)
        self._heart = heart.Heart(chosen.state)
        self._loops = loops.Loops(mixer)
        self._kept: watch.Watch | None = None
        self.pages_door: int | None = None
        """UDP port by which the pages come in; None without pages."""
        self.osc_port = 0
        """UDP port that apps use."""
        folder = chosen.record.folder or chosen.state / "gigs"
        self._earlier = gig.gigs(folder)  # before another one is begun, which is open rightly
        self.recorder = recorder.Recorder(audio, folder, mixer, chosen.record.mixes)
        self._starter = starter.Starter(audio, self.recorder, chosen.record)
        self.deck = deck.Deck(audio, mixer.play, self.recorder, folder, room.lend, files.run)
        self.stereo = stereo.Stereo(audio, chosen.state / "usb")
        self._files = files
        self._locked = realtime.lock(audio.address, audio.block.nbytes)

    def families(self, way: network.Network, reasons: Faults, guard: Roles) -> list[Family]:
        """Tell what clients can say about all this."""
        self.reload = reload.Reload(self._mixer, self._chosen, self._read, self._room, reasons, way)
        parts: dict[str, health.Part] = {
            "load": lambda: health.plain(self._load.report()),
            "device": self._device,
            "latency_ms": self._latency,
            "real_time": self._real_time,
            "loop": lambda: {"longest_ms": round(1000 * self._heart.longest_s, 1)},
            "disk": lambda: health.disk(self._chosen.state),
            "state": lambda: health.saved(_modified(self._state)),
            "stream": lambda: self.loudness.limited(),
            "feedback": lambda: self._loops.told,
            "up_s": lambda: round(time.monotonic() - self._began, 1),
        }
        self._reasons = reasons
        self.health = health.Health(parts, lambda client: str(guard.access(client)), way)
        self.loudness = loudness.Loudness(
            self._audio, way, self._mixer.stream_places, self._chosen.stream.target_lufs
        )
        run, usb = self._files.run, self._chosen.state / "usb"
        recording = [
            record.Record(self.recorder, way),
            soundcheck.Soundcheck(self.deck, reasons, way),
            cardrecorder.CardRecorder(self._mixer, self.deck, self.recorder, run, reasons, way),
            stick.Stick(self._mixer, self.deck, self.stereo, usb, run, reasons, way),
        ]
        return [self.health, self.reload, self.loudness, *recording]

    def attend(self, kept: watch.Watch) -> None:
        """Look after the device, too, and tell at once when it goes and comes."""
        self._kept = self.reload.kept = kept
        kept.listeners.append(self._told)

    async def run(self) -> None:
        """Do all that is due, until cancelled."""
        threading.Thread(target=self._close_gigs, daemon=True).start()
        beside = [asyncio.create_task(self._heart.beat()), asyncio.create_task(self.loudness.run())]
        if self.pages_door is not None:
            beside.append(asyncio.create_task(child.keep("faderd web", self._web(self.pages_door))))
        try:
            while True:
                await asyncio.sleep(TICK_S)
                self._load.tick()
                self._look_for_feedback()
                self._starter.tick()
        finally:
            for task in beside:
                task.cancel()

    def _web(self, port: int) -> list[str]:
        """What serves the pages."""
        chosen = self._chosen
        command = [sys.executable, "-m", "daemon.cli", "web", "--beside", "--desk", f"127.0.0.1:{port}"]
        command += ["--port", str(chosen.web_port), "--state", str(chosen.state), "--osc-port", str(self.osc_port)]
        if chosen.local:
            command += ["--bind", "127.0.0.1"]
        return command + [word for bus, udp in chosen.open_mixes() for word in ("--open", f"{bus}:{udp}")]

    def _look_for_feedback(self) -> None:
        """Say once that a bus feeds itself: in the log, and to whoever wants to know what is wrong."""
        if told := self._loops.news():
            log.warning("%s", told)
            self._reasons.tell_everybody(health.HEALTH, told)
            self.health.tell()

    def _close_gigs(self) -> None:
        """Close what a power cut left open; nobody waits for it, the sound least of all."""
        for line in gig.close_all(self._earlier):
            log.warning("%s", line)

    def remedies(self) -> list[str]:
        """What stands in the way of sound that never stops, and what to do about it."""
        told = self._real_time()
        lines = []
        if not told["scheduling"]:
            lines.append(f"no real-time scheduling for the audio thread: {realtime.SCHEDULING_REMEDY}")
        if not told["memory_locked"]:
            lines.append(f"memory may be swapped out: {realtime.MEMORY_REMEDY}")
        return lines

    def _told(self, state: watch.State) -> None:
        notify.status(f"plays on {state.name}" if state.playing else f"{state.name} is lost: {state.why}")
        self.health.tell()

    def _device(self) -> dict[str, Any]:
        if self._kept is None:
            return {}
        device = self._kept.device
        return health.plain(self._kept.state) | {
            "rate": device.rate, "block": device.block, "inputs": device.inputs, "outputs": device.outputs
        }  # fmt: skip

    def _latency(self) -> dict[str, float] | None:
        told = self._kept.device.latency if self._kept is not None else None
        return None if told is None else {"input": round(1000 * told[0], 2), "output": round(1000 * told[1], 2)}

    def _real_time(self) -> dict[str, bool]:
        hurried = self._kept is not None and self._kept.device.hurried
        return {"scheduling": bool(hurried), "memory_locked": self._locked}


def _modified(path: pathlib.Path) -> float | None:
    """When a file was last written, in seconds since the epoch."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None
