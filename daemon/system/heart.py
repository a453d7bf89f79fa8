"""Whether the event loop still beats.  The audio thread needs neither the loop nor Python: it plays on.

    loop ── a beat every half second ─▶ the supervisor's watchdog is told
                 ╰─ no beat for three seconds ─▶ where it is stuck goes to a file, one line to the log
"""

import asyncio
import faulthandler
import logging
import pathlib
import threading
import time
from typing import TextIO

from daemon.system import notify

log = logging.getLogger("faderd")

BEAT_S = 0.5
STUCK_S = 3.0
REPORT = "stuck.txt"


class Heart:
    """Beats with the event loop.

    Parameters
    ----------
    folder : Path
        Where it is told in what the loop is stuck.

    Attributes
    ----------
    longest_s : float
        The longest time by which a beat was late since the start.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.longest_s = 0.0
        self._path = folder / REPORT
        self._beaten = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._watch, name="heart", daemon=True)

    async def beat(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        self._thread.start()
        try:
            while True:
                due = loop.time() + BEAT_S
                await asyncio.sleep(BEAT_S)
                late = loop.time() - due
                self.longest_s = max(self.longest_s, late)
                if late > STUCK_S:
                    log.warning("the event loop goes on: it stood still for %.1f s · audio went on meanwhile", late)
                self._beaten.set()
                notify.alive()
        finally:
            self._over = True
            self._beaten.set()

    def _watch(self) -> None:
        """Notice, on a thread of its own, when no beat comes."""
        while not self._over:
            if self._beaten.wait(STUCK_S):
                self._beaten.clear()
                continue
            with self._open() as report:
                report.write(time.strftime("%Y-%m-%d %H:%M:%S the event loop is stuck here:\n"))
                report.flush()
                faulthandler.dump_traceback(report)
            log.error("the event loop is stuck, audio goes on · %s says where", self._path)
            self._beaten.wait()

    def _open(self) -> TextIO:
        try:
            return self._path.open("w", encoding="utf-8")
        except OSError:
            return open(2, "w", closefd=False)
