"""On which outputs of the device a signal leaves."""

import pytest

from dsp.design import signals
from rigs import desk


@pytest.fixture(scope="module")
def stage() -> desk.Rig:
    """A console whose device carries what it carries where nobody says otherwise: the console's outputs."""
    return desk.Rig(signals.DEFAULT_OUTPUTS[:26])


def carrying(stage: desk.Rig, name: str) -> list[int]:
    """Outputs of the device, once what was set is heard."""
    stage.console.publish()
    return stage.console.outputs_with(name)


def test_a_bus_leaves_by_the_output_of_the_console_that_is_patched_to_it(stage: desk.Rig) -> None:
    stage.set("/outputs/main/03/src", 6)
    assert carrying(stage, "bus/03") == [5]


@pytest.mark.parametrize("position", range(9))
def test_it_is_that_bus_wherever_it_is_tapped(stage: desk.Rig, position: int) -> None:
    stage.set_many({"/outputs/main/03/src": 6, "/outputs/main/03/pos": position})
    assert carrying(stage, "bus/03") == [5]


def test_a_bus_that_is_patched_twice_leaves_twice_and_another_nowhere(stage: desk.Rig) -> None:
    stage.set_many({"/outputs/main/03/src": 6, "/outputs/aux/02/src": 6})
    assert carrying(stage, "bus/03") == [5, 18]
    stage.set_many({"/outputs/main/03/src": 0, "/outputs/aux/02/src": 0})
    assert carrying(stage, "bus/03") == []


def test_the_main_mix_and_the_monitor_are_found(stage: desk.Rig) -> None:
    assert carrying(stage, "main") == [1, 2, 23, 24]  # by AES, too, as delivered
    assert carrying(stage, "monitor") == [25, 26]
