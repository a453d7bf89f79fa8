"""Recall of any scene while tones play: no burst, no click.

A recall cross-fades two whole desks, so what is left over is what a desk needs to find its level.  Without
dynamics that is nothing but a bell at 20 Hz that rings on.  With random gates and compressors in every strip
one output in a thousand is caught on its way: a gate that opens and shuts with the tone has no level that
could be found in a tenth of a second, and a low cut at 8 kHz leaves nothing of the tone but that.
"""

import numpy as np
import pytest
import recalls

BURST_DB = 0.5


@pytest.fixture(scope="module")
def count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--recalls"))


def faults(count: int, dynamics: bool) -> tuple[np.ndarray, np.ndarray]:
    """Bursts and clicks of many recalls in all 64 outputs, in dB."""
    every = list(recalls.changes(count, dynamics, seed=1))
    return np.array([fault.burst_db for fault in every]), np.array([fault.click_db for fault in every])


@pytest.mark.timeout(900)
def test_no_scene_bursts_or_clicks(count: int):
    burst_db, click_db = faults(count, dynamics=False)
    # A bell at 20 Hz with the highest quality rings longer than the warm-up lasts.
    assert np.mean(burst_db > BURST_DB) < 0.0005
    assert burst_db.max() < 3
    assert np.mean(click_db > recalls.CLICK_DB) < 0.0005


@pytest.mark.timeout(900)
def test_scenes_full_of_dynamics_hardly_ever_do(count: int):
    burst_db, click_db = faults(count, dynamics=True)
    assert np.mean(burst_db > BURST_DB) < 0.002
    assert burst_db.max() < 6
    assert np.mean(click_db > recalls.CLICK_DB) < 0.004
