"""Which device is the same one as before: by its name, and by its serial number where the system knows it.

ALSA numbers sound cards in the order in which they come: `USB Audio (hw:2,0)` may be `USB Audio (hw:1,0)`
when it has been pulled and put back.
"""

import pathlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daemon.audio.stream import Info

CARDS = pathlib.Path("/sys/class/sound")
_PLACE = re.compile(r"\s*\(hw:(?P<card>\d+),(?P<device>\d+)\)")


@dataclass(frozen=True)
class Identity:
    """What stays the same of a device when it goes and comes back.

    Attributes
    ----------
    name : str
        Without the number of the card.
    device : str
        Number of the device on its card, where there are several.
    api : str
    serial : str
        Empty where nobody knows it.
    """

    name: str
    device: str
    api: str
    serial: str


def of(info: Info, cards: pathlib.Path = CARDS) -> Identity:
    """Tell what of a device will stay the same."""
    place = _PLACE.search(info.name)
    if place is None:
        return Identity(info.name, "", info.api, "")
    serial = _serial(cards / f"card{place['card']}")
    return Identity(_PLACE.sub("", info.name), place["device"], info.api, serial)


def again(wanted: Identity, infos: Iterable[Info], cards: pathlib.Path = CARDS) -> Info | None:
    """Find the device among others; None while it is not there, or where several might be it."""
    found = [info for info in infos if of(info, cards) == wanted]
    return found[0] if len(found) == 1 else None


def _serial(card: pathlib.Path) -> str:
    """Serial number of the USB device behind a card."""
    places: Sequence[pathlib.Path] = (card / "device" / "serial", card / "device" / ".." / "serial")
    for place in places:
        try:
            return place.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
    return ""
