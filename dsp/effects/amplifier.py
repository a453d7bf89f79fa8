"""Guitar amplifier with a loudspeaker before a microphone, each side by itself; 24 frames late.

    x ─▶ PreAmp ─▶ Buzz, Punch, Crunch ─▶ bend ─▶ the three, half undone ─▶ Drive ─▶ bend ─▶ Low, High
      ─▶ [cabinet] ─▶ level ─▶ y
"""

from typing import Any

from dsp.effects import shaper, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.processors import svf

BANDS_HZ = ((250.0, 0.8), (700.0, 0.8), (3000.0, 0.8))
CABINET_BELLS = ((120.0, 4.0, 1.0), (400.0, -6.0, 0.9), (2700.0, 5.0, 1.2))
PRE, POWER, LEVEL, BEFORE = 0, 1, 2, 3
AFTER = BEFORE + 3 * COEFFICIENTS
TONE = AFTER + 3 * COEFFICIENTS
CABINET = TONE + 2 * COEFFICIENTS
CABINET_PARTS = 6
SIDE = CABINET + CABINET_PARTS * COEFFICIENTS
STATES = 34


def memory(rate: float) -> int:
    """Floats of two benders."""
    return 2 * shaper.SPAN


def _side(
    pre: float, buzz: float, punch: float, crunch: float, drive: float, level: float, low: float, high: float,
    cabinet: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    pre_gain, power_gain = 10 ** (36 * pre / 200), 10 ** (18 * drive / 200)
    bands = [(12 * (knob - 5) / 5, hz, q) for knob, (hz, q) in zip((buzz, punch, crunch), BANDS_HZ, strict=True)]
    before = [tone.shape(svf.bell(db, q), hz, rate, db != 0) for db, hz, q in bands]
    after = [tone.shape(svf.bell(-db / 2, q), hz, rate, db != 0) for db, hz, q in bands]
    low_db, high_db = 12 * (low - 5) / 5, 12 * (high - 5) / 5
    speaker = [
        tone.shape(svf.high_pass(svf.BUTTERWORTH), 80.0, rate, cabinet),
        *(tone.shape(svf.bell(db, q), hz, rate, cabinet) for hz, db, q in CABINET_BELLS),
        *(tone.shape(svf.low_pass(q), 4800.0, rate, cabinet) for q in (0.5412, 1.3066)),
    ]
    # What a stage gives at −12 dBFS, undone: as loud for any drive.
    quiet = 0.25
    pre_out = pre_gain * quiet / (1 + (pre_gain * quiet) ** 2) ** 0.5
    power_out = power_gain * pre_out / (1 + (power_gain * pre_out) ** 2) ** 0.5
    return [
        pre_gain, power_gain, level / 5 * quiet / power_out, *(c for one in (*before, *after) for c in one),
        *tone.shape(svf.low_shelf(low_db, svf.BUTTERWORTH), 120.0, rate, low_db != 0),
        *tone.shape(svf.high_shelf(high_db, svf.BUTTERWORTH), 3500.0, rate, high_db != 0),
        *(c for one in speaker for c in one),
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
        k, s, first = side * SIDE, side * STATES, side * shaper.SPAN
        for n in range(slot.x.shape[1]):
            frame = slot.frame + n
            x = slot.x[side, n] * setting(slot, k + PRE, n)
            for band in range(3):
                x = tone.tick(slot, k + BEFORE + COEFFICIENTS * band, s + 2 * band, n, x)
            power = setting(slot, k + POWER, n)
            for phase in range(shaper.TIMES):
                u, before = shaper.up(memory, first, frame, x, phase), slot.state[s + 32]
                slot.state[s + 32] = u
                bent = shaper.odd(u, before) * power
                before = slot.state[s + 33]
                slot.state[s + 33] = bent
                shaper.keep(memory, first, frame, phase, shaper.odd(bent, before))
            y = shaper.down(memory, first, frame)
            for band in range(3):
                y = tone.tick(slot, k + AFTER + COEFFICIENTS * band, s + 6 + 2 * band, n, y)
            for part in range(2 + CABINET_PARTS):
                y = tone.tick(slot, k + TONE + COEFFICIENTS * part, s + 12 + 2 * part, n, y)
            slot.x[side, n] = y * setting(slot, k + LEVEL, n)
