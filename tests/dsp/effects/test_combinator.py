"""What the combinator's meters show: what was chosen, of each band."""

import numpy as np
import pytest

from rigs import promised
from rigs.effect import Effect

BAND = 2
"""The band of a tone of 900 Hz, from 0."""
LEVEL_DB = -10.0


def shown_db(chosen: str, seconds: float = 1.0, **knobs: object) -> np.ndarray:
    """Meters of the left side's bands while that tone goes on, in dB."""
    made = Effect("CMB", MeterSel=chosen, XOSpc=50.0, AutoRel="OFF", **knobs)
    made.play(promised.tone(900.0, seconds, LEVEL_DB))
    made.meters()
    made.play(promised.tone(900.0, 0.1, LEVEL_DB))
    return np.asarray(20 * np.log10(made.meters()[:5] + 1e-9))


def test_meters_of_the_combinator_show_what_its_compressors_take():
    shown = shown_db("GR", SBCOn="OFF", Thresh=-30.0, Ratio="2", Release=3000.0, Attack=0.0)
    assert shown[BAND] == pytest.approx(-10, abs=0.5)
    assert shown[BAND - 2] == 0


def test_meters_of_the_combinator_show_peaks_of_bands():
    shown = shown_db("PEAK", SBCOn="OFF", Thresh=0.0, Ratio="2")
    assert shown[BAND] == pytest.approx(LEVEL_DB, abs=0.5)
    assert shown[BAND - 2] < LEVEL_DB - 20


def test_meters_of_the_combinator_show_what_balance_takes():
    """A band that has become louder than it used to be is held down."""
    made = Effect("CMB", MeterSel="SBC", SBC=10.0, Thresh=0.0, XOSpc=50.0)
    made.play(promised.tone(900.0, 4.0, -40.0))
    made.play(promised.tone(900.0, 3.0, LEVEL_DB))
    made.meters()
    made.play(promised.tone(900.0, 0.1, LEVEL_DB))
    shown = 20 * np.log10(made.meters()[:5])
    assert -6.01 < shown[BAND] < -1
    locked = Effect("CMB", MeterSel="SBC", SBC=10.0, Thresh=0.0, XOSpc=50.0, BdLock3="1")
    locked.play(np.concatenate((promised.tone(900.0, 4.0, -40.0), promised.tone(900.0, 3.0, LEVEL_DB))))
    assert locked.meters()[BAND] == 1
