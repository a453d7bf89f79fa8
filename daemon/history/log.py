"""The log on disk: one line of JSON for each move, and for each moment at which targets took effect.

    history/2026-11-28T19-30-00-000.jsonl   {"time": …, "frame": …, "client": …, "address": …, "old": …, "new": …}

Lines are only ever added.  A file that has grown large is followed by another one, and the oldest goes.
"""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FOLDER = "history"
LARGEST = 2_000_000
"""Bytes of one file."""
MOST_FILES = 32
ENDING = ".jsonl"


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

    def add(self, records: Iterable[dict[str, Any]]) -> None:
        """Add lines.

        Raises
        ------
        OSError
            When the disk refuses.
        """
        data = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records).encode()
        if self._path is None or self._path.stat().st_size + len(data) > self._largest:
            self._begin_file()
        assert self._path is not None
        with self._path.open("ab") as file:
            file.write(data)

    def _begin_file(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        name = time.strftime("%Y-%m-%dT%H-%M-%S", time.localtime(now))
        count = 0
        while (path := self._folder / f"{name}-{count:03}{ENDING}").exists():
            count += 1
        path.touch()
        self._path = path
        for old in files(self._folder.parent)[: -self._most]:
            old.unlink(missing_ok=True)


def files(folder: Path) -> list[Path]:
    """Files of the log in a state folder, oldest first."""
    return sorted((folder / FOLDER).glob(f"*{ENDING}"), key=lambda path: (path.stat().st_mtime, path.name))


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
