"""The daemon on PipeWire, by both ways in: its JACK library and its ALSA plug-in."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rigs import mixdown, servers

CHANNELS = 8
MOST_ERROR_DB = -100
SETTLE_S = 0.5


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A PipeWire of our own with one device, `stage`, of eight channels."""
    with servers.pipewire(tmp_path_factory.mktemp("pipewire")) as server:
        yield server


def through_jack(server: servers.Server) -> tuple[servers.Server, str]:
    """How a daemon reaches the stage as a JACK client."""
    return server, "stage"


def through_alsa(server: servers.Server) -> tuple[servers.Server, str]:
    """How a daemon reaches it without knowing of PipeWire: the default sound card's plug-in."""
    return dataclasses.replace(server, prefix=[]), "pipewire"


@pytest.mark.parametrize("way", [through_jack, through_alsa])
def test_eight_stems_are_mixed_on_pipewire(
    session: servers.Server, way: Callable[[servers.Server], tuple[servers.Server, str]], tmp_path: Path
) -> None:
    stems = mixdown.stems(CHANNELS, seconds=4)
    host, device = way(session)
    with servers.daemon(host, device, tmp_path, block=512) as desk:
        mixdown.set_up(desk, CHANNELS)
        desk.get("/main/st/mix/fader")
        time.sleep(SETTLE_S)
        with servers.player(session, stems, record=2, folder=tmp_path) as player:
            player.play()
            recording = player.recording()
    assert median_error_db(recording.sound, mixdown.model(stems)[:2]) < MOST_ERROR_DB


def median_error_db(sound: np.ndarray, model: np.ndarray) -> float:
    """Error of the median quarter of a second: a busy machine may lose periods, PipeWire goes on without."""
    windows = np.array_split(sound, sound.shape[1] * 4 // mixdown.RATE, axis=1)
    return float(np.median([mixdown.error_db(*mixdown.align(window, model)) for window in windows]))
