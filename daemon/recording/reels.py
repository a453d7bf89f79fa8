"""The frames of a gig, wherever they lie: what a file does not give is silence, and is told.

    journal ─▶ parts: file, first frame, frames ─▶ (mapped) ─▶ any frames of the gig, all tracks
"""

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.recording import gig, journal, marks, reel

Sound = npt.NDArray[np.float32]


class Gig:
    """A gig that is read.

    Parameters
    ----------
    folder : Path

    Attributes
    ----------
    manifest : dict
        What was known when it began.
    rate, tracks, inputs, frames : int
        Inputs are the first of the tracks, mixes follow.
    signals : list of str
        What each track holds: `in/01`, `main/l`, `bus/01` …
    marks : list of Mark
        In order of time.
    problems : list of str
        What of it can't be read.

    Raises
    ------
    Refusal
        When this is no folder of a gig.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.manifest = gig.manifest(folder)
        self.rate, self.names = gig.tracks(folder)
        self.tracks = len(self.names)
        self.inputs = int(self.manifest.get("inputs", self.tracks))
        known = self.manifest.get("signals", [])
        self.signals = known if len(known) == self.tracks else [f"in/{n:02}" for n in range(1, self.tracks + 1)]
        self.problems: list[str] = []
        self._parts: list[tuple[int, Sound, pathlib.Path]] = []
        self.frames = 0
        self.events = gig.events(folder)
        for part in gig.parts(self.events):
            self._map(part)
        self.marks = marks.of(self.events)

    def _map(self, part: gig.Part) -> None:
        """Map a reel; of one that is cut, what is left."""
        path, promised = self.folder / part.file, part.syncs[-1]["frame"] if part.syncs else 0
        self.frames = max(self.frames, part.frame + promised)
        if problem := gig.foreign(path, self.rate, self.tracks):
            self.problems.append(problem)
            return
        held = min(promised, (path.stat().st_size - reel.HEADER) // (self.tracks * reel.SAMPLE))
        if held < promised:
            self.problems.append(f"{path} is cut: frames {held} to {promised} are missing, and silent here")
        if held > 0:
            mapped = np.asarray(np.memmap(path, "<f4", "r", reel.HEADER, (held, self.tracks)))
            self._parts.append((part.frame, mapped, path))

    @property
    def files(self) -> list[tuple[int, pathlib.Path, int]]:
        """First frame, file and frames of each part that can be read."""
        return [(begin, path, len(mapped)) for begin, mapped, path in self._parts]

    def read(self, first: int, count: int, columns: slice = slice(None)) -> Sound:
        """Frames of some tracks from a frame on; silence where there are none."""
        if (lying := self.lying(first, count)) is not None:
            return np.array(lying[:, columns])
        found: Sound = np.zeros((count, len(range(*columns.indices(self.tracks)))), np.float32)
        for begin, frames, _ in self._parts:
            at, end = max(begin, first), min(begin + len(frames), first + count)
            if at < end:
                found[at - first : end - first] = frames[at - begin : end - begin, columns]
        return found

    def lying(self, first: int, count: int) -> Sound | None:
        """Frames of all tracks where they lie, not copied; None where they do not lie side by side in one file."""
        for begin, frames, _ in self._parts:
            if begin <= first and first + count <= begin + len(frames):
                return frames[first - begin : first - begin + count]
        return None

    def frame_of(self, said: str) -> int:
        """Frame of a moment as people say it: `mark:3`, `mark:Encore`, 90, 1:30 or 1:02:30.5 from the beginning.

        Raises
        ------
        Refusal
            When it is none.
        """
        kind, _, word = said.partition(":")
        if kind == "mark":
            numbered = word.isdigit() and 0 < int(word) <= len(self.marks)
            found = [self.marks[int(word) - 1]] if numbered else [mark for mark in self.marks if mark.name == word]
            if found:
                return found[0].frame
            there = ", ".join(f"{n} {mark.name}".strip() for n, mark in enumerate(self.marks, 1)) or "none"
            raise errors.Refusal(f"{self.folder} has no mark {word!r}: there are {there}")
        try:
            seconds = 0.0
            for part in said.split(":"):
                seconds = 60 * seconds + float(part)
        except ValueError:
            raise errors.Refusal(f"{said!r} is no moment: say mark:3, mark:NAME, 90, 1:30 or 1:02:30.5") from None
        if not 0 <= seconds * self.rate <= self.frames:
            raise errors.Refusal(f"{said} is not in {self.folder}: it is {clock(self.frames, self.rate)} long")
        return round(seconds * self.rate)


def clock(frames: int, rate: int) -> str:
    """A length as people read it."""
    seconds = frames // rate
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def lost(events: list[journal.Event]) -> int:
    """Frames that no disk took while they came."""
    return sum(int(event["frames"]) for event in events if event["kind"] == "gap")


def known(manifest: dict[str, Any], key: str, track: int, otherwise: str = "") -> str:
    """What a manifest says of a track, where it does."""
    said = manifest.get(key, [])
    return str(said[track]) if track < len(said) else otherwise
