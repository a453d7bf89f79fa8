"""Running: kernels, device, desk and server put together, until somebody says stop."""

import asyncio
import dataclasses
import gc
import logging
import logging.handlers
import pathlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from daemon import dialect, errors, server, settings, upkeep
from daemon.audio import devices, kernels, rehearsal, shared, watch
from daemon.commands import (
    calls,
    family,
    history,
    limiting,
    lines,
    pictures,
    roles,
    stores,
    subscriptions,
    sync,
    talkback,
    tempo,
    tickets,
    whois,
)
from daemon.commands import errors as faults
from daemon.demo import band
from daemon.desk import console, rules
from daemon.desk.roles import Access
from daemon.files import claim, disk, scene
from daemon.history import log as log_file
from daemon.metering import analyser, meters
from daemon.show import start, state
from daemon.system import crash, floor, heap, notify
from daemon.wire import network
from dsp.engine import wall

log = logging.getLogger("faderd")

METER_PERIOD_S = 0.05
NO_PINS: Mapping[str, str] = {}


class StartError(errors.Refusal):
    """The daemon can't start; the message says why and what to do."""


def run(read: Callable[[], settings.Settings], began: float) -> int:
    """Mix until SIGINT or SIGTERM; return the exit code.

    Parameters
    ----------
    read : callable
        Reads device, ports and folders: now, and whenever they are to be reloaded.
    began : float
        `time.perf_counter` when the program began, for the line that says how long it took.
    """
    heap.keep_small()
    chosen = read()
    with claim.held(chosen.state):
        return _mix(chosen, read, began)


def _beside(work: Callable[[], None]) -> None:
    """Let another thread do it."""
    threading.Thread(target=work, name="pages", daemon=True).start()


def _mix(chosen: settings.Settings, read: Callable[[], settings.Settings], began: float) -> int:
    """Mix, see `run`: the state folder is nobody else's."""
    _log_to(chosen.state)
    reports = crash.Reporter(chosen.state)
    reports.attend()
    room = shared.Room()
    device = devices.choose(chosen.device, chosen.rate, chosen.block, room)
    callback = kernels.load()  # once it takes its time: the settings were read, and the device is there
    audio = wall.Wall(device.rate, device.inputs, device.outputs, lend=room.lend, beside=_beside)
    # Effects come when it is known who plays: what is not compiled yet is compiled beside, and none of it here.
    mixer = console.Console(audio, settings.plan(chosen), load=lambda effect: None)
    rules.obey(mixer)
    shown = analyser.Analyser(mixer, audio)
    keeper = state.Keeper(mixer, chosen.state, chosen.name)
    _set_up(mixer, keeper, chosen, device)
    entrances, access = zip(*settings.entrances(chosen), strict=True)
    answering = server.Server(mixer, entrances, chosen.clients)
    identity = whois.Identity(model=chosen.model, firmware=chosen.firmware, name=chosen.name)
    files = disk.Disk(answering.post)
    for line in _who_may_mix(answering.ports, access, chosen):
        log.info(line)
    beside = disk.Disk(answering.post)  # where shows are recorded may be slow: scenes don't wait for that
    kept_up = upkeep.Upkeep(audio, mixer, chosen, read, room, keeper.path, beside)
    kept_up.pages_door = answering.ports[-1] if chosen.web else None
    kept_up.osc_port = answering.port
    spoken = speak(
        mixer, answering.network, answering.counters, identity, files, chosen.state, access, chosen.pins,
        kept_up.families,
    )  # fmt: skip
    kept = watch.Watch(device, audio, mixer, room.lend, answering.post)
    try:
        rehearses = rehearsal.Rehearsal(audio, kernels.rehearsal())
        rehearses.start()
        kept.wait_for(callback, rehearses)
        kept_up.attend(kept)
        with asyncio.Runner(loop_factory=floor.loop) as runner:
            return runner.run(_serve(kept, kept_up, reports, audio, mixer, keeper, answering, spoken, shown, began))
    finally:
        if spoken.stores is not None:
            spoken.stores.save()
        spoken.history.save()
        kept_up.recorder.close()
        kept_up.deck.close()
        kept_up.stereo.close()
        beside.close()
        files.close()
        keeper.save()
        kept.device.close()


class Spoken(NamedTuple):
    """What clients talk with."""

    dialect: dialect.Dialect
    told: subscriptions.Subscriptions
    stores: stores.Stores | None
    history: history.History


def speak(
    mixer: console.Console,
    own_way: network.Network,
    counters: network.Counters,
    identity: whois.Identity,
    files: disk.Disk,
    folder: pathlib.Path | None,
    access: Sequence[Access] = (),
    pins: Mapping[str, str] = NO_PINS,
    beside: Callable[[network.Network, faults.Faults, roles.Roles], list[family.Family]] = lambda *_: [],
) -> Spoken:
    """Put together all that clients can say; without a state folder nothing can be stored.

    What goes on `beside` the mixing has its say, too.
    """
    # What a client asked for and comes later happens on its behalf, too.
    way = dataclasses.replace(own_way, later=lambda delay_s, call: own_way.later(delay_s, mixer.on_behalf(call)))
    reasons = faults.Faults(way)
    told = subscriptions.Subscriptions(mixer, way)
    families: list[family.Family] = [
        whois.Whois(mixer, identity, way),
        lines.Lines(mixer, way),
        told,
        talkback.Talkback(mixer, way),
        sync.Sync(mixer, counters, way),
    ]
    stored = stores.Stores(mixer, files, folder, reasons, way) if folder is not None else None
    if stored is not None:
        families += stored.families
    guard = roles.Roles(mixer, access, pins, told.remotes, way, tickets.Tickets(folder))
    kept = log_file.Log(folder) if folder is not None else None
    done = history.History(mixer, lambda client: guard.access(client).role, way, files, kept)
    families.append(done)
    families += [calls.Calls(guard.access, way), limiting.Limiting(mixer, way), pictures.Pictures(mixer, way)]
    families.append(tempo.Tempo(mixer, files, folder, way))
    families += beside(way, reasons, guard)
    spoken = dialect.Dialect(mixer, counters, way, reasons, guard, families)
    if stored is not None:
        stored.turns.released, spoken.holds = spoken.release, stored.turns.holds
    return Spoken(spoken, told, stored, done)


def _who_may_mix(ports: Sequence[int], access: Sequence[Access], chosen: settings.Settings) -> list[str]:
    """What those who come in by each port may do, and how to change that."""
    if chosen.local:
        return ["only this machine may connect"]
    if not chosen.listen:
        return [
            "everybody on the local network may do everything: [[listen]] in the settings gives ports to roles, "
            "--local keeps it to this machine"
        ]
    return [f"UDP {port}: {each}" for port, each in zip(ports, access, strict=True)]


def _log_to(folder: pathlib.Path) -> None:
    """One line for each event, on the screen and in a file that never grows beyond a megabyte."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keep = logging.handlers.RotatingFileHandler(folder / "faderd.log", maxBytes=500_000, backupCount=1)
    except OSError as error:
        raise StartError(f"state folder {folder}: {error.strerror or error}: name another with --state") from error
    keep.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(logging.Formatter("%(message)s"))
    log.handlers[:] = [keep, screen]
    log.setLevel(logging.INFO)


def _set_up(mixer: console.Console, keeper: state.Keeper, chosen: settings.Settings, device: devices.Device) -> None:
    """Set the desk: a scene that was asked for, else as the settings say, else what suits the virtual stage."""
    _warn(keeper.bring_back())
    name = chosen.start.removeprefix(start.SCENE) if chosen.start.startswith(start.SCENE) else None
    begun = None if name is None or chosen.scene else start.recall(mixer, name, chosen.state / "show")
    if chosen.scene is not None:
        _warn((chosen.scene, problem) for problem in scene.read(chosen.scene, mixer))
    elif begun is not None:
        _warn((pathlib.Path(chosen.start), problem) for problem in begun)
    elif keeper.exists():
        _warn((keeper.path, problem) for problem in keeper.bring_desk_back())
    elif device.name == devices.VIRTUAL_NAME:
        for line in band.scene_lines():
            scene.apply_line(mixer, line)
    if chosen.start == start.MUTED or (name is not None and begun is None and chosen.scene is None):
        start.mute(mixer)


def _warn(problems: Iterable[tuple[pathlib.Path, scene.Problem]]) -> None:
    for path, problem in problems:
        log.warning("%s:%d: %s", path, problem.line, problem.reason)


async def _serve(
    kept: watch.Watch,
    kept_up: upkeep.Upkeep,
    reports: crash.Reporter,
    audio: wall.Wall,
    mixer: console.Console,
    keeper: state.Keeper,
    answering: server.Server,
    spoken: Spoken,
    shown: analyser.Analyser,
    began: float,
) -> int:
    """Open everything, say `ready`, and keep the meters and the state going; return the exit code."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(reports.of_loop)
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, kept_up.reload.again)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    answering.start(loop, spoken.dialect)
    tasks = []
    try:
        kept.start()
        gc.freeze()  # what is there stays: collections look at what came since, and make nobody wait
        _say_ready(kept.device, answering, began)
        for line in kept_up.remedies():
            log.warning(line)
        preparing = asyncio.create_task(asyncio.to_thread(shown.prepare))
        watching = asyncio.create_task(kept.keep())
        watching.add_done_callback(lambda _: stopping.set())  # it ends when the device has failed for good
        tasks = [
            watching,
            asyncio.create_task(kept_up.run()),
            preparing,
            asyncio.create_task(_feed_meters(audio, answering, spoken.told, shown, kept)),
            asyncio.create_task(_keep_state(keeper)),
        ]
        await stopping.wait()
        notify.stopping()
        mixer.open_outputs(False)
        await asyncio.sleep(watch.FADE_S)
    finally:
        for task in tasks:
            task.cancel()
        answering.stop()
        kept.device.stop()
    log.info("stopped")
    return 1 if kept.device.failure else 0


def _say_ready(device: devices.Device, answering: server.Server, began: float) -> None:
    notify.ready(f"plays on {device.name}")
    delay_ms = 1000 * device.block / device.rate
    print(
        f"ready · {device.name} · {device.rate} Hz · {device.block} frames ({delay_ms:.1f} ms) · "
        f"{device.inputs} in, {device.outputs} out · OSC on UDP {answering.port} · {time.perf_counter() - began:.1f} s",
        flush=True,
    )


async def _feed_meters(
    audio: wall.Wall,
    answering: server.Server,
    told: subscriptions.Subscriptions,
    shown: analyser.Analyser,
    kept: watch.Watch,
) -> None:
    """Collect the meters twenty times a second, on time; while there is no device they show that nothing sounds."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        page = audio.control_collect() if kept.state.playing else meters.silence()
        if page is not None:
            if told.shows(meters.SPECTRUM):
                page["rta"] = shown.measure()
            answering.feed(page)
        due = max(due + METER_PERIOD_S, loop.time())
        await asyncio.sleep(due - loop.time())


async def _keep_state(keeper: state.Keeper) -> None:
    while True:
        await asyncio.sleep(state.PERIOD_S)
        if due := keeper.due():
            await asyncio.to_thread(keeper.write, due)  # clients and meters must not wait for the disk
