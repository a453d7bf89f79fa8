"""Ports for programs that are started a moment later: nobody has them, and nobody is given them meanwhile.

The system gives whoever asks for any port one of its own range, also one that was free a moment ago; these lie below.
Each is one process's until that ends: it holds a lock on a byte of a file that all processes of tests share.
"""

import contextlib
import fcntl
import functools
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import BinaryIO

SYSTEMS_OWN = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST, USUAL = 16_384, 32_768
_given: set[int] = set()
_choice = random.SystemRandom()


def free(kind: int = socket.SOCK_DGRAM) -> int:
    """Number of a port that nobody has, another one each time."""
    end = int(SYSTEMS_OWN.read_text("utf-8").split()[0]) if SYSTEMS_OWN.exists() else USUAL
    while True:
        port = _choice.randrange(FIRST, end)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            if port not in _given:
                fcntl.lockf(_shared(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
                _given.add(port)
                probe.bind(("", port))
                return port


@functools.cache
def _shared() -> BinaryIO:
    """The file in which each byte is a port."""
    return Path(tempfile.gettempdir(), f"faderd-ports-{os.getuid()}").open("ab")
