"""What belongs to a mix and is no value of the desk: order and choice of strips, which are mine, soundcheck."""

import contextlib
import json
import os
import pathlib
import tempfile
from typing import Any

from dsp.parameters.row import Wire


class Kept:
    """Keeps it in one file.

    Parameters
    ----------
    path : Path, optional
        The file; without it nothing outlives the process.
    """

    def __init__(self, path: pathlib.Path | None) -> None:
        self._path = path
        self._mixes: dict[str, dict[str, Any]] = {}
        if path is not None:
            with contextlib.suppress(OSError, ValueError):  # none yet, or half of one: everybody chooses anew
                read = json.loads(path.read_text("utf-8"))
                self._mixes = read if isinstance(read, dict) else {}

    def choice(self, mix: str) -> dict[str, list[int]]:
        """Numbers of strips: in which order, which of them not, which are mine."""
        own = self._mixes.get(mix, {})
        return {name: own.get(name, []) for name in ("order", "hidden", "mine")}

    def choose(self, mix: str, name: str, numbers: list[int]) -> None:
        """Keep a choice."""
        self._mixes.setdefault(mix, {})[name] = numbers
        self._write()

    def soundcheck(self, mix: str) -> dict[str, Wire]:
        """Values as they were kept, by path."""
        found: dict[str, Wire] = self._mixes.get(mix, {}).get("soundcheck", {})
        return found

    def keep(self, mix: str, values: dict[str, Wire]) -> None:
        """Keep values."""
        self._mixes.setdefault(mix, {})["soundcheck"] = values
        self._write()

    def _write(self) -> None:
        """Write all of it, or nothing: half a file would be worse than an old one."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):  # a full disk must not end the page
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._mixes, file)
            os.replace(name, self._path)
