"""An evening on the virtual stage and on JACK: memory stays, no block is missed, log and state agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from rigs import soak

GROWS_MB = 2.0
WARM_S = 60
"""Until then there is more to remember from minute to minute, up to what can be undone."""


@pytest.mark.timeout(0)
def test_an_evening_on_the_virtual_stage(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seconds = float(request.config.getoption("--soak-seconds"))
    evening = soak.on_stage(tmp_path, seconds)
    is_as_it_was(evening)
    assert evening.grown_mb <= GROWS_MB or seconds < 2 * WARM_S


@pytest.mark.timeout(0)
def test_an_evening_on_jack(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    is_as_it_was(soak.on_jack(tmp_path, float(request.config.getoption("--soak-seconds")) / 4))


def is_as_it_was(evening: soak.Evening) -> None:
    """Log and state agree, and no block was missed."""
    assert evening.drift == []
    assert evening.moves > 100
    assert evening.recalls > 0
    assert evening.played > 0
    # Both drop blocks when this machine lets a thread sleep for 20 ms: not one in a hundred more than the other.
    assert evening.missed <= evening.missed_idle + 0.01 * evening.played
