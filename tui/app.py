"""``faderd tui``: the command and the application behind it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys

from textual.app import App

from tui import link, mirror
from tui.screens import bridge, help

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 10023


class BridgeApp(App[None]):
    """The meter bridge of one console."""

    TITLE = "faderd"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, host: str, port: int) -> None:
        # Colours go to the terminal as palette numbers, not as true colour.
        super().__init__(ansi_color=True)
        self.mirror = mirror.Mirror()
        self.link = link.Link(host, port, self.mirror)

    def get_default_screen(self) -> bridge.Bridge:
        """Show the bridge first."""
        return bridge.Bridge(self.mirror, self.link)

    def on_mount(self) -> None:
        """Start talking to the console."""
        self.run_worker(self.link.run())
        with contextlib.suppress(NotImplementedError):  # Windows has no such signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def action_help(self) -> None:
        """Explain keys and colours."""
        self.push_screen(help.Help())


def parse_target(text: str) -> tuple[str, int]:
    """Split ``HOST[:PORT]``; raise `argparse.ArgumentTypeError` for anything else."""
    host, colon, port = text.partition(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} names no host: write HOST or HOST:PORT")
    if not colon:
        return host, DEFAULT_PORT
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{port!r} in {text!r} is no port: write a number from 1 to 65535")
    return host, int(port)


def main(argv: list[str]) -> int:
    """Run the bridge until it is quit.

    Parameters
    ----------
    argv : list of str
        The arguments after ``faderd tui``.

    Returns
    -------
    status : int
        0, or 2 if the bridge could not start; the reason is then on standard error.
    """
    parser = argparse.ArgumentParser(
        prog="faderd tui",
        description="Meters of a console in the terminal: faderd, or any X32 or M32.",
    )
    parser.add_argument(
        "target",
        metavar="HOST[:PORT]",
        nargs="?",
        type=parse_target,
        default=(DEFAULT_HOST, DEFAULT_PORT),
        help=f"the console's address (default {DEFAULT_HOST}:{DEFAULT_PORT})",
    )
    host, port = parser.parse_args(argv).target
    if trouble := _trouble(host):
        print(f"faderd tui: {trouble}", file=sys.stderr)
        return 2
    # A shell that exports its size would nail the bridge to it: ask the terminal instead.
    os.environ.pop("COLUMNS", None)
    os.environ.pop("LINES", None)
    # python-osc warns about odd packets on the root logger; on a full screen they would only smear.
    logging.getLogger().addHandler(logging.NullHandler())
    app = BridgeApp(host, port)
    app.run()
    return app.return_code or 0


def _trouble(host: str) -> str | None:
    """Say what stands in the way of starting, if anything."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "needs a terminal; over SSH, ask for one with `ssh -t`"
    try:
        socket.getaddrinfo(host, None, socket.AF_INET)
    except OSError as error:
        return f"cannot find {host!r} ({error.strerror}): check the name, or give the console's IPv4 address"
    return None
