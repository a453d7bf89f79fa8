"""The smallest console: a compiled callback that hands every input to an output.

    input k ─▶ × ½ to the power of (k div outputs) ─▶ + ─▶ output (k mod outputs)

    memory = loopback.memory(inputs, outputs)
    device.start(loopback.ADDRESS, memory.ctypes.data)

Run as a program with the name of a device, it plays on it in a process of its own and answers
the orders `running`, `latency` and `stop` on stdin with lines that begin with ">".
"""

from __future__ import annotations

import contextlib
import signal
import sys

import numba
import numpy as np
from numba import types

MEMORY = np.dtype(
    [
        ("inputs", np.int64),
        ("outputs", np.int64),
        ("calls", np.int64),  # calls so far
        ("flagged", np.int64),  # calls of which the device said that something was lost
        ("answer", np.int64),  # what to answer: other than 0 asks the device to end
    ]
)
_SAMPLES = types.CPointer(types.float32)
_SIGNATURE = types.int32(_SAMPLES, _SAMPLES, types.uint64, types.voidptr, types.uint64, types.voidptr)


@numba.cfunc(_SIGNATURE, error_model="numpy")
def _callback(source, sink, frames, _time_info, flags, userdata):
    shared = numba.carray(userdata, 1, MEMORY)[0]
    inputs, outputs = shared.inputs, shared.outputs
    for frame in range(frames):
        for output in range(outputs):
            gain = np.float32(1)
            total = np.float32(0)
            for channel in range(output, inputs, outputs):
                total += gain * source[frame * inputs + channel]
                gain *= np.float32(0.5)
            sink[frame * outputs + output] = total
    shared.calls += 1
    shared.flagged += flags != 0
    return shared.answer


ADDRESS: int = _callback.address


def memory(inputs: int, outputs: int) -> np.ndarray:
    """Memory of the callback: keep it alive as long as the device may call."""
    block = np.zeros(1, MEMORY)
    block["inputs"], block["outputs"] = inputs, outputs
    return block


def passed(signal: np.ndarray, outputs: int) -> np.ndarray:
    """What the callback makes of `signal`, float32 (frames, inputs)."""
    result = np.zeros((len(signal), outputs), np.float32)
    for channel in range(signal.shape[1]):
        result[:, channel % outputs] += np.float32(0.5) ** (channel // outputs) * signal[:, channel]
    return result


def main(name: str) -> None:
    """Play on the device `name` until stdin ends."""
    from daemon.audio import devices

    # A client that dies without a word keeps a synchronous JACK server waiting.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    device = devices.choose(name)
    shared = memory(device.inputs, device.outputs)
    orders = {"running": lambda: device.running, "latency": lambda: device.latency, "stop": device.stop}
    with contextlib.closing(device):
        device.start(ADDRESS, shared.ctypes.data)
        print("ready", flush=True)
        for line in sys.stdin:
            print(">", orders[line.strip()](), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
