"""Delays, and what combines two effects: what each knob says, measured: rows of `oracles.promises_echo`."""

import pytest

from oracles import promise, promises_echo

CASES = promise.cases(promises_echo.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_a_delay_does_what_its_knobs_say(case: promise.Case):
    promise.judge(*case)
