"""The benchmark says what mixing costs, in the form other programs read."""

import json

import pytest

from daemon import bench, cli


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 5)
    monkeypatch.setattr(bench, "SIZES", (32, 64))


def test_json_names_rate_sizes_and_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--json"]) == 0
    costs = json.loads(capsys.readouterr().out)
    assert costs["rate"] == 48_000
    assert set(costs["frames"]) == {"32", "64"}
    assert set(costs["frames"]["64"]) >= {"strip32_us", "console_us", "twin_us"}


def test_lanes_beat_the_plain_twin_several_times() -> None:
    each = bench.measure()["frames"]["64"]
    assert each["twin_us"] > 4 * each["strip32_us"]


def test_the_whole_console_takes_a_small_part_of_a_core() -> None:
    each = bench.measure()["frames"]["64"]
    period_us = 64 / 48_000 * 1e6
    assert each["console_us"] < 0.05 * period_us


def test_the_table_has_a_line_for_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench"]) == 0
    assert "whole" in capsys.readouterr().out
