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


@pytest.mark.parametrize(
    ("loads", "block"),
    [
        ({}, 16),
        ({16: (0.6, 0.7)}, 32),
        ({16: (0.4, 0.9)}, 32),
        ({16: (0.4, 0.9), 32: (0.3, 0.85)}, 64),
    ],
)
def test_a_block_is_judged_also_while_a_recall_cross_fades(
    monkeypatch: pytest.MonkeyPatch, loads: dict[int, tuple[float, float]], block: int
) -> None:
    monkeypatch.setattr(doctor, "loads", lambda size: loads.get(size, (0.1, 0.3)))
    assert f"--block {block} is possible" in doctor.block().what


def test_a_recall_is_measured_on_a_desk_with_everything_on() -> None:
    steady, recall = doctor.loads(64)
    assert steady > 0
    assert recall > 0


def test_a_python_of_32_bits_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.maxsize", 2**31 - 1)
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("faderd: this Python has 32 bits")
    assert said.err.count("\n") == 1
