"""The disk of a recording fails: full, pulled, read-only, slow; each for real, on a file system of its own."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from daemon.audio import stage
from daemon.recording import gig, journal, recorder
from dsp.engine import memory, wall
from rigs import harness, servers
from rigs.machine_faults import mount, mounted, superuser
from rigs.promises import PATIENCE_S, fault

RATE, INPUTS = 48_000, 8
DISK = "48m"
STALL_S, LONG_STALL_S, POOL_S = 5.0, 6.0, 3
PROMISED = "told within a second, sound goes on, it goes on by itself in a next part, and every frame is where it was"


class Played:
    """Noise that plays in real time into a wall, and its recorder."""

    def __init__(self, folder: Path, inputs: int = INPUTS) -> None:
        self.noise = np.random.default_rng(2).uniform(-1, 1, (RATE, inputs)).astype(np.float32)
        self.audio = wall.Wall(RATE, inputs, 2)
        self.device = stage.Stage("noise", self.noise, RATE, 64, outputs=2)
        self.folder = folder
        self.recorder = recorder.Recorder(self.audio, folder)

    def __enter__(self) -> Played:
        self.device.start(harness.kernels.load(), self.audio.address)
        self.recorder.start()
        self.is_written()
        return self

    def __exit__(self, *_: object) -> None:
        self.recorder.close()
        self.device.stop()

    def wait_for(self, what: Callable[[recorder.Report], bool]) -> float:
        """Seconds until a report is like this."""
        began = time.monotonic()
        while not what(self.recorder.report()):
            assert time.monotonic() < began + PATIENCE_S, self.recorder.report()
            time.sleep(0.01)
        return time.monotonic() - began

    def is_told(self, words: str) -> float:
        """Seconds until it is told."""
        return self.wait_for(lambda report: report.state == recorder.TROUBLE and words in report.alarm)

    def is_written(self) -> float:
        """Seconds until it is well again, and has caught up."""
        target = self.recorder.report().frames + RATE
        return self.wait_for(lambda report: report.state == recorder.RECORDING and report.verified > target)

    def sounds(self) -> None:
        """The mixer is asked for audio as ever."""
        before = self.audio.count(memory.FRAME)
        self.wait_for(lambda _: self.audio.count(memory.FRAME) > before + RATE // 5)

    def ends(self) -> int:
        """End the gig; compare all of it with what was sent; frames that are lost, and are where the journal says."""
        self.recorder.close()
        (made,) = self.folder.glob("*")
        found = gig.state(made)
        assert found.problems == []
        first = gig.manifest(made)["first_frame"]
        sent = self.noise[(first + np.arange(found.frames)) % RATE].copy()
        events, _ = journal.read(made / gig.JOURNAL)
        lost = 0
        for event in (event for event in events if event["kind"] == "gap"):
            sent[event["frame"] : event["frame"] + event["frames"]] = 0
            lost += event["frames"]
        assert lost == self.recorder.report().lost
        paths = gig.export(made, self.folder.parent / "out")
        heard = np.stack([soundfile.read(each, dtype="float32")[0] for each in paths], 1)
        np.testing.assert_array_equal(heard, sent)
        return lost


@contextlib.contextmanager
def ext4(place: Path) -> Iterator[str]:
    """A real file system on a disk of its own; gives the device."""
    image = place.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(900_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    place.mkdir()
    device = run("losetup", "--find", "--show", str(image))
    try:
        with mounted("-o", "errors=remount-ro", device, str(place)):
            run("chmod", "777", str(place))
            yield device
    finally:
        run("losetup", "--detach", device)


def run(*words: str) -> str:
    """Run a command of the superuser; what it says."""
    return subprocess.run([*superuser(), *words], check=True, capture_output=True, text=True).stdout.strip()


def check(device: str) -> None:
    """Mend a file system, once nothing holds it any more."""
    until = time.monotonic() + PATIENCE_S
    mended = 1  # or less: it was whole
    while (done := subprocess.run([*superuser(), "fsck.ext4", "-y", device], capture_output=True)).returncode > mended:
        assert time.monotonic() < until, done.stdout
        time.sleep(0.2)


def freeze(place: Path, is_frozen: bool) -> None:
    """Let a file system answer nobody, or everybody again."""
    run("fsfreeze", "-f" if is_frozen else "-u", str(place))


@fault(PROMISED)
def full_while_recording(folder: Path) -> str:
    """a disk becomes full while it is recorded to"""
    place = folder / "disk"
    place.mkdir()
    with mounted("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)), Played(place / "gigs") as played:
        ballast = place / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        told = played.is_told("No space left")
        played.sounds()
        ballast.unlink()
        played.is_written()
        assert played.ends() == 0
    return f"told after {told:.1f} s, nothing lost"


@fault(PROMISED)
def pulled_while_recording(folder: Path) -> str:
    """a disk is pulled while it is recorded to, and put in again"""
    servers.need("mkfs.ext4", "losetup")
    place = folder / "disk"
    with ext4(place) as device, Played(place / "gigs") as played:
        run("umount", "--lazy", str(place))
        told = played.is_told("No such file")
        played.sounds()
        mount(device, str(place))
        played.is_written()
        assert played.ends() == 0
    return f"told after {told:.1f} s, nothing lost"


@fault(PROMISED)
def read_only_while_recording(folder: Path) -> str:
    """a file system becomes read-only for an error of its disk while it is recorded to"""
    servers.need("mkfs.ext4", "fsck.ext4")
    place = folder / "disk"
    with ext4(place) as device, Played(place / "gigs") as played:
        run("sh", "-c", f"echo test > /sys/fs/ext4/{Path(device).name}/trigger_fs_error")
        told = played.is_told("Read-only")
        played.sounds()
        run("umount", "--lazy", str(place))
        check(device)
        mount(device, str(place))
        played.is_written()
        assert played.ends() == 0
    return f"told after {told:.1f} s, nothing lost"


@fault("told within a second, sound goes on, nothing is lost")
def stalled_while_recording(folder: Path) -> str:
    """a disk does not answer for five seconds while 64 inputs are recorded to it"""
    servers.need("mkfs.ext4", "fsfreeze")
    place = folder / "disk"
    with ext4(place), Played(place / "gigs", inputs=64) as played:
        freeze(place, True)
        try:
            told = played.is_told("does not answer")
            played.sounds()
            time.sleep(max(STALL_S - told, 0))
        finally:
            freeze(place, False)
        played.is_written()
        assert played.ends() == 0
    return f"told after {told:.1f} s, nothing lost"


@fault("told within a second with what is lost; the rest is where it was")
def stalled_for_longer_than_memory_lasts(folder: Path) -> str:
    """a disk does not answer for longer than memory lasts"""
    servers.need("mkfs.ext4", "fsfreeze")
    place = folder / "disk"
    with pytest.MonkeyPatch.context() as patch, ext4(place), Played(place / "gigs") as played:
        patch.setattr(recorder, "POOL_S", POOL_S)
        began = time.monotonic()
        freeze(place, True)
        try:
            told = played.is_told("are lost")
            time.sleep(max(LONG_STALL_S - told, 0))
        finally:
            freeze(place, False)
            stalled = time.monotonic() - began
        played.is_written()
        lost = played.ends()
        assert 0 < lost < (stalled + 1) * RATE
    return f"{lost / RATE:.1f} s lost and told, of {LONG_STALL_S:g} s and {POOL_S} s of memory"
