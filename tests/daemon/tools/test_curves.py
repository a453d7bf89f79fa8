"""The page of curves: what it says is so, and it needs nothing but itself."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from daemon import cli
from daemon.tools import curves, curves_heard
from oracles import filters

KINDS = {"LOW_CUT": "LCut", "LOW_SHELF": "LShv", "BELL": "PEQ", "HIGH_SHELF": "HShv", "HIGH_CUT": "HCut"}


@pytest.mark.parametrize("rate", curves.RATES)
@pytest.mark.parametrize("band", curves.BANDS)
def test_the_three_curves_are_those_of_the_textbook(band, rate):
    found, kind = curves.curves(band, rate), KINDS[band.kind.name]
    expected = filters.prototype_db(kind, found.points, band.freq_hz, band.gain_db, band.q)
    np.testing.assert_allclose(found.prototype, expected, atol=1e-6)
    quality = filters.quality(kind, band.gain_db, band.q)
    before = filters.bilinear(kind, band.freq_hz, band.gain_db, quality, rate)
    used = filters.band(kind, band.freq_hz, band.gain_db, band.q, rate)
    for drawn, section in ((found.before, before), (found.used, used)):
        np.testing.assert_allclose(drawn, filters.curve_db(section, found.points, rate), atol=1e-4)


def test_the_page_has_a_picture_for_every_band_and_rate_and_asks_the_network_for_nothing(tmp_path):
    assert cli.main(["curves", "--out", str(tmp_path / "curves.html")]) == 0
    page = (tmp_path / "curves.html").read_text()
    pictures = re.findall(r"<svg.*?</svg>", page)
    heard, drawn = pictures[: len(curves_heard.PICTURES)], pictures[len(curves_heard.PICTURES) :]
    for picture in heard:
        assert {"l before", "l used"} <= {path.get("class") for path in ET.fromstring(picture).iter("path")}
    assert len(drawn) == len(curves.BANDS) * len(curves.RATES)
    for picture in drawn:
        assert {path.get("class") for path in ET.fromstring(picture).iter("path")} == {
            "grid", "before", "used", "prototype",
        }  # fmt: skip
    assert "http" not in page


BEFORE_AND_NOW = {
    "gate_shuts": [(26, 55, 70), (605, 800, 950)],
    "gate_opens": [(-48, -25, -23)],
    "limiter_pair": [(0.1, 11.9, 12.1)],
    "limiter_recovers": [(370, 365, 371)],
    "limiter_on_a_low_tone": [(-45, -35, -33)],
    "ride": [(-70, -38, -35)],
    "automix_on": [(0.01, 1.8, 2.0)],
    "new_talker": [(120, 290, 320)],
    "rms_attack": [(10.5, 13, 15)],
    "rms_release": [(52.5, 70, 80)],
    "low_noise": [(-150, -143, -125)],
}
"""Of each picture the most that is told of what is used, and from where to where of what was before."""


@pytest.mark.parametrize("picture", curves_heard.PICTURES, ids=lambda picture: picture.__name__)
def test_what_is_told_of_before_is_what_was_measured_then_and_what_is_used_keeps_its_promise(picture):
    told = re.sub(r"above 1.5 kHz|at 20 Hz|of 41 Hz", "", picture().told)
    found = re.findall(r"([+-]?\d+\.?\d*)[^\d(]*\(before ([+-]?\d+\.?\d*)", told)
    expected = BEFORE_AND_NOW[picture.__name__]
    assert len(found) == len(expected), told
    for (used, before), (most, least_before, most_before) in zip(found, expected, strict=True):
        assert float(used) <= most
        assert least_before <= float(before) <= most_before


def test_the_page_says_how_much_closer_the_filters_are(tmp_path):
    errors = [float(error) for error in re.findall(r"error (\d+\.\d+) dB", curves.page())]
    before = [float(error) for error in re.findall(r"bilinear (\d+\.\d+) dB", curves.page())]
    assert max(errors) < 0.6 < 10 < max(before)


def test_a_page_that_cannot_be_written_is_told_in_words(tmp_path, capsys):
    assert cli.main(["curves", "--out", str(tmp_path / "nowhere" / "curves.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err
