"""What to do when something is missing on this machine, and how long the long tests are."""

import gc
import os
import pathlib

import pytest

TESTS = pathlib.Path(__file__).parent

# Programs that tests start find the rigs too, and the packages before the tests' folders of the same names.
os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")])

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
    parser.addoption("--recalls", type=int, default=40, help="random scenes with dynamics, and without")
    parser.addoption("--desks", type=int, default=4, help="random desks that are saved and recalled")
    parser.addoption("--effect-steps", type=int, default=150, help="steps of a walk through all effects")
    parser.addoption("--effect-moves", type=int, default=1, help="parameters moved, of each algorithm; 100: all")
    parser.addoption("--sync-seconds", type=int, default=120, help="how long twenty clients set things while they sync")
    parser.addoption("--soak-seconds", type=int, default=120, help="how long an evening is; proved with an hour")
    parser.addoption("--renew-screens", action="store_true", help="write the terminal's pages anew")
    parser.addoption("--crowd-seconds", type=int, default=12, help="how long thirty clients talk")


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there to stay: it looks through it again for every console that is built."""
    gc.collect()
    gc.freeze()
