"""The log on disk: one line of JSON for each move, and for each moment at which targets took effect.

    history/2026-11-28T19-30-00-000.jsonl   {"time": …, "frame": …, "client": …, "address": …, "old": …, "new": …}

Lines are only ever added.  A file that has grown large is followed by another one, and the oldest goes.
"""

import contextlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FOLDER = "history"
LARGEST = 2_000_000
"""Bytes of one file."""
MOST_FILES = 32
ENDING = ".jsonl"
STAMP = "%Y-%m-%dT%H-%M-%S"
NAME = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{{3,}}{re.escape(ENDING)}")


class Log:
    """Adds lines to the log; everything here may take its time, on a thread of its own.

    Parameters
    ----------
    folder : Path
        State folder.
    largest, most : int
        Bytes of a file, and how many files are kept.
    """

    def __init__(self, folder: Path, largest: int = LARGEST, most: int = MOST_FILES) -> None:
        self._folder = folder / FOLDER
        self._largest, self._most = largest, most
        self._path: Path | None = None
        self._size = 0

    def add(self, records: Iterable[dict[str, Any]]) -> None:
        """Add lines.

        Raises
        ------
        OSError
            When the disk refuses.
        """
        data = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records).encode()
        # Somebody may have taken it away.
        if self._path is None or not self._path.is_file() or self._size + len(data) > self._largest:
            self._begin_file()
        assert self._path is not None
        try:
            with self._path.open("ab") as file:
                file.write(data)
        except OSError:
            # A line that a full disk has cut must not swallow the next one.
            with contextlib.suppress(OSError):
                os.truncate(self._path, self._size)
            raise
        self._size += len(data)

    def _begin_file(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._next_path()
        path.touch(exist_ok=False)
        self._path, self._size = path, 0
        for old in files(self._folder.parent)[: -self._most]:
            old.unlink(missing_ok=True)

    def _next_path(self) -> Path:
        """A name after that of all others, even when the clock was set back since."""
        stamp, count = time.strftime(STAMP, time.localtime()), 0
        if there := files(self._folder.parent):
            last, number = _order(there[-1])
            if stamp <= last:
                stamp, count = last, number + 1
        return self._folder / f"{stamp}-{count:03}{ENDING}"


def files(folder: Path) -> list[Path]:
    """Files of the log in a state folder, in the order in which they were begun; what else lies there is not ours."""
    return sorted((path for path in (folder / FOLDER).glob(f"*{ENDING}") if NAME.fullmatch(path.name)), key=_order)


def _order(path: Path) -> tuple[str, int]:
    """Moment at which a file was begun, and its number among those of that moment."""
    stamp, _, number = path.name.removesuffix(ENDING).rpartition("-")
    return stamp, int(number)


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Lines of the log, oldest first; one that was cut by a power failure is left out."""
    for path in files(folder):
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
