"""The page of the signal's way is drawn from the engine's own order."""

import ast
import inspect
import pathlib
import textwrap

import pytest

from daemon.tools import signalpath
from dsp.engine import block, flow, strip

PAGE = pathlib.Path(__file__).parents[3] / "configs" / "signal-path.md"
ONE_PAGE = 60


def test_the_page_is_what_the_engine_says_today() -> None:
    remedy = "run: python -m daemon.tools.signalpath > configs/signal-path.md"
    assert PAGE.read_text("utf-8") == signalpath.text(), remedy


def test_the_taps_are_there_in_their_order_each_once() -> None:
    picture = signalpath.strip_picture()
    assert [letter for letter in picture if letter in "①②③④⑤"] == list("①②③④⑤")


@pytest.mark.parametrize(("first", "second"), [
    ("trim", "low cut"), ("low cut", "①"), ("①", "gate"), ("gate", "②"), ("②", "\n   EQ"), ("\n   EQ", "③"),
    ("③", "dynamics after"), ("dynamics after", "automatic mix"), ("automatic mix", "④"), ("④", "fader ×"),
    ("fader ×", "⑤"),
])  # fmt: skip
def test_a_strip_is_drawn_from_top_to_bottom(first: str, second: str) -> None:
    picture = signalpath.strip_picture()
    assert 0 < picture.index(first) < picture.index(second)


class Changed:
    """A kernel whose source is another one."""

    def __init__(self, kernel: object, before: str, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
        source = inspect.getsource(kernel.py_func)  # type: ignore[attr-defined]
        assert before in source
        self.py_func = lambda: None
        monkeypatch.setattr(signalpath.inspect, "getsource", lambda function: source.replace(before, after))


def test_a_step_that_moves_moves_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [step.call for step in signalpath.steps(strip.process, signalpath.STRIP)]
    cut = "    filters(desk, x, x, LOW_CUT, group, phase, frames)\n"
    moved = Changed(strip.process, cut, "", monkeypatch)
    assert [step.call for step in signalpath.steps(moved, signalpath.STRIP)] == [
        call for call in before if call != "filters LOW_CUT"
    ]


def test_a_step_without_words_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = Changed(strip.process, "    fader(", "    distort(", monkeypatch)
    with pytest.raises(LookupError, match="no words for distort"):
        signalpath.steps(changed, signalpath.STRIP)


def test_every_send_type_and_output_position_is_at_one_tap() -> None:
    rows = [line for line in signalpath.taps().splitlines() if line.startswith("| ") and line[2] in "①②③④⑤"]
    assert len(rows) == 5
    for column, path in ((2, "ch/{ch}/mix/{odd}/type"), (3, "outputs/main/{out}/pos")):
        named = [each.strip(" `") for row in rows for each in row.split("|")[column].split(",") if each.strip()]
        assert sorted(named) == sorted(signalpath.TABLE.rows[path].choices)


@pytest.mark.parametrize("kernel", [block.process_block, flow.process, strip.process])
def test_the_deep_path_reads_as_one_page(kernel: object) -> None:
    source = textwrap.dedent(inspect.getsource(kernel.py_func))  # type: ignore[attr-defined]
    assert len(source.splitlines()) < ONE_PAGE
    # A walk downhill: no strings but what it says of itself, and nothing is raised, caught or chosen by name.
    tree = ast.parse(source)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert len(texts) == 1
    assert not any(isinstance(node, ast.Raise | ast.Try | ast.Dict | ast.While) for node in ast.walk(tree))
