"""Kernels that take sixteen lanes in two halves where registers are narrow: the same bits, with less on the stack."""

from __future__ import annotations

import ctypes
import dataclasses
import pathlib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from dsp.native import compiler, elf, kernel, objects
from dsp.processors import gate, glide, mix, shapes, svf

FRAMES, RATE, SOURCES = 48, 48_000, 12
END = glide.length(RATE)
THRESHOLD = (-15, -5)
ROWS, INDEX, WORDS = (kernel.address_of(each) for each in (np.float32, np.int32, np.int64))
NUMBER = kernel.number(np.int64)
FILTERS = (*[ROWS] * 7, NUMBER, NUMBER, ROWS, NUMBER)
MIX = (ROWS, INDEX, *[ROWS] * 4, INDEX, INDEX, WORDS, *[NUMBER] * 3, ROWS, NUMBER)
GATE = (*[ROWS] * 6, *[NUMBER] * 3, ROWS, ROWS, NUMBER)


class Case(NamedTuple):
    """A kernel, and how often it may touch the stack where registers have 128 bits."""

    kernel: kernel.Kernel
    kinds: tuple[kernel.Kind, ...]
    accesses: int


CASES = [
    Case(svf.process, FILTERS, 450), Case(svf.process_quietly, FILTERS, 600), Case(mix.process, MIX, 150),
    Case(gate.process, GATE, 200), Case(svf.process_first, FILTERS, 450),
]  # fmt: skip


def built(case: Case, target: compiler.Target) -> bytes:
    """The kernel as an object for one machine."""
    return compiler.build([kernel.Entry(case.kernel, case.kinds)], [target])[0]


# --- on a Raspberry Pi -------------------------------------------------------------------------------


def stack_accesses(made: bytes) -> int:
    """Loads and stores relative to the stack pointer: bits 28 to 25 are x1x0, bits 9 to 5 name register 31."""
    read = elf.Object(made)
    code = next(section for section in read.sections if section.flags & 4)  # SHF_EXECINSTR
    words = np.frombuffer(made, np.uint32, code.size // 4, code.offset)
    return int(np.count_nonzero(((words >> 25 & 0b0101) == 0b0100) & ((words >> 5 & 31) == 31)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kernel.name)
def test_halves_leave_more_in_the_registers_of_a_raspberry_pi(case: Case) -> None:
    pi = compiler.LEVELS["aarch64"]
    assert pi.bits == 128
    at_once = dataclasses.replace(pi, bits=256)
    assert stack_accesses(built(case, pi)) < case.accesses < stack_accesses(built(case, at_once))


# --- on this machine ---------------------------------------------------------------------------------


def filtered(function: Any, clock: int) -> npt.NDArray[np.float32]:
    """Noise behind two bells, of which lanes ride or have changed, and their states."""
    random = np.random.default_rng(5)
    shape = [shapes.bell(random.uniform(-12, 12, 32), 2.0) for _ in range(2)]
    bells = [shapes.design(each, random.uniform(40, 8000, 32), RATE) for each in shape]
    start, target = (each.reshape(6, 2, 16).swapaxes(0, 1).astype(np.float32).copy() for each in bells)
    states = random.standard_normal((2, svf.STATE_ROWS, 16)).astype(np.float32)
    x = random.standard_normal((FRAMES, 16)).astype(np.float32)
    left = np.where(np.arange(16) % 3, 0, 4).astype(np.float32)
    pointers = [each.ctypes.data for each in (x, x, start, target, states[0], states[1], left)]
    curve = glide.curve(RATE)
    function(*pointers, clock, END, curve.ctypes.data, FRAMES)
    return np.concatenate([x, *states])


def mixed(function: Any, clock: int) -> npt.NDArray[np.float32]:
    """Sums of noise, with half of the rows at once where they have been, and silent where they don't go."""
    random = np.random.default_rng(6)
    frames = -(-FRAMES // mix.HALF_TILE) * mix.HALF_TILE
    x, start, target = (random.standard_normal((n, 16)).astype(np.float32) for n in (frames, SOURCES, SOURCES))
    target[:4, :8] = target[4:6, 8:] = 0
    left = np.where(random.random((SOURCES, 16)) < 0.5, 0, 3).astype(np.float32)
    places, clocks = np.arange(SOURCES, dtype=np.int32), np.full(SOURCES, glide.SETTLED, np.int32)
    clocks[::2] = clock
    used, counts = np.zeros((mix.LISTS, SOURCES), np.int32), np.zeros(mix.LISTS, np.int64)
    for which, part in enumerate((target, target[:, :8], target[:, 8:])):
        rows = np.flatnonzero(part.any(axis=1) | (clocks < END))
        used[which, : rows.size], counts[which] = rows, rows.size
    out, curve = np.zeros((frames, 16), np.float32), glide.curve(RATE)
    lists = [each.ctypes.data for each in (clocks, used, counts)]
    function(
        *(each.ctypes.data for each in (x, places, out, start, target, left)), *lists,
        SOURCES, 0, END, curve.ctypes.data, FRAMES,
    )  # fmt: skip
    return out


def gated(function: Any, clock: int) -> npt.NDArray[np.float32]:
    """Noise behind gates that open and shut, or expanders beside them, up to the end of a sub-block."""
    random = np.random.default_rng(7)
    modes = np.full(16, gate.GATE) if clock == glide.SETTLED else np.arange(16) % 5
    settings = [
        gate.Settings(
            np.arange(16) % 7 > 0, modes, *(random.uniform(*ends, 16) for ends in (THRESHOLD, (10, 60), *[(1, 3)] * 3))
        )
        for _ in range(2)
    ]
    start, target = (gate.design(each, RATE).astype(np.float32) for each in settings)
    state, meter = np.zeros((gate.STATE_ROWS, 16), np.float32), np.ones(16, np.float32)
    state[gate.GAIN] = 0.5
    x, curve = random.standard_normal((FRAMES, 16)).astype(np.float32) * np.float32(0.3), glide.curve(RATE)
    pointers = [each.ctypes.data for each in (x, x, x, start, target, state)]
    position = glide.SUB_BLOCK - FRAMES
    function(*pointers, position, max(clock, 0), END, curve.ctypes.data, meter.ctypes.data, FRAMES)
    return np.concatenate([x, state, meter[np.newaxis]])


RUNS = {
    gate.process: gated, mix.process: mixed,
    svf.process: filtered, svf.process_first: filtered, svf.process_quietly: filtered,
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kernel.name)
@pytest.mark.parametrize("target", [compiler.host(), compiler.LEVELS[objects.levels()[-1]]], ids=["here", "level"])
def test_halves_make_the_same_bits(case: Case, target: compiler.Target, tmp_path: pathlib.Path) -> None:
    heard = []
    for bits in (128, 256):
        path = tmp_path / f"{bits}.so"
        path.write_bytes(elf.link(built(case, dataclasses.replace(target, bits=bits))))
        function = ctypes.CDLL(str(path))[case.kernel.name]
        function.argtypes = [ctypes.c_void_p if kind.pointed else ctypes.c_int64 for kind in case.kinds]
        clocks = (0, 2 * END - FRAMES, 64 - glide.RIDING, glide.SETTLED)
        heard.append(np.stack([RUNS[case.kernel](function, clock) for clock in clocks]))
    assert np.abs(heard[0]).max() > 0.1
    assert np.isfinite(heard[0]).all()
    np.testing.assert_array_equal(*(each.view(np.uint32) for each in heard))
