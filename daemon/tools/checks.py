"""What the doctor looks at without making a sound: the machine as it stands.

A finding is `WELL`, `ADVICE` (the machine works, and could do better or more) or `ILL` (the show is at risk).  A
machine without an audio interface wants the virtual stage: there, what only an interface needs is advice.
"""

import os
import pathlib
import shutil
import socket
import sys
import time
from typing import Literal, NamedTuple

from daemon import server
from daemon.audio import devices, kernels, stream
from daemon.system import realtime
from dsp.engine import memory

Grade = Literal["well", "advice", "ill"]
WELL: Grade = "well"
ADVICE: Grade = "advice"
ILL: Grade = "ill"

SYSTEM = pathlib.Path("/sys")
GOVERNORS = "devices/system/cpu/cpu*/cpufreq/scaling_governor"
CLOCK = "devices/system/clocksource/clocksource0/current_clocksource"
FAST_CLOCKS = {"tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page"}
"""Clocks that are read without a system call."""
AUDIO_CLASS = "01"
HUNGRY = {"08": "a disk", "0e": "a camera"}
"""USB classes that take bandwidth in bursts."""
LEAST_FREE_GB = 2.0
BYTES_PER_HOUR = 32 * 48_000 * 4 * 3600
"""A recording of 32 channels."""
EARLIEST_YEAR = 2025
RELEASED_BEFORE = "the clock shows a year in which this program did not exist"


class Finding(NamedTuple):
    """One thing that was looked at."""

    check: str
    grade: Grade
    what: str
    remedy: str = ""


def library() -> Finding:
    """Whether PortAudio is there."""
    try:
        stream.infos()
    except stream.LibraryMissing as error:
        return Finding(
            "library", ADVICE, "no PortAudio: only the virtual stage can play", str(error).rpartition(" · ")[2]
        )
    except devices.DeviceError as error:
        return Finding("library", ILL, f"PortAudio does not start: {error}", "restart JACK or PipeWire")
    return Finding("library", WELL, "PortAudio is installed")


def found() -> list[stream.Info]:
    """Audio devices with inputs and outputs that are no mixture of others."""
    try:
        return [info for info in stream.infos() if info.inputs and info.outputs]
    except devices.DeviceError:
        return []


def interfaces(infos: list[stream.Info]) -> Finding:
    """Whether there is anything to open."""
    if not infos:
        return Finding(
            "interface",
            ADVICE,
            "no audio interface: this machine plays the virtual stage, and is not fit for a show",
            "plug one in, or start JACK or PipeWire; see faderd devices",
        )
    widest = max(infos, key=lambda info: info.inputs)
    return Finding("interface", WELL, f"{len(infos)} devices, the widest is {widest.name} with {widest.inputs} inputs")


def host_api(infos: list[stream.Info]) -> Finding:
    """How the devices are reached."""
    apis = sorted({info.api for info in infos})
    if not apis:
        return Finding("host_api", WELL, "no host API is in use")
    if apis == ["OSS"] or apis == ["PulseAudio"]:
        return Finding(
            "host_api", ADVICE, f"devices are reached through {apis[0]}, which adds latency", "use ALSA or JACK"
        )
    return Finding("host_api", WELL, f"devices are reached through {', '.join(apis)}")


def head_amps() -> Finding:
    """Where head-amp gain is applied."""
    return Finding(
        "head_amps", WELL, "head-amp gain is digital, behind the converter; the preamplifier is set at the interface"
    )


def _limit(name: str) -> int:
    """A resource limit of this process, -1 for none at all."""
    if sys.platform == "win32":
        return -1
    import resource

    return resource.getrlimit(getattr(resource, name))[0] if hasattr(resource, name) else -1


def _may_all() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def priority(needed: bool) -> Finding:
    """Whether the audio thread may go first."""
    if _limit("RLIMIT_RTPRIO") == -1 or _limit("RLIMIT_RTPRIO") >= realtime.PRIORITY or _may_all():
        return Finding("priority", WELL, "the audio thread may have real-time priority")
    return Finding(
        "priority", ILL if needed else ADVICE, "no real-time priority for the audio thread", realtime.SCHEDULING_REMEDY
    )


def locked_memory(needed: bool) -> Finding:
    """Whether memory can be kept from being swapped out."""
    allowed, wanted = _limit("RLIMIT_MEMLOCK"), memory.MEMORY.itemsize
    if allowed == -1 or allowed >= wanted or _may_all():
        return Finding("memory", WELL, "memory can be locked")
    return Finding(
        "memory",
        ILL if needed else ADVICE,
        f"only {allowed >> 20} MB of memory can be locked, the console has {wanted >> 20} MB",
        realtime.MEMORY_REMEDY,
    )


def governor(needed: bool, system: pathlib.Path = SYSTEM) -> Finding:
    """Whether the processor stays awake between blocks."""
    governors = {path.read_text().strip() for path in system.glob(GOVERNORS)}
    if not governors or governors == {"performance"}:
        return Finding("governor", WELL, "the processor does not slow down between blocks")
    saving = ", ".join(sorted(governors))
    return Finding(
        "governor",
        ILL if needed else ADVICE,
        f"the processor saves power ({saving})",
        "sudo cpupower frequency-set -g performance",
    )


def usb(system: pathlib.Path = SYSTEM) -> Finding:
    """Whether an audio interface has its USB bus for itself."""
    classes: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for interface in system.glob("bus/usb/devices/*:*"):
        device = interface.name.partition(":")[0]
        classes.setdefault(device, set()).add(_read(interface / "bInterfaceClass"))
        names[device] = _read(system / "bus/usb/devices" / device / "product") or device
    audio = [device for device, found in classes.items() if AUDIO_CLASS in found]
    if not audio:
        return Finding("usb", WELL, "no USB audio interface")
    for device in audio:
        for other, found in classes.items():
            if other != device and _bus(other) == _bus(device) and (hungry := found & HUNGRY.keys()):
                return Finding(
                    "usb",
                    ADVICE,
                    f"{names[device]} shares its USB bus with {names[other]} ({HUNGRY[min(hungry)]})",
                    "plug one of the two into a port of another controller",
                )
    return Finding("usb", WELL, f"{names[audio[0]]} has its USB bus for itself")


def _bus(device: str) -> str:
    """USB bus of a device: `1-2.3` hangs on bus 1."""
    return device.partition("-")[0]


def _read(path: pathlib.Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def clock(system: pathlib.Path = SYSTEM, now: float | None = None) -> Finding:
    """Whether the clocks are what logs and measurements need."""
    if time.gmtime(now).tm_year < EARLIEST_YEAR:
        return Finding("clock", ADVICE, RELEASED_BEFORE, "connect to the internet once, or set it: sudo timedatectl")
    source = _read(system / CLOCK)
    if source and source not in FAST_CLOCKS:
        return Finding(
            "clock", ADVICE, f"reading the clock ({source}) is slow here", "boot with clocksource=tsc if it is stable"
        )
    return Finding("clock", WELL, "the clock is right for logs, and quick to read")


def disk(folder: pathlib.Path) -> Finding:
    """Whether there is room for state and recordings, and whether it can be written."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK):
        return Finding("disk", ILL, f"{there} can't be written: nothing would be kept", "name a folder with --state")
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_GB * 1e9:
        return Finding("disk", ILL, f"only {free / 1e9:.1f} GB are free in {there}", "make room")
    return Finding(
        "disk", WELL, f"{free / 1e9:.0f} GB are free: {free / BYTES_PER_HOUR:.1f} hours of 32 recorded channels"
    )


def port() -> Finding:
    """Whether tablets will find the console where they expect it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", server.PORT))
        except OSError:
            remedy = "if it is not the console you want, stop it, or use --osc-port"
            return Finding("port", ADVICE, f"UDP port {server.PORT} is taken, by a console that runs", remedy)
    return Finding("port", WELL, f"UDP port {server.PORT} is free for tablets")


def network() -> Finding:
    """Which address tablets connect to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which way the network would be
            address = probe.getsockname()[0]
        except OSError:
            return Finding(
                "network", ADVICE, "no network: tablets can't reach this machine", "connect it to the console's router"
            )
    return Finding("network", WELL, f"tablets connect to {address}")


def kernels_ready() -> Finding:
    """Whether the next start will be quick."""
    if kernels.compiled():
        return Finding("kernels", WELL, "the audio kernels are compiled: it starts at once")
    kernels.load()
    return Finding("kernels", WELL, "the audio kernels have just been compiled: from now on it starts at once")
