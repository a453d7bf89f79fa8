"""Where everything stands, for every size of terminal; and the scale it is measured by."""

import itertools

import numpy as np
import pytest

from tui import theme
from tui.widgets import bridge_layout, canvas

WIDTHS = (80, 81, 97, 119, 129, 130, 160, 200, 260)
SIZES = [(width, height) for width in WIDTHS for height in (24, 39, 40, 50, 80)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_fits_at_every_size(width, height):
    plan = bridge_layout.arrange(width, height)
    channels, groups, mains = plan.channels, plan.groups, plan.mains
    together = plan.returns.columns.margin > 0
    below = groups.columns.width + plan.returns.columns.width * together
    beside = {"row": lambda *widths: sum(widths)}.get(plan.mode, max)
    above = {"stack": sum, "tower": lambda heights: heights[0] + 2 * heights[1]}.get(plan.mode, max)
    assert beside(channels.columns.width, below) + mains.columns.width <= width
    assert above((channels.rows.height, groups.rows.height)) == height - bridge_layout.CHROME_ROWS
    assert mains.rows.height == height - bridge_layout.CHROME_ROWS


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_bars_never_overlap(width, height):
    plan = bridge_layout.arrange(width, height)
    for face in (plan.channels, plan.groups, plan.mains):
        assert np.diff(face.columns.lefts).min() > face.columns.plate
        assert face.rows.bars >= 7


@pytest.mark.parametrize(
    ("size", "mode"),
    [((80, 24), "page"), ((160, 30), "row"), ((80, 50), "stack"), ((200, 50), "stack"), ((120, 70), "tower")],
)
def test_the_arrangement_follows_the_size(size, mode):
    assert bridge_layout.arrange(*size).mode == mode


@pytest.mark.parametrize(("width", "height"), [(160, 24), (250, 30), (80, 60), (190, 40), (200, 50), (250, 70)])
def test_every_strip_is_in_sight_where_there_is_room(width, height):
    plan = bridge_layout.arrange(width, height)
    assert all(plan.shown(row) == (True, True, True) for row in range(73))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_strip_is_in_sight_once_it_is_selected(width, height):
    plan = bridge_layout.arrange(width, height)
    for place, face in enumerate((plan.channels, plan.returns, plan.groups)):
        assert all(plan.shown(row)[place] for row in face.columns.bank.strips)


def test_names_are_written_across_where_there_is_room():
    assert bridge_layout.arrange(200, 50).channels.columns.written
    assert not bridge_layout.arrange(80, 24).channels.columns.written


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_narrow_names_stand_below_their_strips_and_never_overlap(width, height):
    for face in (bridge_layout.arrange(width, height).channels, bridge_layout.arrange(width, height).groups):
        places = face.columns.name_places(bridge_layout.STAGGERED)
        assert all(room >= bridge_layout.SHORTEST - 1 for _, _, room in places)
        assert all(left + room <= face.columns.width for _, left, room in places)
        for row in range(bridge_layout.STAGGERED):
            mine = [(left, left + room) for at, left, room in places if at == row]
            assert all(before[1] < after[0] for before, after in itertools.pairwise(mine))


def test_the_scale_ends_at_its_floor_and_at_full_scale():
    levels = np.array([-120, theme.FLOOR_DBFS, 0, 18])
    assert theme.deflection(levels).tolist() == [0, 0, 1, 1]


def test_the_upper_half_of_the_scale_is_twenty_decibels():
    assert theme.deflection(np.array([-20.0]))[0] == pytest.approx(0.5)


def test_a_bar_is_green_then_yellow_then_orange_then_red():
    inks = theme.zones(40).tolist()
    assert list(dict.fromkeys(inks)) == [theme.Ink.LOW, theme.Ink.NOMINAL, theme.Ink.HOT, theme.Ink.DANGER]


def test_every_ink_has_a_style():
    assert set(theme.STYLES) == {*theme.Ink, *range(theme.Ink.NAME, theme.Ink.NAME + 16)}


def test_alarms_stand_out_without_colours():
    assert all(theme.STYLES[ink].reverse for ink in (theme.Ink.CLIP, theme.Ink.MUTE, theme.Ink.LOST))


@pytest.mark.parametrize(
    ("value", "text"), [(-6.04, "−6.0"), (0.04, "0.0"), (-0.04, "0.0"), (-90, "−∞"), (float("nan"), "−∞")]
)
def test_a_level_is_printed_for_people(value, text):
    assert theme.decibels(value) == text


def test_only_the_changed_part_of_a_row_is_repainted():
    before = canvas.Canvas(20, 3)
    after = before.copy()
    after.write(1, 5, "abc", theme.Ink.TEXT)
    after.write(1, 15, "d", theme.Ink.TEXT)
    assert [tuple(span) for span in after.changes(before)] == [(1, 5, 8), (1, 15, 16)]


def test_blanks_join_the_run_to_their_left():
    sheet = canvas.Canvas(10, 1)
    sheet.write(0, 0, "a ", theme.Ink.LOW)
    sheet.write(0, 2, " b", theme.Ink.PANEL)
    assert [segment.text for segment in sheet.strip(0)] == ["a  ", "b", "      "]
