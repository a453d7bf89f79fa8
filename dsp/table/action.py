"""What makes the console do something at once, and the way back."""

from dsp.parameters.row import Param
from dsp.parameters.table import integer, read_only, text, trigger
from dsp.table.recorder import DAY_MS
from dsp.table.status import LAST_RTA_SOURCE, RTA_SOURCES

LAST_CUE = 499
LAST_SCENE = 99


def _do(name: str, help: str) -> Param:
    """Something that 1 starts."""
    return trigger(integer(f"-action/{name}", 0, 1, default=0, help=help))


def _go(name: str, highest: int, help: str, lowest: int = 0) -> Param:
    """Something that needs a number."""
    return trigger(integer(f"-action/{name}", lowest, highest, default=lowest, help=help))


ACTIONS = (
    _do("setip", "1 takes the network settings into use."),
    trigger(text("-action/setclock", 14, help="Sets date and time, written YYYYMMDDhhmmss.")),
    _do("initall", "1 puts the whole desk back to its beginnings."),
    _do("initlib", "1 empties the libraries."),
    _do("initshow", "1 empties the show."),
    _do("savestate", "1 saves the desk now."),
    _do("undopt", "1 remembers the desk, for one step back."),
    _do("doundo", "1 goes that step back."),
    trigger(integer("-action/playtrack", -1, 1, default=0, help="Plays the file before (-1) or after (1).")),
    _do("newscreen", "1 draws the screen anew."),
    _do("clearsolo", "1 ends all solos."),
    _do("setprebus", "1 does what the desk does not tell."),
    _do("setsrate", "Chooses the rate: 0 is 48 kHz, 1 is 44.1 kHz."),
    _go("setrtasrc", LAST_RTA_SOURCE, f"Chooses what the spectrum shows: {RTA_SOURCES}."),
    _go("recselect", 999, "Chooses a file of the memory stick by its line.", lowest=1),
    _go("gocue", LAST_CUE, "Recalls a cue by its line."),
    _go("goscene", LAST_SCENE, "Recalls a scene."),
    _go("gosnippet", LAST_SCENE, "Recalls a snippet."),
    _go("selsession", 100, "Opens a session of the card recorder.", lowest=1),
    _go("delsession", 100, "Deletes a session of the card recorder.", lowest=1),
    _go("selmarker", 100, "Goes to a marker of the session.", lowest=1),
    _go("delmarker", 100, "Deletes a marker of the session.", lowest=1),
    _go("savemarker", 100, "Moves a marker to where the session is now.", lowest=1),
    _do("addmarker", "1 sets a marker where the session is now."),
    trigger(integer("-action/setposition", 0, DAY_MS - 1, unit="ms", default=0, help="Goes to a time of the session.")),
    _do("clearalert", "1 takes the recorder's message away."),
    _do("formatcard", "Refused: sessions are deleted one by one, and go to the trash."),
)

UNDO = (read_only(text("-undo/time", 9, help="When the desk was remembered, hh:mm:ss; empty if it was not.")),)
