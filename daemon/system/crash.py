"""What is left behind when something happens that nobody expected: one sentence for people, a file for developers."""

import asyncio
import faulthandler
import importlib.metadata
import logging
import pathlib
import platform
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

log = logging.getLogger("faderd")

NATIVE = "crash-native.txt"
"""Where native code says where it was when it ended the process."""
MOST_REPORTS = 20
CLOSE_S = 5.0
"""One line in the log for an error that comes again and again."""


class Reporter:
    """Writes reports.

    Parameters
    ----------
    folder : Path
        Where they go.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._last: tuple[str, float] = ("", 0.0)

    def attend(self) -> None:
        """Be told of whatever nobody handles, on every thread, and of what ends native code."""
        threading.excepthook = lambda event: self._unhandled(event.exc_value)
        sys.excepthook = lambda _type, error, _where: self._unhandled(error)
        earlier = self._folder / NATIVE
        if earlier.exists() and earlier.stat().st_size:
            kept = self._named()
            earlier.rename(kept)
            log.error("the run before ended in native code · %s says where", kept)
        faulthandler.enable(earlier.open("w", encoding="utf-8"))

    def of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Be the event loop's handler of errors: the loop goes on."""
        error = context.get("exception")
        if error is not None:
            self._unhandled(error)
        else:
            log.error("%s", context.get("message"))

    def write(self, error: BaseException) -> pathlib.Path | None:
        """Write a report and tell where it is; None where the disk refuses."""
        path = self._named()
        try:
            path.write_text(report(error), "utf-8")
            for old in sorted(self._folder.glob("crash-2*.txt"))[:-MOST_REPORTS]:
                old.unlink()
        except OSError:
            return None
        return path

    def _unhandled(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        where, now = _place(error), time.monotonic()
        if where == self._last[0] and now - self._last[1] < CLOSE_S:
            return
        self._last = (where, now)
        path = self.write(error)
        log.error("an error nobody expected: %s · %s", _words(error), f"report: {path}" if path else where)

    def _named(self) -> pathlib.Path:
        return self._folder / time.strftime("crash-%Y%m%d-%H%M%S.txt")


def report(error: BaseException) -> str:
    """All that a developer wants to know first."""
    return "\n".join(
        (
            time.strftime("%Y-%m-%d %H:%M:%S"),
            f"faderd {importlib.metadata.version('faderd')}",
            f"Python {platform.python_version()} · {platform.platform()}",
            f"command: {' '.join(sys.argv[1:])}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _place(error: BaseException) -> str:
    """File and line in which an error arose."""
    where: TracebackType | None = error.__traceback__
    frames = traceback.extract_tb(where)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__
