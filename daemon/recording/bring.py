"""Bring in what others recorded: it becomes a gig.

    a session of an X32's card        ─▶ its takes one after the other, markers, names of a scene beside them
    Broadcast WAVs with time stamps   ─▶ each where it began; marks, names
    a folder of WAV or FLAC, a file   ─▶ all from one start, shorter ones end in silence

A file that is missing, cut or foreign is told by its name, and the rest is done.
"""

import collections
import itertools
import pathlib
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.audio import audiofile
from daemon.recording import gig, journal, marks, reel, wavehead, xlive

LONGEST_S = 24 * 3600
"""Time stamps further apart than a day are of other days, or wrong."""

Block = npt.NDArray[np.float32]


class Sound(Protocol):
    """Samples that can be read from any frame on."""

    def read(self, first: int, count: int) -> Block:
        """Frames from `first` on; fewer at the end."""

    def close(self) -> None:
        """Close what is open."""


class Piece(NamedTuple):
    """A file, and where in the gig it lies."""

    path: pathlib.Path
    begin: int
    frames: int
    column: int
    open: Callable[[], Sound]


class Plan(NamedTuple):
    """A gig to be made."""

    rate: int
    names: list[str]
    frames: int
    pieces: list[Piece]
    marks: list[marks.Mark]
    problems: list[str]


def bring_in(source: pathlib.Path, folder: pathlib.Path) -> gig.State:
    """Make a gig of a file, or of a folder of files.

    Raises
    ------
    Refusal
        When there is nothing that can be brought in, or the gig can't be written.
    """
    plan = _plan(source)
    try:
        folder.mkdir(parents=True)
        _write(folder, plan)
    except FileExistsError:
        raise errors.Refusal(f"{folder} is there already: name another folder for the gig") from None
    except OSError as error:
        raise errors.Refusal(f"{folder}: {error.strerror}; faderd gig repair keeps what was written") from None
    found = gig.state(folder)
    return found._replace(problems=[*plan.problems, *found.problems])


def _plan(source: pathlib.Path) -> Plan:
    if not source.exists():
        raise errors.Refusal(f"{source}: no such file or folder")
    if source.is_dir() and (log := xlive.log_of(source)) is not None:
        return _session(source, log)
    if source.is_dir():
        paths = sorted(each for each in source.iterdir() if each.suffix.lower() in gig.AUDIO)
        paths = [each for each in paths if not each.name.startswith(".")]
        if not paths:
            raise errors.Refusal(f"{source}: no WAV or FLAC files in this folder")
    else:
        paths = [source]
    return _files(source, paths)


# --- a session of the desk's card -------------------------------------------------------------------------


def _session(folder: pathlib.Path, log: pathlib.Path) -> Plan:
    said = xlive.read(log)
    pieces: list[Piece] = []
    problems: list[str] = []
    begin = 0
    for number, frames in enumerate(said.takes, 1):
        path = xlive.take(folder, number)
        try:
            take = xlive.Take(path, said.tracks)
            held = take.frames
            take.close()
        except errors.Refusal as refusal:
            problems.append(f"{refusal}: its {frames} frames are silent")
        else:
            if held < frames:
                problems.append(f"{path} is cut: {held} of {frames} frames are there, the rest is silent")
            pieces.append(Piece(path, begin, min(held, frames), 0, _opens_take(path, said.tracks)))
        begin += frames
    if not pieces:
        raise errors.Refusal("\n".join([f"{folder}: no take of this session can be read", *problems]))
    found = [marks.Mark(frame, "") for frame in said.markers]
    return Plan(said.rate, xlive.names(folder, said.tracks), begin, pieces, found, problems)


def _opens_take(path: pathlib.Path, tracks: int) -> Callable[[], Sound]:
    return lambda: xlive.Take(path, tracks)


# --- files ------------------------------------------------------------------------------------------------


class _File:
    """An audio file, read from any frame on."""

    def __init__(self, path: pathlib.Path) -> None:
        self._source = audiofile.Source(path)

    def read(self, first: int, count: int) -> Block:
        self._source.seek(first)
        return self._source.read(count)

    def close(self) -> None:
        self._source.close()


class _Known(NamedTuple):
    path: pathlib.Path
    rate: int
    channels: int
    frames: int
    head: wavehead.Head


def _files(source: pathlib.Path, paths: list[pathlib.Path]) -> Plan:
    known: list[_Known] = []
    problems: list[str] = []
    for path in paths:
        try:
            with audiofile.Source(path) as file:
                known.append(_Known(path, file.rate, file.channels, file.frames, wavehead.read(path)))
        except (errors.Refusal, OSError) as error:
            problems.append(f"{error}: it is left out")
    known, more = _of_one_rate(known)
    problems += more
    if not known:
        raise errors.Refusal("\n".join([f"{source}: nothing here can be brought in", *problems]))
    begins = _begins(known, problems)
    follows = _follow_one_another(known, begins)
    pieces: list[Piece] = []
    names: list[str] = []
    column = 0
    for each, begin in zip(known, begins, strict=True):
        head = each.head
        if head.promised > head.held:
            problems.append(f"{each.path} is cut: {head.held} of {head.promised} frames are there, the rest is silent")
        pieces.append(Piece(each.path, begin, each.frames, 0 if follows else column, _opens(each.path)))
        if not names or not follows:
            names += _names(each)
            column += each.channels
    noted = sorted({
        marks.Mark(begin + mark.frame, mark.name)
        for each, begin in zip(known, begins, strict=True)
        for mark in each.head.noted
    })  # fmt: skip
    total = max(begin + max(each.frames, each.head.promised) for each, begin in zip(known, begins, strict=True))
    return Plan(known[0].rate, names, total, pieces, noted, problems)


def _opens(path: pathlib.Path) -> Callable[[], Sound]:
    return lambda: _File(path)


def _of_one_rate(known: list[_Known]) -> tuple[list[_Known], list[str]]:
    """Those that have the rate of most; the others are told."""
    if not known:
        return [], []
    rate = collections.Counter(each.rate for each in known).most_common(1)[0][0]
    others = [
        f"{each.path}: {each.rate} Hz, but most files here have {rate} Hz: it is left out, bring it to that rate first"
        for each in known
        if each.rate != rate
    ]
    return [each for each in known if each.rate == rate], others


def _begins(known: list[_Known], problems: list[str]) -> list[int]:
    """First frame of each in the gig, by its time stamp; without one, the beginning."""
    stamps = [each.head.reference for each in known if each.head.reference is not None]
    first = min(stamps, default=0)
    begins = []
    for each in known:
        stamp = each.head.reference
        begin = 0 if stamp is None else stamp - first
        if begin > LONGEST_S * each.rate:
            apart = f"{begin / each.rate:.0f} s after the first"
            problems.append(f"{each.path}: its time stamp is {apart}, on another day: it begins with the others")
            begin = 0
        begins.append(begin)
    return begins


def _follow_one_another(known: list[_Known], begins: list[int]) -> bool:
    """Whether files of many tracks are parts of one recording, one after the other."""
    if len(known) < 2 or known[0].channels < 2 or len({each.channels for each in known}) > 1:
        return False
    spans = sorted((begin, begin + each.frames) for each, begin in zip(known, begins, strict=True))
    return all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def _names(each: _Known) -> list[str]:
    if len(each.head.names) == each.channels and all(each.head.names):
        return list(each.head.names)
    stem = each.path.stem
    return [stem] if each.channels == 1 else [f"{stem} {channel}" for channel in range(1, each.channels + 1)]


# --- the gig ----------------------------------------------------------------------------------------------


def _write(folder: pathlib.Path, plan: Plan) -> None:
    """Write all frames, a second at a time; what can't be read any further is silent, and told."""
    notes = folder / gig.JOURNAL
    journal.append(notes, {"kind": "reel", "file": gig.REEL, "frame": 0})
    writer = reel.Writer(folder / gig.REEL, plan.rate, plan.names)
    gig.describe(folder, plan.rate, plan.names)
    opened: dict[Piece, Sound] = {}
    try:
        for at in range(0, plan.frames, plan.rate):
            block = np.zeros((min(plan.rate, plan.frames - at), len(plan.names)), np.float32)
            for piece in plan.pieces:
                _lay(piece, at, block, opened, plan.problems)
            crc = zlib.crc32(writer.write(block))
            writer.sync()
            journal.append(notes, {"kind": "sync", "file": gig.REEL, "frame": writer.frames, "crc": crc})
    finally:
        for sound in opened.values():
            sound.close()
    for mark in plan.marks:
        journal.append(notes, {"kind": "mark", "frame": mark.frame, "name": mark.name})
    writer.close()
    journal.append(notes, {"kind": "stop", "frame": writer.frames, "why": "end"})


def _lay(piece: Piece, at: int, block: Block, opened: dict[Piece, Sound], problems: list[str]) -> None:
    """Lay what a file has of these frames into its columns."""
    since, until = max(at, piece.begin), min(at + len(block), piece.begin + piece.frames)
    if since >= until:
        return
    try:
        if piece not in opened:
            opened[piece] = piece.open()
        part = opened[piece].read(since - piece.begin, until - since)
    except (errors.Refusal, OSError) as error:
        problem = f"{error}: from here on it is silent"
        if not any(str(piece.path) in each for each in problems):
            problems.append(problem)
        return
    block[since - at : since - at + len(part), piece.column : piece.column + part.shape[1]] = part
