"""One client that sends a hundred thousand messages a second, and another that asks meanwhile.

    flood ─▶ 100,000 datagrams a second ─▶ console
    ann   ─▶ one question every 20 ms   ─▶ console ─▶ answers, and how long they took

A program of its own: `python flood.py CONSOLE_PORT SECONDS` prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import socket
import sys
import time
from multiprocessing.sharedctypes import Synchronized

from daemon.wire import packet

PER_SECOND = 100_000
PORTION = 100
ASK_EVERY_S = 0.02
ASK_AGAIN_S = 0.5
PATIENCE_S = 60.0


def flood(console: int, seconds: float, sent: Synchronized[int]) -> None:
    """Drag 28 faders as no hand does."""
    faders = [packet.build(f"/ch/{ch:02}/mix/fader", step / 16) for step in range(16) for ch in range(5, 33)]
    datagrams = itertools.cycle(faders)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", console))
        began = time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            if sent.value >= PER_SECOND * (now - began):
                time.sleep(0.0005)
                continue
            for datagram in itertools.islice(datagrams, PORTION):
                with contextlib.suppress(OSError):
                    client.send(datagram)
            sent.value += PORTION


def ask(console: int, seconds: float) -> list[float]:
    """Seconds until each answer came; what the system lost before the console could take it is asked again."""
    waits: list[float] = []
    question = packet.build("/ch/01/config/icon")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", console))
        client.settimeout(ASK_AGAIN_S)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            asked = time.monotonic()
            while time.monotonic() < asked + PATIENCE_S:
                client.send(question)
                with contextlib.suppress(TimeoutError):
                    client.recv(4096)
                    waits.append(time.monotonic() - asked)
                    break
            else:
                raise TimeoutError(f"no answer within {PATIENCE_S:.0f} s")
            time.sleep(ASK_EVERY_S)
    return waits


def main(console: int, seconds: float) -> None:
    """Flood, and ask meanwhile."""
    sent: Synchronized[int] = multiprocessing.Value("q", 0)
    other = multiprocessing.Process(target=flood, args=(console, seconds + 1, sent))
    other.start()
    time.sleep(0.5)
    waits = ask(console, seconds)
    other.join()
    print(json.dumps({"per_second": round(sent.value / (seconds + 1)), "waits": sorted(waits)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
