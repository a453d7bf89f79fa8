"""Equalisers and colours: what each knob says, measured: rows of `oracles.promises_colour`."""

import pytest

from oracles import promise, promises_colour

CASES = promise.cases(promises_colour.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_a_colour_does_what_its_knobs_say(case: promise.Case):
    promise.judge(*case)
