"""Hearing protection as a settings file asks for it, on a running daemon: what its outputs really play."""

from collections.abc import Iterator

import numpy as np
import pytest
import scipy.signal

from rigs import servers

CEILING_DB = -6
SETTINGS = f"""
outputs = ["ch/01", "ch/02"]
ears = ["ch/02"]
ceiling_db = {CEILING_DB}
"""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[np.ndarray]:
    """Noise of +12 dBFS through two channels, on an output for loudspeakers and one for ears; shape (2, frames)."""
    folder = tmp_path_factory.mktemp("ears")
    config = folder / "ears.toml"
    config.write_text(SETTINGS, "utf-8")
    loud = np.random.default_rng(2).uniform(-4, 4, 2 * servers.RATE)
    loud[-2000:] *= np.linspace(1, 0, 2000)
    with (
        servers.jack_server(folder, inputs=2, outputs=2) as server,
        servers.daemon(server, "system", folder, options=["--config", str(config)]) as desk,
    ):
        desk.set("/ch/01/mix/fader", 0.75)
        desk.set("/ch/02/mix/fader", 0.75)
        desk.get("/ch/02/mix/fader")
        with servers.player(server, np.stack([loud, loud]), record=2, folder=folder) as player:
            player.play()
            yield player.recording().sound.astype(np.float64)


def peaks_db(heard: np.ndarray, points: int) -> np.ndarray:
    """Highest of so many points to a frame, of each output."""
    return 20 * np.log10(np.abs(scipy.signal.resample_poly(heard, points, 1, axis=1)).max(1))


def test_every_output_keeps_its_samples_below_the_ceiling(heard: np.ndarray) -> None:
    assert (peaks_db(heard, 1) < CEILING_DB + 1e-5).all()


def test_an_output_for_ears_keeps_its_true_peak_below_the_ceiling(heard: np.ndarray) -> None:
    assert peaks_db(heard, 32)[1] < CEILING_DB + 0.25


def test_an_output_for_loudspeakers_does_not_wait_to_see_peaks_between_samples(heard: np.ndarray) -> None:
    assert peaks_db(heard, 32)[0] > CEILING_DB + 0.5
