"""A long evening in short: twenty clients move what they like, scenes are recalled, and nothing grows, drops or drifts.

    20 clients ─▶ 20 moves a second each ─┐
    a recall every ten seconds            ├─▶ daemon ─▶ its memory, blocks it missed, its log, its state
    a stage on which nothing is played    ┘

    cd tests && python -m rigs.soak [--seconds 3600] [--jack]        prints what was measured
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from daemon.desk.console import Console
from daemon.files import scene
from daemon.history import log
from daemon.show.state import Keeper
from dsp.parameters.table import Values
from rigs import console, crowd, idle, recalls, servers

CLIENTS = 20
PER_SECOND = 20
SCENES = 5
RECALL_EVERY_S = 10.0
WRITTEN_S = 2.5
SAMPLE_S = 0.5
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclasses.dataclass
class Evening:
    """What was measured.

    Attributes
    ----------
    grown_mb : float
        How much more memory the last quarter took than the one before, by their medians.
    memory_mb : float
        Memory at the end.
    played, missed, missed_idle : int
        Blocks, and those missed: by the daemon, and by the one that does nothing.
    drift : list of str
        Addresses at which the log and the state differ.
    moves, recalls : int
        Records of the log, and scenes recalled.
    """

    grown_mb: float
    memory_mb: float
    played: int
    missed: int
    missed_idle: int
    drift: list[str]
    moves: int
    recalls: int


def store(folder: Path) -> None:
    """Put random scenes into a show that the daemon will find."""
    random, values = np.random.default_rng(11), Console().values
    folder.mkdir(parents=True)
    for slot in range(SCENES):
        values = recalls.draw(values, random, dynamics=True)
        data = scene.text(scene.header(f"Random {slot}", "", "%000000000"), scene.scene_lines(values))
        (folder / f"show.{slot:03}.scn").write_bytes(data)


def on_stage(folder: Path, seconds: float) -> Evening:
    """Let an evening pass on the virtual stage."""
    store(folder / "state" / "show")
    with (
        console.running(folder, port=0, faderd=idle.COUNTED) as desk,
        idle.idle_stage(folder) as beside,
    ):
        return evening(desk, folder / "state", seconds, lambda: (idle.counts(desk.process), idle.counts(beside)))


def on_jack(folder: Path, seconds: float) -> Evening:
    """Let an evening pass on a JACK server, which another daemon plays on, too."""
    store(folder / "state" / "show")
    other = folder / "idle"
    other.mkdir()
    with (
        servers.jack_server(folder, synchronous=False) as server,
        servers.daemon(server, "system", folder) as desk,
        servers.daemon(server, "system", other) as beside,
    ):
        return evening(desk, folder / "state", seconds, lambda: (health(desk), health(beside)))


def health(desk: servers.Desk) -> np.ndarray:
    """Blocks of the last minute, and deadlines missed since the start."""
    load = json.loads(desk.get("/faderd/health")[0])["load"]
    return np.array([load["blocks"], load["missed"]])


def evening(
    desk: servers.Desk, state: Path, seconds: float, counts: Callable[[], tuple[np.ndarray, np.ndarray]]
) -> Evening:
    """Let clients move, recall, and measure."""
    desk.set("/ch/01/config/name", "begin")
    time.sleep(WRITTEN_S)
    (played, missed), (_, missed_idle) = counts()
    samples, recalled = [], 0
    with crowding(desk, seconds) as crowded:
        began = time.monotonic()
        while crowded.poll() is None:
            time.sleep(SAMPLE_S)
            samples.append(resident(desk.process.popen.pid))
            if time.monotonic() - began > (recalled + 1) * RECALL_EVERY_S:
                desk.set("/load", "scene", recalled % SCENES)
                recalled += 1
    (played_then, missed_then), (_, missed_idle_then) = counts()
    records = written(state)
    quarter = len(samples) // 4
    return Evening(
        grown_mb=float(np.median(samples[-quarter:]) - np.median(samples[-2 * quarter : -quarter])),
        memory_mb=samples[-1],
        played=int(played_then - played),
        missed=int(missed_then - missed),
        missed_idle=int(missed_idle_then - missed_idle),
        drift=drift(records, kept(state)),
        moves=len(records),
        recalls=recalled,
    )


@contextlib.contextmanager
def crowding(desk: servers.Desk, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """Let clients move what they like, for a while."""
    numbers = (desk.socket.getpeername()[1], CLIENTS, round(seconds), 3, PER_SECOND)
    process = subprocess.Popen([sys.executable, crowd.__file__, *map(str, numbers)], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def resident(process: int) -> float:
    """Memory of a process that is not shared with a file, in MB."""
    _, resident_pages, shared_pages, *_ = Path(f"/proc/{process}/statm").read_text().split()
    return (int(resident_pages) - int(shared_pages)) * PAGE / 1e6


def kept(state: Path) -> Values:
    """The desk as it lies on the disk."""
    desk = Console()
    assert Keeper(desk, state).bring_desk_back() == []
    return desk.values


def written(state: Path) -> list[dict[str, object]]:
    """The log, when no more is written into it and into the state."""
    before = None
    while before != (now := [(path.name, path.stat().st_mtime_ns) for path in (state / "desk.scn", *log.files(state))]):
        before = now
        time.sleep(WRITTEN_S)
    return list(log.read(state))


def drift(records: list[dict[str, object]], now: Values) -> list[str]:
    """Addresses that are not what the log says was set there last; its oldest files may be gone."""
    last = {str(record["address"]): record["step"] for record in records if "address" in record}
    leaves = set(scene.scene_leaves(now.table))
    found = {address: now.table.leaves[address] for address in last}
    return [address for address, leaf in found.items() if leaf in leaves and now.get(leaf) != last[address]]


def main() -> int:
    """Let an evening pass, and tell what was measured."""
    parser = argparse.ArgumentParser(description="A long evening, and what grew, dropped or drifted.")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--jack", action="store_true", help="on a JACK server, in place of the virtual stage")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = (on_jack if options.jack else on_stage)(Path(folder), options.seconds)
    print(measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
