"""What the desk can't do, over the network as a person with an OSC client does it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rigs.talk import Net, hear

Ask = Callable[..., list[tuple[Any, ...]]]
SCENE = "show/show.003.scn"
RECALLS = ("/faderd/scene/recall", "/faderd/scene/diff", "/-action/goscene")


@pytest.fixture
def net(tmp_path: Path):
    with Net(tmp_path) as net:
        yield net


@pytest.fixture
def ask(net: Net) -> Ask:
    """Say something, and hear what comes back in a while; scene 3 is stored, and is not what the desk is."""
    client = net.client()

    def ask(address: str, *arguments: Any) -> list[tuple[Any, ...]]:
        answers = net.ask(client, address, *arguments)
        net.turn(0.06)

        return answers + hear(client)

    stored = ask("/save", "scene", 3, "Song", "")
    while not stored:
        net.turn(0.02)
        stored = hear(client)
    assert stored == [("/save", "scene", 1)]
    for address, value in (("/ch/01/mix/fader", 0.9), ("/bus/05/mix/fader", 0.3), ("/bus/05/dyn/thr", 0.3)):
        ask(address, value)
    return ask


def test_a_preview_reads_like_a_list_of_changes(ask: Ask):
    assert ask("/faderd/scene/diff", 3) == [
        ("/faderd/scene/diff", "/ch/01/mix/fader", "+6.0", "-oo"),
        ("/faderd/scene/diff", "/bus/05/dyn/thr", "-42.0", "0.0"),
        ("/faderd/scene/diff", "/bus/05/mix/fader", "-26.0", "-oo"),
        ("/faderd/scene/diff", 3),
    ]


def test_a_part_is_recalled_and_the_rest_stays(ask: Ask):
    assert ask("/faderd/scene/recall", 3, "bus/05/**") == [("/faderd/scene/recall", 3, 2)]
    assert ask("/faderd/scene/diff", 3)[-1] == ("/faderd/scene/diff", 1)
    assert ask("/ch/01/mix/fader") == [("/ch/01/mix/fader", pytest.approx(0.9, abs=1e-3))]


def test_a_fade_takes_its_time(ask: Ask):
    assert ask("/faderd/scene/recall", 3, "**", 0.5) == [("/faderd/scene/recall", 3, 3)]
    ((_, on_its_way),) = ask("/ch/01/mix/fader")
    assert 0.4 < on_its_way < 0.9


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda data: data[: len(data) // 2], "the last line has no end, the file may be cut off"),
    "binary": (lambda data: b"\x00\xff" * 100, "this is a binary file"),
    "empty": (lambda data: b"", "the file is empty"),
    "nonsense": (lambda data: data.replace(b"\n/", b"\n/x/"), "nor is any other line understood"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_with_the_reason_and_the_desk_stays_as_it_is(
    net: Net, ask: Ask, tmp_path: Path, damage: str
):
    spoil, reason = DAMAGES[damage]
    path = tmp_path / SCENE
    path.write_bytes(spoil(path.read_bytes()))
    before = net.console.values.copy()
    ask("/faderd/errors", 1)
    for command in (("/load", "scene", 3), *((address, 3) for address in RECALLS)):
        address, told, why = ask(*command)[-1]
        assert (address, told) == ("/faderd/error", command[0])
        assert reason in why
        assert str(tmp_path) not in why
        assert len(why) > 30
    assert (net.console.values.stored == before.stored).all()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("/faderd/scene/recall", 9), "scene 9 is empty: there is no show.009.scn"),
        (("/faderd/scene/recall", 3, "bus/55/**"), "bus/55/**: nothing in a scene has such an address"),
        (("/faderd/scene/recall", "Song"), "name a scene by its number"),
        (("/faderd/scene/diff", "Song"), "Song: there is no such file in the folder of the show"),
        (("/faderd/help", "ch/01/mix/fadr"), "there is no /ch/01/mix/fadr on this console"),
        (("/faderd/list", "xyz"), "there is no /xyz on this console"),
        (("/faderd",), None),
    ],
)
def test_what_can_not_be_is_answered_with_a_reason(ask: Ask, said: tuple[Any, ...], reason: str | None):
    assert ask(*said) == ([("/faderd/error", said[0], reason)] if reason else [])
