"""The page of EQ curves: what it says is so, and it needs nothing but itself."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from daemon import cli
from daemon.tools import curves
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
    assert len(pictures) == len(curves.BANDS) * len(curves.RATES)
    for picture in pictures:
        assert {path.get("class") for path in ET.fromstring(picture).iter("path")} == {
            "grid", "before", "used", "prototype",
        }  # fmt: skip
    assert "http" not in page


def test_the_page_says_how_much_closer_the_filters_are(tmp_path):
    errors = [float(error) for error in re.findall(r"error (\d+\.\d+) dB", curves.page())]
    before = [float(error) for error in re.findall(r"bilinear (\d+\.\d+) dB", curves.page())]
    assert max(errors) < 0.6 < 10 < max(before)


def test_a_page_that_cannot_be_written_is_told_in_words(tmp_path, capsys):
    assert cli.main(["curves", "--out", str(tmp_path / "nowhere" / "curves.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err
