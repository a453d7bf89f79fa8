"""Virtual soundcheck on a running console: `faderd soundcheck [GIG]`, `--off`."""

import argparse
import time

from daemon import errors
from daemon.tools import linemode

SOUNDCHECK, PLAY = "/faderd/soundcheck", "/faderd/play"
PATIENCE_S = 10.0
LOOK_S = 0.1


def main(options: argparse.Namespace) -> int:
    """Tell the console, then print how the player is; return the exit code of the line mode."""
    try:
        with linemode.Line(options.host) as line:
            if options.off:
                line.ask(SOUNDCHECK, 0)
            else:
                line.ask(f"{SOUNDCHECK}/inputs", options.channels)
                line.ask(SOUNDCHECK, 1, options.gig, options.begin, int(options.loop))
                _wait(line)
            told = {each.address: each.arguments[0] for each in line.ask(PLAY) if each.arguments}
            told |= {each.address: each.arguments[0] for each in line.ask(SOUNDCHECK) if each.arguments}
    except linemode.Silence as silence:
        print(silence)
        return linemode.SILENT
    except errors.Refusal as refusal:
        print(refusal)
        return linemode.REFUSED
    print("soundcheck", told.get(SOUNDCHECK, 0))
    for address, value in told.items():
        if address.startswith(f"{PLAY}/"):
            print(address.removeprefix(f"{PLAY}/"), value)
    return linemode.DONE


def _wait(line: linemode.Line) -> None:
    """Wait until the gig has been opened; a reason why not comes as a refusal."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if any(each.address == SOUNDCHECK and each.arguments == [1] for each in line.ask(SOUNDCHECK)):
            return
        time.sleep(LOOK_S)
