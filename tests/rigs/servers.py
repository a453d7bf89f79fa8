"""Sound servers without hardware, the daemon running on them, and a client that plays and records.

    with rig.jack_server(folder) as server, rig.daemon(server, "system", folder) as desk:
        desk.set("/ch/01/mix/fader", 0.75)
        with rig.player(server, signals, record=16, folder=folder) as player:
            player.play()
            recording = player.recording()

Everything runs in processes of its own, started and ended here; what this machine
lacks fails a test with the line that installs it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from pythonosc import osc_message, osc_message_builder

from rigs import ports

RATE = 48_000
START_S, PATIENCE_S, END_S = 240.0, 120.0, 60.0
"""What comes at once where nothing else is to be done takes its time on a busy machine."""
ASK_AGAIN_S = 5.0
APT = "sudo apt-get install --yes jackd2 libportaudio2 pipewire pipewire-jack pipewire-alsa wireplumber dbus"
HERE = Path(__file__).resolve().parent


# --- processes ---

PLACES = f"{os.environ['PATH']}:/sbin:/usr/sbin"


def need(*programs: str) -> None:
    """Fail when a program is not installed: who skips has proved nothing."""
    missing = [program for program in programs if shutil.which(program, path=PLACES) is None]
    if missing:
        pytest.fail(f"{', '.join(missing)} not found; `bash tests/run` installs what the tests need", pytrace=False)


class Process:
    """A program that writes to a log, takes orders on stdin and is ended with all it started."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command, self.log = command, log
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def lines(self, start: str) -> list[str]:
        """Return the complete lines of its output that begin with `start`."""
        complete = self.log.read_text(errors="replace").rpartition("\n")[0]
        return [line for line in complete.splitlines() if line.startswith(start)]

    def wait_for(self, happened: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
        """Return what `happened` returns once it is true; fail when the program ends or the time is up."""
        deadline = time.monotonic() + seconds
        while not (result := happened()):
            if self.popen.poll() is not None:
                self.fail(f"ended with exit code {self.popen.returncode} before {what}")
            if time.monotonic() > deadline:
                self.fail(f"no sign of {what} within {seconds:.0f} s")
            time.sleep(0.02)
        return result

    def order(self, line: str, seconds: float = PATIENCE_S) -> str:
        """Write `line` to its stdin; return its answer, the next line that begins with ">"."""
        before = len(self.lines(">"))
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{line}\n".encode())
        self.popen.stdin.flush()
        answer: str = self.wait_for(lambda: self.lines(">")[before:], f"an answer to {line!r}", seconds)[0]
        return answer.removeprefix(">").strip()

    def fail(self, reason: str) -> NoReturn:
        """Fail the test, show the end of the log and what has to be installed."""
        log = self.log.read_text(errors="replace")[-3000:]
        words = f"{reason}; its last words:\n{log}\nIf something is missing here: {APT}"
        pytest.fail(f"{' '.join(self.command)}: {words}", pytrace=False)

    def end(self, seconds: float = END_S) -> int:
        """Ask it to stop, insist when it does not; return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.communicate()
        return self.popen.returncode


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[Process]:
    """Start `command`, end it on the way out."""
    process = Process(command, environment, log)
    try:
        yield process
    finally:
        process.end()


# --- sound servers ---

@dataclasses.dataclass
class Server:
    """A running sound server: how to start a program that finds it.

    `into` and `out_of` are regular expressions of the ports through which a daemon hears and is heard.
    """

    environment: dict[str, str]
    prefix: list[str] = dataclasses.field(default_factory=list)
    into: str = r"^PortAudio:in_|ALSA Capture:input_"
    out_of: str = r"^PortAudio:out_|ALSA Playback:output_"
    process: Process | None = None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.popen.pid, signal.SIGKILL)
        self.process.popen.wait()

    def run(self, *command: str) -> None:
        """Run a program that finds it, to its end."""
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def signal(self, number: int) -> None:
        """Send all its processes a signal."""
        assert self.process is not None
        os.killpg(self.process.popen.pid, number)


REGISTRY = Path("/dev/shm/jack-shm-registry")
FIRST_SERVER, SERVER_BYTES, SERVERS = 0x18, 0x108, 8


def forget_killed_servers() -> None:
    """Give their places back: JACK keeps those of servers that were killed, and has room for eight in all."""
    with contextlib.suppress(OSError), REGISTRY.open("r+b") as registry:
        for place in range(FIRST_SERVER, FIRST_SERVER + SERVERS * SERVER_BYTES, SERVER_BYTES):
            registry.seek(place)
            entry = registry.read(SERVER_BYTES)
            number = int.from_bytes(entry[:4], "little")
            if b":faderd-" in entry and number and not Path(f"/proc/{number}").exists():
                registry.seek(place)
                registry.write(bytes(SERVER_BYTES))


@contextlib.contextmanager
def jack_server(
    folder: Path, block: int = 64, inputs: int = 32, outputs: int = 16, synchronous: bool = True,
    rate: int = RATE, name: str | None = None,
) -> Iterator[Server]:
    """Run jackd with the dummy driver.

    Parameters
    ----------
    folder : Path
        Where its log goes.
    block, inputs, outputs : int
        Frames per period, ports of the device `system`.
    synchronous : bool
        Whether the server waits for late clients, so that a busy machine loses no period;
        otherwise it goes on without them, as real hardware does.
    rate : int
        Frames per second.
    name : str, optional
        Of a server that has ended and comes back.
    """
    need("jackd")
    forget_killed_servers()
    name = name or f"faderd-{os.getpid()}-{time.monotonic_ns()}"
    patience = ["--sync", "--timeout", "5000"] if synchronous else []
    command = ["jackd", "--name", name, "--no-realtime", *patience]
    command += ["-d", "dummy", "-r", str(rate), "-p", str(block), "-C", str(inputs), "-P", str(outputs)]
    environment = os.environ | {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    shared = Path("/dev/shm")
    try:
        with running(command, environment, folder / "jackd.log") as jackd:
            jackd.wait_for(lambda: list(shared.glob(f"jack_{name}_*")), "its socket")
            yield Server(environment, process=jackd)
    finally:
        for leftover in shared.glob(f"jack*{name}*"):
            leftover.unlink()


NODE = """{{
    factory.name = support.null-audio-sink
    node.name = stage
    node.description = stage
    media.class = Audio/Duplex
    object.linger = true
    audio.position = [ {} ]
}}"""
# Channels in the order of ALSA's own 7.1 map, so that channel n meets channel n.
PIPEWIRE = """
context.properties = {
    default.clock.rate = 48000
    default.clock.quantum = 512
    default.clock.min-quantum = 512
    vm.overrides = { default.clock.min-quantum = 512 }
}
"""
PIPEWIRE += f"context.objects = [ {{ factory = adapter args = {NODE.format('FL FR RL RR FC LFE SL SR')} }} ]"
# No sound card, camera or radio of the machine takes part.
WIREPLUMBER = {
    "main.lua.d/51-rig.lua": (
        "alsa_monitor.enabled = false\nv4l2_monitor.enabled = false\nlibcamera_monitor.enabled = false\n"
    ),
    "bluetooth.lua.d/51-rig.lua": "bluez_monitor.enabled = false\n",
}
# Asked until it answers: the socket of one that was killed still lies there.
SESSION = "pipewire & until pw-cli info 0 >/dev/null 2>&1; do sleep 0.05; done; exec wireplumber"


@contextlib.contextmanager
def pipewire(folder: Path) -> Iterator[Server]:
    """Run PipeWire and WirePlumber with one device, `stage`: eight channels in and out, no hardware."""
    need("pipewire", "wireplumber", "dbus-run-session", "pw-cli", "pw-link", "pw-jack")
    files = {"pipewire/pipewire.conf.d/rig.conf": PIPEWIRE}
    files |= {f"wireplumber/{name}": text for name, text in WIREPLUMBER.items()}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
    }
    environment.pop("PIPEWIRE_RUNTIME_DIR", None)

    def ports() -> bool:
        links = subprocess.run(["pw-link", "-io"], env=environment, capture_output=True, text=True)
        return links.stdout.count("stage:") == 16

    command = ["dbus-run-session", "--", "sh", "-c", SESSION]
    with running(command, environment, folder / "pipewire.log") as session:
        session.wait_for(ports, "the ports of the stage")
        yield Server(environment, ["pw-jack"], process=session)


# --- the daemon ---

class Desk:
    """A running daemon, addressed over OSC like by any other client."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(ASK_AGAIN_S)
        self.socket.connect(("127.0.0.1", port))

    def set(self, path: str, *values: int | float | str) -> None:
        """Send `path` with `values`."""
        message = osc_message_builder.OscMessageBuilder(path)
        for value in values:
            message.add_arg(value)
        self.socket.send(message.build().dgram)

    def get(self, path: str) -> list[Any]:
        """Ask for `path`, return the arguments of the answer; what a busy machine lost on the way is asked again."""
        until = time.monotonic() + PATIENCE_S
        while True:
            self.set(path)
            try:
                while (answer := osc_message.OscMessage(self.socket.recv(65_536))).address != path:
                    pass
                return list(answer.params)
            except TimeoutError:
                if time.monotonic() > until:
                    raise

    def calls(self) -> int:
        """Return how often the audio callback of an obedient daemon has been called."""
        return int(self.process.order("calls").split()[0])

    @contextlib.contextmanager
    def burning(self) -> Iterator[None]:
        """Let two Python threads in an obedient daemon fight for the GIL meanwhile."""
        self.process.order("burn")
        try:
            yield
        finally:
            self.process.order("rest")


@contextlib.contextmanager
def daemon(
    server: Server,
    device: str,
    folder: Path,
    block: int = 64,
    obedient: bool = False,
    options: Sequence[str] = (),
    rate: int | None = RATE,
) -> Iterator[Desk]:
    """Run the daemon on a device of `server`; an obedient one counts its calls, and burns when told to.

    `options` are further ones of its command line.
    """
    port = ports.free()
    faderd = [str(Path(sys.executable).with_name("faderd"))]
    if obedient:
        faderd = [sys.executable, str(HERE / "obedient_daemon.py")]
    command = [*server.prefix, *faderd, "run", "--local", "--device", device]
    command += ["--rate", str(rate)] if rate else []
    command += ["--block", str(block), "--osc-port", str(port)]
    command += ["--state", str(folder / "state"), *options]
    with running(command, server.environment, folder / "daemon.log") as process:
        process.wait_for(lambda: process.lines("ready"), "its ready line", START_S)
        desk = Desk(process, port)
        with desk.socket:
            yield desk


# --- the client ---

@dataclasses.dataclass
class Recording:
    """What the player heard, float32 (outputs, frames), from the period in which it began to play."""

    sound: np.ndarray
    periods: int  # calls of the player's own callback
    clock: int  # periods by JACK's frame clock
    xruns: int


class Player:
    """The JACK client of `jack_player.py`."""

    def __init__(self, process: Process, signals: np.ndarray, result: Path) -> None:
        self.process, self.result = process, result
        self.patience = PATIENCE_S + 10 * signals.shape[1] / RATE

    def play(self) -> float:
        """Play everything, record meanwhile; return the seconds it took."""
        began = time.monotonic()
        self.process.order("play", self.patience)
        return time.monotonic() - began

    def recording(self) -> Recording:
        """Leave JACK's graph, return what was heard."""
        self.process.order("save", self.patience)
        saved = np.load(self.result)
        counts = {name: int(saved[name]) for name in ("periods", "clock", "xruns")}
        return Recording(saved["sound"], **counts)

    @contextlib.contextmanager
    def hold(self) -> Iterator[int]:
        """Stand still in the middle of a period, and JACK's graph with it; yield the number of periods."""
        period = int(self.process.order("hold"))
        try:
            yield period
        finally:
            self.process.order("release")


@contextlib.contextmanager
def player(server: Server, signals: np.ndarray, record: int, folder: Path) -> Iterator[Player]:
    """Connect a client that plays `signals`, (channels, frames), into a daemon, records its outputs."""
    source, result = folder / "signals.npy", folder / "recording.npz"
    np.save(source, signals.astype(np.float32))
    command = [*server.prefix, sys.executable, str(HERE / "jack_player.py"), str(source), str(result)]
    command += ["--into", server.into, "--out-of", server.out_of, "--record", str(record)]
    with running(command, server.environment, folder / "player.log") as process:
        process.wait_for(lambda: process.lines("ready"), "its ready line", START_S)
        yield Player(process, signals, result)
