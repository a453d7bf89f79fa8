"""Reverbs: what each knob says, measured: rows of `oracles.promises_room`."""

import pytest

from oracles import promise, promises_room

CASES = promise.cases(promises_room.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_a_reverb_does_what_its_knobs_say(case: promise.Case):
    promise.judge(*case)
