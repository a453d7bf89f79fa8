"""The strip sounds as it did when its renders were kept: nobody changes it by mistake."""

import numpy as np
import pytest

from oracles import processors
from rigs import goldens


@pytest.mark.parametrize("rate", goldens.RATES)
def test_the_strip_sounds_as_it_did(rate):
    heard, kept = (np.asarray(each, np.float64) for each in (goldens.kept_of(goldens.render(rate)), goldens.kept(rate)))
    assert np.abs(kept).max(0).min() > 0.01, "a strip is silent: this proves nothing"
    off_db = processors.level_db(np.abs(heard - kept).max(0) / np.abs(kept).max(0))
    assert off_db.max() < goldens.WITHIN_DB, "meant? `python -m rigs.goldens`, and say why in the changelog"
