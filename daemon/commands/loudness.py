"""Eight meters of loudness: /faderd/loudness.

/faderd/loudness          ─▶ /faderd/loudness BLOB: 48, then m, s, i, lra, tp, plr of each meter
/faderd/loudness 1        ─▶ for ten seconds, ten times a second
/faderd/loudness/2/source bus/01+bus/02        …/target, reset, hold;  …/m, s, i, lra, tp, max_m … tell one number
/faderd/loudness/limiter  ─▶ by how many dB the stream's limiter was down in the last second, and at most
"""

import asyncio
import collections
import struct
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from daemon.commands.family import Family
from daemon.metering import live
from daemon.metering.meters import Page
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Command, Network
from dsp.engine import layout, wall
from dsp.parameters.row import Wire

LOUDNESS = "/faderd/loudness"
LIMITER = f"{LOUDNESS}/limiter"
PERIOD_S = 0.1
PAGES = 20
"""Of meters, which come in a second."""
FLOOR = -200.0
"""What is told where nothing was heard."""
TARGET_LUFS = -23.0
"""At first, after EBU R 128; it is only shown."""
LEAST_GAIN = 1e-3
IN_BLOB = ("m", "s", "i", "lra", "tp", "plr")

_TOLD = {
    "m": "Momentary loudness, of the last 0.4 s, in LUFS.",
    "s": "Short-term loudness, of the last 3 s, in LUFS.",
    "i": "Integrated loudness since the last reset, in LUFS.",
    "lra": "Loudness range since the last reset, in LU.",
    "tp": "True peak of the last tenth of a second, in dBTP.",
    "max_m": "Highest momentary loudness since the last reset, in LUFS.",
    "max_s": "Highest short-term loudness since the last reset, in LUFS.",
    "max_tp": "Highest true peak since the last reset, in dBTP.",
    "plr": "Highest true peak over integrated loudness, in LU.",
    "time": "Seconds measured since the last reset.",
}
_SET = {
    "source": "What this meter measures: main, mono, print (main before its EQ and fader), monitor, stream (as it"
    " leaves), off, a strip such as bus/01, or a pair: bus/01+bus/02.",
    "target": "Loudness to aim for, in LUFS; it is only shown.",
    "reset": "Lets this meter begin anew.",
    "hold": "While 1, this meter adds nothing to what it has summed up.",
}


class Loudness(Family):
    """Tells how loud things are.

    Parameters
    ----------
    audio : Wall
        Where the signals are kept.
    network : Network
        The way to the clients.
    stream : callable, optional
        Places of the outputs of the device that feed a stream; the second meter is theirs.
    stream_lufs : float, optional
        What a stream aims for.
    """

    help: ClassVar = {
        LOUDNESS: "Tells m, s, i, lra, tp and plr of the eight meters in a blob; 1 has them told for ten seconds.",
        LIMITER: "Tells by how many dB the limiter of the stream was down in the last second, and the most since a"
        " meter of the stream began anew.",
        **{
            f"{LOUDNESS}/{number}/{name}": words
            for number in range(1, live.METERS + 1)
            for name, words in (_SET | _TOLD).items()
        },
    }

    def __init__(
        self, audio: wall.Wall, network: Network, stream: Callable[[], list[int]] = live.no_stream,
        stream_lufs: float = TARGET_LUFS,
    ) -> None:  # fmt: skip
        self._meters = live.Meters(audio, stream)
        self._targets = [
            stream_lufs if source == live.STREAM else TARGET_LUFS for source in self._meters.sources
        ]
        self._readings = [live.SILENCE] * live.METERS
        self._stream = stream
        self._gains: collections.deque[float] = collections.deque(maxlen=PAGES)
        self._least = 1.0
        self._send = network.send
        self._leases: Leases[None] = Leases(network)
        self.commands = {LOUDNESS: self._ask, LIMITER: self._limiter}
        for number in range(live.METERS):
            self.commands |= {
                f"{LOUDNESS}/{number + 1}/{name}": command for name, command in self._about(number).items()
            }

    async def run(self) -> None:
        """Measure ten times a second, on a thread beside the event loop, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            self._readings = await asyncio.to_thread(self._measured)
            if self._leases:
                datagram = packet.build(LOUDNESS, self.blob())
                for client in self._leases.running():
                    self._send(datagram, client)

    def measure(self) -> None:
        """Measure what has been heard since the last time."""
        self._readings = self._measured()

    def feed(self, page: Page) -> None:
        """Keep what the limiter of the stream multiplies with at least."""
        gains = np.asarray(page["limiter"])
        own = gains[np.isin(layout.output(np.arange(gains.size)), self._stream())]
        self._gains.append(float(own.min(initial=1)))
        self._least = min(self._least, self._gains[-1])

    def limited(self) -> dict[str, Any]:
        """By how many dB the limiter of the stream was down; nothing where nothing is streamed."""
        if not self._stream():
            return {}
        return {"limiter_db": _down_db(min(self._gains, default=1.0)), "most_limiter_db": _down_db(self._least)}

    def blob(self) -> bytes:
        """Six numbers of each meter, as the desk writes its meters: how many, then little-endian floats."""
        numbers = [_told(getattr(each, name)) for each in self._readings for name in IN_BLOB]
        return struct.pack(f"<i{len(numbers)}f", len(numbers), *numbers)

    def _measured(self) -> list[live.Reading]:
        self._meters.add()
        return self._meters.readings()

    def _about(self, number: int) -> dict[str, Command]:
        """Commands of one meter."""
        return {
            "source": self._source(number), "target": self._target(number), "hold": self._hold(number),
            "reset": lambda arguments, client: self._reset(number),
            **{name: self._tell(number, name) for name in _TOLD},
        }  # fmt: skip

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if arguments and not arguments[0]:
            self._leases.drop(client)
            return
        if arguments and not self._leases.renew(client, LOUDNESS, None):
            raise ValueError("no room for more clients; wait until another one has left")
        self._send(packet.build(LOUDNESS, self.blob()), client)

    def _limiter(self, arguments: list[Wire], client: Client) -> None:
        self._send(packet.build(LIMITER, *(self.limited().values() or (0.0, 0.0))), client)

    def _reset(self, number: int) -> None:
        self._meters.reset(number)
        if live.STREAM in self._meters.sources[number]:
            self._least = 1.0
            self._gains.clear()

    def _answer(self, number: int, name: str, value: Wire, client: Client) -> None:
        self._send(packet.build(f"{LOUDNESS}/{number + 1}/{name}", value), client)

    def _source(self, number: int) -> Command:
        def command(arguments: list[Wire], client: Client) -> None:
            if arguments:
                self._meters.measure(number, str(arguments[0]))
            self._answer(number, "source", self._meters.sources[number], client)

        return command

    def _target(self, number: int) -> Command:
        def command(arguments: list[Wire], client: Client) -> None:
            if arguments:
                self._targets[number] = _lufs(arguments[0])
            self._answer(number, "target", self._targets[number], client)

        return command

    def _hold(self, number: int) -> Command:
        def command(arguments: list[Wire], client: Client) -> None:
            if arguments:
                self._meters.held[number] = bool(arguments[0])
            self._answer(number, "hold", int(self._meters.held[number]), client)

        return command

    def _tell(self, number: int, name: str) -> Command:
        def command(arguments: list[Wire], client: Client) -> None:
            self._answer(number, name, _told(getattr(self._readings[number], name)), client)

        return command


def _told(value: float) -> float:
    """A number that every client can show."""
    return float(value) if np.isfinite(value) else FLOOR


def _down_db(gain: float) -> float:
    """Of a limiter's gain, to a tenth."""
    return round(-20 * float(np.log10(max(gain, LEAST_GAIN))), 1) + 0.0


def _lufs(value: Wire) -> float:
    """A loudness to aim for."""
    if isinstance(value, str) or not -70 <= value <= 0:
        raise ValueError(f"{value!r} is no loudness to aim for: -70 to 0 LUFS")
    return float(value)
