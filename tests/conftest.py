"""What all tests share: the console for other people's programs, and what to do when something is missing."""

from collections.abc import Iterator

import facts
import pytest
from clients import console

from daemon import band

REMEDY = "run `bash tests/run` once: it installs what the tests need, other people's programs too"
BAND = [*(facts.DATA / "init.scn").read_text(encoding="utf-8").splitlines()[1:], *band.scene_lines()]
"""The desk after initialising, then mixed for the band of the virtual stage."""


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Say what to do when a file can't be read because a module is not there."""
    report = yield
    if report.failed and "No module named" in str(report.longrepr):
        report.sections.append(("remedy", REMEDY))
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many random scenes are recalled with, and how many without dynamics: 500 make a thousand."""
    parser.addoption("--recalls", type=int, default=200)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[console.Desk]:
    """The console on its virtual stage, at the port that all clients know, for as long as the tests run."""
    with console.running(tmp_path_factory.mktemp("stage")) as desk:
        yield desk


@pytest.fixture
def desk(stage: console.Desk) -> console.Desk:
    """The same, mixed for the band."""
    stage.load(BAND)
    return stage
