"""The doctor: what on this machine stands in the way of sound that never stops, and what to do about it.

    the machine as it stands (`checks`) ─▶ blocks it can mix ─▶ the callback, for a minute ─▶ the round trip
                                       ╰─▶ in plain words, or as JSON
"""

import argparse
import contextlib
import functools
import json
import pathlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import platformdirs
from rich.console import Console as Screen
from rich.progress import track
from rich.table import Table

from daemon import errors
from daemon.audio import devices, kernels, stage, stream
from daemon.metering import load
from daemon.tools import bench, busiest_desk, checks, disk_speed, roundtrip
from daemon.tools.checks import ADVICE, ILL, WELL, Finding

SIZES = (16, 32, 64, 128, 256, 512, 1024)
MOST_LOAD, MOST_LOAD_IN_A_RECALL = 0.5, 0.8
"""Part of a block's time that the console may take; and while a recall cross-fades, which mixes two desks."""
RECALLS = 3
SECONDS, DISK_S = 60.0, 20.0
LEAST_TRACKS = 32
STEP_S = 0.5
SIGNS = {WELL: "[green]✓[/]", ADVICE: "[yellow]·[/]", ILL: "[red]![/]"}


class Doctor:
    """Examines this machine.

    Parameters
    ----------
    device : str or None
        The device that is meant for the show.
    loop : (int, int) or None
        Output and input of it, counted from 1, that a cable or JACK connects; JACK connects them by itself.
    seconds : float
        How long the callback is watched.
    screen : Screen
        Where progress is shown.
    disk : Path
        Where recordings go.

    Attributes
    ----------
    told : dict
        What was measured, for programs.
    """

    def __init__(
        self, device: str | None, loop: tuple[int, int] | None, seconds: float, screen: Screen, disk: pathlib.Path
    ) -> None:
        self._device, self._loop, self._seconds = device, loop, seconds
        self._screen = screen
        self._disk = disk
        self.told: dict[str, Any] = {}

    def examine(self) -> Iterator[Finding]:
        """Look at everything, the quick things first."""
        yield checks.library()
        infos = checks.found()
        needed = bool(infos) or self._device is not None
        self.told["idle"] = not needed
        yield checks.interfaces(infos)
        yield checks.host_api(infos)
        yield checks.usb()
        yield checks.head_amps()
        for check in (checks.priority, checks.locked_memory, checks.governor):
            yield check(needed)
        yield checks.clock()
        yield checks.disk(self._disk)
        yield self._disk_speed()
        yield checks.port()
        yield checks.network()
        yield checks.kernels_ready()
        size, load_then, finding = block()
        if load_then is not None:
            self.told["recommended"] = {"block": size, "load": round(load_then, 4)}
        yield finding
        yield self._histogram(size)
        if self._loop is not None:
            yield self._round_trip(size)

    def _disk_speed(self) -> Finding:
        """How many tracks the disk can be trusted with."""
        try:
            with self._screen.status("the disk"):
                speed = disk_speed.measure(self._disk, min(self._seconds, DISK_S))
        except OSError as error:
            words = f"{self._disk} does not take a recording: {error.strerror or error}"
            return Finding("disk_speed", ILL, words, "name another folder with --disk")
        self.told["disk"] = {"tracks": speed.tracks} | speed._asdict()
        words = (
            f"{self._disk} takes {speed.bytes_per_s / 1e6:.0f} MB/s, its slowest write {speed.worst_ms:.0f} ms: "
            f"{speed.tracks} tracks at 48 kHz can be trusted to it"
        )
        if speed.tracks < LEAST_TRACKS:
            return Finding("disk_speed", ADVICE, words, "record to another disk")
        return Finding("disk_speed", WELL, words)

    def _histogram(self, size: int) -> Finding:
        """How long the callback takes on the device itself, outputs shut."""
        mixer, audio = busiest_desk.console(bench.RATE)
        try:
            device = self._opened(size)
            audio.control_begin_anew(device.rate, device.inputs, device.outputs)
            mixer.begin_anew()
            watching = load.Load(audio)
            device.start(kernels.load(), audio.address)
        except errors.Refusal as error:
            return Finding("callback", ILL, str(error), "see faderd devices")
        steps = range(max(round(self._seconds / STEP_S), 1))
        for _ in track(steps, "the callback", console=self._screen, transient=True):
            time.sleep(STEP_S)
        hurried = device.hurried
        device.stop()
        device.close()
        report = watching.report()
        self.told["callback"] = asdict(report) | {"device": device.name, "block": device.block, "rate": device.rate}
        words = (
            f"on {device.name}, {device.block} frames, everything on: a block takes {report.p50} % of its time, "
            f"{report.p99} % in one of 100, {report.p99_9} % in one of 1000, {report.most} % at most"
        )
        if not report.blocks:
            return Finding("callback", ILL, f"{device.name} does not ask for audio", "start it, or choose another one")
        if not report.missed:
            return Finding("callback", WELL, words)
        words += f"; {report.missed} of {report.blocks} came too late"
        needed = not self.told["idle"]
        remedy = "take a larger block" if hurried else "give the audio thread real-time priority, or a larger block"
        return Finding("callback", ILL if needed else ADVICE, words, remedy)

    def _opened(self, size: int) -> devices.Device:
        if self._device is not None:
            return devices.choose(self._device, None, size)
        return stage.Stage(
            devices.VIRTUAL_NAME, busiest_desk.noise(size), bench.RATE, size, outputs=busiest_desk.CHANNELS
        )

    def _round_trip(self, size: int) -> Finding:
        """How long a sound takes through the loop."""
        if self._device is None or self._loop is None:
            return Finding("round_trip", ILL, "a loop is measured on a device", "name it with --device")
        try:
            info = devices.match(self._device)
            rate = devices.agreed_rate(info, None)
            _check(info, self._loop)
            loop = self._loop if info.api == stream.JACK else None
            heard = stream.play_through(info, rate, size, self._loop, roundtrip.sweep(rate), lambda: _connect(loop))
        except errors.Refusal as error:
            return Finding("round_trip", ILL, str(error), "see faderd devices")
        trip = roundtrip.find(heard, rate)
        if trip is None:
            what = f"nothing of output {self._loop[0]} arrives at input {self._loop[1]}"
            return Finding("round_trip", ILL, what, "connect the two with a cable, and turn the preamplifier up")
        self.told["round_trip"] = asdict(trip)
        return Finding("round_trip", WELL, f"the round trip takes {trip.ms:.1f} ms ({trip.frames} frames at {rate} Hz)")


def block() -> tuple[int, float | None, Finding]:
    """The smallest block the console can mix with everything on, with time to spare, in a recall too; and its load."""
    for size in SIZES:
        steady, recall = loads(size)
        if steady < MOST_LOAD and recall < MOST_LOAD_IN_A_RECALL:
            share = f"everything on takes {steady:.1%} of a core at {size} frames, {recall:.1%} in a recall"
            return size, steady, Finding("block", WELL, f"{share}: --block {size} is possible")
    words = "this machine is too slow to mix with everything on"
    return SIZES[-1], None, Finding("block", ILL, words, "use a faster one")


def loads(size: int) -> tuple[float, float]:
    """Part of a block's time that the console takes with everything on, steadily and while a recall cross-fades."""
    console, audio = busiest_desk.console(bench.RATE)
    device = stage.Stage("doctor", busiest_desk.noise(size), bench.RATE, size, outputs=busiest_desk.CHANNELS)
    play = functools.partial(device.play, kernels.load(), audio.address)
    steady = bench.load_of(device, kernels.load(), audio.address)
    both_us = bench.measure_changes(console, audio, play, RECALLS)["both_us"]
    return steady, both_us * 1e-6 * bench.RATE / size


def _check(info: stream.Info, loop: tuple[int, int]) -> None:
    for which, number, most in (("output", loop[0], info.outputs), ("input", loop[1], info.inputs)):
        if not 1 <= number <= most:
            raise devices.DeviceError(f"{info.name} has no {which} {number}: it has {most}")


def _connect(loop: tuple[int, int] | None) -> None:
    """Let JACK connect an output of this program to one of its inputs, where the tool for it is there."""
    if loop is None or shutil.which("jack_connect") is None or shutil.which("jack_lsp") is None:
        return
    listed = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False).stdout.split("\n")
    ends = [f":out_{loop[0] - 1}", f":in_{loop[1] - 1}"]
    ports = [[name for name in listed if name.startswith("PortAudio") and name.endswith(end)] for end in ends]
    if all(ports):
        with contextlib.suppress(OSError):
            subprocess.run(["jack_connect", ports[0][-1], ports[1][-1]], capture_output=True, check=False)


def main(arguments: list[str] | None = None) -> int:
    """Examine this machine and say what was found; 0 if nothing is ill."""
    options = _parser().parse_args(arguments)
    screen = Screen(stderr=True)
    doctor = Doctor(options.device, options.loop, options.seconds, screen, options.disk)
    findings = list(doctor.examine())
    ill = any(finding.grade == ILL for finding in findings)
    if options.json:
        told = {"fit": not ill and not doctor.told["idle"], **doctor.told}
        print(json.dumps(told | {"findings": [finding._asdict() for finding in findings]}))
    else:
        _print(findings, doctor.told)
    return 1 if ill else 0


def _print(findings: list[Finding], told: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None)
    for finding in findings:
        table.add_row(SIGNS[finding.grade], finding.what, finding.remedy)
    screen = Screen()
    screen.print(table)
    if any(finding.grade == ILL for finding in findings):
        screen.print("\nNot fit for a show: see the lines with an exclamation mark.")
    elif told["idle"]:
        screen.print("\nWell, and idle: the virtual stage plays; for a show it wants an audio interface.")
    else:
        screen.print(f"\nFit for a show: faderd run --device NAME --block {told['recommended']['block']}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="faderd doctor", description="Find what stands in the way of sound that never stops."
    )
    parser.add_argument("--device", metavar="NAME", help="device of the show; without it the virtual stage is watched")
    parser.add_argument("--loop", type=_loop, metavar="OUT:IN", help="measure the round trip through this loop")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the callback is watched (60)")
    parser.add_argument(
        "--disk", type=pathlib.Path, metavar="FOLDER", default=platformdirs.user_state_path("faderd"),
        help="where recordings go: a file is written there for 20 s and taken away (the state folder)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _loop(text: str) -> tuple[int, int]:
    output, _, source = text.partition(":")
    return int(output), int(source)
