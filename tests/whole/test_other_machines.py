"""What others build for us: every dependency comes as a finished wheel on a 64-bit Raspberry Pi, too."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
# What a wheel for Debian 12 may ask for; pip takes older platforms only when they are named.
PLATFORMS = [f"manylinux_2_{minor}_aarch64" for minor in (17, 27, 28)] + ["manylinux2014_aarch64"]


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_every_dependency_has_a_wheel_for_a_raspberry_pi(version, tmp_path):
    needed = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    command += ["--only-binary=:all:", "--python-version", version, "--target", str(tmp_path / "nowhere")]
    command += [argument for platform in PLATFORMS for argument in ("--platform", platform)]
    report = tmp_path / "report.json"
    asked = subprocess.run([*command, "--report", str(report), *needed], capture_output=True, text=True, timeout=300)
    assert asked.returncode == 0, asked.stderr
    wheels = [item["download_info"]["url"].rsplit("/", 1)[-1] for item in json.loads(report.read_text())["install"]]
    native = [wheel for wheel in wheels if not wheel.endswith("-any.whl")]
    assert all("aarch64" in wheel for wheel in native)
    assert {"numpy", "numba", "llvmlite"} <= {wheel.split("-")[0] for wheel in native}
