"""Every failure that a gig has in store, caused for real."""

from pathlib import Path

import pytest

from rigs import faults


@pytest.mark.parametrize("fault", faults.FAULTS, ids=lambda fault: fault.cause.__name__)
def test_the_promise_holds_when(fault: faults.Fault, tmp_path: Path) -> None:
    assert fault.cause(tmp_path)
