"""Files are whole at any moment."""

import os
import random
import re
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from daemon.desk.console import Console
from daemon.files import disk, reading, scene
from daemon.files.disk import Disk
from rigs.talk import Talk

TESTS = Path(__file__).parents[2]


def kill_during_saves(folder: Path, seed: int) -> int:
    """Let a console store things into a folder and kill it in the middle; how far it came."""
    after = random.Random(seed).randrange(5, 60)
    command = [sys.executable, str(TESTS / "rigs" / "restless.py"), str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS.parent) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= after:
                break
        # Somewhere within the next saves, not at a seam.
        threading.Event().wait(random.Random(seed).uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return after


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_in_the_middle_of_saving_leaves_every_file_old_or_new_and_whole(tmp_path: Path, seed: int):
    kill_during_saves(tmp_path, seed)
    files = [path for path in tmp_path.rglob("*.*") if path.suffix != ".new"]
    assert any(path.suffix == ".scn" for path in files)
    for path in files:
        data = path.read_bytes()
        assert data.endswith(b"\n")
        generations = set(re.findall(rb'"(%d\.\d+)"' % seed, data))
        if path.suffix in (".scn", ".snp", ".chn"):
            assert len(generations) == 1
    for path in tmp_path.rglob("*.scn"):
        values = Console().values
        assert scene.recalled(values, reading.source(path)).problems == []
        assert len(path.read_text().splitlines()) == 1 + len(values.table.scene)


def test_after_a_kill_the_show_starts_and_its_list_is_that_of_its_files(tmp_path: Path):
    kill_during_saves(tmp_path, 7)
    talk = Talk(tmp_path)
    for slot in range(5):
        path = tmp_path / "show" / f"show.{slot:03d}.scn"
        assert talk.value(f"/-show/showfile/scene/{slot:03d}/hasdata") == path.exists()
        if path.exists():
            assert talk.say("/load", "scene", slot) == [("/load", "scene", 1)]


STEPS = ("open", "half", "write", "fsync", "replace", "sync the folder")


class Killed(BaseException):
    """Nobody catches this: it is as if the process were gone."""


def stop_at(step: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the process die when it comes to a step of writing a file; what it has done is recorded."""
    done: list[str] = []
    own = threading.get_ident()

    def reach(name: str) -> None:
        if threading.get_ident() != own:  # another disk of this process
            return
        if name == step:
            raise Killed
        done.append(name)

    opened, fsync, replaced = Path.open, os.fsync, Path.replace

    def open_(path: Path, mode: str = "r", **options: object) -> object:
        if mode != "wb":
            return opened(path, mode, **options)
        reach("open")
        file = opened(path, mode, buffering=0)
        write = file.write

        class Torn:
            """Writes a half first."""

            def __enter__(self) -> "Torn":
                return self

            def __exit__(self, *reason: object) -> None:
                file.close()

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

            def write(self, data: bytes) -> int:
                reach("half")
                write(data[: len(data) // 2])
                reach("write")
                return write(data[len(data) // 2 :])

        return Torn()

    def fsync_(handle: int) -> None:
        reach("sync the folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "fsync")
        fsync(handle)

    def replace_(path: Path, target: Path) -> Path:
        reach("replace")
        return replaced(path, target)

    monkeypatch.setattr(Path, "open", open_)
    monkeypatch.setattr(os, "fsync", fsync_)
    monkeypatch.setattr(Path, "replace", replace_)
    return done


@pytest.mark.parametrize("step", STEPS)
def test_whoever_dies_at_any_step_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    path = tmp_path / "show.000.scn"
    disk.replace(path, b"old" * 100)
    with monkeypatch.context() as patch:
        done = stop_at(step, patch)
        with pytest.raises(Killed):
            disk.replace(path, b"new" * 100)
    assert path.read_bytes() == (b"new" if "replace" in done else b"old") * 100
    disk.tidy(tmp_path)
    assert [left.name for left in tmp_path.iterdir()] == ["show.000.scn"]


def test_a_file_is_safe_on_the_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "show").mkdir()
    done = stop_at("never", monkeypatch)
    disk.replace(tmp_path / "show" / "show.000.scn", b"new")
    assert done == list(STEPS)


def test_a_folder_that_is_made_is_safe_on_the_disk_before_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    done = stop_at("never", monkeypatch)
    disk.replace(tmp_path / "library" / "ch" / "001.chn", b"new")
    assert done == ["sync the folder", "sync the folder", *STEPS]


def test_what_was_being_written_when_the_plug_was_pulled_is_gone_after_the_next_start(tmp_path: Path):
    left = [tmp_path / name for name in (".desk.scn.new", "show/.show.003.scn.new", "library/ch/.001.chn.new")]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half a fi")
    others = [tmp_path / "show" / "notes.new", tmp_path / "show" / ".hidden"]
    for path in others:
        path.write_bytes(b"somebody else's")
    Talk(tmp_path)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


class Yard:
    """A disk whose answers wait until somebody asks for them."""

    def __init__(self) -> None:
        self.answers: list = []
        self.results: list[OSError | None] = []
        self.disk = Disk(self.answers.append)

    def finish(self) -> list[OSError | None]:
        """Wait for the disk and deliver its answers."""
        self.disk.close()
        for answer in self.answers:
            answer()
        return self.results


def test_what_is_being_written_can_be_read_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()
    monkeypatch.setattr("os.fsync", lambda handle: gate.wait(120))
    yard = Yard()
    path = tmp_path / "a.scn"
    yard.disk.write(path, b"old", yard.results.append)
    yard.disk.write(path, b"new", yard.results.append)
    assert yard.disk.read(path) == b"new"
    assert not path.exists()
    yard.disk.remove(path, yard.results.append)
    with pytest.raises(FileNotFoundError):
        yard.disk.read(path)
    gate.set()
    assert yard.finish() == [None, None, None]
    assert not path.exists()


def test_writes_happen_in_order(tmp_path: Path):
    yard = Yard()
    for number in range(20):
        yard.disk.write(tmp_path / "a.scn", b"%d" % number, yard.results.append)
    yard.finish()
    assert (tmp_path / "a.scn").read_bytes() == b"19"
    assert yard.disk.read(tmp_path / "a.scn") == b"19"


def test_a_failed_write_is_reported_and_the_old_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.scn").write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    yard = Yard()
    yard.disk.write(tmp_path / "a.scn", b"new", yard.results.append)
    (result,) = yard.finish()
    assert result is not None
    assert result.strerror == "No space left on device"
    assert yard.disk.read(tmp_path / "a.scn") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.scn"]
