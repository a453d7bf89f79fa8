"""What to do when something is missing on this machine, and how long the long tests are."""

import gc
import os
import pathlib
import sys
from collections.abc import Iterator

import hypothesis
import pytest

from rigs import TESTS

# Tests start many programs: what they import is not to be compiled anew each time, whatever is set here.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A busy machine may take long for one example, and what is tried is the same for everybody, every time.
SLOW = hypothesis.HealthCheck.too_slow
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[SLOW])
hypothesis.settings.load_profile("steady")

LONGEST = (
    "walk/test_walk_live.py",
    "dsp/engine/test_block.py",
    "dsp/engine/test_clicks.py",
    "dsp/engine/test_random_recalls.py",
    "walk/test_walk.py",
    "walk/test_every_parameter.py",
    "daemon/tools/test_bench.py",
    "daemon/commands/test_sync.py",
    "daemon/show/test_fade_sound.py",
    "dsp/effects/",
    "tui/",
    "daemon/album/",
    "daemon/recording/",
    "daemon/web/",
    "daemon/",
)
"""Files and folders that take long, the longest first: whatever begins last should be short, or one core waits."""

MUCH = 500_000_000
"""Bytes by which the tests may grow before their rubbish is collected."""

REMEDY = "run `bash tests/run` once: it installs what the tests need, other people's programs too"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Say what to do when a file can't be read because a module is not there."""
    report = yield
    if report.failed and "No module named" in str(report.longrepr):
        report.sections.append(("remedy", REMEDY))
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Sizes of the long tests, shorter here than where they were proved with a thousand, ten minutes or an hour."""
    parser.addoption("--recalls", type=int, default=24, help="random scenes with dynamics, and without")
    parser.addoption("--fades", type=int, default=1, help="fades from one random scene to another")
    parser.addoption("--desks", type=int, default=4, help="random desks that are saved and recalled")
    parser.addoption("--effect-steps", type=int, default=150, help="steps of a walk through all effects")
    parser.addoption("--effect-moves", type=int, default=1, help="parameters moved, of each algorithm; 100: all")
    parser.addoption("--sync-seconds", type=int, default=30, help="how long twenty clients set things while they sync")
    parser.addoption("--soak-seconds", type=int, default=120, help="how long an evening is; proved with an hour")
    parser.addoption("--renew-screens", action="store_true", help="write the terminal's pages anew")
    parser.addoption("--crowd-seconds", type=int, default=12, help="how long thirty clients talk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that both cores end together."""
    items.sort(key=lambda item: _place(item.path.relative_to(TESTS).as_posix()))


def _place(file: str) -> int:
    return next((place for place, begin in enumerate(LONGEST) if file.startswith(begin)), len(LONGEST))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there to stay: it looks through it again for every console that is built."""
    gc.collect()
    gc.freeze()


class Grown:
    """By how many bytes this process has grown since rubbish was collected."""

    by = 0


def resident() -> int:
    """Bytes of memory that this process has taken."""
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def _rubbish_is_collected() -> Iterator[None]:
    """Collect what is done with before it fills the machine, and leave the collector on as it was found.

    A console is few objects, which the collector counts, and a hundred megabytes, which it doesn't.
    """
    before = resident()
    yield
    on = gc.isenabled()
    gc.enable()
    Grown.by += resident() - before
    if Grown.by > MUCH:
        gc.collect()
        Grown.by = 0
    assert on, "the garbage collector was left off"
