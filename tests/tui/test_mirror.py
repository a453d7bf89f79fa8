"""The mirror: ballistics, clips, labels and the reasons of a silence."""

import math

import numpy as np
import pytest

from tui import strips
from tui.mirror import MUTED, MUTED_BY_DCA, MUTED_BY_GROUP, SILENCE_DBFS, UNMUTED, Mirror

FRAME_S = 0.05


def feed(mirror: Mirror, dbfs: float, now: float, gate: float = 1.0, compressor: float = 1.0) -> None:
    """Send one meter blob with every channel at `dbfs`."""
    count = len(strips.INPUTS)
    level = np.full(count, 10 ** (dbfs / 20))
    mirror.meter(strips.INPUTS, level, np.full(count, gate), np.full(count, compressor), now)


def run(mirror: Mirror, dbfs: float, start: float, seconds: float) -> float:
    """Feed and redraw at `dbfs` for a while; return the time reached."""
    steps = round(seconds / FRAME_S)
    for step in range(1, steps + 1):
        feed(mirror, dbfs, start + step * FRAME_S)
        mirror.advance(start + step * FRAME_S)
    return start + steps * FRAME_S


def test_a_level_rises_at_once():
    mirror = Mirror()
    feed(mirror, -12, now=0)
    mirror.advance(0)
    assert mirror.level_dbfs[0] == pytest.approx(-12, abs=0.01)


def test_a_level_falls_by_twenty_decibels_in_one_point_seven_seconds():
    mirror = Mirror()
    run(mirror, -10, start=0, seconds=FRAME_S)
    run(mirror, -90, start=FRAME_S, seconds=1.7)
    assert mirror.level_dbfs[0] == pytest.approx(-30, abs=0.01)


def test_a_falling_level_stops_at_the_signal():
    mirror = Mirror()
    run(mirror, -10, start=0, seconds=FRAME_S)
    run(mirror, -40, start=FRAME_S, seconds=10)
    assert mirror.level_dbfs[0] == pytest.approx(-40, abs=0.01)


def test_a_peak_between_two_redraws_is_shown():
    mirror = Mirror()
    for dbfs, now in ((-60, 0.00), (-6, 0.01), (-60, 0.02)):
        feed(mirror, dbfs, now)
    mirror.advance(0.03)
    assert mirror.level_dbfs[0] == pytest.approx(-6, abs=0.01)


def test_a_peak_is_held_for_one_and_a_half_seconds_and_then_falls():
    mirror = Mirror()
    now = run(mirror, -6, start=0, seconds=FRAME_S)
    now = run(mirror, -50, start=now, seconds=1.4)
    assert mirror.hold_dbfs[0] == pytest.approx(-6, abs=0.01)
    run(mirror, -50, start=now, seconds=0.5)
    assert mirror.hold_dbfs[0] < -9


def test_a_new_peak_is_held_anew():
    mirror = Mirror()
    now = run(mirror, -20, start=0, seconds=1)
    now = run(mirror, -10, start=now, seconds=FRAME_S)
    run(mirror, -50, start=now, seconds=1.4)
    assert mirror.hold_dbfs[0] == pytest.approx(-10, abs=0.01)


def test_a_clip_stays_until_it_is_cleared():
    mirror = Mirror()
    now = run(mirror, 0, start=0, seconds=FRAME_S)
    run(mirror, -60, start=now, seconds=10)
    assert mirror.clipped[0]
    mirror.clear()
    assert not mirror.clipped.any()


def test_the_highest_code_of_a_converter_is_a_clip():
    mirror = Mirror()
    feed(mirror, 20 * math.log10(32767 / 32768), now=0)
    assert mirror.clipped[0]


def test_a_hot_signal_is_not_a_clip():
    mirror = Mirror()
    feed(mirror, -0.1, now=0)
    assert not mirror.clipped.any()


def test_the_highest_level_is_kept_until_it_is_cleared():
    mirror = Mirror()
    now = run(mirror, -3, start=0, seconds=FRAME_S)
    run(mirror, -60, start=now, seconds=20)
    assert mirror.highest_dbfs[0] == pytest.approx(-3, abs=0.01)
    mirror.clear()
    assert mirror.highest_dbfs[0] == SILENCE_DBFS


def test_levels_fall_when_the_console_stops_sending_them():
    mirror = Mirror()
    now = run(mirror, -10, start=0, seconds=1)
    for step in range(1, 41):
        mirror.advance(now + step * FRAME_S)
    assert mirror.level_dbfs[0] < -25


def test_gain_reduction_vanishes_when_the_console_stops_sending_it():
    mirror = Mirror()
    feed(mirror, -10, now=0, gate=0.1, compressor=0.5)
    mirror.advance(1)
    assert mirror.gate_db[0] == 0
    assert mirror.compressor_db[0] == 0


def test_gains_are_shown_as_decibels_taken_away():
    mirror = Mirror()
    feed(mirror, -10, now=0, gate=0.1, compressor=0.5)
    assert mirror.gate_db[0] == pytest.approx(20, abs=0.01)
    assert mirror.compressor_db[0] == pytest.approx(6.02, abs=0.01)


@pytest.mark.parametrize("word", [math.nan, -math.inf])
def test_a_word_that_is_no_level_never_spreads(word):
    mirror = Mirror()
    count = len(strips.INPUTS)
    levels = np.full(count, 0.5)
    levels[3] = word
    mirror.meter(strips.INPUTS, levels, np.ones(count), np.ones(count), 0)
    mirror.advance(0)
    assert np.isfinite(mirror.level_dbfs).all()
    assert mirror.level_dbfs[4] == pytest.approx(-6.02, abs=0.01)


def test_main_left_and_right_share_their_labels():
    mirror = Mirror()
    mirror.take("/main/st/config/name", "House")
    assert [mirror.strips.names[row] for row in strips.MAINS] == ["House", "House", ""]


def test_a_fader_position_is_kept_in_decibels():
    mirror = Mirror()
    mirror.take("/bus/03/mix/fader", 0.5)
    assert mirror.strips.fader_db[strips.GROUPS[2]] == pytest.approx(-10)


def test_a_strip_is_silenced_by_its_own_mute_its_dca_or_its_mute_group():
    mirror = Mirror()
    for address, value in (
        ("/ch/01/mix/on", 0),
        ("/ch/02/grp/dca", 0b100),
        ("/ch/03/grp/mute", 0b10),
        ("/dca/3/on", 0),
        ("/config/mute/2", 1),
    ):
        assert mirror.take(address, value)
    assert mirror.silenced()[:4].tolist() == [MUTED, MUTED_BY_DCA, MUTED_BY_GROUP, UNMUTED]


def test_mono_is_silenced_as_main_left_and_right_are_where_it_is_linked_to_them():
    mirror = Mirror()
    mirror.take("/main/m/mix/on", 0)
    mirror.take("/config/mono/link", 1)
    assert mirror.silenced()[strips.MAINS].tolist() == [UNMUTED, UNMUTED, UNMUTED]
    mirror.take("/main/st/mix/on", 0)
    assert mirror.silenced()[strips.MAINS].tolist() == [MUTED, MUTED, MUTED]


def test_only_news_raises_the_revision():
    mirror = Mirror()
    mirror.take("/ch/01/config/name", "Kick")
    before = mirror.revision
    mirror.take("/ch/01/config/name", "Kick")
    assert mirror.revision == before
    mirror.take("/ch/01/config/name", "Snare")
    assert mirror.revision > before


def test_an_address_without_a_place_is_not_known():
    assert not Mirror().take("/ch/01/eq/1/f", 0.5)


@pytest.mark.parametrize(
    ("address", "value"),
    [("/ch/01/config/name", 3), ("/ch/01/mix/on", "ON"), ("/ch/01/mix/fader", math.nan)],
)
def test_a_value_of_the_wrong_kind_is_refused(address, value):
    mirror = Mirror()
    with pytest.raises(ValueError, match="is not a"):
        mirror.take(address, value)
    assert mirror.revision == 0
