"""Recorders: the memory stick's files, the card recorder's sessions and markers."""

from dsp.parameters.row import Param
from dsp.parameters.table import choice, integer, read_only, text

DAY_MS = 86_400_000
"""Milliseconds; times in a recording lie below."""


def _moment(path: str, help: str) -> Param:
    return read_only(integer(path, 0, DAY_MS - 1, unit="ms", default=0, help=help))


TRANSPORT = (
    choice(
        "-stat/urec/state", "STOP PPAUSE PLAY REC", default="STOP",
        help="What the card recorder does, and should do.",
    ),
    _moment("-stat/urec/etime", "Time since the session began."),
    _moment("-stat/urec/rtime", "Time that is left."),
)  # fmt: skip

STICK = (
    read_only(text("-usb/path", 256, help="Folder of the memory stick that is shown.")),
    read_only(text("-usb/title", 128, help="Title of the file in the recorder.")),
    integer("-usb/dir/dirpos", 0, 999, default=0, help="Line of the folder that is selected."),
    read_only(integer("-usb/dir/maxpos", 0, 999, default=0, help="Lines the folder has.")),
    read_only(text("-usb/dir/{file}/type", 8, help="Kind of the file in this line of the folder.")),
    read_only(text("-usb/dir/{file}/name", 128, help="File in this line; folders in brackets, the one above as dots.")),
)


def _count(name: str, highest: int, help: str) -> Param:
    return read_only(integer(f"-urec/{name}", 0, highest, default=0, help=help))


def _card(number: int) -> Param:
    return read_only(
        choice(
            f"-urec/sd{number}state", "NONE READY PROTECT ERROR", default="NONE",
            help="Whether the memory card is in and can be written.",
        )
    )  # fmt: skip


SESSIONS = (
    _count("sessionmax", 100, "Sessions on the memory cards."),
    _count("markermax", 100, "Markers in the session."),
    _moment("-urec/sessionlen", "Length of the session."),
    _count("sessionpos", 100, "Session that is open; 0 is none."),
    _count("markerpos", 100, "Marker that was passed last; 0 is none."),
    read_only(choice("-urec/batterystate", "NONE GOOD LOW", default="NONE", help="Battery of the card recorder.")),
    _count("srate", 1, "Rate of the session: 0 is 44.1 kHz, 1 is 48 kHz."),
    _count("tracks", 32, "Tracks of the session."),
    _count("sessionspan", 3, "Memory cards the session lies on."),
    _moment("-urec/sessionoffs", "Where the session goes on on the other card."),
    _card(1),
    _card(2),
    read_only(text("-urec/sd1info", 32, help="What is to be said about the first memory card.")),
    read_only(text("-urec/sd2info", 32, help="What is to be said about the second memory card.")),
    read_only(text("-urec/errormessage", 64, help="What went wrong with the recording.")),
    _count("errorcode", 23, "Number of what went wrong; 0 is nothing."),
    read_only(text("-urec/session/{session}/name", 19, help="Name of the session.")),
    _moment("-urec/marker/{marker}/time", "Where in the session the marker is."),
)
