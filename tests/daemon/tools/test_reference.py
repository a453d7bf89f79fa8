"""The page of all parameters is made from the table."""

import pathlib

from daemon.tools import reference

PAGE = pathlib.Path(__file__).parents[3] / "configs" / "reference.md"


def test_the_reference_page_is_what_the_table_says_today() -> None:
    assert PAGE.read_text("utf-8") == reference.text(), "run: python -m daemon.tools.reference > configs/reference.md"


def test_every_row_of_the_table_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    missing = [path for path in reference.TABLE.rows if f"| `/{path}` |" not in page]
    assert missing == []
