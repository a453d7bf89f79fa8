"""What was made before: kept by all it was made of, so that editing one song makes only that song again.

    what it is made of ─▶ key ─▶ store/kind-key.npy, .flac …  and what is known of it, .json beside it
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

VERSION = 3
"""Of what is made: another one makes everything again."""

Known = dict[str, Any]


class Item(NamedTuple):
    """Something in the store."""

    path: pathlib.Path
    known: Known
    key: str
    fresh: bool
    """Whether it was made just now."""


@dataclasses.dataclass(frozen=True)
class Store:
    """A folder of what was made."""

    folder: pathlib.Path

    def item(self, kind: str, of: tuple[Any, ...], suffix: str, make: Callable[[pathlib.Path], Known]) -> Item:
        """Find what is made of these things, or make it.

        Parameters
        ----------
        kind : str
            A word for people who look into the folder.
        of : tuple
            Everything that it depends on; each has to have a `repr` that says all.
        suffix : str
            How its name ends.
        make : callable
            Writes it to a path, and returns what is known of it, for JSON.
        """
        key = hashlib.sha256(repr((VERSION, kind, of)).encode()).hexdigest()[:32]
        path = self.folder / f"{kind}-{key}{suffix}"
        beside = path.with_suffix(".json")
        try:
            known = json.loads(beside.read_text("utf-8"))
            if path.exists():
                os.utime(beside)
                return Item(path, known, key, False)
        except (OSError, ValueError):
            pass  # never made, or half of it
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{os.getpid()}-{path.name}")
        try:
            known = make(partial)
            os.replace(partial, path)
            # Last: what has this beside it is whole.
            half = beside.with_name(f".{os.getpid()}-{beside.name}")
            half.write_text(json.dumps(known), "utf-8")
            os.replace(half, beside)
        finally:
            partial.unlink(missing_ok=True)
        return Item(path, known, key, True)

    def forget_older(self, than_s: float) -> None:
        """Remove what was not wanted since then, a time of the clock in seconds."""
        for beside in self.folder.glob("*.json"):
            if beside.stat().st_mtime < than_s:
                for each in self.folder.glob(f"{beside.stem}.*"):
                    each.unlink(missing_ok=True)
