"""Dynamics: what each knob says, measured: rows of `oracles.promises_level`."""

import pytest

from oracles import promise, promises_level

CASES = promise.cases(promises_level.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_a_compressor_does_what_its_knobs_say(case: promise.Case):
    promise.judge(*case)
