"""One console for all clients."""

from collections.abc import Iterator

import pytest

from rigs import console

HOME = 99
"""Slot where the desk is stored as every test finds it."""


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[console.Desk]:
    """The console on its virtual stage, at the port that all clients know."""
    with console.running(tmp_path_factory.mktemp("stage")) as desk:
        desk.load(console.BAND)
        assert desk.ask("/save", "scene", HOME, "Band", "") == ["scene", 1]
        yield desk


@pytest.fixture
def desk(stage: console.Desk) -> console.Desk:
    """The same, mixed for the band."""
    assert stage.ask("/load", "scene", HOME) == ["scene", 1]
    return stage
