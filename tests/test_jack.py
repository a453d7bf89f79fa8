"""The daemon on JACK: played by another process, recorded sample for sample, and never late."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import mixdown
import numpy as np
import pytest
import rig

MOST_ERROR_DB = -100
OUTPUTS = [0, 1, 1 + mixdown.PRE_BUS, 1 + mixdown.POST_BUS]  # device outputs: main L and R, then the buses
SETTLE_S = 0.5
FLOOD_PER_SECOND = 2_000


@pytest.fixture(scope="module")
def burning_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[rig.Server, rig.Desk, Path]]:
    """A daemon on JACK with two threads in its process that never let go of the GIL for long."""
    folder = tmp_path_factory.mktemp("burning")
    with rig.jack_server(folder) as server, rig.daemon(server, "system", folder, burn=True) as desk:
        set_up(desk)
        yield server, desk, folder


def set_up(desk: rig.Desk) -> None:
    """Mix, and wait until the mix has been heard."""
    mixdown.set_up(desk, len(mixdown.STRIPS))
    desk.get("/main/st/mix/fader")
    time.sleep(SETTLE_S)


def mix_error_db(recording: rig.Recording, stems: np.ndarray) -> float:
    """How far the recorded mix is from its model."""
    return rig.error_db(*rig.align(recording.sound[OUTPUTS], mixdown.model(stems)))


@contextlib.contextmanager
def flood(desk: rig.Desk) -> Iterator[None]:
    """Move a fader nobody hears, 2,000 times a second."""
    over = threading.Event()

    def send() -> None:
        began, sent = time.monotonic(), 0
        while not over.wait(0.01):
            while sent < (time.monotonic() - began) * FLOOD_PER_SECOND:
                desk.set("/ch/32/mix/fader", sent % 1024 / 1023)
                sent += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


def test_twelve_stems_are_mixed_as_the_model_says(tmp_path: Path) -> None:
    stems = mixdown.stems(12, seconds=4)
    with rig.jack_server(tmp_path) as server, rig.daemon(server, "system", tmp_path) as desk:
        set_up(desk)
        with rig.player(server, stems, record=16, folder=tmp_path) as player:
            recording = player.play()
    assert mix_error_db(recording, stems) < MOST_ERROR_DB


@pytest.mark.parametrize("flooded", [False, True], ids=["at_rest", "flooded_with_osc"])
def test_every_period_is_mixed_while_python_burns(
    burning_desk: tuple[rig.Server, rig.Desk, Path], flooded: bool
) -> None:
    server, desk, folder = burning_desk
    stems = mixdown.stems(12, seconds=5)
    with rig.player(server, stems, record=16, folder=folder) as player:
        with player.hold() as first:
            first_call = desk.calls()
        with flood(desk) if flooded else contextlib.nullcontext():
            recording = player.play()
        with player.hold() as last:
            last_call = desk.calls()
    assert last_call - first_call == last - first
    assert mix_error_db(recording, stems) < MOST_ERROR_DB
    # JACK waits for the late here: a callback that needs the GIL makes a second last ten.
    assert recording.seconds < 2 * 5
