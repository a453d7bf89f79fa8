"""The doctor: what on this machine stands in the way of sound that never stops, and what to do about it."""

import functools
import os
import pathlib
import socket
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.console import Console as Screen
from rich.table import Table

from daemon import server
from daemon.audio import devices, kernels, stage, stream
from daemon.tools import bench, busiest_desk
from dsp.engine import memory

GOVERNORS = "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
SECONDS = 1.0
MOST_LOAD, MOST_LOAD_IN_A_RECALL = 0.5, 0.8
"""Part of a block's time that the console may take; and while a recall cross-fades, which mixes two desks."""
RECALLS = 3


class Finding(NamedTuple):
    """One thing that was looked at."""

    well: bool
    what: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, the quick things first."""
    checks: tuple[Callable[[], Finding], ...] = (
        library, interfaces, head_amps, priority, locked_memory, governor, port, kernels_ready, block,
    )  # fmt: skip
    for check in checks:
        yield check()


def library() -> Finding:
    """Whether PortAudio is there."""
    try:
        stream.infos()
    except stream.LibraryMissing as error:
        return Finding(False, "no PortAudio: only the virtual stage can play", str(error).rpartition(" · ")[2])
    except devices.DeviceError as error:
        return Finding(False, f"PortAudio does not start: {error}", "restart JACK or PipeWire")
    return Finding(True, "PortAudio is installed")


def interfaces() -> Finding:
    """Whether there is anything to open."""
    try:
        found = [row for row in devices.table() if row.index != devices.VIRTUAL]
    except devices.DeviceError:
        found = []
    if not found:
        return Finding(False, "no audio interface", "plug it in, or start JACK or PipeWire; see faderd devices")
    widest = max(found, key=lambda row: row.inputs)
    return Finding(True, f"{len(found)} devices, the widest is {widest.name} with {widest.inputs} inputs")


def head_amps() -> Finding:
    """Where head-amp gain is applied."""
    return Finding(True, "head-amp gain is digital, behind the converter; the preamplifier is set at the interface")


def _limit(name: str) -> int:
    """A resource limit of this process, -1 for none at all."""
    if sys.platform == "win32":
        return -1
    import resource

    return resource.getrlimit(getattr(resource, name))[0] if hasattr(resource, name) else -1


def priority() -> Finding:
    """Whether the audio thread may go first."""
    allowed = _limit("RLIMIT_RTPRIO")
    if allowed in (-1,) or allowed >= stage.PRIORITY or (hasattr(os, "geteuid") and os.geteuid() == 0):
        return Finding(True, "the audio thread may have real-time priority")
    return Finding(
        False,
        "no real-time priority for the audio thread",
        "sudo apt install jackd2, answer yes, then: sudo usermod -aG audio $USER, and log in again",
    )


def locked_memory() -> Finding:
    """Whether memory can be kept from being swapped out."""
    allowed = _limit("RLIMIT_MEMLOCK")
    wanted = memory.MEMORY.itemsize
    if allowed == -1 or allowed >= wanted:
        return Finding(True, "memory can be locked")
    return Finding(
        False,
        f"only {allowed >> 20} MB of memory can be locked, the console has {wanted >> 20} MB",
        "put '@audio - memlock unlimited' into /etc/security/limits.d/audio.conf",
    )


def governor() -> Finding:
    """Whether the processor stays awake between blocks."""
    found = {path.read_text().strip() for path in pathlib.Path("/").glob(GOVERNORS.removeprefix("/"))}
    if not found or found == {"performance"}:
        return Finding(True, "the processor does not slow down between blocks")
    saving = ", ".join(sorted(found))
    return Finding(False, f"the processor saves power ({saving})", "sudo cpupower frequency-set -g performance")


def port() -> Finding:
    """Whether tablets will find the console where they expect it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", server.PORT))
        except OSError:
            remedy = "another console is running: stop it, or use --osc-port"
            return Finding(False, f"UDP port {server.PORT} is taken", remedy)
    return Finding(True, f"UDP port {server.PORT} is free for tablets")


def kernels_ready() -> Finding:
    """Whether the next start will be quick."""
    if kernels.compiled():
        return Finding(True, "the audio kernels are compiled: it starts at once")
    kernels.load()
    return Finding(True, "the audio kernels have just been compiled: from now on it starts at once")


def block() -> Finding:
    """The smallest block the console can mix with everything on, with time to spare, in a recall too."""
    for size in (16, 32, 64, 128, 256, 512, 1024):
        steady, recall = loads(size)
        if steady < MOST_LOAD and recall < MOST_LOAD_IN_A_RECALL:
            share = f"everything on takes {steady:.1%} of a core at {size} frames, {recall:.1%} in a recall"
            return Finding(True, f"{share}: --block {size} is possible")
    return Finding(False, "this machine is too slow to mix with everything on", "use a faster machine")


def loads(size: int) -> tuple[float, float]:
    """Part of a block's time that the console takes with everything on, steadily and while a recall cross-fades."""
    console, audio = busiest_desk.console(bench.RATE)
    device = stage.Stage("doctor", busiest_desk.noise(size), bench.RATE, size, outputs=busiest_desk.CHANNELS)
    play = functools.partial(device.play, kernels.load(), audio.address)
    steady = bench.load_of(device, kernels.load(), audio.address)
    both_us = bench.measure_changes(console, audio, play, RECALLS)["both_us"]
    return steady, both_us * 1e-6 * bench.RATE / size


def main() -> int:
    """Examine this machine and say what was found; 0 if all is well."""
    screen = Screen()
    table = Table(show_header=False, box=None)
    ill = 0
    for finding in examine():
        ill += not finding.well
        table.add_row("[green]✓[/]" if finding.well else "[yellow]![/]", finding.what, finding.remedy)
    screen.print(table)
    return 1 if ill else 0
