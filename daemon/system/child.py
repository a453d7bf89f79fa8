"""A program beside this one: started with it, started again whenever it ends, ended with it.

It hears that this one has gone by the end of its standard input, however this one went.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence

log = logging.getLogger("faderd")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
WELL_S = 3.0
"""Whoever ran for so long is started again at once."""


async def keep(name: str, command: Sequence[str]) -> None:
    """Run a program again and again, until cancelled; its words go where this program's complaints go."""
    loop = asyncio.get_running_loop()
    pause_s = FIRST_PAUSE_S
    while True:
        began = loop.time()
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=sys.stderr.fileno(), stderr=sys.stderr.fileno()
            )
        except OSError as error:
            log.error("%s cannot be started: %s", name, error.strerror or error)
            return
        try:
            code = await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()
        ran_well = loop.time() - began >= WELL_S
        pause_s = FIRST_PAUSE_S if ran_well else min(2 * pause_s, LONGEST_PAUSE_S)
        log.warning("%s has ended (%d): it starts again in %.1f s; the sound goes on", name, code, pause_s)
        await asyncio.sleep(pause_s)
