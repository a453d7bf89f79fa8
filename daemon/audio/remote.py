"""A device of PortAudio, played in a process of its own that can be thrown away: see `outpost`.

    start ─▶ order ─▶ (outpost) opens, plays on the shared wall ─▶ answer
    lost  ─▶ kill it, start another one ─▶ seek the same device ─▶ start
"""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from daemon.audio import shared, stream
from dsp.effects import library

MODULE = "daemon.audio.outpost"
PATIENCE_S = 30.0
"""An answer takes longer than this only if the driver hangs: ALSA probes a rack of interfaces in seconds."""
LAST_PATIENCE_S = 3.0


class Remote:
    """A device of PortAudio that is found now, and opened by `start`.

    Parameters
    ----------
    room : Room
        Where the memory lies that the callback is to get.
    spec : str
        Number or part of the name.
    rate : int or None
        Frames per second that must be; None takes what the device offers, and another one after its return.
    block : int
        Frames per call.

    Attributes
    ----------
    hurried, locked : bool
        Whether the thread that calls has real-time scheduling, and whether its process's memory is locked.

    Raises
    ------
    DeviceError
        When nothing, or several devices, are meant, or the rate can't be had.
    """

    def __init__(self, room: shared.Room, spec: str, rate: int | None, block: int) -> None:
        self.block = block
        self.failure: str | None = None  # a device that has gone may come back: there is no final failure
        self.hurried = self.locked = False
        self.latency: tuple[float, float] | None = None
        self._room = room
        self._wanted_rate = rate
        self._gone: str | None = None
        self._playing = False
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._found(self._order("find", spec=spec, rate=rate))

    def start(self, callback: int, userdata: int) -> None:
        """Let the device call the console's callback with `userdata`, which lies in the room's memory.

        The other process finds the callback by itself: an address is worth nothing there.
        """
        self._gone = None
        opened = self._order(
            "open",
            info=self._info,
            rate=self.rate,
            block=self.block,
            channels=(self.inputs, self.outputs),
            offset=self._room.offset(userdata),
        )
        self.latency = opened["latency"] and tuple(opened["latency"])
        self.hurried, self.locked = opened["hurried"], opened["locked"]
        self._playing = True

    def stop(self) -> None:
        """End the calls once the device has played what it was given."""
        if self._playing and self.running:
            with contextlib.suppress(stream.DeviceError):
                self._order("stop", LAST_PATIENCE_S)
        self._playing = False

    def close(self) -> None:
        """End the other process at once, whatever it waits for."""
        self._playing = False
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            self._socket.close()

    def seek(self) -> None:
        """Look for the same device; see `identity`."""
        self._found(self._order("seek", wanted=self._identity, rate=self._wanted_rate))

    def code(self, effect: str) -> int | None:
        """Address that the kernel of an effect has in the other process; None while that can't be told."""
        own = library.code(effect)  # compiled here, if it has to be: the other process has no time for that
        if not own or self._process is None:
            return own
        try:
            return int(self._order("code", LAST_PATIENCE_S, effect=effect)["code"])
        except stream.DeviceError:
            return None

    def there(self, address: int) -> int:
        """Address in the other process of what lies at an address of the room."""
        return self._base + self._room.offset(address)

    def prepare(self) -> None:
        """Have a process ready that will seek: it takes its time to start."""
        if self._process is None:
            self._begin()

    @property
    def running(self) -> bool:
        """Whether the device plays, as far as PortAudio knows."""
        return self._playing and self.lost is None

    @property
    def lost(self) -> str | None:
        """Why the device is gone, once it is."""
        if self._playing and self._gone is None:
            self._listen()
        return self._gone

    def _found(self, answer: dict[str, Any]) -> None:
        info = stream.Info(**answer["info"])
        self._base = int(answer["base"])
        self._info, self._identity = answer["info"], answer["identity"]
        self.name, self.rate = info.name, int(answer["rate"])
        self.inputs, self.outputs = min(info.inputs, stream.WIDEST), min(info.outputs, stream.WIDEST)

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", MODULE, str(theirs.fileno()), str(self._room.descriptor)]
        with theirs:
            # A session of its own: Ctrl-C and a terminal that is closed are for the daemon to handle.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), self._room.descriptor),
                start_new_session=True,
            )
        self._socket = ours
        self._answers = b""

    def _order(self, what: str, patience_s: float = PATIENCE_S, **order: Any) -> dict[str, Any]:
        """Send an order and wait for its answer."""
        with self._one_at_a_time:
            self.prepare()
            try:
                self._socket.settimeout(patience_s)
                self._socket.sendall(json.dumps({"do": what, **order}).encode() + b"\n")
                while (answer := self._line()).keys() == {"gone"}:
                    pass
            except OSError as error:
                reason = "the driver does not answer" if isinstance(error, TimeoutError) else self._end()
                self.close()
                name = order["spec"] if what == "find" else self.name
                raise stream.DeviceError(f"{name}: {reason}") from None
        if "missing" in answer:
            raise stream.LibraryMissing(answer["missing"])
        if "refused" in answer:
            raise stream.DeviceError(answer["refused"])
        return answer

    def _listen(self) -> None:
        """Hear what the other process says by itself."""
        if not self._one_at_a_time.acquire(blocking=False):
            return
        try:
            self._socket.setblocking(False)
            self._gone = self._line().get("gone")
        except BlockingIOError:
            pass
        except OSError:
            self._gone = self._end()
        finally:
            self._one_at_a_time.release()

    def _line(self) -> dict[str, Any]:
        """Next answer."""
        while b"\n" not in self._answers:
            some = self._socket.recv(65_536)
            if not some:
                raise ConnectionResetError
            self._answers += some
        line, _, self._answers = self._answers.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> str:
        """Say how the other process ended."""
        code = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(LAST_PATIENCE_S)
        how = f"by signal {-code} ({signal.Signals(-code).name})" if code is not None and code < 0 else "by itself"
        return f"the process of the audio driver ended {how}"
