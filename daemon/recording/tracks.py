"""The tracks of a gig, from any frame on: what a player reads.

    gig.json, journal.jsonl ─▶ reels and the frames at which they begin ─▶ read(first, frames)
    a file or folder of audio                                           ─▶ the same

A reel that is missing, cut or foreign is silence, and is told with its name; the others are played.
"""

import os
import pathlib
from typing import Protocol

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.audio import audiofile
from daemon.recording import gig, journal, marks, reel, reels

Block = npt.NDArray[np.float32]


class Tape(Protocol):
    """What can be played.

    Attributes
    ----------
    name : str
        What people call it.
    rate, frames, channels : int
    phase : int
        Frame of the stream at which its first frame was recorded; 0 where nobody knows.
    marks : list of Mark
    """

    name: str
    rate: int
    frames: int
    channels: int
    phase: int
    marks: list[marks.Mark]

    def read(self, first: int, frames: int) -> Block:
        """Frames from `first` on, shape (frames, channels); silence behind the end."""

    def frame_of(self, said: str) -> int:
        """Frame of a moment as people say it."""

    def problems(self) -> list[str]:
        """What could not be read so far, for people."""

    def close(self) -> None:
        """Close every file."""


class Gig:
    """The inputs of a gig.

    Parameters
    ----------
    folder : Path

    Attributes
    ----------
    names : list of str
        Of the tracks.
    marks : list of Mark
        In their order in time.

    Raises
    ------
    Refusal
        When the folder is no gig, or holds nothing that can be played.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._gig = reels.Gig(folder)
        self.folder, self.name = folder, folder.name
        self.rate, self.frames, self.channels = self._gig.rate, self._gig.frames, self._gig.inputs
        self.names, self.marks = self._gig.names[: self.channels], self._gig.marks
        self.phase = int(self._gig.manifest.get("first_frame", 0))
        self._problems = list(self._gig.problems)
        # Not mapped: a disk that is pulled must be an error that can be told.
        self._files = [(begin, frames, path, path.open("rb", buffering=0)) for begin, path, frames in self._gig.files]
        if not self._files:
            raise errors.Refusal("\n".join([f"{folder}: there is nothing to play in this gig", *self._problems]))

    def read(self, first: int, frames: int) -> Block:
        """Frames from `first` on; silence where no reel has any."""
        block = np.zeros((frames, self.channels), np.float32)
        size = self._gig.tracks * reel.SAMPLE
        for begin, held, path, file in self._files:
            since, until = max(first, begin), min(first + frames, begin + held)
            if since >= until:
                continue
            try:
                data = os.pread(file.fileno(), (until - since) * size, reel.HEADER + (since - begin) * size)
            except OSError as error:
                data = b""
                self._say(f"{path}: {error.strerror or error}")
            part = np.frombuffer(data[: len(data) // size * size], "<f4").reshape(-1, self._gig.tracks)
            block[since - first : since - first + len(part)] = part[:, : self.channels]
        return block

    def frame_of(self, said: str) -> int:
        """Frame of a moment as people say it, see `reels.Gig.frame_of`."""
        return self._gig.frame_of(said)

    def problems(self) -> list[str]:
        """What could not be read so far, each once."""
        return list(self._problems)

    def close(self) -> None:
        """Close every reel."""
        for _, _, _, file in self._files:
            file.close()
        self._files = []

    def note(self, event: journal.Event) -> None:
        """Know what has been written to its journal."""
        self._gig.events.append(event)
        self.marks = marks.of(self._gig.events)

    def _say(self, problem: str) -> None:
        if problem not in self._problems:
            self._problems.append(problem)


class File:
    """An audio file, or a folder of mono files, that is no gig."""

    phase = 0

    def __init__(self, path: pathlib.Path) -> None:
        self._source = audiofile.Source(path)
        self.name = path.name
        self.rate, self.frames, self.channels = self._source.rate, self._source.frames, self._source.channels
        self._at = 0
        self._problems: list[str] = []
        self.marks: list[marks.Mark] = []

    def read(self, first: int, frames: int) -> Block:
        """Frames from `first` on; silence behind the end."""
        block = np.zeros((frames, self.channels), np.float32)
        if first < self.frames:
            try:
                if first != self._at:
                    self._source.seek(first)
                part = self._source.read(frames)
                self._at = first + len(part)
                block[: len(part)] = part
            except audiofile.AudioFileError as error:
                if str(error) not in self._problems:
                    self._problems.append(str(error))
        return block

    def frame_of(self, said: str) -> int:
        """Frame of a moment in seconds: nobody marked anything here."""
        try:
            return min(max(0, round(float(said) * self.rate)), self.frames)
        except ValueError:
            raise errors.Refusal(f"{self.name} has no marks: say seconds instead of {said!r}") from None

    def problems(self) -> list[str]:
        """What could not be read so far."""
        return list(self._problems)

    def close(self) -> None:
        """Close the files."""
        self._source.close()


def open_any(path: pathlib.Path) -> Tape:
    """Open a gig, or any audio.

    Raises
    ------
    Refusal
        When nothing there can be played.
    """
    if (path / gig.MANIFEST).exists() or not path.exists():
        return Gig(path)
    return File(path)


def summary(tape: Tape) -> str:
    """What a person reads of what is played."""
    return f"{tape.name}: {tape.channels} tracks, {tape.frames / tape.rate:.1f} s"
