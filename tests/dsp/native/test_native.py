"""The callback is native to the end: no allocation, no exception, no Python.

Where a kernel could raise or allocate, the compiler finds that it calls what is nobody's business on the audio
thread, and refuses.  Here it is shown that it does, and what the finished libraries call is read from them.
"""

from __future__ import annotations

import ctypes
import struct
import threading

import numpy as np
import pytest

from daemon.audio import kernels, stage, units
from dsp.engine import memory
from dsp.native import door, kernel
from rigs import harness

ENDLESS, TRIES = 1 << 40, 100
"""Blocks, and how often a busy machine may have given a thread no turn for a tenth of a second."""
WITHOUT_LOCKS = {"memset", "memcpy", "memmove", "exp2", "clock_gettime", "nanosleep"}


def called(library: bytes) -> set[str]:
    """Names that a shared library asks its host for: symbols without a section, see the ELF specification."""
    start, count = struct.unpack_from("<Q", library, 32)[0], struct.unpack_from("<H", library, 56)[0]
    parts = [struct.unpack_from("<IIQQQQ", library, start + 56 * i) for i in range(count)]
    index = next(part for part in parts if part[0] == 2)  # PT_DYNAMIC
    entries = dict(struct.iter_unpack("<QQ", library[index[2] : index[2] + index[5]]))
    texts, symbols, hashed = entries[5], entries[6], entries[4]
    names = set()
    for i in range(1, struct.unpack_from("<I", library, hashed + 4)[0]):
        name, _, _, section = struct.unpack_from("<IBBH", library, symbols + 24 * i)
        if not section:
            names.add(library[texts + name : library.index(b"\0", texts + name)].decode())
    return names


def test_nothing_but_kernels_and_what_takes_no_lock_is_called() -> None:
    kernels.load()
    for unit in units.ALWAYS:
        path = unit.path()
        assert path is not None
        assert called(path.read_bytes()) <= WITHOUT_LOCKS


@kernel.kernel
def _raises(x):
    if x[0] > 1:
        raise ValueError
    return x[0]


@kernel.kernel
def _counts_in_steps_of_nothing(x):
    total = 0
    for i in range(0, 10, int(x[0])):
        total += i
    return total


@kernel.kernel
def _allocates(x):
    return np.zeros(int(x[0]))[0]


@kernel.kernel
def _calls_one_that_raises(x):
    return _counts_in_steps_of_nothing(x)


@pytest.mark.parametrize("function", [_raises, _counts_in_steps_of_nothing, _allocates, _calls_one_that_raises])
def test_a_kernel_that_could_raise_or_allocate_is_refused(function: kernel.Kernel) -> None:
    with pytest.raises(door.CompileError):
        function(np.ones(1))


@kernel.kernel
def _sum(x, factor, enough):
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total += x[i, j] * factor
    return total if enough else -1.0


@kernel.kernel
def _whole(x):
    return x[0] + 1


@kernel.kernel
def _larger(x, y):
    return x > y


def test_a_kernel_takes_numbers_and_arrays_and_gives_a_number() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert _sum(x, 2.0, True) == 30
    assert _sum(x, 2.0, False) == -1
    assert _whole(np.array([2**40])) == 2**40 + 1
    assert _larger(2, 1) is True
    assert _larger(1, 2) is False
    with pytest.raises(TypeError, match="C-contiguous"):
        _sum(x.T, 2.0, True)


def test_blocks_are_mixed_while_another_thread_holds_the_gil() -> None:
    mixer = harness.Mixer(inputs=2, taps=["main"])
    mixer.console.publish()
    device = stage.Stage("native", harness.noise((48_000, 2)), harness.RATE, 64, outputs=2)
    player = threading.Thread(target=device.play, args=(kernels.load(), mixer.audio.address, ENDLESS))
    player.start()
    sleep_with_the_gil = ctypes.PyDLL(None).usleep
    try:
        while mixer.frame == 0:
            sleep_with_the_gil(100)
        mixed = 0
        for _ in range(TRIES):
            before = mixer.frame
            sleep_with_the_gil(100_000)
            if (mixed := mixer.frame - before) > 10 * 64:
                break
    finally:
        device.stop()
        player.join()
    assert mixed > 10 * 64
    assert np.isfinite(device.output).all()
    assert mixer.audio.count(memory.UNDERRUNS) == 0
