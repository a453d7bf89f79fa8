"""`faderd doctor`."""

import pytest

from daemon import cli
from daemon.tools import doctor


def test_the_doctor_looks_at_everything_and_says_what_it_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code = cli.main(["doctor"])
    said = capsys.readouterr().out
    assert code in (0, 1)
    assert code == ("!" in said)
    for word in ("PortAudio", "interface", "real-time priority", "locked", "processor", "UDP port", "kernels", "core"):
        assert word in said


def test_the_doctor_says_where_head_amp_gain_is_applied() -> None:
    finding = doctor.head_amps()
    assert finding.well
    assert "head-amp gain is digital" in finding.what
