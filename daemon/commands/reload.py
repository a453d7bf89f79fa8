"""Settings read again while it plays: SIGHUP, or /faderd/reload.

    file ─▶ refused? nothing is changed and the reason told
         ─▶ device, rate, block: fade out, the other device, fade in
         ─▶ outputs, ears, stream, ceiling, talkback: fade out, change, fade in
         ─▶ the rest: told that it waits for the next start

Mutes and everything else that is set on the desk survive.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from typing import ClassVar

from daemon import errors
from daemon.audio import devices, shared, watch
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.settings import Settings, plan
from daemon.system import notify
from daemon.wire import packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

log = logging.getLogger("faderd")

RELOAD = "/faderd/reload"
DEVICE = frozenset({"device", "rate", "block"})
PLAN = frozenset({"outputs", "talk_input", "ceiling_db", "ears", "stream"})


class Reload(Family):
    """Reads the settings again.

    Parameters
    ----------
    mixer : Console
    chosen : Settings
        As they are.
    read : callable
        Reads them again, flags of the command line over them.
    room : Room
        Where the wall lies.
    faults : Faults
        Who wants reasons.
    network : Network
        The way to the clients.

    Attributes
    ----------
    kept : Watch or None
        The device, as soon as it plays.
    """

    help: ClassVar = {
        RELOAD: "Reads the settings file again and fades over to what it says; the answer is what was changed.",
    }

    def __init__(
        self,
        mixer: Console,
        chosen: Settings,
        read: Callable[[], Settings],
        room: shared.Room,
        faults: Faults,
        network: Network,
    ) -> None:
        self.kept: watch.Watch | None = None
        self._mixer = mixer
        self._chosen = chosen
        self._read = read
        self._room = room
        self._faults = faults
        self._send = network.send
        self._at_work: asyncio.Task[None] | None = None
        self.commands = {RELOAD: self._ask}

    def again(self, client: Client | None = None) -> None:
        """Read them again; one reload at a time."""
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.get_running_loop().create_task(self._work(client))

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        self.again(client)

    async def _work(self, client: Client | None) -> None:
        notify.reloading()
        try:
            said = await self._reload()
        except errors.Refusal as error:
            log.error("settings not reloaded: %s", error)
            if client is not None:
                self._faults.tell(client, RELOAD, str(error))
        else:
            log.info("settings reloaded%s: %s", f" for {client}" if client is not None else "", said)
            if client is not None:
                self._send(packet.build(RELOAD, said), client)
        notify.ready("settings reloaded")

    async def _reload(self) -> str:
        """Change what is different; say what that is."""
        new = await asyncio.to_thread(self._read)
        names = [field.name for field in dataclasses.fields(Settings)]
        changed = [name for name in names if getattr(new, name) != getattr(self._chosen, name)]
        if self.kept is not None and DEVICE & set(changed):
            device = await asyncio.to_thread(devices.choose, new.device, new.rate, new.block, self._room)
            await self.kept.change(device)
        if PLAN & set(changed):
            self._mixer.open_outputs(False)
            await asyncio.sleep(watch.FADE_S)
            self._mixer.begin_anew(plan(new))
            self._mixer.open_outputs(self.kept is None or self.kept.state.playing)
        for name in (DEVICE | PLAN) & set(changed):
            setattr(self._chosen, name, getattr(new, name))
        return _said(changed)


def _said(changed: list[str]) -> str:
    now = [name for name in changed if name in DEVICE | PLAN]
    later = [name for name in changed if name not in DEVICE | PLAN]
    parts = [", ".join(now) or "nothing to change"]
    if later:
        parts.append(f"at the next start: {', '.join(later)}")
    return " · ".join(parts)
