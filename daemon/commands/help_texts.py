"""What the commands beyond the console's own language do, and what each meter shows: for /faderd/help."""

import re

from daemon.metering.meters import METERS

COMMANDS = {
    "/faderd/help": "With an address, tells what each parameter there is, or what a command does.",
    "/faderd/list": "With the beginning of an address, tells all parameters that begin so.",
    "/faderd/errors": "For ten seconds, tells at /faderd/error why something you ask for is not done; 0 ends it.",
    "/faderd/listen": "Gives you, or keeps, a listen bus for ten seconds, the one whose number you name if you do; the"
    " answer is its number and where it is heard, or 0 and why there is none.",
    "/faderd/listen/solosw/{solo}": "Solos a strip on your listen bus alone, counted as /-stat/solosw.",
    "/faderd/listen/level": "Level of your listen bus, as /config/solo/level.",
    "/faderd/listen/source": "What your listen bus plays while you solo nothing, as /config/solo/source; at first OFF.",
    "/faderd/listen/chmode": "Whether you hear channels before or after their fader, as /config/solo/chmode.",
    "/faderd/listen/busmode": "Whether you hear buses before or after their fader, as /config/solo/busmode.",
    "/faderd/listen/dcamode": "Whether you hear DCAs before or after the fader, as /config/solo/dcamode.",
    "/faderd/listen/clear": "Ends all solos on your listen bus.",
    "/faderd/listen/release": "Gives your listen bus back; the same happens when you say nothing for ten seconds.",
    "/faderd/scene/diff": "Tells what recalling a scene, by number or file, would change: address, value now and then;"
    " with a pattern such as bus/05/** only of that part.",
    "/faderd/scene/recall": "Recalls a scene by number; with a pattern only a part, with seconds slowly, with names and"
    " seconds of preamps, dynamics, eq, levels, sends or effects those at their own pace; a scene can ask for it in its"
    " notes: fade 5 eq 1. The answer is the number and how much changes.",
    "/faderd/show/next": "Moves to the next line of the show.",
    "/faderd/show/previous": "Moves to the line of the show before.",
    "/faderd/show/go": "Recalls the line of the show you are at.",
}
"""By address, with the names of axes in braces."""


METER_HELP = {f"/meters/{number}": str(meter.words.__doc__) for number, meter in METERS.items()}
"""What each meter shows, as it says itself."""


def about(address: str) -> list[tuple[str, str]]:
    """Commands and meters at an address or below it, each with what it does."""
    address = re.sub(r"(/solosw)/\d\d$", r"\1/{solo}", address)
    found = [each for each in (*COMMANDS, *METER_HELP) if each == address or each.startswith(f"{address}/")]
    return [(each, COMMANDS.get(each) or METER_HELP[each]) for each in found]
