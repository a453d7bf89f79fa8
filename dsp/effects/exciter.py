"""Exciter: harmonics of what lies above a corner, added; each side by itself.

    x ─┬────────────────────────────────────────────────── + ─▶ y
       ╰─▶ high-pass, ringing ─▶ fill of the dip ─▶ odd, even ─▶ × Mix     Solo: only what is added

Squares and cubes are made at four times the rate; the dry part waits for them, 24 frames.
"""

from typing import Any

from dsp.effects import line, shaper, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.processors import svf

DRY, MIX, ODD, EVEN, FILL, HIGH = 0, 1, 2, 3, 4, 5
BAND, DC = HIGH + COEFFICIENTS, HIGH + 2 * COEFFICIENTS
SIDE = DC + COEFFICIENTS
STATES = 6
WAIT = 64
LOUDEST = 2.0
"""Of what is squared: harmonics stay bounded."""


def memory(rate: float) -> int:
    """Floats of two benders, and of the dry part that waits."""
    return 2 * (shaper.SPAN + WAIT)


def _side(
    tune_hz: float, peak: float, fill: float, timbre: float, harmonics: float, mix: float, solo: bool, *, rate: float
) -> list[Any]:
    much = 4 * harmonics / 100
    return [
        float(not solo), mix / 100, much * (50 - timbre) / 100, much * (50 + timbre) / 100, fill / 100,
        *tone.shape(svf.high_pass(0.5 * 4 ** (peak / 100)), tune_hz, rate),
        *tone.shape(svf.band_pass(1.0), 0.7 * tune_hz, rate),
        *tone.shape(svf.high_pass(svf.BUTTERWORTH), tune_hz / 2, rate),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike."""
    return 2 * _side(*knobs, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*_side(*knobs[:half], rate=rate), *_side(*knobs[half:], rate=rate)]


def process(slot):
    """Make one sub-block."""
    memory = calls.floats(slot.memory)
    for side in range(2):
        k, s, first = side * SIDE, side * STATES, side * (shaper.SPAN + WAIT)
        for n in range(slot.x.shape[1]):
            frame = slot.frame + n
            x = slot.x[side, n]
            line.write(memory, first + shaper.SPAN, WAIT, frame, x)
            high = tone.tick(slot, k + HIGH, s, n, x)
            high += setting(slot, k + FILL, n) * tone.tick(slot, k + BAND, s + 2, n, x)
            for phase in range(shaper.TIMES):
                u = shaper.up(memory, first, frame, high, phase)
                v = min(max(u, -LOUDEST), LOUDEST)
                y = u + setting(slot, k + ODD, n) * v * v * v + setting(slot, k + EVEN, n) * v * v
                shaper.keep(memory, first, frame, phase, y)
            made = tone.tick(slot, k + DC, s + 4, n, shaper.down(memory, first, frame))
            dry = line.read(memory, first + shaper.SPAN, WAIT, frame, shaper.LATENCY - 1)
            slot.x[side, n] = setting(slot, k + DRY, n) * dry + setting(slot, k + MIX, n) * made
