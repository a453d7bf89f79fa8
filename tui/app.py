"""``faderd tui``: the command; the application behind it is loaded when all is well with its arguments."""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.terminal import BridgeApp

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 10023
DEFAULT_WEB_PORT = 8023


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


def settings_path() -> Path:
    """Settings of the terminal: keys."""
    import platformdirs

    return platformdirs.user_config_path("faderd") / "tui.toml"


def _parser() -> argparse.ArgumentParser:
    from tui import theme

    parser = argparse.ArgumentParser(
        prog="faderd tui",
        description="A console in the terminal: faderd, or any X32 or M32.",
    )
    parser.add_argument(
        "target",
        metavar="HOST[:PORT]",
        nargs="?",
        type=parse_target,
        default=(DEFAULT_HOST, DEFAULT_PORT),
        help=f"the console's address (default {DEFAULT_HOST}:{DEFAULT_PORT})",
    )
    parser.add_argument("--read-only", action="store_true", help="look, and change nothing")
    parser.add_argument("--theme", choices=list(theme.LOOKS), default="dark", help="colours (dark)")
    parser.add_argument("--keys", type=Path, metavar="FILE", default=settings_path(),
                        help="settings with a table [keys]: action = key")  # fmt: skip
    parser.add_argument("--web", action="store_true", help="serve the same terminal to a browser")
    parser.add_argument("--web-host", metavar="ADDRESS", default=DEFAULT_HOST,
                        help=f"address of this machine it is served at ({DEFAULT_HOST})")  # fmt: skip
    parser.add_argument("--web-port", type=int, metavar="N", default=DEFAULT_WEB_PORT,
                        help=f"port of the page ({DEFAULT_WEB_PORT})")  # fmt: skip
    return parser


def serve(options: argparse.Namespace) -> int:
    """Serve the terminal to browsers, a program for each; textual's own server does all of it."""
    import shlex

    from textual_serve.server import Server  # it brings a web server along: only for those who want one

    host, port = options.target
    command = [sys.executable, "-m", "tui.app", f"{host}:{port}", "--theme", options.theme, "--keys", str(options.keys)]
    command += ["--read-only"] if options.read_only else []
    Server(shlex.join(command), options.web_host, options.web_port, title="faderd").serve()
    return 0


def main(argv: list[str]) -> int:
    """Run the terminal until it is quit.

    Parameters
    ----------
    argv : list of str
        The arguments after ``faderd tui``.

    Returns
    -------
    status : int
        0, or 2 if it could not start; the reason is then on standard error.
    """
    with _nothing_collected():
        options = _parser().parse_args(argv)
        bridge = None if options.web else _load(options)
    if options.web:
        return serve(options)
    if bridge is None:
        return 2
    bridge.run()
    return bridge.return_code or 0


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is loaded here stays: looking it through for rubbish, again and again, would take a seventh of the start."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _load(options: argparse.Namespace) -> BridgeApp | None:
    """Load the application; if something stands in its way, say what."""
    from tui import actions, terminal

    host, port = options.target
    try:
        keys = actions.read_keys(options.keys)
        trouble = _trouble(host)
    except actions.KeysError as error:
        trouble = str(error)
    if trouble:
        print(f"faderd tui: {trouble}", file=sys.stderr)
        return None
    # A shell that exports its size would nail the bridge to it: ask the terminal instead.
    os.environ.pop("COLUMNS", None)
    os.environ.pop("LINES", None)
    # python-osc warns about odd packets on the root logger; on a full screen they would only smear.
    logging.getLogger().addHandler(logging.NullHandler())
    return terminal.BridgeApp(host, port, read_only=options.read_only, keys=keys, look=options.theme)


def _trouble(host: str) -> str | None:
    """Say what stands in the way of starting, if anything."""
    served = "TEXTUAL_DRIVER" in os.environ  # by textual's server, which takes the place of the terminal
    if not (served or (sys.stdin.isatty() and sys.stdout.isatty())):
        return "needs a terminal; over SSH, ask for one with `ssh -t`"
    try:
        socket.getaddrinfo(host, None, socket.AF_INET)
    except OSError as error:
        return f"cannot find {host!r} ({error.strerror}): check the name, or give the console's IPv4 address"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
