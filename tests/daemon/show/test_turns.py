"""What takes its time is done beside the loop, in turn, and nothing that is set meanwhile is lost."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.files import scene
from daemon.show import recall
from daemon.wire import packet
from dsp.table import TABLE
from rigs.talk import Net, hear

FADER, OTHER, ON = "/ch/01/mix/fader", "/ch/02/mix/fader", "/ch/03/mix/on"


class Held:
    """Work that waits until it is let go."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        self.begun.set()
        assert self.let_go.wait(60)
        return self._work(*arguments)


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with Net(tmp_path) as net:
        yield net


def say(net: Net, client: Any, *message: Any) -> list[tuple[Any, ...]]:
    """Say something and turn the loop alone: whatever is held is not waited for."""
    client.send(packet.build(*message))
    for _ in range(5):
        net.spin()
    return hear(client)


def until(net: Net, client: Any, address: str) -> list[tuple[Any, ...]]:
    """Answers until one with this address has come."""
    heard: list[tuple[Any, ...]] = []
    while not any(each[0] == address for each in heard):
        net.turn(0.01)
        heard += hear(client)
    return heard


def stored(net: Net, path: str) -> Any:
    return net.console.values.get(TABLE.leaves[path])


@pytest.fixture
def client(net: Net) -> Any:
    client = net.client()
    net.ask(client, OTHER, 0.5)
    net.ask(client, "/save", "scene", 3, "A", "")
    until(net, client, "/save")
    net.ask(client, OTHER, 0.25)
    return client


def test_clients_are_answered_while_a_scene_is_read(net: Net, client: Any, monkeypatch: pytest.MonkeyPatch):
    held = Held(recall.recalled)
    monkeypatch.setattr(recall, "recalled", held)
    assert say(net, client, "/load", "scene", 3) == []
    assert held.begun.wait(60)
    other = net.client()
    assert say(net, other, ON) == [(ON, 1)]
    assert stored(net, OTHER) == round(0.25 * 1023)
    held.let_go.set()
    assert until(net, client, "/load") == [("/load", "scene", 1)]
    assert stored(net, OTHER) == round(0.5 * 1023)


def test_what_is_set_while_a_scene_is_read_is_newer_than_the_scene(
    net: Net, client: Any, monkeypatch: pytest.MonkeyPatch
):
    net.ask(client, FADER, 0.25)
    held = Held(recall.recalled)
    monkeypatch.setattr(recall, "recalled", held)
    say(net, client, "/load", "scene", 3)
    assert held.begun.wait(60)
    other = net.client()
    say(net, other, FADER, 0.75)
    assert stored(net, FADER) == round(0.75 * 1023)
    held.let_go.set()
    until(net, client, "/load")
    assert stored(net, FADER) == round(0.75 * 1023)
    assert stored(net, OTHER) == round(0.5 * 1023)


@pytest.mark.parametrize("meanwhile", ["/-prefs/lampon", ON])
def test_what_is_set_while_a_scene_is_compared_is_no_difference(
    net: Net, client: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: str
):
    held = Held(recall.recalled)
    monkeypatch.setattr(recall, "recalled", held)
    say(net, client, "/faderd/scene/diff", 3)
    assert held.begun.wait(60)
    say(net, net.client(), meanwhile, 1 - stored(net, meanwhile))
    held.let_go.set()
    heard = until(net, client, "/faderd/scene/diff")
    while len(heard[-1]) > 2:
        heard += until(net, client, "/faderd/scene/diff")
    assert [each[1] for each in heard] == [OTHER, 1]


def test_what_is_saved_after_a_recall_is_what_was_recalled(net: Net, client: Any, monkeypatch: pytest.MonkeyPatch):
    held = Held(recall.recalled)
    monkeypatch.setattr(recall, "recalled", held)
    say(net, client, "/load", "scene", 3)
    say(net, client, "/save", "scene", 4, "B", "")
    say(net, client, "/-action/goscene", 4)
    held.let_go.set()
    assert [answer for answer in until(net, client, "/save") if answer[0] in ("/load", "/save")] == [
        ("/load", "scene", 1), ("/save", "scene", 1)
    ]  # fmt: skip
    assert stored(net, OTHER) == round(0.5 * 1023)


def test_what_is_saved_is_the_desk_at_the_moment_of_saving(net: Net, client: Any, monkeypatch: pytest.MonkeyPatch):
    held = Held(scene.stored)
    monkeypatch.setattr(scene, "stored", held)
    say(net, client, "/save", "scene", 5, "C", "")
    assert held.begun.wait(60)
    say(net, client, OTHER, 1.0)
    held.let_go.set()
    until(net, client, "/save")
    net.ask(client, "/load", "scene", 5)
    assert stored(net, OTHER) == round(0.25 * 1023)


def test_what_fails_beside_the_loop_is_told_and_the_next_goes_on(
    net: Net, client: Any, monkeypatch: pytest.MonkeyPatch
):
    def damaged(*arguments: Any) -> Any:
        raise scene.SceneError("show.003.scn: the last line has no end")

    net.ask(client, "/faderd/errors", 1)
    with monkeypatch.context() as patched:
        patched.setattr(recall, "recalled", damaged)
        assert net.ask(client, "/load", "scene", 3) == [
            ("/load", "scene", 0), ("/faderd/error", "/load", "show.003.scn: the last line has no end")
        ]  # fmt: skip
    assert net.ask(client, "/load", "scene", 3) == [("/load", "scene", 1)]
    assert net.server.counters.refused == 1


def test_whoever_asked_for_a_recall_is_heard_again_when_it_is_done(
    net: Net, client: Any, monkeypatch: pytest.MonkeyPatch
):
    held = Held(recall.recalled)
    monkeypatch.setattr(recall, "recalled", held)
    say(net, client, "/-action/goscene", 3)
    assert held.begun.wait(60)
    assert say(net, client, OTHER) == []
    say(net, client, FADER, 0.75)
    held.let_go.set()
    assert until(net, client, OTHER) == [(OTHER, pytest.approx(0.5, abs=1e-3))]
    assert stored(net, FADER) == round(0.75 * 1023)
