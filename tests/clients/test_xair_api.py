"""xair-api, a Python library for X Air and X32: everything it can set, set by its own properties."""

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
import xair_api

from oracles import facts
from rigs import console

ADDRESSES = {address for fact in facts.rows("parameters.tsv") for address in facts.expand(fact["pattern"])}

# What is set, by the name of the property; the second where the first is there already.
SETTINGS: dict[str, tuple[Any, Any]] = {
    "name": ("Vox", "Drums"),
    "color": (5, 2),
    "highpassfilter": (100, 200),
    "threshold": (-20.0, -30.0),
    "range": (20, 40),
    "attack": (20, 40),
    "hold": (50.2, 100),
    "release": (151, 258),
    "keysource": (3, 4),
    "filtertype": (4, 5),
    "filterfreq": (496.6, 990.9),
    "knee": (2, 3),
    "mgain": (6.0, 12.0),
    "mix": (50, 75),
    "sel": (2, 3),
    "type": (3, 4),
    "frequency": (496.6, 990.9),
    "gain": (3.0, 6.0),
    "quality": (2.0, 3.0),
    "fader": (-12.0, -30.0),
    "level": (-20.0, -10.0),
    "dca": (5, 6),
    "mute": (3, 4),
    "group": (1, 2),
    "weight": (3.0, 6.0),
    "source": (2, 3),
    "sourcetrim": (3.0, 6.0),
    "dimgain": (-20, -10),
    "mode": ("duck", "gate"),
    "det": ("rms", "peak"),
    "env": ("lin", "log"),
}
RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10, 20, 100)


class Remote:
    """A connected client, what it has sent, and another client that hears of every change."""

    def __init__(self, client: Any, listener: console.Listener) -> None:
        self.client, self.listener = client, listener
        self.sent: list[str] = []
        send = client.send

        def noted(address: str, param: object = None) -> None:
            self.sent.append(address)
            send(address, param)

        client.send = noted


def connected(desk: console.Desk) -> Any:
    """The library, as soon as even a busy console has answered it."""
    return xair_api.connect("X32", ip=console.HOST, port=desk.port, connect_timeout=console.PATIENCE_S)


@pytest.fixture
def remote(stage: console.Desk) -> Iterator[Remote]:
    console.settle(stage)
    with (
        connected(stage) as client,
        console.listening(stage) as listener,
    ):
        yield Remote(client, listener)


def parts(thing: Any, inside: tuple[str, ...]) -> list[Any]:
    """An object of the library and the objects in it, by their names."""
    found = [thing]
    for name in inside:
        part = getattr(thing, name)
        found += [part[0], part[6], part[-1]] if isinstance(part, tuple) else [part]
        found += [getattr(part, band) for band in BANDS if name == "eq" and hasattr(part, band)]
    return found


BANDS = ("low", "low2", "lomid", "himid", "high2", "high")


def properties(thing: Any) -> dict[str, property]:
    """What can be read and set of an object; the sliders are those of X Air's equalisers."""
    return {
        name: value
        for cls in reversed(type(thing).__mro__)
        for name, value in vars(cls).items()
        if isinstance(value, property) and value.fset and not name.startswith("slider_")
    }


def read(remote: Remote, thing: Any, name: str, desk: console.Desk) -> Any:
    """Value of a property, once the library has the answer: it takes whatever came last within 20 ms."""
    for _ in range(500):
        try:
            value = getattr(thing, name)
        except (IndexError, TypeError, KeyError):  # what came last was an answer to something else
            value = None
        address = remote.sent[-1]
        if address not in ADDRESSES or list(remote.client.info_response) == desk.get(address):
            return value
    pytest.fail(f"{address}: not answered")


def try_property(remote: Remote, thing: Any, name: str, desk: console.Desk) -> str:
    """Set a property, hear of it, read it; return the address it is about."""
    present = read(remote, thing, name, desk)
    address = remote.sent[-1]
    if address not in ADDRESSES:
        return address  # of X Air consoles only
    new: Any = not present if isinstance(present, bool) else None
    if new is None and name == "ratio":
        new = 6 if present != RATIOS[6] else 7
    elif new is None:
        first, second = ("exp", "comp") if name == "mode" and "/dyn" in address else SETTINGS[name]
        new = second if like(present, first) else first
    remote.listener.forget()
    setattr(thing, name, new)
    if remote.sent[-1] != address:
        return ""  # amixenable is read from another address than it is set at
    while (told := remote.listener.next(console.PATIENCE_S)) is not None and told[0] != address:
        pass  # what else an earlier one has altered
    assert told is not None, f"{address}: nobody is told"
    assert told == (address, *desk.get(address))
    assert like(read(remote, thing, name, desk), RATIOS[new] if name == "ratio" else new), address
    return address


def like(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one as near as the console has it."""
    if isinstance(wanted, str | bool):
        return bool(value == wanted)
    # The library cuts what it calculates to whole numbers or one decimal.
    return math.isclose(value, wanted, rel_tol=0.04, abs_tol=1.01 if isinstance(wanted, int) and wanted > 9 else 0.3)


STRIP = ("config", "preamp", "gate", "dyn", "insert", "eq", "mix", "group", "automix", "send")
MIX = ("config", "dyn", "insert", "eq", "mix")
OBJECTS = {
    "strip": (lambda c: c.strip[3], STRIP, 61),
    "bus": (lambda c: c.bus[1], (*MIX, "group"), 51),
    "matrix": (lambda c: c.matrix[5], MIX, 48),
    "mainst": (lambda c: c.mainst, ("config", "mix"), 4),
    "mainmono": (lambda c: c.mainmono, ("config", "mix"), 4),
    # Its bands of an aux input know no strip: asking one of them raises an error inside the library.
    "auxin": (lambda c: c.auxin[2], ("config", "preamp", "mix", "group"), 8),
    "fxreturn": (lambda c: c.fxreturn[4], ("config", "eq", "mix", "group", "send"), 25),
    "dca": (lambda c: c.dca[2], (), 4),
    "fx": (lambda c: c.fx[1], (), 1),
    "headamp": (lambda c: c.headamp[5], (), 2),
    "config": (lambda c: c.config, (), 27),
    "monitor": (lambda c: c.config.monitor, (), 8),
    "mute group": (lambda c: c.config.mute_group[3], (), 1),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_what_it_sets_is_told_to_others_and_read_back(kind: str, remote: Remote, stage: console.Desk):
    choose, inside, count = OBJECTS[kind]
    remote.listener.renew()
    tried = [
        try_property(remote, thing, name, stage)
        for thing in parts(choose(remote.client), inside)
        for name in properties(thing)
    ]
    assert sum(address in ADDRESSES for address in tried) >= count


def test_it_connects_and_knows_whom_it_speaks_to(stage: console.Desk):
    with connected(stage) as client:
        assert list(client.info_response) == [console.HOST, "faderd", "X32RACK", "4.06"]
        assert str(client.kind) == "X32"


def test_it_finds_nobody_where_nobody_is():
    with (
        pytest.raises(xair_api.errors.XAirRemoteConnectionTimeoutError),
        xair_api.connect("X32", ip=console.HOST, port=9, connect_timeout=0.3),
    ):
        pass


def test_what_another_changes_is_what_it_reads(remote: Remote, stage: console.Desk):
    stage.set("/ch/11/mix/fader", 0.5)
    stage.set("/bus/07/config/name", "Wedge")
    stage.set("/main/st/mix/on", 0)
    stage.get("/main/st/mix/on")
    assert read(remote, remote.client.strip[10].mix, "fader", stage) == -10.0
    assert read(remote, remote.client.bus[6].config, "name", stage) == "Wedge"
    assert read(remote, remote.client.mainst, "mute", stage) is True


def test_a_scene_is_recalled_with_its_plain_messages(remote: Remote, stage: console.Desk):
    stage.write("/ch/01/mix ON -20.0")
    assert stage.ask("/save", "scene", 61, "xair", "") == ["scene", 1]
    remote.client.strip[0].mix.fader = 0.0
    assert read(remote, remote.client.strip[0].mix, "fader", stage) == 0.0
    remote.client.send("/-action/goscene", 61)
    assert remote.client.query("/-action/goscene") is not None
    while stage.get("/ch/01/mix/fader")[0] > 0.7:  # the scene is read beside all else
        time.sleep(0.01)
    assert read(remote, remote.client.strip[0].mix, "fader", stage) == pytest.approx(-20.0, abs=0.1)
