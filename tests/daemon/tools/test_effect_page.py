"""The page of effects: its figures are those of mathematics where mathematics knows them, and nothing is missing."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve

from daemon import cli
from daemon.tools import effect_figures as figures
from daemon.tools import effect_peers, reverb_figures


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """One impulse tells as much here as four, and one second of noise as much as twenty."""
    monkeypatch.setattr(reverb_figures, "WAITS", (0,))
    monkeypatch.setattr(figures, "COST_S", (0.2, 1.2))


def noise(decay_s: float) -> np.ndarray:
    """The ideal reverb: noise that decays, both sides independent."""
    at = np.arange(2 * figures.RATE)[:, np.newaxis] / figures.RATE
    return np.random.default_rng(1).standard_normal((len(at), 2)) * 10 ** (-3 * at / decay_s)


def test_the_figures_of_decaying_noise_are_those_of_an_ideal_reverb() -> None:
    found = figures.reverb(noise(1.0))
    assert found["T60 of the middle (s)"] == pytest.approx(1.0, rel=0.04)
    assert found["echoes dense from (ms)"] == 10
    assert abs(found["sides alike, then"]) < 0.05
    assert found["C80 (dB)"] == pytest.approx(10 * np.log10(10**0.48 - 1), abs=0.3)


def test_noise_that_decays_has_no_modes_no_flutter_and_moves_no_pitch() -> None:
    ideal = noise(1.5)
    found = reverb_figures.of(lambda x: fftconvolve(x, ideal, axes=0)[: len(x)])
    assert abs(found["modes over noise, mean of thirds (dB)"]) < 0.5
    assert found["flutter over noise (dB)"] < 1.5
    assert found["1 kHz moves (cents)"] < 0.1


def test_a_comb_is_told_from_a_reverb() -> None:
    comb = np.zeros((96_000, 2))
    comb[::1600] = 10 ** (-3 * np.arange(0, 96_000, 1600)[:, np.newaxis] / figures.RATE)
    found = figures.reverb(comb)
    assert found["echoes dense from (ms)"] > 400
    assert found["sides alike, then"] == 1.0


def test_a_tone_that_wraps_has_images_and_one_that_does_not_has_none() -> None:
    clean, bent = figures.tone(5000, 2.5), np.clip(8 * figures.tone(4999.0, 2.5), -1, 1)
    assert figures.images(clean)["images of 5 kHz (dB)"] < -150
    assert figures.images(np.clip(8 * clean, -1, 1) + 1e-2 * bent)["images of 5 kHz (dB)"] > -60


def test_a_page_shows_each_type_its_cost_and_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = effect_peers.reverbs()[:1]
    monkeypatch.setattr(effect_peers, "reverbs", lambda: beside)
    page = tmp_path / "effects.html"
    types = ["ROOM", "DLY", "TEQ", "ULC"]
    assert cli.main(["effects", "--out", str(page), *(word for name in types for word in ("--type", name))]) == 0
    text = page.read_text()
    drawings = re.findall(r"<svg.*?</svg>", text)
    assert len(drawings) == len(types) + 1, "a reverb has two"
    for each in drawings:
        ET.fromstring(each)
    for name in types:
        assert f"<h3>{name}</h3>" in text
        assert f"<td>{name}</td>" in text
    assert "http" not in text


def test_a_type_that_is_none_is_refused_with_those_that_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["effects", "--out", str(tmp_path / "page.html"), "--type", "HAL"]) == 1
    assert "HAL is no type of effect: HALL AMBI" in capsys.readouterr().err


def test_other_programs_that_are_not_here_are_told_with_what_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(effect_peers, "VST", tmp_path)
    page = tmp_path / "effects.html"
    assert cli.main(["effects", "--out", str(page), "--type", "PAN"]) == 0
    told = capsys.readouterr().out
    assert "sox reverb, sox chorus, sox overdrive 30: apt install sox" in told
    assert "Dragonfly hall, Dragonfly plate, Dragonfly room: pip install dawdreamer, apt install dragonfly" in told
    assert "apt install dragonfly-reverb-vst" in page.read_text()


def test_what_is_hosted_begins_when_it_is_played_and_has_settled() -> None:
    pytest.importorskip("dawdreamer")
    (zita,) = [each for each in effect_peers.reverbs() if each.name == "zita-rev1"]
    x = figures.impulse(1.0)
    y = zita.play(x)
    assert y.shape == x.shape
    assert 15 < np.argmax(np.abs(y[:, 0]) > 1e-4) * 1000 / figures.RATE < 40
    np.testing.assert_array_equal(zita.play(x), y)
