"""From the address of a parameter to the line that makes its coefficient: at most three looks.

    1  configs/reference.md: the row, and who makes something of it
    2  that function
    3  the one it calls
"""

import functools
import importlib
import importlib.util
import inspect
import itertools
import pathlib
import re

import pytest

from daemon.tools import makers
from dsp.table import TABLE, absent

PAGE = pathlib.Path(__file__).parents[3] / "configs" / "reference.md"


@functools.cache
def page() -> dict[str, str]:
    """Who makes something of a row, as the page tells it, by its path."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `/")]
    return {re.findall(r"`/(\S+)`", line)[0]: line.rsplit("|", 2)[1] for line in lines}


def source(name: str) -> str:
    module, function = f"dsp.{name}".rsplit(".", 1)
    found: str = inspect.getsource(getattr(importlib.import_module(module), function))
    return found


LOOKS = [
    ("/ch/01/eq/1/f", ("processors.eq.bands", "processors.matched.design"), "np.tan(np.pi / rate * _held(freq_hz"),
    ("/ch/01/dyn/thr", ("processors.compressor.design",), "rows[OFFSET] = -rows[SIGN] * units.db_to_log2(s.threshold"),
    ("/bus/01/mix/fader", ("design.levels._faders",), 'units.db_to_gain(strips.row(values, kind, "mix/fader"))'),
    ("/fx/1/par/01", ("effects.library.design", "effects.delay.design"), "time_ms * float(Fraction(factor))"),
    ("/config/osc/level", ("design.signals.tools",), 'units.db_to_gain(values.row("config/osc/level"))'),
    ("/ch/01/automix/weight", ("processors.automix.design",), "units.db_to_gain(weight_db) ** 2"),
    ("/headamp/000/gain", ("design.processing.design_preamps",), "units.db_to_gain(gain_db)"),
    ("/mtx/01/preamp/invert", ("design.processing.design_trims",), '1.0 - 2.0 * desk.row(kind, "preamp/invert")'),
    ("/outputs/main/01/delay/time", ("processors.delay.design",), "np.asarray(time_ms, np.float64) * rate / 1000"),
    ("/config/solo/dim", ("design.monitor.level",), 'values.row("config/solo/dim")'),
]
"""An address, the functions to look at after the page, and what is in the last of them."""


@pytest.mark.parametrize(("address", "functions", "line"), LOOKS, ids=[each[0] for each in LOOKS])
def test_three_looks_lead_to_the_line(address: str, functions: tuple[str, ...], line: str) -> None:
    assert 1 + len(functions) <= 3
    told = page()[TABLE.row_of(TABLE.leaves[address]).path]
    assert f"`{functions[0]}`" in told
    for here, there in itertools.pairwise(functions):
        module = inspect.getsource(importlib.import_module(f"dsp.{here.rsplit('.', 1)[0]}"))
        assert f'"{there.split(".")[1]}"' in module or ".".join(there.split(".")[1:]) in source(here)
    assert line in source(functions[-1])


def test_every_function_on_the_page_is_there() -> None:
    for name in {name for told in page().values() for name in re.findall(r"`(\S+)`", told)}:
        assert importlib.util.find_spec(f"dsp.{'.'.join(name.split('.')[:2])}"), name
        found = importlib.import_module("dsp." + ".".join(name.split(".")[:2]))
        for part in name.split(".")[2:]:
            found = getattr(found, part)
        assert callable(found)


SILENT = re.compile(r".*/config/(name|icon|color)|.*/panFollow")
"""Of a strip what is for eyes, or can have nothing to follow."""


def test_whatever_a_strip_is_set_to_somebody_makes_something_of() -> None:
    strip = re.compile(r"(ch|auxin|fxrtn|bus|mtx|main|dca)/")
    does_nothing = {name for name in absent.REASONS if not name.startswith("/")}
    made = makers.of_rows()
    missing = [path for path in TABLE.rows if strip.match(path) and not made.get(path)
               and path not in does_nothing and not SILENT.fullmatch(path)]  # fmt: skip
    assert missing == []
