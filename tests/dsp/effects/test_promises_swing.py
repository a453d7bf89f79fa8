"""What moves: what each knob says, measured: rows of `oracles.promises_swing`."""

import pytest

from oracles import promise, promises_swing

CASES = promise.cases(promises_swing.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_what_moves_does_what_its_knobs_say(case: promise.Case):
    promise.judge(*case)
