"""What mixing costs on this machine: medians over many blocks, and ratios to plain code in the same run."""


import functools
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import carray
from rich.console import Console as Screen
from rich.progress import track
from rich.table import Table

from daemon import callback, kernels, stage
from daemon.console import Console
from dsp import atomic, compressor, engine, gate, kernel, strip, wall
from dsp.table import TABLE

RATE = 48_000
SIZES = (16, 32, 64, 128, 256)
CHANNELS = 32
OUTPUTS = 16
ROUNDS = 40
BLOCKS = 100
Block = npt.NDArray[np.float32]


@numba.cfunc(callback.SIGNATURE, **kernel.OPTIONS)
def strips(device_in, device_out, frames, time_info, status, user):
    """The 32 channel strips and their sends to 16 buses, without the rest of the console."""
    shared = carray(user, 1)[0]
    desk, page = shared.desks[shared.heard], shared.pages[shared.page]
    mode = atomic.float_mode()
    atomic.set_float_mode(mode | atomic.FLUSH)
    done = np.int64(0)
    while done < np.int64(frames):
        count = min(np.int64(frames) - done, np.int64(64))
        for group in range(2):
            engine.patch_in(desk, group, np.int64(0), count)
            strip.process(desk, group, page, np.int64(0), count)
        engine.mix_to(desk, wall.TO_BUS, wall.BUS, np.int64(0), count)
        done += count
    atomic.set_float_mode(mode)
    return callback.CONTINUE


@numba.njit(nogil=True, cache=True)
def twin(x, filters, gates, dyn, gains, state, bus):
    """The same strips and sends as anyone would write them: channel by channel, in float64."""
    bus[:] = 0
    for c in range(x.shape[1]):
        for n in range(x.shape[0]):
            v = x[n, c]
            for b in range(filters.shape[0]):
                v = _filter(v, filters[b, :, c], state[2 * b : 2 * b + 2, c])
                if b == 1:
                    v *= _gate(v, gates[:, c], state[12:15, c])
            v *= _compress(v, dyn[:, c], state[15:17, c])
            for b in range(bus.shape[1]):
                bus[n, b] += v * gains[c, b]


@numba.njit(nogil=True, cache=True)
def _repeat_twin(x, filters, gates, dyn, gains, state, bus, blocks):
    for _ in range(blocks):
        twin(x, filters, gates, dyn, gains, state, bus)


@numba.njit(nogil=True, cache=True)
def _filter(v0, p, s):
    v3 = v0 - s[1]
    v1 = s[0] - p[0] * s[0] + p[1] * v3
    v2 = s[1] + p[1] * s[0] + p[2] * v3
    s[0] = 2 * v1 - s[0]
    s[1] = 2 * v2 - s[1]
    return p[3] * v0 + p[4] * v1 + p[5] * v2


@numba.njit(nogil=True, cache=True)
def _gate(v, p, s):
    a = abs(v)
    s[0] += (p[gate.RISE] if a > s[0] else p[gate.FALL]) * (a - s[0])
    over = np.log2(max(s[0], 1e-9)) - (p[gate.CLOSE] if s[1] > 0 else p[gate.OPEN])
    s[1] = p[gate.HOLD] if over >= 0 else max(s[1] - 1, 0)
    t = 2 ** (0.0 if s[1] > 0 else max(p[gate.SLOPE] * over, p[gate.FLOOR]))
    s[2] += (p[gate.ATTACK] if t > s[2] else p[gate.RELEASE]) * (t - s[2])
    return s[2]


@numba.njit(nogil=True, cache=True)
def _compress(v, p, s):
    o = p[compressor.SCALE] * np.log2(max(v * v, 1e-18)) + p[compressor.OFFSET]
    knee = p[compressor.KNEE]
    u = min(max(o + knee / 2, 0), knee)
    g = p[compressor.SLOPE] * (u * u / (2 * knee) + max(o - knee / 2, 0))
    s[0] += (p[compressor.ATTACK] if g < s[0] else p[compressor.RELEASE]) * (g - s[0])
    return 2 ** (s[0] + p[compressor.MAKEUP])


def busy_console() -> tuple[Console, wall.Wall]:
    """Make a console on which everything is switched on, in every channel."""
    audio = wall.Wall(RATE, CHANNELS, OUTPUTS, fade_in=False)
    console = Console(audio)
    wanted = {
        "preamp/hpon": 1, "gate/on": 1, "gate/thr": -50.0, "dyn/on": 1, "dyn/thr": -20.0, "eq/{band}/g": 3.0,
        "mix/fader": -5.0, "mix/{bus}/level": -10.0,
    }  # fmt: skip
    for path, value in wanted.items():
        row = TABLE.rows[f"ch/{{ch}}/{path}"]
        stored = value if isinstance(value, int) else row.nearest(value)
        for leaf in range(row.offset, row.offset + row.size):
            console.set(leaf, stored)
    for path in ("bus/{bus}/mix/fader", "main/st/mix/fader"):
        row = TABLE.rows[path]
        for leaf in range(row.offset, row.offset + row.size):
            console.set(leaf, row.nearest(-3.0))
    console.publish()
    return console, audio


def noise(frames: int) -> Block:
    """Eight blocks of noise on every channel, to be looped."""
    return (0.1 * np.random.default_rng(1).standard_normal((frames * 8, CHANNELS))).astype(np.float32)


def load_of(device: stage.Stage, callback: int, address: int) -> float:
    """Part of real time that a block takes."""
    device.play(callback, address, BLOCKS)
    began = time.perf_counter()
    device.play(callback, address, BLOCKS)
    return (time.perf_counter() - began) / BLOCKS / (device.block / device.rate)


def measure(screen: Screen | None = None) -> dict[str, Any]:
    """Measure all block sizes.

    Returns
    -------
    costs : dict
        `rate`, and under `frames` for each size the median microseconds of a block: `strip32_us` (32
        strips and 16 sends), `console_us` (all of it) and `twin_us` (the strips in plain code).
    """
    whole = kernels.load()
    part = int(strips.address)
    costs: dict[str, Any] = {}
    for size in track(SIZES, "measuring", console=screen or Screen(stderr=True), transient=True):
        _, audio = busy_console()
        x = noise(size)
        device = stage.Stage("bench", x, RATE, size, outputs=OUTPUTS)
        device.play(whole, audio.address, 1000)
        plain = _twin(audio, x[:size])
        plain(1)
        work: dict[str, Callable[[int], None]] = {
            "strip32_us": functools.partial(device.play, part, audio.address),
            "console_us": functools.partial(device.play, whole, audio.address),
            "twin_us": plain,
        }
        times: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(ROUNDS):  # interleaved, so that a noisy moment hits all alike
            for name, play in work.items():
                began = time.perf_counter()
                play(BLOCKS)
                times[name].append((time.perf_counter() - began) / BLOCKS * 1e6)
        costs[str(size)] = {name: round(float(np.median(each)), 2) for name, each in times.items()}
    return {"rate": RATE, "frames": costs}


def _twin(audio: wall.Wall, x: Block) -> Callable[[int], None]:
    """The plain code, set as the console is."""
    target = audio.memory["desks"][0]["target"]
    pairs = target["filter"][[wall.LOW_CUT, wall.EQ, wall.EQ + 1], :2].astype(np.float64)
    filters = pairs.reshape(3, 2, 2, 6, 16).transpose(0, 2, 3, 1, 4).reshape(6, 6, CHANNELS)
    gates = target["gate"][:2].transpose(1, 0, 2).reshape(-1, CHANNELS).astype(np.float64)
    dyn = target["dyn"][wall.POST, :2].transpose(1, 0, 2).reshape(-1, CHANNELS).astype(np.float64)
    gains = np.full((CHANNELS, OUTPUTS), 0.3)
    state = np.zeros((17, CHANNELS))
    bus = np.zeros((len(x), OUTPUTS))
    wide = x.astype(np.float64)
    return lambda blocks: _repeat_twin(wide, filters, gates, dyn, gains, state, bus, blocks)


def print_table(costs: dict[str, Any]) -> None:
    """Print the costs as a table."""
    table = Table(title=f"Cost of one block at {costs['rate']} Hz")
    for column in ("frames", "32 strips, 16 sends", "whole console", "of one core", "plain twin", "twin ÷ strips"):
        table.add_column(column, justify="right")
    for size, each in costs["frames"].items():
        period_us = int(size) / costs["rate"] * 1e6
        table.add_row(
            size,
            f"{each['strip32_us']:.1f} µs",
            f"{each['console_us']:.1f} µs",
            f"{100 * each['console_us'] / period_us:.2f} %",
            f"{each['twin_us']:.1f} µs",
            f"{each['twin_us'] / each['strip32_us']:.1f}",
        )
    Screen().print(table)
