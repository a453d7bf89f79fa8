"""Enhancer: lows, mids and highs added beside what came in, each with its own turn of phase.

    x ─┬────────────────────────────────── + ─▶ width ─▶ gain ─▶ y
       ├─▶ low-pass, a little resonant × gB ┤
       ├─▶ band around 1 kHz ───────── × gM ┤
       ╰─▶ high-pass, a second harmonic × gH ╯      Solo: only what is added
"""

from typing import Any

from dsp import units
from dsp.effects import tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.processors import shapes

GAIN, DRY, BASS, MID, HIGH, WIDTH, LOW_PASS = range(7)
BAND, HIGH_PASS, WIDE = (LOW_PASS + COEFFICIENTS * i for i in range(1, 4))
SIDE = WIDE + COEFFICIENTS
STATES = 6
HARMONIC = 0.02
WIDE_HZ = 300.0


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _amount(percent: float) -> float:
    return 2 * (percent / 100) ** 2


def _side(
    gain_db: float, bass: float, low: float, mid: float, quality: float, high: float, top: float, solo: bool, *,
    spread: float, rate: float,
) -> list[Any]:  # fmt: skip
    return [
        float(units.db_to_gain(gain_db)), float(not solo), _amount(bass), _amount(mid), _amount(high),
        10 ** (6 * spread / 2000) - 1,
        *tone.shape(shapes.low_pass(0.9), 40 * 5 ** ((low - 1) / 49), rate),
        *tone.shape(shapes.band_pass(0.4 * 7.5 ** ((quality - 1) / 49)), 1000.0, rate),
        *tone.shape(shapes.high_pass(shapes.BUTTERWORTH), 1500 * 8 ** ((top - 1) / 49), rate),
        *tone.shape(shapes.high_pass_1(), WIDE_HZ, rate),
    ]  # fmt: skip


def design(gain_db: float, spread: float, *knobs: Any, rate: float) -> list[Any]:
    """Both sides alike, and wider."""
    return 2 * _side(gain_db, *knobs, spread=spread, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*_side(*knobs[:half], spread=0.0, rate=rate), *_side(*knobs[half:], spread=0.0, rate=rate)]


def process(slot):
    """Make one sub-block."""
    for n in range(slot.x.shape[1]):
        for side in range(2):
            k, s = side * SIDE, side * STATES
            x = slot.x[side, n]
            high = tone.tick(slot, k + HIGH_PASS, s + 4, n, x)
            y = setting(slot, k + BASS, n) * tone.tick(slot, k + LOW_PASS, s, n, x)
            y += setting(slot, k + MID, n) * tone.tick(slot, k + BAND, s + 2, n, x)
            y += setting(slot, k + HIGH, n) * (high + HARMONIC * high * high / (0.1 + abs(high)))
            slot.x[side, n] = (setting(slot, k + DRY, n) * x + y) * setting(slot, k + GAIN, n)
        apart = tone.tick(slot, WIDE, 2 * STATES, n, (slot.x[0, n] - slot.x[1, n]) / 2) * setting(slot, WIDTH, n)
        slot.x[0, n] += apart
        slot.x[1, n] -= apart
