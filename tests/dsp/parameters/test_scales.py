"""The scales against the desk's own tables."""

import numpy as np
import pytest

from dsp.parameters import scales


@pytest.mark.parametrize(
    ("position", "level"),
    [(1, 10), (0.75, 0), (0.5, -10), (0.25, -30), (0.0625, -60), (1 / 1023, -89.531), (0.4, -18)],
)
def test_a_fader_stands_where_the_desk_prints_it(position: float, level: float):
    assert scales.level_db(position) == pytest.approx(level, abs=0.001)
    assert scales.level_position(level) == pytest.approx(position, abs=1e-5)


def test_a_closed_fader_is_silent_and_not_just_quiet():
    assert scales.level_db(0) == -np.inf
    assert scales.level_position(-np.inf) == 0
    assert scales.level_position(-90) == 0


def test_levels_have_no_dust():
    """A step of 1.75 dB is written +1.8, as every half is rounded away from zero."""
    sends = scales.level_db(np.arange(161) / 160)
    assert [scales.level(sends[step]) for step in (81, 121, 127, 137)] == [" -9.8", " +0.3", " +1.8", " +4.3"]


def test_an_even_scale_has_no_dust_and_no_negative_zero():
    trim = scales.even(-18, 18).value(np.arange(145) / 144)
    assert trim[72] == 0
    assert not np.signbit(trim[72])
    assert trim[1] == -17.75


@pytest.mark.parametrize(
    ("lowest", "highest", "steps", "index", "value"),
    [
        (20, 20_000, 201, 133, 1977.1062),
        (20, 400, 101, 54, 100.8292),
        (10, 0.3, 72, 33, 1.9597),
        (0.02, 2000, 101, 68, 50.2377),
        (5, 4000, 101, 59, 258.103),
    ],
)
def test_a_scale_of_ratios_agrees_with_the_desk(
    lowest: float, highest: float, steps: int, index: int, value: float
):
    scale = scales.ratios(lowest, highest)
    assert scale.value(index / (steps - 1)) == pytest.approx(value, rel=1e-4)
    assert scale.position(value) * (steps - 1) == pytest.approx(index, abs=0.01)


def test_nothing_and_less_than_nothing_lie_below_a_scale_of_ratios():
    assert scales.ratios(20, 20_000).position(0) < 0
    assert scales.ratios(20, 20_000).position(-5) < 0


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (scales.level, -np.inf, "  -oo"),
        (scales.level, -0.0098, "  0.0"),
        (scales.level, -0.088, "  0.0"),
        (scales.level, -0.1271, " -0.1"),
        (scales.level, 0.25, " +0.3"),
        (scales.level, -9.75, " -9.8"),
        (scales.level, 2.1, " +2.1"),
        (scales.level, -89.531, "-89.5"),
        (scales.level, 10, "+10.0"),
        (scales.frequency, 20, "20.0"),
        (scales.frequency, 990.9004, "990.9"),
        (scales.frequency, 1977.1062, "1k97"),
        (scales.frequency, 1909.985, "1k91"),
        (scales.frequency, 2000, "2k00"),
        (scales.frequency, 11913.2429, "11k91"),
        (scales.frequency, 20_000, "20k00"),
        (scales.integer3, 79.3421, " 79"),
        (scales.integer3, 183.566, "184"),
        (scales.release, 9.1253, "  9"),
        (scales.release, 72.478, " 72"),
        (scales.release, 258.103, " 258"),
        (scales.release, 4000, "4000"),
        (scales.quality, 10, " 10"),
        (scales.quality, 1.9597, "2.0"),
        (scales.quality, 0.3152, "0.3"),
        (scales.three_digits, 0.0224, "0.02"),
        (scales.three_digits, 8, "8.00"),
        (scales.three_digits, 13.5, "13.5"),
        (scales.three_digits, 44.7744, "44.7"),
        (scales.three_digits, 31.6979, "31.7"),
        (scales.three_digits, 709.6268, " 709"),
        (scales.three_digits, 2000, "2000"),
        (scales.eq_gain, 0, "+0.00"),
        (scales.eq_gain, -3.75, "-3.75"),
        (scales.eq_gain, 13.75, "+13.7"),
        (scales.eq_gain, -14.75, "-14.7"),
        (scales.signed_tenths, 0, "+0.0"),
        (scales.signed_tenths, -17.75, "-17.8"),
        (scales.tenths, -46.5, "-46.5"),
        (scales.signed_integer, 0, "+0"),
        (scales.signed_integer, -100, "-100"),
        (scales.integer, 100, "100"),
    ],
)
def test_a_value_is_written_as_the_desk_writes_it(write: scales.Format, value: float, text: str):
    assert write(value) == text


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("  0.0", 0),
        ("+2.1", 2.1),
        ("-12", -12),
        (".5", 0.5),
        ("5.", 5),
        ("1k97", 1970),
        ("10k", 10_000),
        ("2k5", 2500),
        ("+1k0", 1000),
    ],
)
def test_a_number_is_read_however_it_is_padded(token: str, value: float):
    assert scales.number(token) == pytest.approx(value)


@pytest.mark.parametrize(
    "token", ["", "ON", "-oo", "nan", "inf", "1e3", "1_000", "0x10", "--1", "1.2.3", "k5", "٣"]
)
def test_what_is_not_a_number_is_refused_by_name(token: str):
    with pytest.raises(ValueError, match="is not a number"):
        scales.number(token)


def test_only_a_level_can_be_silent():
    assert scales.number_or_silence("  -oo") == -np.inf
    assert scales.number_or_silence("-3.5") == -3.5
