"""What each display says, measured in its unit: rows of `oracles.promises_unit`."""

import pytest

from oracles import promise, promises_unit

CASES = promise.cases(promises_unit.ROWS)


@pytest.mark.parametrize("case", CASES, ids=promise.names(CASES))
def test_a_parameter_is_what_its_display_says(case: promise.Case):
    promise.judge(*case)
