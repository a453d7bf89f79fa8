"""What the supervisor is told, in systemd's own protocol: one datagram of lines to the socket it names.

Without a supervisor nothing is said.
"""

import contextlib
import os
import socket
import time

SOCKET = "NOTIFY_SOCKET"


def say(*lines: str) -> None:
    """Tell the supervisor lines such as `READY=1`."""
    address = os.environ.get(SOCKET, "")
    if not address:
        return
    if address.startswith("@"):  # a name without a file
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.setblocking(False)
        way.sendto("\n".join(lines).encode(), address)


def ready(status: str) -> None:
    """It plays."""
    say("READY=1", f"STATUS={status}")


def status(words: str) -> None:
    """What `systemctl status` shows."""
    say(f"STATUS={words}")


def alive() -> None:
    """The watchdog may sleep on."""
    say("WATCHDOG=1")


def reloading() -> None:
    """Settings are being read again; `ready` follows."""
    say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """It is about to end."""
    say("STOPPING=1")
