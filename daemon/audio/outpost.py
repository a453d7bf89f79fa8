"""The outpost: a process of its own for the audio library, which plays on the daemon's memory.

    daemon: `remote` ── orders, answers ──▶ this process: PortAudio ─▶ callback ─▶ the wall, in shared memory

PortAudio can't become a client of a JACK server anew once one has died under it, and a driver may take its
process along.  So it lives here: what is broken is thrown away and replaced, and the desk never notices.
It is started by `remote`, takes one order at a time as a line of JSON, and ends when the daemon does.
"""

import dataclasses
import faulthandler
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from daemon import errors
from daemon.audio import devices, graph, identity, kernels, shared, stream
from daemon.system import realtime
from dsp.effects import library

LOOK_S = 0.05
"""How often it looks whether the stream still runs."""
PORTS_S = 0.5
"""How often it looks whether the device's ports are still there."""
CLOSING_S = 10
"""A driver that hangs is left after so many seconds, and this process with it."""


class Outpost:
    """Obeys.

    Parameters
    ----------
    daemon : socket
        Where orders come from.
    descriptor : int
        Of the memory in which the wall lies.
    """

    def __init__(self, daemon: socket.socket, descriptor: int) -> None:
        self._daemon = daemon
        self._memory = shared.seen(descriptor)
        self._stream: stream.Stream | None = None
        self._ports: graph.Ports | None = None
        self._looked_at = 0.0
        self._orders: dict[str, Callable[..., dict[str, Any]]] = {
            "find": self._find, "seek": self._seek, "open": self._open, "stop": self._stop, "code": self._code
        }  # fmt: skip

    def obey(self) -> None:
        """Do what is ordered until the daemon is gone."""
        lines = self._daemon.makefile("r", encoding="utf-8")
        while True:
            ready, _, _ = select.select([self._daemon], [], [], LOOK_S)
            if ready:
                line = lines.readline()
                if not line:
                    signal.alarm(CLOSING_S)  # ends the process whatever the driver does
                    self._stop()
                    return
                self._say(self._answer(json.loads(line)))
                if kernels.compiled():
                    kernels.load()  # while nobody waits for it: the next order may be to play
            elif why := self._gone():
                self._say({"gone": why})
                self._stream = None

    def _gone(self) -> str | None:
        """Why the device does not play any more, if it doesn't."""
        if self._stream is None:
            return None
        if not self._stream.running:
            return self._stream.lost or "the device stopped"
        if self._ports is None or time.monotonic() < self._looked_at + PORTS_S:
            return None
        self._looked_at = time.monotonic()
        return self._ports.missing()

    def _answer(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._orders[order.pop("do")](**order)
        except stream.LibraryMissing as error:
            return {"missing": str(error)}
        except errors.Refusal as error:
            return {"refused": str(error)}

    def _find(self, spec: str, rate: int | None) -> dict[str, Any]:
        info = devices.match(spec)
        return self._described(info, devices.agreed_rate(info, rate))

    def _seek(self, wanted: dict[str, str], rate: int | None) -> dict[str, Any]:
        """Look for a device as things are now."""
        signal.alarm(CLOSING_S)  # a JACK server that has gone meanwhile would be waited for
        stream.look_again()
        signal.alarm(0)
        info = identity.again(identity.Identity(**wanted), stream.infos())
        if info is None:
            raise stream.DeviceError(f"{wanted['name']} is not there")
        return self._described(info, devices.agreed_rate(info, rate))

    def _described(self, info: stream.Info, rate: int) -> dict[str, Any]:
        return {
            "info": dataclasses.asdict(info),
            "rate": rate,
            "identity": dataclasses.asdict(identity.of(info)),
            "base": int(self._memory.ctypes.data),
        }

    def _open(
        self, info: dict[str, Any], rate: int, block: int, channels: tuple[int, int], offset: int
    ) -> dict[str, Any]:
        """Play on the memory."""
        callback = kernels.load()
        before = realtime.threads()
        self._stream = stream.Stream(stream.Info(**info), rate, block)
        self._stream.inputs, self._stream.outputs = channels
        self._stream.start(callback, self._memory.ctypes.data + offset)
        hurried = realtime.hasten(realtime.threads() - before)
        self._ports = graph.Ports(self._stream.name) if info["api"] == stream.JACK else None
        return {"latency": self._stream.latency, "hurried": hurried, "locked": realtime.lock_all()}

    def _code(self, effect: str) -> dict[str, Any]:
        return {"code": library.code(effect)}

    def _stop(self) -> dict[str, Any]:
        playing, self._stream = self._stream, None
        if playing is not None:
            playing.stop()
            if playing.lost is None:
                self._leave()
        return {}

    def _leave(self) -> None:
        """Let nobody find us dead."""
        if self._ports is not None:
            self._ports.leave()
            self._ports = None
        stream.leave()

    def _say(self, answer: dict[str, Any]) -> None:
        self._daemon.sendall(json.dumps(answer).encode() + b"\n")


def main() -> None:
    """Obey whoever started this process, through the descriptors it handed over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they are meant for the daemon, which stops this process in its turn
    faulthandler.enable()
    orders, memory = map(int, sys.argv[1:])
    daemon = socket.socket(fileno=orders)
    try:
        Outpost(daemon, memory).obey()
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        # PortAudio's farewell may wait for a server that has gone: nobody waits for it here.
        os._exit(0)


if __name__ == "__main__":
    main()
