"""The rules of the desk: what it sets by itself when something is set.

    set ─▶ listeners ─▶ links       the other side of a pair
                     ─▶ hard mutes  the members of a mute group or DCA
                     ─▶ solo        other solos, the selected strip
                     ─▶ sockets     what is told of head amplifiers and inserts

A change is told before what follows from it.  Rendering and scene tools have no rules: a scene says
itself how everything is.
"""

from daemon.desk.console import Console
from daemon.desk.hardmutes import HardMutes
from daemon.desk.links import Links
from daemon.desk.solo import Solo
from daemon.desk.wiring import Sockets


def obey(console: Console) -> None:
    """Let a console follow the rules from now on."""
    for rule in (Links, HardMutes, Solo, Sockets):
        rule(console)
