"""The running daemon, killed in the middle of two hundred saves: every file is old or new, and the show goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from daemon.desk.console import Console
from daemon.files import reading, scene
from daemon.wire import packet
from rigs import console
from rigs.talk import hear

SAVES = 200
SLOTS = 6
STRIPS = 32
PATIENCE_S = 120.0


def save(desk: console.Desk, generation: str, choice: random.Random) -> None:
    """Name all channels after a generation, and store something of it."""
    for ch in range(1, STRIPS + 1):
        desk.socket.send(packet.build(f"/ch/{ch:02}/config/name", generation))
    slot = choice.randrange(SLOTS)
    kind = choice.choice(["scene", "scene", "snippet", "libchan"])
    last = {"scene": [""], "snippet": [], "libchan": [choice.randrange(STRIPS)]}[kind]
    desk.socket.send(packet.build("/save", kind, slot, generation, *last))


def kill_in_the_middle(folder: Path, seed: int) -> int:
    """Let a daemon store things as fast as it can, and kill it; how many were on their way."""
    choice = random.Random(seed)
    with console.running(folder, port=0) as desk:
        for slot in range(SLOTS):
            desk.write(f'/-show/showfile/snippet/{slot:03} "" 2 -1 0 0')
        desk.socket.setblocking(False)
        until = choice.randrange(SAVES // 4, SAVES)
        patience = time.monotonic() + PATIENCE_S
        generation, saved = 0, False
        while generation < until or not saved:
            assert time.monotonic() < patience, "no scene was ever saved"
            save(desk, f"{seed}.{generation}", choice)
            saved |= ("/save", "scene", 1) in hear(desk.socket)
            generation += 1
            time.sleep(choice.uniform(0, 0.004))
        os.kill(desk.process.popen.pid, signal.SIGKILL)
        desk.process.popen.wait(PATIENCE_S)
    return generation


@pytest.mark.timeout(400)
def test_a_daemon_that_is_killed_while_it_saves_leaves_whole_files_and_starts_with_them(tmp_path: Path) -> None:
    for seed in range(3):
        kill_in_the_middle(tmp_path, seed)
        check_files(tmp_path / "state")
    with console.running(tmp_path, port=0) as desk:
        assert not list((tmp_path / "state").rglob(".*.new"))
        for slot in range(SLOTS):
            exists = (tmp_path / "state" / "show" / f"show.{slot:03}.scn").exists()
            assert desk.ask(f"/-show/showfile/scene/{slot:03}/hasdata") == [int(exists)]
            assert not exists or desk.ask("/load", "scene", slot) == ["scene", 1]


def check_files(state: Path) -> None:
    """Look whether every file is whole, and of one generation."""
    scenes = list((state / "show").glob("*.scn"))
    assert scenes
    for path in scenes:
        values = Console().values
        assert scene.recalled(values, reading.source(path)).problems == []
        assert len(path.read_text().splitlines()) == 1 + len(values.table.scene)
    for path in [*scenes, *(state / "show").glob("*.snp"), *state.rglob("*.chn")]:
        data = path.read_bytes()
        assert data.endswith(b"\n")
        assert len(set(re.findall(rb'"(\d\.\d+)"', data))) == 1, path
    for path in (state / "desk.scn", state / "show" / "show.shw", state / "library" / "library.lib"):
        assert not path.exists() or path.read_bytes().endswith(b"\n")
