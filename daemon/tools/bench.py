"""What mixing costs on this machine: medians over many blocks, and ratios to plain code in the same run.

Time is that of the processor, for this thread alone: whoever else is busy meanwhile is not counted.

moves     what the event loop has to do until one move is on its way to the audio thread
strips    32 channel strips and their sends, beside the same in plain code, at several sizes of blocks
desk      the whole desk with everything switched on (`busy`), and what each of its sections costs (`sections`)
effects   every type of effect, and eight of the dearest together
"""

import functools
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from rich.console import Console as Screen
from rich.progress import track
from rich.table import Table

from daemon.audio import kernels, rehearsal, stage
from daemon.desk.console import Console
from daemon.tools import bench_effects, bench_sections, busiest_desk
from dsp.engine import layout, wall
from dsp.processors import compressor, gate, glide
from dsp.table import TABLE

RATE = 48_000
SIZES = (16, 32, 64, 128, 256)
DESKS = ((48_000, 64), (96_000, 32))
"""Rates and blocks at which the whole desk is measured."""

CHANNELS = 32
OUTPUTS = 16
ROUNDS = 40
BLOCKS = 50
STRIP_BLOCKS = 10 * BLOCKS
"""So many share what Python takes to begin and to end, which is a third of a microsecond in each of `BLOCKS`."""
SUB_BLOCK_BLOCKS = 4
"""Blocks in a sub-block, at 16 frames."""
LET_GO = 0.999
"""What the plain code's gate keeps of a peak from one frame to the next."""
RECALL_BLOCKS = 50
"""Blocks after which whatever glides or cross-fades is over."""
MOVES = {
    "fader_us": ["ch/01/mix/fader"],
    "eq_us": ["ch/01/eq/2/g"],
    "bus_eq_us": ["bus/01/eq/1/g"],
    "threshold_us": ["ch/01/dyn/thr"],
    "dca_us": ["ch/01/grp/dca"],
    "mute_us": ["ch/01/mix/on"],
    "ten_faders_us": [f"ch/{channel:02d}/mix/fader" for channel in range(1, 11)],
}
"""Moves that everybody makes; what ten people move at once is published at once."""
MOVE_BOUND_US = 500.0
"""What publishing any of them may take of the event loop."""
Block = npt.NDArray[np.float32]


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
    s[0] = max(a, s[0] * LET_GO)
    over = np.log2(max(s[0], 1e-9)) - (p[gate.CLOSE] if s[1] > 0 else p[gate.OPEN])
    s[1] = p[gate.HOLD] if over >= 0 else max(s[1] - 1, 0)
    t = 2 ** (0.0 if s[1] > 0 else max(p[gate.SLOPE] * over, p[gate.FLOOR]))
    s[2] += (p[gate.SPRING] if t > s[2] else -p[gate.RELEASE]) * (t - s[2])
    return s[2]


@numba.njit(nogil=True, cache=True)
def _compress(v, p, s):
    o = p[compressor.SCALE] * np.log2(max(v * v, 1e-18)) + p[compressor.OFFSET]
    knee = p[compressor.KNEE]
    u = min(max(o + knee / 2, 0), knee)
    g = p[compressor.SLOPE] * (u * u / (2 * knee) + max(o - knee / 2, 0))
    s[0] += (p[compressor.ATTACK] if g < s[0] else p[compressor.RELEASE]) * (g - s[0])
    return 2 ** (s[0] + p[compressor.MAKEUP])


def strips_console() -> tuple[Console, wall.Wall]:
    """Make a console whose 32 channels have everything on that the plain code has."""
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
    console.publish()
    return console, audio


def load_of(device: stage.Stage, callback: int, address: int) -> float:
    """Part of real time that a block takes."""
    device.play(callback, address, BLOCKS)
    began = time.thread_time()
    device.play(callback, address, BLOCKS)
    return (time.thread_time() - began) / BLOCKS / (device.block / device.rate)


def measure(screen: Screen | None = None) -> dict[str, Any]:
    """Measure everything.

    Returns
    -------
    costs : dict
        `rate`; under `moves`, see `measure_moves`; under `frames` for each size the median microseconds of
        a block: `strip32_us` (32 strips and 16 sends) and `twin_us` (the same in plain code); under `desk`,
        for each of `DESKS`, see `measure_desk`; under `effects`, see `bench_effects.measure`.
    """
    screen = screen or Screen(stderr=True)
    kernels.load()
    moves = measure_moves()
    strips = {str(size): measure_strips(size) for size in track(SIZES, "strips", console=screen, transient=True)}
    desk = [measure_desk(*each) for each in track(DESKS, "whole desk", console=screen, transient=True)]
    effects = bench_effects.measure(max(ROUNDS // 8, 1))
    return {"rate": RATE, "moves": moves, "frames": strips, "desk": desk, "effects": effects}


def measure_moves() -> dict[str, float]:
    """Median microseconds that publishing one move of each of `MOVES` takes, and `bound_us`, which none may exceed."""
    console, _ = busiest_desk.console(RATE)
    times: dict[str, list[float]] = {name: [] for name in MOVES}
    for turn in range(ROUNDS):
        for name, paths in MOVES.items():
            for path in paths:
                console.set(TABLE.leaves[f"/{path}"], turn % 2 if name == "mute_us" else 30 + turn % 2)
            began = time.thread_time()
            console.publish()
            times[name].append((time.thread_time() - began) * 1e6)
    return {name: round(float(np.median(each)), 1) for name, each in times.items()} | {"bound_us": MOVE_BOUND_US}


def measure_strips(size: int) -> dict[str, float]:
    """Median microseconds of a block of 32 strips and 16 sends, and of the plain code."""
    _, audio = strips_console()
    x = busiest_desk.noise(size)[:, :CHANNELS].copy()
    device = stage.Stage("bench", x, RATE, size, outputs=OUTPUTS)
    device.play(kernels.load(), audio.address, 1000)
    plain = _twin(audio, x[:size])
    plain(1)
    work: dict[str, Callable[[int], None]] = {
        "strip32_us": functools.partial(device.play, bench_sections.strips.address, audio.address),
        "twin_us": plain,
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):  # interleaved, so that a noisy moment hits all alike
        for name, play in work.items():
            times[name].append(_block_us(play, BLOCKS if play is plain else STRIP_BLOCKS))
    return {name: round(float(np.median(each)), 2) for name, each in times.items()}


def measure_desk(rate: int, frames: int) -> dict[str, Any]:
    """Measure the whole desk with everything switched on.

    Returns
    -------
    costs : dict
        `rate`, `frames`, `console_us` (median microseconds of a block), `share` (of one core in real
        time), under `sections` the microseconds of each section in a block, in the order of the signal, and
        under `changes`, see `measure_changes`.
    """
    console, audio = busiest_desk.console(rate)
    device = stage.Stage("bench", busiest_desk.noise(frames), rate, frames, outputs=busiest_desk.CHANNELS)
    device.play(kernels.load(), audio.address, 2000)
    words = audio.memory["words"]
    play = functools.partial(device.play, bench_sections.again.address, audio.address)
    whole: list[float] = []
    more: dict[str, list[float]] = {name: [] for name in bench_sections.NAMES}
    for _ in range(ROUNDS):
        for name, number in bench_sections.NAMES.items():  # each beside the whole, so that a noisy moment hits both
            words[bench_sections.CHOICE] = bench_sections.NONE
            without = _block_us(play)
            words[bench_sections.CHOICE] = number
            whole.append(without)
            more[name].append((_block_us(play) - without) / bench_sections.AGAIN)
    costs = {name: max(0.0, float(np.median(each))) for name, each in more.items()}
    costs["clocks, new targets"] *= frames / glide.SUB_BLOCK  # once a sub-block
    console_us = float(np.median(whole))
    return {
        "rate": rate,
        "frames": frames,
        "console_us": round(console_us, 2),
        "share": round(console_us * rate / frames / 1e6, 5),
        "sections": {name: round(cost, 2) for name, cost in costs.items()},
        "changes": measure_changes(
            console, audio, functools.partial(device.play, kernels.load(), audio.address), ROUNDS
        ),
    }


def measure_changes(
    console: Console, audio: wall.Wall, play: Callable[[int], None], rounds: int
) -> dict[str, float]:
    """Median cost of a block that takes a new setting, and of what a recall takes.

    Returns
    -------
    costs : dict
        `set_us` and `recall_us`, microseconds of the block that takes a setting, or asks for a rehearsal;
        `rehearsal_us`, of the rehearsal on its thread; `both_us`, of a block while two desks cross-fade.
    """
    audio.control_delegate(lambda: None)
    rehearse = rehearsal.PROTOTYPE(kernels.rehearsal())
    fader = TABLE.leaves["/ch/01/mix/fader"]
    costs: dict[str, list[float]] = {"set_us": [], "recall_us": [], "rehearsal_us": [], "both_us": []}
    for _ in range(rounds):
        console.set(fader, 1023 - int(console.values.get(fader)))
        costs["set_us"].append(_longest_us(console, play))
        play(RECALL_BLOCKS)
        wanted = console.values.copy()
        wanted.set(fader, 1023 - int(wanted.get(fader)))
        console.recall(wanted)
        costs["recall_us"].append(_longest_us(console, play))
        began = time.thread_time()
        rehearse(audio.address)
        costs["rehearsal_us"].append((time.thread_time() - began) * 1e6)
        costs["both_us"].append(_longest_us(console, play))
        play(RECALL_BLOCKS)
    return {name: round(float(np.median(each)), 2) for name, each in costs.items()}


def _longest_us(console: Console, play: Callable[[int], None]) -> float:
    """Publish, and find the block that takes it: where a sub-block begins, which a small block may not be."""
    console.publish()
    return max(_block_us(play, 1) for _ in range(SUB_BLOCK_BLOCKS))


def _block_us(play: Callable[[int], None], blocks: int = BLOCKS) -> float:
    began = time.thread_time()
    play(blocks)
    return (time.thread_time() - began) / blocks * 1e6


def _twin(audio: wall.Wall, x: Block) -> Callable[[int], None]:
    """The plain code, set as the console is."""
    target = audio.memory["desks"][0]["target"]
    pairs = target["filter"][[layout.LOW_CUT, layout.EQ, layout.EQ + 1], :2].astype(np.float64)
    filters = pairs.reshape(3, 2, 2, 6, 16).transpose(0, 2, 3, 1, 4).reshape(6, 6, CHANNELS)
    gates = target["gate"][:2].transpose(1, 0, 2).reshape(-1, CHANNELS).astype(np.float64)
    dyn = target["dyn"][layout.POST, :2].transpose(1, 0, 2).reshape(-1, CHANNELS).astype(np.float64)
    gains = np.full((CHANNELS, OUTPUTS), 0.3)
    state = np.zeros((17, CHANNELS))
    bus = np.zeros((len(x), OUTPUTS))
    wide = x.astype(np.float64)
    return lambda blocks: _repeat_twin(wide, filters, gates, dyn, gains, state, bus, blocks)


def print_table(costs: dict[str, Any]) -> None:
    """Print the costs as tables."""
    screen = Screen()
    table = Table(title="One move on its way to the audio thread", caption="On the event loop, everything switched on.")
    for column in ("move", "takes", f"at most {costs['moves']['bound_us']:.0f} µs"):
        table.add_column(column)
    for name, paths in MOVES.items():
        cost = costs["moves"][name]
        which = paths[0] if len(paths) == 1 else f"{paths[0]} … {paths[-1]}"
        table.add_row(which, f"{cost:.0f} µs", "yes" if cost <= costs["moves"]["bound_us"] else "no")
    screen.print(table)

    table = Table(title=f"32 strips and 16 sends, one block at {costs['rate']} Hz")
    for column in ("frames", "strips", "plain twin", "twin ÷ strips"):
        table.add_column(column, justify="right")
    for size, each in costs["frames"].items():
        ratio = each["twin_us"] / each["strip32_us"]
        table.add_row(size, f"{each['strip32_us']:.1f} µs", f"{each['twin_us']:.1f} µs", f"{ratio:.1f}")
    screen.print(table)

    table = Table(title="The whole desk, everything switched on, one block", caption=METHOD)
    table.add_column("section")
    for each in costs["desk"]:
        table.add_column(f"{each['frames']} frames\n{each['rate']} Hz", justify="right")
    for name in costs["desk"][0]["sections"]:
        table.add_row(name, *(f"{each['sections'][name]:.2f} µs" for each in costs["desk"]))
    table.add_section()
    table.add_row("whole", *(f"{each['console_us']:.1f} µs\n{each['share']:.1%} of a core" for each in costs["desk"]))
    table.add_section()
    for key, name in CHANGES.items():
        table.add_row(name, *(f"{each['changes'][key]:,.1f} µs" for each in costs["desk"]))
    screen.print(table)
    screen.print(bench_effects.table(costs["effects"]))


CHANGES = {
    "set_us": "a whole block that takes a new setting",
    "recall_us": "a whole block that asks for a recall",
    "rehearsal_us": "its rehearsal, on a thread beside",
    "both_us": "a whole block while it cross-fades",
}
METHOD = "Each section is run again after whole blocks, and what that adds is its cost."
