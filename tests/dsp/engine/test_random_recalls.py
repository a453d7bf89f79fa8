"""Recall of any scene while tones play: no burst, no click.

A recall cross-fades two whole desks, and the one to come has heard the last two seconds, so what could be
left over is what needs longer to find its level.
"""

import numpy as np
import pytest

from rigs import recalls


@pytest.fixture(scope="module")
def count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--recalls"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("dynamics", [False, True])
def test_no_scene_bursts_or_clicks(dynamics: bool, count: int):
    """Without any gates and compressors, and with random ones in every strip: many scenes in all 64 outputs."""
    every = list(recalls.changes(count, dynamics, seed=1))
    assert np.max([fault.burst_db for fault in every]) < recalls.BURST_DB
    assert np.max([fault.click_db for fault in every]) < recalls.CLICK_DB


def test_a_burst_and_a_click_would_be_heard():
    """What judges knows both when it hears them."""
    listener = recalls.Listener()
    still = listener.play(recalls.STRETCH).astype(np.float64)
    curve = np.ones(1)
    burst, click = still.copy(), still.copy()
    ramp = np.hanning(recalls.PERIOD)[:, np.newaxis]
    burst[9600 : 9600 + recalls.PERIOD] *= 1 + 0.1 * ramp
    click[9600:9601] += 1e-2 * np.abs(still).max(0)
    at = len(still) + 9600
    assert recalls.judge(still, still, still, at, curve).click_db.max() < recalls.CLICK_DB
    audible = np.abs(still).max(0) > 1e-5
    assert (recalls.judge(still, burst, still, at, curve).burst_db[audible] > recalls.BURST_DB).all()
    assert (recalls.judge(still, click, still, at, curve).click_db[audible] > recalls.CLICK_DB).all()
