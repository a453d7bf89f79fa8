"""Names cut to fit the width of a strip."""

import pytest

from tui.widgets import label


@pytest.mark.parametrize(
    ("name", "width", "short"),
    [
        ("Kick", 4, "Kick"),
        ("Tom 1", 4, "Tom1"),
        ("Guitar", 4, "Gutr"),
        ("Snare Top", 4, "SnrT"),
        ("Snare Bottom", 4, "SnrB"),
        ("Vox 12", 3, "V12"),
        ("Synth", 4, "Synt"),
        ("", 4, ""),
    ],
)
def test_an_abbreviation_keeps_what_tells_neighbours_apart(name, width, short):
    assert label.abbreviate(name, width) == short


@pytest.mark.parametrize("name", ["Overhead Left", "Xylophone", "a b c d e f", "1234567 1234"])
def test_an_abbreviation_is_never_too_long(name):
    for width in range(1, 13):
        assert len(label.abbreviate(name, width)) <= width


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Kick In", ["Kick", "In"]),
        ("Talkback", ["Talk", "back"]),
        ("Hi-Hat", ["Hi-", "Hat"]),
        ("Click", ["Clck"]),
        ("Snare Bottom", ["Snar", "Bttm"]),
        ("Vox", ["Vox"]),
        ("", []),
    ],
)
def test_a_name_is_written_in_two_lines(name, lines):
    assert label.wrap(name, 4, 2) == lines


def test_what_would_not_take_one_cell_is_left_out():
    assert label.plain(" Ki\x1b[31mck 🥁鼓\u0301 ") == "Ki[31mck"
