"""Random scenes recalled on the running daemon, one after another: its stage misses no block."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from daemon.desk.console import Console
from daemon.files import scene
from rigs import console, idle, recalls

SCENES = 50
ROUNDS = 2
EVERY_S = 0.05
"""As fast as no hand does it: every other recall comes while the desks still change."""


def store(folder: Path) -> None:
    """Put random scenes into a show that the daemon will find."""
    random = np.random.default_rng(5)
    values = Console().values
    folder.mkdir(parents=True)
    for slot in range(SCENES):
        values = recalls.draw(values, random, dynamics=True)
        data = scene.text(scene.header(f"Random {slot}", "", "%000000000"), scene.scene_lines(values))
        (folder / f"show.{slot:03}.scn").write_bytes(data)


def test_no_block_is_missed_while_scenes_are_recalled(tmp_path: Path) -> None:
    store(tmp_path / "state" / "show")
    with (
        console.running(tmp_path, port=0, faderd=idle.COUNTED) as desk,
        idle.idle_stage(tmp_path) as beside,
    ):
        before = idle.counts(desk.process), idle.counts(beside)
        for _ in range(ROUNDS):
            for slot in range(SCENES):
                assert desk.ask("/load", "scene", slot) == ["scene", 1]
                time.sleep(EVERY_S)
        after = idle.counts(desk.process), idle.counts(beside)
        (played, missed), (_, missed_idle) = (late - early for late, early in zip(after, before, strict=True))
        assert played > 0
        assert missed <= missed_idle + 0.01 * played
        assert desk.ask("/ch/01/config/name")
