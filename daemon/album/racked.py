"""Effects of the rack and the console's compressor, over a whole song.

    a type and its knobs by their names ─▶ the rack's design and kernel ─▶ song
    settings ─▶ the console's compressor on a song of ones ─▶ its gain, frame by frame ─▶ × song in float64
"""

from typing import Any

import numpy as np

from daemon.album import curves
from daemon.album.chain import Compressor
from daemon.metering.loudness import Float
from dsp.design import rack
from dsp.effects import alone, library
from dsp.effects.memory import FRAMES, SLOT
from dsp.native import lanes
from dsp.parameters.table import Values
from dsp.processors import compressor
from dsp.table import TABLE

STRETCH = 1024 * FRAMES
TYPE = "fx/{slot}/type"


def prepared(name: str, rate: int, **knobs: Any) -> tuple[Any, Any]:
    """An effect of this type, at rest, and the memory that it needs as long as it plays."""
    slot = np.zeros(1, SLOT)[0]
    slot["start"] = slot["target"] = library.design(name, _knobs(name, knobs), rate)
    memory = library.memory(name, rate)
    slot["memory"], slot["code"], slot["rate"], slot["meter"] = memory.ctypes.data, library.code(name), rate, 1
    return slot, memory


def play(name: str, audio: Float, rate: int, **knobs: Any) -> Float:
    """A song, shape (frames, 2), through an effect of this type; knobs not named are as they come."""
    slot, _memory = prepared(name, rate, **knobs)
    made = np.empty_like(audio)
    for begin in range(0, len(audio), STRETCH):
        x = _whole(audio[begin : begin + STRETCH])
        y = np.empty_like(x)
        alone.play(slot, x, y)
        made[begin : begin + STRETCH] = y[: len(audio) - begin]
    return made


def _whole(part: Float) -> Any:
    """A stretch as float32, filled up to whole sub-blocks."""
    return np.ascontiguousarray(np.pad(part, ((0, -len(part) % FRAMES), (0, 0))), np.float32)


def _knobs(name: str, wanted: dict[str, Any]) -> list[Any]:
    """Values of all knobs of a type, in their order."""
    values = Values(TABLE)
    values.set(TABLE.leaves["/fx/1/type"], TABLE.rows[TYPE].from_text(name))
    left = dict(wanted)
    for place in range(1, 65):
        leaf = TABLE.leaves[f"/fx/1/par/{place:02d}"]
        param = values.param(leaf)
        if param.path in left:
            value = left.pop(param.path)
            values.set(leaf, param.from_text(value) if isinstance(value, str) else param.nearest(value))
    assert not left, f"{name} has no {', '.join(left)}"
    return rack.knobs(values, 0)


def gain(audio: Float, rate: int, how: Compressor) -> Float:
    """What the console's compressor multiplies a song with, both sides alike; shape (frames,)."""
    ahead = round(how.look_ahead_ms / 1000 * rate)
    key = _key(audio, rate, how.key_low_cut_hz)
    key = np.concatenate((key[ahead:], np.zeros(min(ahead, len(key)))))[: len(audio)]
    rows, state = _design(how, rate), np.zeros((compressor.STATE_ROWS, lanes.WIDTH), np.float32)
    meter = np.ones((1, lanes.WIDTH), np.float32)
    made = np.empty(len(audio))
    for begin in range(0, len(audio), STRETCH):
        led = np.repeat(_whole(key[begin : begin + STRETCH, np.newaxis]), lanes.WIDTH, axis=1)
        y = np.ones_like(led)
        alone.compress(y, led, rows, state, begin, meter)
        made[begin : begin + STRETCH] = y[: len(audio) - begin, 0]
    return made


def _key(audio: Float, rate: int, low_cut_hz: float) -> Float:
    """What the compressor listens to: the louder side."""
    if low_cut_hz > 0:
        # A quarter of what the tone's filters take: at 20 Hz, the lowest, what is left out is at -130 dB.
        cut = curves.taps(curves.low_cut(low_cut_hz, curves.lines(rate), rate), 0)[: curves.length(rate) // 4]
        audio = curves.apply(audio.astype(np.float32), cut)
    return np.asarray(np.maximum(np.abs(audio[:, 0]), np.abs(audio[:, 1])))


def _design(how: Compressor, rate: int) -> Any:
    """Rows of the compressor's kernel; between the console's ratios, too."""
    one, zero = np.ones(1), np.zeros(1, np.int64)
    rows = compressor.design(
        compressor.Settings(
            one > 0, zero, zero + compressor.RMS, zero + (1 - compressor.LINEAR), one * how.threshold_db, zero,
            one * how.knee_db / compressor.KNEE_DB, one * how.makeup_db, one * how.attack_ms, 0 * one,
            one * how.release_ms, one * how.mix_percent, one < 0,
        ), rate,
    )  # fmt: skip
    rows[compressor.SLOPE] = 1 / how.ratio - 1
    return np.ascontiguousarray(np.repeat(rows, lanes.WIDTH, axis=1), np.float32)
