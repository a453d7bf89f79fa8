"""Figures of the daemon: `cd tests && python -m rigs.figures [NAME…]`; all of them take some two minutes.

first     from no compiled code at all to `ready`: seconds, and seconds of processor
warm      the same when it is there, what the daemon takes then, and whether it has loaded a compiler
drags     ten people who drag a fader each, 200 moves a second: how much of the event loop is left
replies   who asks while scenes are saved and loaded and 30 clients hear of it, beside one who only echoes
render    32 channels of 24 bits with an ordinary scene: how many times faster than they sound

They are those of this machine, now: what others do on it meanwhile counts, but for seconds of processor.
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from unittest import mock

import numpy as np
import soundfile

from daemon.wire import packet
from rigs import running

TICKS = os.sysconf("SC_CLK_TCK")
PEOPLE, MOVES_A_SECOND, DRAGGED_S = 10, 200, 10.0
CLIENTS, SCENES, ASKED_EVERY_S, LATE_MS = 30, 8, 0.003, 5.0
CHANNELS, RATE, SONG_S = 32, 48_000, 240
ORDINARY = {
    "preamp/hpon": "ON", "gate/on": "ON", "gate/thr": "-50.0", "dyn/on": "ON", "dyn/thr": "-20.0", "eq/on": "ON",
    "eq/1/g": "+3.0", "eq/3/g": "-3.0", "mix/fader": "-5.0", "mix/01/level": "-10.0", "mix/02/level": "-10.0",
}  # fmt: skip
"""What an ordinary channel has."""


def first() -> None:
    """From an empty cache."""
    with tempfile.TemporaryDirectory() as empty, mock.patch.dict(os.environ, XDG_CACHE_HOME=empty):
        os.environ.pop("FADERD_KERNELS", None)
        _started("first start", pathlib.Path(empty))


def warm() -> None:
    """What is compiled is there."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            _started("warm start", pathlib.Path(folder))


def _started(what: str, state: pathlib.Path) -> None:
    began = time.monotonic()
    with running.daemon(state) as desk:
        took, cpu = time.monotonic() - began, _cpu_s(desk.process.pid)
        maps = pathlib.Path(f"/proc/{desk.process.pid}/maps").read_text()
        time.sleep(3)
        status = pathlib.Path(f"/proc/{desk.process.pid}/status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0]) / 1000
    print(f"{what}: {took:.2f} s, {cpu:.2f} s of processor; {resident:.0f} MB; compiler loaded: {'llvmlite' in maps}")


def _cpu_s(process: int) -> float:
    """Seconds of processor of a process, of its children that have ended and of those that have not."""
    stat = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    threads = pathlib.Path(f"/proc/{process}/task").iterdir()
    children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    return sum(map(int, stat[11:15])) / TICKS + sum(map(_cpu_s, children))


def drags() -> None:
    """Ten people at faders."""
    with _desk() as desk:
        people = [_client(desk) for _ in range(PEOPLE)]
        loop = pathlib.Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/schedstat")
        busy, began = int(loop.read_text().split()[0]), time.monotonic()
        for turn in range(round(DRAGGED_S * MOVES_A_SECOND)):
            for number, person in enumerate(people, 1):
                person.send(packet.build(f"/ch/{number:02}/mix/fader", turn % 1000 / 1000))
            time.sleep(max(0.0, began + turn / MOVES_A_SECOND - time.monotonic()))
        took = time.monotonic() - began
        share = (int(loop.read_text().split()[0]) - busy) / 1e9 / took
    print(f"drags: {PEOPLE} people, {turn * PEOPLE / took:.0f} moves a second: {share:.0%} of the loop's core")


def replies() -> None:
    """Somebody asks, others save, load and hear of it."""
    with _desk() as desk, _echo() as echo:
        crowd = [_client(desk) for _ in range(CLIENTS)]
        engineer = _client(desk)
        engineer.settimeout(60)
        time.sleep(1)  # a start makes ready what nobody waits for, beside the loop
        stop = threading.Event()
        asked: dict[str, list[float]] = {"desk": [], "echo": []}
        hearing = threading.Thread(target=_hear, args=(crowd, stop))
        asking = threading.Thread(target=_ask, args=({"desk": desk.port, "echo": echo}, asked, stop))
        hearing.start()
        asking.start()
        for number in range(SCENES):
            for order in (("/save", "scene", number % 2, "one", ""), ("/load", "scene", number % 2)):
                desk.send(f"/ch/{number + 1:02}/mix/fader", 0.1 * number)
                engineer.send(packet.build(*order))
                while not engineer.recv(65_536).startswith(order[0].encode()):
                    pass
                time.sleep(1)
        stop.set()
        hearing.join()
        asking.join()
    for who, waits in asked.items():
        ms = 1000 * np.array(waits)
        late = np.count_nonzero(ms > LATE_MS)
        print(f"replies of {who}: {late} of {ms.size} over {LATE_MS:.0f} ms, longest {ms.max():.1f}")


def render() -> None:
    """Render a song."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        noise = 0.1 * np.random.default_rng(1).standard_normal((SONG_S * RATE, CHANNELS))
        soundfile.write(folder / "in.wav", noise, RATE, subtype="PCM_24")
        lines = [f"/ch/{ch:02}/{leaf} {text}" for ch in range(1, CHANNELS + 1) for leaf, text in ORDINARY.items()]
        scene = ['#4.0# "ordinary" "" %000000000 1', *lines, "/main/st/mix/fader 0.0", ""]
        (folder / "scene.scn").write_text("\n".join(scene))
        command = [sys.executable, "-m", "daemon.cli", "render", "in.wav", "--scene", "scene.scn", "--out", "out.wav"]
        for _ in range(3):
            began = time.monotonic()
            subprocess.run(command, check=True, capture_output=True, cwd=folder)
            print(f"render: {SONG_S / (time.monotonic() - began):.0f} times faster than it sounds")


# --- who asks ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _desk() -> Iterator[running.Running]:
    with tempfile.TemporaryDirectory() as state, running.daemon(pathlib.Path(state)) as desk:
        yield desk


def _client(desk: running.Running) -> socket.socket:
    """A client that hears of all changes."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(("127.0.0.1", desk.port))
    client.send(packet.build("/xremote"))
    return client


def _hear(crowd: list[socket.socket], stop: threading.Event) -> None:
    """Take what comes, and stay registered."""
    while not stop.wait(0.2):
        for client in crowd:
            client.send(packet.build("/xremote"))
            with contextlib.suppress(BlockingIOError):
                while client.recv(65_536, socket.MSG_DONTWAIT):
                    pass


def _ask(ports: dict[str, int], asked: dict[str, list[float]], stop: threading.Event) -> None:
    """Ask each in turn, and note how long the answer took."""
    question = packet.build("/ch/32/config/icon")
    endpoints = {who: socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for who in ports}
    for who, endpoint in endpoints.items():
        endpoint.connect(("127.0.0.1", ports[who]))
        endpoint.settimeout(5)
    while not stop.wait(ASKED_EVERY_S):
        for who, endpoint in endpoints.items():
            began = time.perf_counter()
            endpoint.send(question)
            endpoint.recv(65_536)
            asked[who].append(time.perf_counter() - began)


@contextlib.contextmanager
def _echo() -> Iterator[int]:
    """A process that only echoes; its port."""
    code = (
        "import socket; s = socket.socket(2, 2); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "while True: s.sendto(*s.recvfrom(65536))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Measure and print."""
    parts: dict[str, Callable[[], None]] = {
        "first": first, "warm": warm, "drags": drags, "replies": replies, "render": render,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
