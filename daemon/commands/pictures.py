"""What is drawn is what is heard: an EQ's curve from the coefficients in use, an effect as its file draws it.

/faderd/curve ch/05      ─▶ /faderd/curve "ch/05" and 81 numbers: dB from 20 Hz to 20 kHz
/faderd/picture 3        ─▶ /faderd/picture 3 "DLY" TEXT: what is in slot 3
"""

import ast
import importlib.resources
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.design import strips
from dsp.effects import library
from dsp.engine import layout
from dsp.parameters.row import Wire
from dsp.processors import shapes

CURVE, PICTURE = "/faderd/curve", "/faderd/picture"
FREQ_HZ = np.geomspace(20.0, 20_000.0, 81)
HEARD = (int(layout.LOW_CUT), *range(int(layout.EQ), int(layout.EQ) + int(layout.EQ_PAIRS)))
"""Pairs of filters that a strip's sound goes through."""


class Pictures(Family):
    """Tells what can be drawn.

    Parameters
    ----------
    console : Console
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        CURVE: "Tells the curve of a strip such as ch/05 from the coefficients in use: its name and 81"
        " numbers, dB from 20 Hz to 20 kHz in equal ratios.",
        PICTURE: "Tells how the effect in a slot works: the slot, its type, and a picture in letters.",
    }

    def __init__(self, console: Console, network: Network) -> None:
        self._console, self._send = console, network.send
        self.commands = {CURVE: self._curve, PICTURE: self._picture}

    def _curve(self, arguments: list[Wire], client: Client) -> None:
        name = str(arguments[0]).strip("/") if arguments else ""
        lane = _lane(f"/{name}")
        filters = self._console.filters(HEARD, lane)
        if filters is None:
            raise ValueError("this console makes no sound")
        self._send(packet.build(CURVE, name, *gain_db(filters, self._console.rate).tolist()), client)

    def _picture(self, arguments: list[Wire], client: Client) -> None:
        rows = self._console.values.table.leaves
        slot = arguments[0] if arguments else None
        path = f"/fx/{slot}/type"
        if path not in rows:
            raise ValueError(f"{slot!r} is no slot: 1 to 8")
        name = self._console.values.text(rows[path]).strip()
        self._send(packet.build(PICTURE, int(str(slot)), name, picture(name)), client)


def gain_db(filters: npt.NDArray[np.float64], rate: float) -> npt.NDArray[np.float64]:
    """Gain in dB of filters one behind the other, shape (n, 6), at `FREQ_HZ`."""
    gain = np.ones(len(FREQ_HZ), complex)
    for section in filters[filters[:, 1] != 0]:  # others only pass
        gain *= shapes.response(section, FREQ_HZ, rate)
    return 20 * np.log10(np.maximum(np.abs(gain), 1e-6))


def picture(name: str) -> str:
    """How a type of effect works, as the file of its algorithm says at its head."""
    if name not in library.TYPES:
        return "It passes what comes in."
    source = importlib.resources.files("dsp.effects").joinpath(f"{library.TYPES[name].module}.py").read_text("utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def _lane(path: str) -> int:
    """Lane of a strip, of a wide one the left."""
    for kind in strips.NUMBERED:
        own = [each for each in strips.PATHS if _kind_of(each) == kind.prefix.partition("/{")[0]]
        if path in own:
            return kind.first + own.index(path) * kind.width
    raise ValueError(f"{path.strip('/') or 'nothing'} is no strip: say one such as ch/05, bus/01 or main/st")


def _kind_of(path: str) -> str:
    """What a path begins with, without its number."""
    head, _, number = path.strip("/").rpartition("/")
    return head if number.isdigit() else path.strip("/")
