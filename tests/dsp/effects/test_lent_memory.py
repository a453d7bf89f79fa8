"""Memory of effects as it is lent: whole pages, more than was asked for, with whatever was in them."""

import numpy as np
import pytest

from dsp.effects import library

PAGE = 4096


@pytest.mark.parametrize("name", ["HALL", "DLY", "PIT", "nothing"])
def test_whole_pages_are_cut_to_what_an_effect_wants_and_are_at_rest(name: str) -> None:
    wanted = library.memory(name, 48_000.0)
    lent = library.memory(name, 48_000.0, lambda size: np.full((size // PAGE + 1) * PAGE, 255, np.uint8))
    assert lent.shape == wanted.shape
    assert lent.flags.c_contiguous
    assert not lent.any()


@pytest.mark.parametrize("name", list(library.TYPES))
def test_what_of_an_effect_is_no_ring_lies_in_its_memory(name: str) -> None:
    first, count = library.remembered(name, 48_000.0)
    assert 0 <= first <= first + count <= library.memory(name, 48_000.0).shape[-1]
