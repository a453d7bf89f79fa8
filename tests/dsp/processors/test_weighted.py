"""Energies behind filters, against scipy's, in one go and in parts."""

import numpy as np
import pytest
import scipy.signal

from dsp.processors import weighted

CELL = 480


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_energies_are_those_behind_the_filters(kind):
    x = np.random.default_rng(1).normal(0, 0.1, (20 * CELL, 3)).astype(kind)
    filters = scipy.signal.butter(4, 0.1, "high", output="sos")
    sections = filters[:, [0, 1, 2, 4, 5]].copy()
    y, state = np.empty((20, 3)), np.zeros((3, 4))
    weighted.energies(x[: 8 * CELL], sections, state, y[:8])
    weighted.energies(x[8 * CELL :], sections, state, y[8:])
    wanted = scipy.signal.sosfilt(filters, x.astype(np.float64), axis=0) ** 2
    np.testing.assert_allclose(y, wanted.reshape(20, CELL, 3).mean(1), rtol=1e-9)
