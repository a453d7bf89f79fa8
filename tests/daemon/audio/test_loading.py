"""Effects whose kernel is yet to be compiled: what was in the slot sounds on, and nobody waits."""

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from daemon.audio import loading
from daemon.desk import console
from dsp.effects import library
from dsp.engine import wall
from dsp.native import objects
from rigs import desk


@pytest.fixture
def forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Be a machine on which nothing has been compiled, from the call on."""

    def forgotten() -> Path:
        monkeypatch.setattr(objects, "folder", lambda: tmp_path)
        monkeypatch.setattr(objects, "SHIPPED", tmp_path / "none")
        return tmp_path

    return forgotten


def test_a_console_whose_player_is_not_known_yet_compiles_no_effect(forget: Callable[[], Path]) -> None:
    cold = forget()
    mixer = console.Console(wall.Wall(48_000, 8, 8), load=lambda effect: None)
    mixer.publish()
    assert not mixer.targets["effect_serial"].any()
    assert not list(cold.iterdir())


def test_the_old_effect_sounds_until_the_new_one_has_been_compiled(forget: Callable[[], Path]) -> None:
    posted: queue.Queue[Callable[[], None]] = queue.Queue()
    asked_on: list[threading.Thread] = []
    rig = desk.Rig(["fxrtn/01"])

    def code(effect: str) -> int:
        asked_on.append(threading.current_thread())
        return library.code(effect)

    loader = loading.Loader(code, posted.put, rig.console.renew_effects)
    rig.set_many({"/ch/01/mix/13/level": 0.0, "/ch/01/mix/13/type": "PRE", "/bus/13/mix/fader": 0.0})
    rig.set_many({"/fx/1/type": "DLY", "/fx/1/par/01": 100.0, "/fx/1/par/02": 100.0, "/fxrtn/01/mix/fader": 0.0})
    rig.play(4800)
    cold = forget()
    rig.console.rack.load = loader.code
    rig.set("/fx/1/type", "PAN")
    before = int(rig.console.targets["effect_serial"][0])
    impulse = np.zeros(9600)
    impulse[0] = 1
    heard = rig.play({1: impulse})[:, 0]
    assert np.flatnonzero(np.abs(heard) > 0.1)[0] == 4800 + 64, "the echo is still there"
    assert loader.code("PAN") is None
    assert posted.empty()
    posted.get(timeout=120)()
    assert not asked_on, "nothing was loaded while it was compiled"
    rig.console.publish()
    assert int(rig.console.targets["effect_serial"][0]) > before
    assert asked_on == [threading.current_thread()]
    assert list(cold.glob("effect-tremolo-*.so"))
    rig.play(9600)
    heard = rig.play({1: impulse})[:, 0]
    assert np.argmax(np.abs(heard)) == 64, "the tremolo answers at once"


def test_an_effect_that_cannot_be_compiled_is_told_once_and_the_slot_keeps_what_it_has(
    forget: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    posted: queue.Queue[Callable[[], None]] = queue.Queue()
    loader = loading.Loader(library.code, posted.put, lambda: pytest.fail("nothing has come"))
    monkeypatch.setattr("sys.executable", str(forget() / "no python"))
    assert loader.code("PAN") is None
    posted.get(timeout=60)()
    assert loader.code("PAN") is None
    assert posted.empty()
    assert "effects PAN can't be compiled here" in caplog.text
