"""Effects of the rack and the console's compressor, over a whole song.

    a type and its knobs by their names ─▶ the rack's design and kernel ─▶ song
    settings ─▶ the console's compressor on a song of ones ─▶ its gain, frame by frame ─▶ × song in float64

All goes on in stretches that stay in a core's own memory.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.album.chain import Compressor
from daemon.metering.loudness import Float
from dsp.design import rack
from dsp.effects import alone, library
from dsp.effects.memory import FRAMES, SLOT
from dsp.native import lanes
from dsp.parameters.table import Values
from dsp.processors import compressor, eq
from dsp.table import TABLE

STRETCH = 256 * FRAMES
TYPE = "fx/{slot}/type"


def prepared(name: str, rate: int, **knobs: Any) -> tuple[Any, Any]:
    """An effect of this type, at rest, and the memory that it needs as long as it plays."""
    return at_rest(name, _knobs(name, knobs), rate)


def at_rest(name: str, knobs: library.Knobs, rate: int) -> tuple[Any, Any]:
    """The same of the values of all knobs, in their order."""
    slot = np.zeros(1, SLOT)[0]
    slot["start"] = slot["target"] = library.design(name, knobs, rate)
    memory = library.memory(name, rate)
    slot["memory"], slot["code"], slot["rate"], slot["meter"] = memory.ctypes.data, library.code(name), rate, 1
    return slot, memory


def play(name: str, audio: Float, rate: int, **knobs: Any) -> Float:
    """A song, shape (frames, 2), through an effect of this type; knobs not named are as they come."""
    made = np.empty_like(audio)
    for begin, part in played(name, audio, rate, **knobs):
        made[begin : begin + len(part)] = part
    return made


def played(name: str, audio: Float, rate: int, **knobs: Any) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """The same in stretches, each with its first frame; what it was may be replaced by it."""
    slot, _memory = prepared(name, rate, **knobs)
    for begin in range(0, len(audio), STRETCH):
        x = _whole(audio[begin : begin + STRETCH])
        y = np.empty_like(x)
        alone.play(slot, x, y)
        yield begin, y[: len(audio) - begin]


def _whole(part: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """A stretch as float32, filled up to whole sub-blocks."""
    made = np.zeros((len(part) + -len(part) % FRAMES, *part.shape[1:]), np.float32)
    made[: len(part)] = part
    return made


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


def gain(audio: Float, rate: int, how: Compressor) -> npt.NDArray[np.float32]:
    """What the console's compressor multiplies a song with, both sides alike; shape (frames,)."""
    ahead = round(how.look_ahead_ms / 1000 * rate)
    key = np.zeros(len(audio) + ahead, np.float32)
    alone.listen(np.ascontiguousarray(audio), _low_cut(how.key_low_cut_hz, rate), np.zeros((2, 2)), key)
    rows, state = _design(how, rate), np.zeros((compressor.STATE_ROWS, lanes.WIDTH), np.float32)
    meter = np.ones((1, lanes.WIDTH), np.float32)
    made = np.empty(len(audio), np.float32)
    for begin in range(0, len(audio), STRETCH):
        led = _whole(key[begin + ahead : begin + ahead + STRETCH][: len(audio) - begin])
        y = np.empty_like(led)
        alone.compress(y, led, rows, state, begin, meter)
        made[begin : begin + STRETCH] = y[: len(audio) - begin]
    return made


def _low_cut(freq_hz: float, rate: int) -> Float:
    """Coefficients of a low cut with 12 dB per octave; 0 Hz is out."""
    found = eq.low_cut(np.array([freq_hz > 0]), np.zeros(1, np.int64), np.array([max(freq_hz, 1.0)]), rate)
    return np.ascontiguousarray(found[0, :, 0])


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
