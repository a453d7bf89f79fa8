"""One daemon to a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.files import claim

HOLDER = """
import sys, pathlib
from daemon.files import claim
with claim.held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_that_another_process_holds_is_refused_until_that_one_ends(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refusal = f"another faderd uses it .process {other.pid}.*--state"
        with pytest.raises(claim.TakenError, match=refusal), claim.held(folder):
            pytest.fail("two have it")
        other.kill()
    with claim.held(folder):
        assert (folder / claim.NAME).exists()
    with claim.held(folder):
        assert (folder / claim.NAME).read_text().strip().isdecimal()


def test_a_folder_that_can_not_be_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(claim.TakenError, match="name another with --state"), claim.held(tmp_path / "file" / "state"):
        pytest.fail("there is no such folder")
