"""A JACK client in a process of its own: plays mono signals, records others, sample for sample.

    play[n] ─▶ play_n ═▶ the daemon's inputs        the daemon's outputs ═▶ record_n ─▶ recorded[n]

The process callback is native code on one block of memory made beforehand, so that
neither this Python nor the daemon's can make it late.  Frame 0 of the recording is
the period in which frame 0 of the signals was played.

Orders come as lines on stdin; each is answered by a line on stdout that begins with ">":
`play` (play and record everything), `save` (leave the graph, write the recording and the counts),
`hold` (stop JACK's graph in the middle of a period, answer the number of periods so far) and
`release`.  It leaves when stdin ends.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import signal
import sys
import time
from typing import Any

import jack
import numba
import numpy as np

PATIENCE_S = 120.0
HEADER = np.dtype(
    [
        ("periods", np.int64),  # process callbacks so far
        ("first_frame", np.int64),  # JACK's frame clock at the first and the last of them
        ("last_frame", np.int64),
        ("xruns", np.int64),
        ("position", np.int64),  # frames played and recorded so far
        ("length", np.int64),  # frames to play and record; 0 while nothing is ordered
        ("players", np.int64),
        ("recorders", np.int64),
        ("ports", np.int64),  # where in the block: port handles (in words of 8 bytes),
        ("signals", np.int64),  # signals to play and recordings (in words of 4 bytes)
        ("recordings", np.int64),
        ("stride", np.int64),  # frames from one signal to the next
        ("client", np.uint64),
        ("hold", np.int64),  # 1: stay inside the callback; `holding` says that it does
        ("holding", np.int64),
    ]
)


def entry(name: str, result: type, *arguments: type) -> Any:
    """The C function `name` of libjack, callable from compiled code."""
    address = int(jack._ffi.cast("uintptr_t", getattr(jack._lib, name)))
    return ctypes.CFUNCTYPE(result, *arguments)(address)


# Handles are declared as numbers, not pointers: they lie in the block as numbers.
port_buffer = entry("jack_port_get_buffer", ctypes.POINTER(ctypes.c_float), ctypes.c_size_t, ctypes.c_uint32)
period_start = entry("jack_last_frame_time", ctypes.c_uint32, ctypes.c_size_t)
sleep_us = ctypes.CDLL(None).usleep
sleep_us.argtypes = [ctypes.c_uint32]


@numba.cfunc("int32(uint32, voidptr)", error_model="numpy")
def process(frames, memory):  # type: ignore[no-untyped-def]
    """One period: play and record the next `frames` frames; silence before and after."""
    head = numba.carray(memory, 1, HEADER)[0]
    words = head.recordings + head.recorders * head.stride
    samples = numba.carray(memory, words, np.float32)
    ports = numba.carray(memory, words // 2, np.uint64)

    while head.hold:
        head.holding = 1
        sleep_us(200)
    head.holding = 0

    head.last_frame = period_start(head.client)
    if head.periods == 0:
        head.first_frame = head.last_frame
    head.periods += 1

    position = head.position
    count = min(np.int64(frames), head.length - position)
    for n in range(head.players):
        out = numba.carray(port_buffer(ports[head.ports + n], frames), frames)
        source = head.signals + n * head.stride + position
        for k in range(frames):
            out[k] = samples[source + k] if k < count else np.float32(0)
    for n in range(head.recorders):
        heard = numba.carray(port_buffer(ports[head.ports + head.players + n], frames), frames)
        target = head.recordings + n * head.stride + position
        for k in range(count):
            samples[target + k] = heard[k]
    head.position = position + max(count, 0)
    return 0


@numba.cfunc("int32(voidptr)")
def xrun(memory):  # type: ignore[no-untyped-def]
    """Count what JACK calls an xrun: a period that began late."""
    numba.carray(memory, 1, HEADER)[0].xruns += 1
    return 0


class Player:
    """The client, its ports and its block of memory.

    Parameters
    ----------
    signals : ndarray of float32, shape (players, frames)
    recorders : int
        Number of ports to record.
    recording : str
        File to write.
    """

    def __init__(self, signals: np.ndarray, recorders: int, recording: str) -> None:
        self.recording = recording
        players, stride = signals.shape
        self.client = connect_to_server()
        self.plays = [self.client.outports.register(f"play_{n + 1}") for n in range(players)]
        self.records = [self.client.inports.register(f"record_{n + 1}") for n in range(recorders)]

        handles = [int(jack._ffi.cast("uintptr_t", port._ptr)) for port in (*self.plays, *self.records)]
        ports = HEADER.itemsize // 8
        first = 2 * (ports + len(handles))
        self.block = np.empty(first + (players + recorders) * stride, np.float32)
        self.block.fill(0)  # touches every page now, so that the callback meets no page fault
        self.block.view(np.uint64)[ports : ports + len(handles)] = handles
        self.signals = self.block[first : first + players * stride].reshape(players, stride)
        self.recordings = self.block[first + players * stride :].reshape(recorders, stride)
        self.signals[:] = signals

        self.head = self.block[: HEADER.itemsize // 4].view(HEADER)
        self.head["players"], self.head["recorders"], self.head["stride"] = players, recorders, stride
        self.head["ports"], self.head["signals"] = ports, first
        self.head["recordings"] = first + players * stride
        self.head["client"] = int(jack._ffi.cast("uintptr_t", self.client._ptr))

        memory = jack._ffi.cast("void*", self.block.ctypes.data)
        callback = jack._ffi.cast("JackProcessCallback", process.address)
        jack._lib.jack_set_process_callback(self.client._ptr, callback, memory)
        late = jack._ffi.cast("JackXRunCallback", xrun.address)
        jack._lib.jack_set_xrun_callback(self.client._ptr, late, memory)
        self.client.activate()

    def connect(self, into: str, out_of: str) -> None:
        """Take the place of whatever feeds the ports matching `into`; listen to those matching `out_of`."""
        inputs = self.find(into, len(self.plays), is_input=True)
        outputs = self.find(out_of, len(self.records), is_output=True)
        for port in inputs:
            for other in self.client.get_all_connections(port):
                self.client.disconnect(other, port)
        for mine, port in zip(self.plays, inputs, strict=True):
            self.client.connect(mine, port)
        for port, mine in zip(outputs, self.records, strict=True):
            self.client.connect(port, mine)

    def find(self, pattern: str, count: int, **kind: bool) -> list[jack.Port]:
        """Return the first `count` ports that match `pattern`; wait until there are as many."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            ports = self.client.get_ports(pattern, is_audio=True, **kind)
            if len(ports) >= count:
                return list(ports[:count])
            if time.monotonic() > deadline:
                names = ", ".join(port.name for port in self.client.get_ports())
                sys.exit(f"{count} ports that match {pattern} are wanted, {len(ports)} found among: {names}")
            time.sleep(0.05)

    def play(self) -> str:
        """Play and record everything; return when it is over."""
        self.head["length"] = self.head["stride"]
        while self.head["position"] < self.head["length"]:
            time.sleep(0.01)
        return "played"

    def hold(self) -> str:
        """Stop the graph inside a period; return the periods before it."""
        self.head["hold"] = 1
        while not self.head["holding"]:
            time.sleep(0.001)
        return str(self.head["periods"][0])

    def release(self) -> str:
        """Let the graph run on."""
        self.head["hold"] = 0
        while self.head["holding"]:
            time.sleep(0.001)
        return "released"

    def save(self) -> str:
        """Leave JACK's graph; write the recording and the final counts."""
        self.client.deactivate()
        clock = (self.head["last_frame"][0] - self.head["first_frame"][0]) % 2**32
        np.savez(
            self.recording,
            sound=self.recordings,
            periods=self.head["periods"][0],
            clock=clock // self.client.blocksize + 1,
            xruns=self.head["xruns"][0],
        )
        return "saved"


def connect_to_server() -> jack.Client:
    """Open a client on the running server; it may still be starting."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return jack.Client("player", no_start_server=True)
        except jack.JackOpenError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    """Obey the orders on stdin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("signals", help="file of float32 signals (.npy, players x frames)")
    parser.add_argument("recording", help="file to write (.npz)")
    parser.add_argument("--into", required=True, help="regular expression of the ports to play into")
    parser.add_argument("--out-of", required=True, help="regular expression of the ports to record")
    parser.add_argument("--record", type=int, required=True, help="how many ports to record")
    options = parser.parse_args()

    # A client that dies without a word keeps a synchronous server waiting.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    player = Player(np.load(options.signals), options.record, options.recording)
    with contextlib.closing(player.client):
        player.connect(options.into, options.out_of)
        orders = {"play": player.play, "save": player.save, "hold": player.hold, "release": player.release}
        print("ready", flush=True)
        for line in sys.stdin:
            print(">", orders[line.strip()](), flush=True)


if __name__ == "__main__":
    main()
