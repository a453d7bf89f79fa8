"""EBU Tech 3341 and 3342: every case that can be synthesised, live, at every rate; files have a page of their own."""

import pytest

from rigs import ebu

BLOCK_S = 1.02  # what fits into a transform
CLOSE_LU, CLOSE_RANGE_LU = 0.05, 0.1  # closer than the documents ask for
LONGEST_S = 25  # at other rates than 48 kHz: `python -m rigs.ebu` has all of them


@pytest.mark.parametrize("rate", ebu.RATES)
def test_a_live_meter_shows_what_the_ebu_cases_say(rate):
    seen = set()
    for case in ebu.cases(rate, ebu.FEW):
        if rate != 48_000 and sum(map(len, case.sounds)) > LONGEST_S * rate:
            continue
        low, high = case.within
        if case.shown in ("I", "S", "M"):
            low, high = -CLOSE_LU, CLOSE_LU
        elif case.shown == "LRA":
            low, high = -CLOSE_RANGE_LU, CLOSE_RANGE_LU
        error = ebu.off(case, ebu.by_live(case, rate, block_s=BLOCK_S))
        assert low <= error <= high, case.name
        seen.add(case.name.split()[0])
    assert len(seen) == (25 if rate == 48_000 else 17)


@pytest.mark.parametrize("rate", ebu.RATES)
def test_true_peaks_of_a_file_are_those_of_the_cases_that_fall_between_frames(rate):
    for case in ebu.cases(rate, ebu.FEW):
        if case.shown == "TP":
            assert case.within[0] <= ebu.off(case, ebu.by_file(case, rate)) <= case.within[1], case.name
