"""The audio device goes and comes: a server killed, frozen, restarted, other than it was."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from rigs import servers
from rigs.promises import Watched, fault


@contextlib.contextmanager
def on_jack(
    folder: Path, rate: int | None = servers.RATE, synchronous: bool = True
) -> Iterator[tuple[servers.Server, Watched]]:
    """A daemon on a JACK server that the test may kill."""
    with (
        servers.jack_server(folder, synchronous=synchronous) as server,
        servers.daemon(server, "system", folder, obedient=True, rate=rate) as d,
    ):
        watched = Watched(d)
        watched.sounds()
        yield server, watched


def again(server: servers.Server, folder: Path, **options: int) -> contextlib.AbstractContextManager[servers.Server]:
    """The same JACK server, back, perhaps with other options."""
    return servers.jack_server(folder, name=server.environment["JACK_DEFAULT_SERVER"], **options)


@fault("told at once, desk kept, taken back by itself within 3 s of its return")
def jack_is_killed_and_comes_back(folder: Path) -> str:
    """JACK server killed and restarted."""
    with on_jack(folder) as (server, watched):
        server.kill()
        told = watched.waits_for("device lost: system")
        watched.is_kept()
        with again(server, folder):
            back = watched.waits_for("device back: system")
            watched.sounds()
            watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s after the server"


@fault("counts as lost although nobody reports an error; taken back when it goes on")
def callback_is_no_longer_called(folder: Path) -> str:
    """Audio callback no longer called, without an error (JACK server frozen)."""
    with on_jack(folder, synchronous=False) as (server, watched):
        server.signal(signal.SIGSTOP)
        told = watched.waits_for("device lost: system")
        assert "not asked for audio" in watched.said()
        watched.is_kept()
        server.signal(signal.SIGCONT)
        back = watched.waits_for("device back: system")
        watched.sounds()
        watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s after it went on"


def comes_back_other(folder: Path, said: str, asked: int | None = servers.RATE, **options: int) -> str:
    """Kill JACK and start it with other options: the desk plays on, and says with what."""
    with on_jack(folder, rate=asked) as (server, watched):
        server.kill()
        watched.waits_for("device lost: system")
        with again(server, folder, **options):
            back = watched.waits_for("device back: system")
            assert said in watched.said()
            watched.sounds()
            watched.is_kept()
    return f"back {back:.1f} s after the server"


@fault("the desk plays on at the new rate")
def rate_is_another_after_the_return(folder: Path) -> str:
    """JACK comes back at 44.1 kHz, and the settings ask for no rate."""
    return comes_back_other(folder, "now 44100 Hz", None, rate=44_100)


@fault("refused in a sentence with the remedy; taken back once the rate is right")
def rate_is_not_the_one_of_the_settings(folder: Path) -> str:
    """JACK comes back at 44.1 kHz, and the settings say 48 kHz."""
    with on_jack(folder) as (server, watched):
        server.kill()
        watched.waits_for("device lost: system")
        with again(server, folder, rate=44_100) as wrong:
            told = watched.waits_for("device not taken back: system")
            assert "44100" in watched.said()
            watched.is_kept()
            wrong.kill()
        with again(server, folder):
            back = watched.waits_for("device back: system")
            watched.sounds()
    return f"refused after {told:.1f} s, back {back:.1f} s after the right one"


@fault("plays on with the channels there are")
def channels_are_fewer_after_the_return(folder: Path) -> str:
    """JACK comes back with 8 inputs and 2 outputs in place of 32 and 16."""
    return comes_back_other(folder, "8 in, 2 out", inputs=8, outputs=2)


@fault("the desk never notices: another process plays on")
def audio_driver_takes_its_process_along(folder: Path) -> str:
    """Audio driver crashes (its process is killed)."""
    with on_jack(folder, synchronous=False) as (_, watched):
        (victim,) = children(watched.desk.process.popen.pid)
        os.kill(victim, signal.SIGKILL)
        told = watched.waits_for("device lost: system")
        assert "SIGKILL" in watched.said()
        back = watched.waits_for("device back: system")
        watched.sounds()
        watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s later"


@contextlib.contextmanager
def on_pipewire(folder: Path) -> Iterator[tuple[servers.Server, Watched, contextlib.ExitStack]]:
    """A daemon on PipeWire, which ends with the stack."""
    with contextlib.ExitStack() as alive:
        server = alive.enter_context(servers.pipewire(folder))
        with servers.daemon(server, "stage", folder, block=512, obedient=True) as desk:
            watched = Watched(desk)
            watched.sounds()
            yield server, watched, alive


@fault("told, desk kept, taken back by itself")
def pipewire_is_restarted(folder: Path) -> str:
    """PipeWire killed and restarted."""
    with on_pipewire(folder) as (server, watched, alive):
        server.kill()
        told = watched.waits_for("device lost: stage")
        watched.is_kept()
        alive.close()
        with servers.pipewire(folder):
            back = watched.waits_for("device back: stage")
            watched.sounds()
            watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s after the server"


@fault("refused in a sentence with the remedy; taken back once the rate is right")
def pipewire_changes_its_rate(folder: Path) -> str:
    """PipeWire goes on at 44.1 kHz under the stream, and the settings say 48 kHz."""
    with on_pipewire(folder) as (server, watched, _):
        server.run("pw-metadata", "-n", "settings", "0", "clock.allowed-rates", "[ 44100 48000 ]")
        server.run("pw-metadata", "-n", "settings", "0", "clock.force-rate", "44100")
        told = watched.waits_for("device lost: stage · it runs at 44100 Hz now")
        watched.waits_for("device not taken back: stage can't be opened at 48000 Hz")
        watched.is_kept()
        server.run("pw-metadata", "-n", "settings", "0", "clock.force-rate", "48000")
        back = watched.waits_for("device back: stage")
        watched.sounds()
        watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s after the right one"


@fault("told although PipeWire goes on calling; taken back by itself, with the channels there are")
def interface_is_pulled_from_pipewire(folder: Path) -> str:
    """Interface pulled from PipeWire under the stream, and put back with two channels in place of eight."""
    with on_pipewire(folder) as (server, watched, _):
        server.run("pw-cli", "destroy", "stage")
        told = watched.waits_for("device lost: stage · it is no longer there")
        watched.is_kept()
        server.run("pw-cli", "create-node", "adapter", servers.NODE.format("FL FR"))
        back = watched.waits_for("device back: stage · now 48000 Hz, 2 in, 2 out")
        watched.sounds()
        watched.is_kept()
    return f"told after {told:.1f} s, back {back:.1f} s after its return"


def children(parent: int) -> list[int]:
    """Numbers of the processes that a process has started, and theirs that play audio."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and b"outpost" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found
