"""The recorder of a running console: `faderd record`, `--stop`, `--mark NAME`, `--show`."""

import argparse

from daemon import errors
from daemon.tools import linemode

REC = "/faderd/rec"


def main(options: argparse.Namespace) -> int:
    """Tell the console, then print how the recording is; return the exit code of the line mode."""
    try:
        with linemode.Line(options.host) as line:
            if options.stop:
                line.ask(f"{REC}/stop")
            elif options.mark is not None:
                line.ask(f"{REC}/mark", options.mark)
            elif not options.show:
                line.ask(f"{REC}/start", options.name)
            told = {each.address: each.arguments[0] for each in line.ask(REC) if each.arguments}
    except linemode.Silence as silence:
        print(silence)
        return linemode.SILENT
    except errors.Refusal as refusal:
        print(refusal)
        return linemode.REFUSED
    for address, value in told.items():
        if address.startswith(f"{REC}/"):
            print(address.removeprefix(f"{REC}/"), value)
    return linemode.DONE
