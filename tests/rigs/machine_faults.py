"""The machine fails: its disk, its handles, its clock, its power, and its programs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import errors, settings
from daemon.desk.console import Console, differences
from daemon.files import scene, sealed
from daemon.files.reading import SceneError
from oracles import facts
from rigs import console
from rigs.promises import PATIENCE_S, Watched, fault

OBEDIENT = (sys.executable, str(Path(__file__).with_name("obedient_daemon.py")))
DISK = "8m"
LOST_AT_MOST_S = 1.0
DAY_S = 86_400
STUCK_S = 5.0
CUT_EVERY = int(os.environ.get("FADERD_CUT_EVERY", "61"))
"""Of the whole desk, where nobody asks for every byte (FADERD_CUT_EVERY=1): the end of a few lines proves the same."""
FEW = 1500


@contextlib.contextmanager
def playing(folder: Path) -> Iterator[Watched]:
    """A daemon on the virtual stage."""
    with console.running(folder, port=0, faderd=OBEDIENT) as desk:
        watched = Watched(desk)
        watched.sounds()
        yield watched


def again(folder: Path, watched: Watched) -> float:
    """Pull the plug, start again, and see that the desk is as it was; seconds from the start until it is ready."""
    os.kill(watched.desk.process.popen.pid, signal.SIGKILL)
    watched.desk.process.popen.wait()
    began = time.monotonic()
    with console.running(folder, port=0, faderd=OBEDIENT) as desk:
        took = time.monotonic() - began
        assert desk.get(Watched.FADER) == watched.before
    return took


def is_written(folder: Path, watched: Watched) -> float:
    """Seconds until the desk lies on the disk as it is, with the last move."""
    began, path = time.monotonic(), folder / "state" / "desk.scn"
    (line,) = watched.desk.ask("/node", watched.FADER.rpartition("/")[0])  # type: ignore[attr-defined]
    while not path.exists() or line not in path.read_text("utf-8"):
        assert time.monotonic() < began + PATIENCE_S, f"{line} is not written"
        time.sleep(0.02)
    return time.monotonic() - began


# --- the disk -------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of its own for a folder."""
    place.mkdir()
    with mounted("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)):
        yield place


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Let nobody write in a folder any more."""
    with mounted("--bind", str(place), str(place)):
        mount("-o", "remount,bind,ro", str(place))
        yield


@contextlib.contextmanager
def mounted(*words: str) -> Iterator[None]:
    """Mount something, for a while."""
    mount(*words)
    try:
        yield
    finally:
        subprocess.run([*superuser(), "umount", "--lazy", words[-1]], check=True)


def mount(*words: str) -> None:
    """Mount something."""
    tried = subprocess.run([*superuser(), "mount", *words], capture_output=True, text=True)
    if tried.returncode:
        pytest.fail(f"no disk can be made here: {tried.stderr.strip()}: run as root, or with sudo", pytrace=False)


def superuser() -> list[str]:
    """What makes a command that of the superuser."""
    return [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]


@contextlib.contextmanager
def full(place: Path) -> Iterator[None]:
    """Write until a disk is full, and take it away again."""
    filler = place / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass
    yield
    filler.unlink()


@contextlib.contextmanager
def without_handles(process: int) -> Iterator[None]:
    """Let a process open nothing more."""
    soft, hard = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (3, hard))
    yield
    resource.prlimit(process, resource.RLIMIT_NOFILE, (soft, hard))


def refused_for_a_while(
    folder: Path, watched: Watched, harm: contextlib.AbstractContextManager[None], reason: str
) -> str:
    """Move while the state can't be written, and again find that move after the plug was pulled."""
    is_written(folder, watched)
    with harm:
        watched.moves(0.5)
        told = watched.waits_for("state not saved")
        assert reason in watched.said()
        watched.is_well()
    is_written(folder, watched)
    again(folder, watched)
    return f"told after {told:.1f} s"


@fault("told; the desk plays and answers on; what was changed meanwhile is kept as soon as there is room")
def disk_is_full(folder: Path) -> str:
    """Disk of the state full."""
    with small_disk(folder / "state") as disk, playing(folder) as watched:
        return refused_for_a_while(folder, watched, full(disk), "No space left on device")


@fault("told; the desk plays and answers on; what was changed meanwhile is kept once it can be written again")
def disk_is_read_only(folder: Path) -> str:
    """Disk of the state read-only."""
    with playing(folder) as watched:
        return refused_for_a_while(folder, watched, read_only(folder / "state"), "Read-only file system")


@fault("told; the desk plays and answers on; what was changed meanwhile is kept as soon as there are handles")
def handles_are_used_up(folder: Path) -> str:
    """No file handles left."""
    with playing(folder) as watched:
        harm = without_handles(watched.desk.process.popen.pid)
        return refused_for_a_while(folder, watched, harm, "Too many open files")


@fault("made again; nothing is lost but what only lay there")
def folder_is_taken_away(folder: Path) -> str:
    """State folder deleted while it is in use."""
    with playing(folder) as watched:
        is_written(folder, watched)
        shutil.rmtree(folder / "state")
        watched.moves(0.5)
        is_written(folder, watched)
        watched.is_well()
        again(folder, watched)
    return "the desk was written again"


@fault("a state that is cut is refused, and the generation before it counts")
def state_is_cut_anywhere(folder: Path) -> str:
    """State file cut off at every byte."""
    with playing(folder) as watched:
        is_written(folder, watched)
        watched.moves(0.5)
        is_written(folder, watched)
        os.kill(watched.desk.process.popen.pid, signal.SIGKILL)
        watched.desk.process.popen.wait()
    path = folder / "state" / "desk.scn"
    whole = path.read_bytes()
    few = sealed.seal(b"\n".join(line for line in whole.splitlines() if not line.startswith(b"#sha256"))[:FEW])
    cuts = _all_refused(few, folder, 1) + _all_refused(whole, folder, CUT_EVERY)
    path.write_bytes(whole[: len(whole) // 2])
    with console.running(folder, port=0, faderd=OBEDIENT) as desk:
        assert desk.get(Watched.FADER) != watched.before
        assert "damaged" in desk.process.log.read_text()
    return f"{cuts} cuts of {len(few)} and {len(whole)} bytes"


def _all_refused(whole: bytes, folder: Path, every: int) -> int:
    """Cut a file shorter and shorter, and see each of them refused; how many there were."""
    path = folder / "cut.scn"
    path.write_bytes(whole)
    cuts = range(len(whole) - 1, -1, -every)
    for cut in cuts:
        os.truncate(path, cut)
        with contextlib.suppress(SceneError):
            sealed.load_sealed(path)
            raise AssertionError(f"cut at byte {cut} of {len(whole)}, it is taken for whole")
    return len(cuts)


@fault("a scene that ends within a line is refused whole, with what to do; settings are refused with the place")
def files_of_people_are_cut(folder: Path) -> str:
    """Scenes and settings cut off at every byte."""
    desk, path = Console(), folder / "cut.scn"
    whole = (facts.DATA / "init.scn").read_bytes()
    cuts = [*range(1, FEW), *range(FEW, len(whole), 100 * CUT_EVERY)]
    told: list[str] = []
    for cut in cuts:
        path.write_bytes(whole[:cut])
        is_whole, before = whole[cut - 1 : cut] == b"\n", desk.values.copy()
        try:
            assert scene.read(path, desk) == []
        except SceneError as error:
            told.append(str(error))
            assert not is_whole
            continue
        assert is_whole or not differences(before, desk.values)  # a first line says nothing
    example = (Path(__file__).parents[2] / "configs" / "faderd.toml").read_text("utf-8")
    text = "\n".join(re.findall(r"^#:? ?(\[.*\]|\S+ = .*[^\]}\s]|\S+ = \[.+\])$", example, re.M)).encode()
    refused = len(told)
    for cut in range(len(text)):
        path.write_bytes(text[:cut])
        try:
            settings.read(path)
        except errors.Refusal as error:
            told.append(str(error))
    assert refused > len(cuts) // 2
    assert len(told) - refused > len(text) // 4
    assert all(str(path) in each for each in told)
    return f"{len(cuts):,} cuts of a scene, {len(text):,} of settings; {len(told):,} refused"


# --- power, time, and programs ----------------------------------------------------------------------


@fault("at most 1 s of changes is lost, and the desk comes back as it was")
def power_is_cut(folder: Path) -> str:
    """Daemon killed without a word (kill -9)."""
    with playing(folder) as watched:
        # Where disk and processors are busy with something else it takes longer: one of three times they are not.
        for level in (0.5, 0.75, 0.625):
            watched.moves(level)
            if (lost := is_written(folder, watched)) <= LOST_AT_MOST_S:
                break
        assert lost <= LOST_AT_MOST_S
        took = again(folder, watched)
    return f"written after {lost:.1f} s, ready {took:.1f} s after the start"


@fault("nothing waits for it, nobody is forgotten, and what is done is kept")
def clock_jumps(folder: Path) -> str:
    """Clock set a day forward, then two days back."""
    with playing(folder) as watched:
        for jump in (DAY_S, -2 * DAY_S):
            watched.desk.process.order(f"clock {jump}")
            watched.moves(0.5 if jump > 0 else 0.75)
            watched.is_well()
            is_written(folder, watched)
        watched.desk.set("/faderd/moves")
        watched.desk.socket.settimeout(PATIENCE_S)
        (told,) = watched.desk.get("/faderd/moves")
        assert [move["new"] for move in json.loads(told)][:2] == ["0.0", "-10.0"]
        again(folder, watched)
    return "moves in their order, state written"


@fault("noticed, told with the place; audio goes on")
def event_loop_is_stuck(folder: Path) -> str:
    """Event loop stands still."""
    with playing(folder) as watched:
        watched.desk.process.order(f"stick {STUCK_S}")
        before = watched.desk.calls()
        told = watched.waits_for("the event loop is stuck, audio goes on")
        assert watched.desk.calls() > before + 100
        assert "obedient_daemon" in (folder / "state" / "stuck.txt").read_text()
        watched.waits_for("the event loop goes on")
        watched.is_well()
    return f"told after {told:.1f} s, sound went on"


@fault("one sentence in the log, a report for developers; it plays and answers on, and after a crash it is back")
def error_nobody_expected(folder: Path) -> str:
    """Error in the event loop, then a crash in native code."""
    with playing(folder) as watched:
        watched.desk.process.order("break")
        watched.waits_for("an error nobody expected: RuntimeError: the cat is on the desk · report: ")
        watched.moves(0.5)
        watched.is_well()
        is_written(folder, watched)
        os.kill(watched.desk.process.popen.pid, signal.SIGSEGV)
        watched.desk.process.popen.wait()
    with console.running(folder, port=0, faderd=OBEDIENT) as desk:
        assert desk.get(Watched.FADER) == watched.before
        assert desk.process.lines("the run before ended in native code")
    reports = sorted((folder / "state").glob("crash-2*.txt"))
    assert "in broken" in reports[0].read_text()
    assert "Segmentation fault" in reports[-1].read_text()
    return f"{len(reports)} reports"
