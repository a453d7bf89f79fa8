"""What is fetched from a few places, or after a few delays, is what is fetched lane by lane."""

import ctypes

import numpy as np
import pytest

from dsp.native import compiler, elf, kernel, lanes, objects
from dsp.processors import alike, delay, patch

FRAMES = 20
PLACES = 6
ROWS = 64


@kernel.kernel
def _collect(planes, x, index, wanted, y, frames):
    patch.collect(lanes.at(planes, 0), lanes.at(x, 0), lanes.at(index, 0), wanted, lanes.at(y, 0), frames)


@kernel.kernel
def _read(ring, y, position, back, frames):
    delay.read(lanes.at(ring, 0), len(ring) - 1, lanes.at(y, 0), position, lanes.at(back, 0), frames)


def noise(rows):
    return np.random.default_rng(rows).standard_normal((rows, lanes.WIDTH), np.float32)


def numbers(different, highest):
    """Sixteen numbers of which so many are different, in no order."""
    rng = np.random.default_rng(different)
    each = rng.choice(highest, different, replace=False)
    return rng.permutation(np.resize(each, lanes.WIDTH)).astype(np.int32)[np.newaxis]


@pytest.mark.parametrize("wanted", [int(alike.ALL), 0, 1, 0x8000, 0x5A3C])
@pytest.mark.parametrize("different", [1, 2, 3, 4, 5, 16])
def test_every_wanted_lane_takes_its_place_and_the_others_stay(different, wanted):
    planes, x = noise(PLACES * ROWS), noise(FRAMES)
    index = numbers(different, (PLACES - 1) * ROWS * lanes.WIDTH)
    y = np.zeros_like(x)
    _collect(planes, x, index, np.int64(wanted), y, np.int64(FRAMES))
    there = planes.reshape(-1)[index + np.arange(FRAMES)[:, np.newaxis] * lanes.WIDTH]
    expected = np.where(wanted >> np.arange(lanes.WIDTH) & 1, there, x)
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("different", [1, 2, 4, 5, 16])
@pytest.mark.parametrize("position", [ROWS, 1000 * ROWS - 3])
def test_every_lane_is_as_late_as_it_is_to_be(different, position):
    ring, back = noise(ROWS), numbers(different, ROWS - FRAMES)
    y = np.zeros((FRAMES, lanes.WIDTH), np.float32)
    _read(ring, y, np.int64(position), back, np.int64(FRAMES))
    rows = (position + np.arange(FRAMES)[:, np.newaxis] - back) % ROWS
    np.testing.assert_array_equal(y, ring[rows, np.arange(lanes.WIDTH)])


def in_rows(different):
    """Sixteen places in so many rows of sixteen, in no order."""
    rows = numbers(different, PLACES - 1) * ROWS
    return (rows * lanes.WIDTH + np.random.default_rng(different).permutation(lanes.WIDTH)).astype(np.int32)


@pytest.mark.parametrize("level", objects.levels())
@pytest.mark.parametrize("different", [1, 2, 3, 4, 5])
def test_however_wide_registers_are_lanes_of_a_few_rows_come_in_any_order(different, level, tmp_path):
    pointer, number = kernel.address_of(np.float32), kernel.number(np.int64)
    kinds = (pointer, pointer, kernel.address_of(np.int32), number, pointer, number)
    made = compiler.build([kernel.Entry(patch.collect, kinds)], [compiler.LEVELS[level]])
    path = tmp_path / "collect.so"
    path.write_bytes(elf.link(made[0]))
    collect = ctypes.CDLL(str(path))[patch.collect.name]
    collect.argtypes = [ctypes.c_void_p if kind.pointed else ctypes.c_int64 for kind in kinds]
    planes, x, index, y = noise(PLACES * ROWS), noise(FRAMES), in_rows(different), np.zeros((FRAMES, 16), np.float32)
    wanted = 0x7F5E
    collect(planes.ctypes.data, x.ctypes.data, index.ctypes.data, wanted, y.ctypes.data, FRAMES)
    there = planes.reshape(-1)[index + np.arange(FRAMES)[:, np.newaxis] * lanes.WIDTH]
    np.testing.assert_array_equal(y, np.where(wanted >> np.arange(lanes.WIDTH) & 1, there, x))
