"""What a rendering writes: signals side by side in one file, or each in one of its own."""

import pathlib

import numpy as np

from daemon import errors
from daemon.audio import audiofile
from daemon.recording import again, reels


class Files:
    """One file of all signals, or a folder with a file for each.

    Parameters
    ----------
    out : Path
        A name that ends in `.wav`, or that of a folder.
    names : list of str
        Signals, in order.
    rate : int
        Frames per second.

    Raises
    ------
    Refusal
        When there are too many for one file.
    """

    def __init__(self, out: pathlib.Path, names: list[str], rate: int) -> None:
        if out.suffix.lower() == ".wav":
            self.paths = [out]
            self._writers = [audiofile.Writer(out, rate, len(names))]
        else:
            out.mkdir(parents=True, exist_ok=True)
            self.paths = [out / f"{name.replace('/', '-')}.wav" for name in names]
            self._writers = [audiofile.Writer(path, rate, 1) for path in self.paths]
        self._count = len(names)
        self._taken: dict[pathlib.Path, int] = {}
        self._is_one = len(self._writers) == 1 and len(names) > 1
        if self._is_one and len(names) > again.LANES:
            raise errors.Refusal(f"{len(names)} signals do not go into one file: say --out FOLDER for a file each")

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for writer in self._writers:
            if kind is None:
                writer.close()
            else:
                writer.discard()

    def silence(self, frames: int) -> None:
        """Write what can't be played again."""
        for writer in self._writers:
            for first in range(0, frames, again.LONGEST):
                writer.write(np.zeros((min(again.LONGEST, frames - first), writer.channels), np.float32))

    def take(self, path: pathlib.Path, group: int) -> None:
        """Write what has come of a file of plain frames of a group of signals since the last time."""
        width = min(again.LANES, self._count - group * again.LANES)
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(self._taken.get(path, 0))
            while data := file.read(again.LONGEST * width * 4):
                whole = len(data) // (width * 4) * (width * 4)
                self.write(np.frombuffer(data[:whole], "<f4").reshape(-1, width), group)
                self._taken[path] = self._taken.get(path, 0) + whole
                if whole < len(data):
                    break

    def write(self, block: reels.Sound, group: int) -> None:
        """Write signals of a group."""
        if self._is_one:
            self._writers[0].write(block)
        else:
            first = group * again.LANES
            for writer, lane in zip(self._writers[first : first + block.shape[1]], block.T, strict=True):
                writer.write(lane[:, np.newaxis])
