"""Sixty-four inputs from a JACK client, recorded by a whole daemon: every sample is what was sent."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import soundfile

from daemon.recording import again, gig
from rigs import gigs, servers

INPUTS = 64
SECONDS = 4


def test_what_a_jack_client_plays_is_recorded_sample_for_sample_and_again(tmp_path: Path) -> None:
    noise = np.random.default_rng(5).uniform(-0.5, 0.5, (INPUTS, SECONDS * servers.RATE)).astype(np.float32)
    settings = tmp_path / "faderd.toml"
    settings.write_text('[record]\nmixes = ["main", "bus/01", "bus/16"]\n')
    with (
        servers.jack_server(tmp_path, inputs=INPUTS) as server,
        servers.daemon(server, "system", tmp_path, obedient=True, options=("--config", str(settings))) as desk,
        servers.player(server, noise, 2, tmp_path) as player,
    ):
        for channel in range(1, 33):
            desk.set(f"/ch/{channel:02}/mix/fader", 0.6)
            desk.set(f"/ch/{channel:02}/mix/01/level", 0.6)
        desk.set("/bus/01/mix/fader", 0.7)
        desk.set("/main/st/mix/fader", 0.7)
        desk.set("/faderd/rec/start", "jack")
        desk.process.wait_for(lambda: any(tmp_path.glob("state/gigs/*/state-*.npz")), "a checkpoint")
        for step in range(20):
            desk.set("/ch/05/mix/fader", step / 20)
        player.play()
        time.sleep(0.5)
        desk.set("/faderd/rec/stop")
        made, *_ = (tmp_path / "state" / "gigs").iterdir()
        desk.process.wait_for(lambda: gig.state(made).stopped, "the end of the gig")
        assert desk.get("/faderd/rec/lost") == [0]
    assert gig.state(made).problems == []
    heard = soundfile.read(made / gig.REEL, dtype="float32", always_2d=True)[0].T
    first = int(np.flatnonzero(heard[0])[0])
    np.testing.assert_array_equal(heard[:INPUTS, first : first + noise.shape[1]], noise)
    assert not heard[:INPUTS, :first].any()
    assert again.read(made).states
    found = gigs.played_again(made, 4096)
    assert (found.differs, found.peaks[0] > 0.01) == ("", True)
