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
    rate, frames : int
        Frames per second, and in all: what is not placed is silent.

    Raises
    ------
    Refusal
        When there are too many for one file.
    """

    def __init__(self, out: pathlib.Path, names: list[str], rate: int, frames: int) -> None:
        is_one = out.suffix.lower() == ".wav"
        if is_one and len(names) > again.LANES:
            raise errors.Refusal(f"{len(names)} signals do not go into one file: say --out FOLDER for a file each")
        if is_one:
            self.paths = [out]
            self._writers = [audiofile.Writer(out, rate, len(names))]
        else:
            out.mkdir(parents=True, exist_ok=True)
            self.paths = [out / f"{name.replace('/', '-')}.wav" for name in names]
            self._writers = [audiofile.Writer(path, rate, 1) for path in self.paths]
        for writer in self._writers:
            writer.reserve(frames)
        self._is_one = is_one

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for writer in self._writers:
            if kind is None:
                writer.close()
            else:
                writer.discard()

    def place(self, first: int, block: reels.Sound, group: int) -> None:
        """Write signals of a group from a frame on; any thread may."""
        if self._is_one:
            self._writers[0].place(first, block)
        else:
            at = group * again.LANES
            writers = self._writers[at : at + block.shape[1]]
            for writer, lane in zip(writers, np.ascontiguousarray(block.T), strict=True):
                writer.place(first, lane[:, np.newaxis])
