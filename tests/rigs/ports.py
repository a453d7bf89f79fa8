"""Ports for programs that are started a moment later: nobody has them, and nobody is given them meanwhile.

The system gives whoever asks for any port one of its own range, also one that was free a moment ago; these lie below.
"""

import random
import socket
from pathlib import Path

SYSTEMS_OWN = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST, USUAL = 16_384, 32_768
_given: set[int] = set()
_choice = random.SystemRandom()


def free(kind: int = socket.SOCK_DGRAM, host: str = "127.0.0.1") -> int:
    """Number of a port that nobody has, another one each time."""
    end = int(SYSTEMS_OWN.read_text("utf-8").split()[0]) if SYSTEMS_OWN.exists() else USUAL
    while True:
        port = _choice.randrange(FIRST, end) if end > FIRST else 0
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
        if number not in _given:
            _given.add(number)
            return number
