"""One daemon with its pages and one Chromium for each file of tests that need fingers: they take time from others."""

from collections.abc import Iterator

import pytest

from rigs import website
from rigs.website import PINS, Browser, Site, Tab


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with website.site(tmp_path_factory.mktemp("pages")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with website.chromium() as found:
        yield found


@pytest.fixture
def tab(stage: Site, browser: Browser) -> Iterator[Tab]:
    """A musician's phone, its PIN typed."""
    found = browser().open(f"http://{stage.host}/mix/3", PINS["bus/03"])
    found.said.clear()
    yield found
    found.close()
    assert found.faults == []
