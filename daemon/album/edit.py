"""From a project to cuts and a time line: which frames of which file are a song, and when each one is heard.

    Album ─▶ files opened, times checked ─▶ Cut, Cut, Cut … ─▶ places on the time line, exact fractions of a second
                                                          ─▶ a track: its song, and what reaches into it from both sides

Tracks meet without a frame between them: a gap belongs to the track before it, and a cross-fade to the one that comes.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import soundfile

from daemon import errors
from daemon.album import limiter, project, seams
from daemon.metering.loudness import Float

CD_FRAMES = 75  # in a second
CD_SHORTEST_S = 4
JOIN_S = Fraction(1, 50)
"""How long songs that go on without a seam are cross-faded, as each is polished on its own."""
WARM_S = 2
"""Sound before and behind such a song, for filters and compressors to be where they would be."""
SHORT_FADE_MS = 20.0


@dataclass(frozen=True)
class Cut:
    """A song as it is cut, in frames of its file."""

    number: int
    song: project.Song
    rate: int
    channels: int
    begin: int
    end: int
    before: int = 0
    """Frames ahead of `begin` that are cross-faded with the song before; likewise `after`."""
    after: int = 0
    joined: tuple[bool, bool] = (False, False)
    """Whether it begins and ends in a cross-fade, and so without a fade."""
    warm: tuple[int, int] = (0, 0)

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return Fraction(self.end - self.begin, self.rate)


@dataclass(frozen=True)
class Plan:
    """All songs, and when they are heard: seconds from the beginning of the album."""

    cuts: tuple[Cut, ...]
    starts: tuple[Fraction, ...]
    ends: tuple[Fraction, ...]
    length: Fraction

    def edges(self, rate: int) -> list[int]:
        """First frame of each track, and the end of the last."""
        return [round(each * rate) for each in (*self.starts, self.length)]

    def gap_s(self, number: int) -> float:
        """Silence ahead of a song."""
        return float(max(self.starts[number] - self.ends[number - 1], Fraction(0))) if number else 0.0


# --- checked -----------------------------------------------------------------------------------------


def plan(album: project.Album) -> Plan:
    """Open every file, and lay out the album.

    Raises
    ------
    Refusal
        When a file is missing, a song is empty, or one lies in another.
    """
    grid = album.cd or "cue" in album.deliver
    cuts = [_cut(number, song, album) for number, song in enumerate(album.songs)]
    _check_overlaps(cuts, album)
    cuts = _joined(cuts, album, grid)
    starts, ends = [], []
    at = Fraction(0)
    for cut, following in zip(cuts, (*cuts[1:], None), strict=True):
        starts.append(at)
        ends.append(at + cut.seconds)
        at = ends[-1]
        if following is None:
            continue
        if cut.song.crossfade_s:
            at = _gridded(at - Fraction(cut.song.crossfade_s).limit_denominator(1000), grid, math.floor)
            if at <= starts[-1] or ends[-1] - at >= following.seconds:
                raise errors.Refusal(f"{_where(album, cut)}: crossfade_s is longer than the songs it is between")
        elif not cut.joined[1]:
            at = _gridded(at + Fraction(cut.song.gap_s).limit_denominator(1000), grid, math.ceil)
    made = Plan(tuple(cuts), tuple(starts), tuple(ends), _gridded(at, grid, math.ceil))
    if album.cd:
        _check_cd(album, made)
    return made


def _cut(number: int, song: project.Song, album: project.Album) -> Cut:
    where = f"{album.path}: song {number + 1} ({song.title})"
    with opened(song.file, where) as file:
        rate, channels, frames = file.samplerate, file.channels, file.frames
        if channels > 2:
            raise errors.Refusal(
                f"{where}: {song.file} has {channels} channels, and a song two: mix it first, see faderd render --help"
            )
        if not frames:
            raise errors.Refusal(f"{where}: {song.file} is empty: there is no sound in it")
        begin = song.start.frame(rate)
        end = frames if song.end is None else song.end.frame(rate)
        if end > frames:
            raise errors.Refusal(f"{where}: end is at {end / rate:.3f} s, but {song.file} at {frames / rate:.3f} s")
        if begin >= end:
            raise errors.Refusal(f"{where}: start ({begin / rate:.3f} s) is not before end ({end / rate:.3f} s)")
        if song.zero_crossing and song.fade_in_ms < SHORT_FADE_MS and begin:
            reach = round(2 * seams.NEAR_S * rate)
            file.seek(max(begin - reach, 0))
            around = file.read(2 * reach, dtype="float64", always_2d=True)
            found = max(begin - reach, 0) + seams.zero_crossing(around, min(begin, reach), rate)
            begin = min(found, end - 1) if not _meets(song, number, album) else begin
    return Cut(number, song, rate, channels, begin, end)


def _meets(song: project.Song, number: int, album: project.Album) -> bool:
    """Whether a song goes on where the one before it stops."""
    before = album.songs[number - 1] if number else None
    return album.continuous and before is not None and before.file == song.file


def opened(path: Any, where: str) -> Any:
    """A file of sound, open.

    Raises
    ------
    Refusal
        When it is not there, or is none.
    """
    if not path.exists():
        raise errors.Refusal(f"{where}: {path} is missing; put it there, or change file")
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        reason = str(getattr(error, "error_string", error)).strip().rstrip(".")
        raise errors.Refusal(f"{where}: {path} cannot be read as sound: {reason}") from None


def _where(album: project.Album, cut: Cut) -> str:
    return f"{album.path}: song {cut.number + 1} ({cut.song.title})"


def _check_overlaps(cuts: Sequence[Cut], album: project.Album) -> None:
    """No frame belongs to two songs, unless it is a cross-fade that says so."""
    for cut in cuts:
        for other in cuts[cut.number + 1 :]:
            common = min(cut.end, other.end) - max(cut.begin, other.begin)
            if cut.song.file == other.song.file and common > seams.NEAR_S * cut.rate:
                raise errors.Refusal(
                    f"{album.path}: {cut.song.title} (to {cut.end / cut.rate:.3f} s) and {other.song.title} (from"
                    f" {other.begin / cut.rate:.3f} s) have {common} frames in common: their start and end are out of"
                    " order, or reach too far"
                )


def _joined(cuts: list[Cut], album: project.Album, grid: bool) -> list[Cut]:
    """Tell songs that run into each other to."""
    made = list(cuts)
    for at in range(len(made) - 1):
        left, right = made[at], made[at + 1]
        meets = album.continuous and left.song.file == right.song.file and abs(left.end - right.begin) <= 1
        if meets:
            seconds = _gridded(left.seconds, grid, round)
            edge, half = left.begin + round(seconds * left.rate), round(JOIN_S / 2 * left.rate)
            warm = WARM_S * left.rate
            left = dataclasses.replace(left, end=edge, after=half, warm=(left.warm[0], warm))
            right = dataclasses.replace(right, begin=edge, before=half, warm=(min(warm, edge - half), 0))
        if meets or left.song.crossfade_s:
            made[at] = dataclasses.replace(left, joined=(left.joined[0], True))
            made[at + 1] = dataclasses.replace(right, joined=(True, right.joined[1]))
    return made


def _gridded(seconds: Fraction, grid: bool, how: Callable[[Fraction], int]) -> Fraction:
    return Fraction(how(seconds * CD_FRAMES), CD_FRAMES) if grid else seconds


def _check_cd(album: project.Album, made: Plan) -> None:
    for cut, begin, end in zip(made.cuts, made.starts, (*made.starts[1:], made.length), strict=True):
        if end - begin < CD_SHORTEST_S:
            raise errors.Refusal(f"{_where(album, cut)} lasts {float(end - begin):.1f} s; a track of a CD at least 4")


# --- sound -------------------------------------------------------------------------------------------


def sound(cut: Cut) -> tuple[Float, tuple[int, int]]:
    """Sound of a cut, shape (frames, 2), with what warms up on both sides; and how many frames those are.

    Raises
    ------
    Refusal
        When the file holds what is no number: it would be everywhere behind the first filter.
    """
    first = max(cut.begin - cut.before - cut.warm[0], 0)
    with opened(cut.song.file, cut.song.title) as file:
        file.seek(first)
        audio = file.read(cut.end + cut.after + cut.warm[1] - first, dtype="float64", always_2d=True)
    if not np.isfinite(audio).all():
        at = (first + int((~np.isfinite(audio)).any(1).argmax())) / cut.rate
        raise errors.Refusal(
            f"{cut.song.title}: {cut.song.file} holds what is no number, first at {at:.3f} s: render it again, or cut"
            " around that"
        )
    left = cut.begin - cut.before - first
    right = len(audio) - left - (cut.end - cut.begin) - cut.before - cut.after
    return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio, (left, max(right, 0))


def faded(audio: Float, cut: Cut) -> Float:
    """A song with its fades, in place."""
    frames_in = 0 if cut.joined[0] else round(cut.song.fade_in_ms * cut.rate / 1000)
    frames_out = 0 if cut.joined[1] else round(cut.song.fade_out_s * cut.rate)
    seams.fade(audio, frames_in, frames_out, cut.song.fade_in_shape, cut.song.fade_out_shape)
    return audio


def track(made: Plan, number: int, rate: int, sounds: Callable[[int], Float]) -> tuple[Float, int, int]:
    """What is heard during a track, before the limiter.

    Parameters
    ----------
    made : Plan
    number : int
        Of the song, from 0.
    rate : int
    sounds : callable
        Sound of a song by its number, at this rate, with what reaches over its edges.

    Returns
    -------
    audio : ndarray, shape (frames, 2)
        The track, and what surrounds it where songs run into each other.
    begin, end : int
        Where in it the track is.
    """
    edges, cut = made.edges(rate), made.cuts[number]
    around = round(limiter.CONTEXT_S * rate)
    first = edges[number] - (around if cut.joined[0] else 0)
    last = edges[number + 1] + (around if cut.joined[1] else 0)
    canvas, filled = np.zeros((last - first, 2)), 0
    shape = "auto"
    for each in range(number - bool(cut.joined[0]), number + 1 + bool(cut.joined[1])):
        one = made.cuts[each]
        at = round((made.starts[each] - Fraction(one.before, one.rate)) * rate) - first
        part = np.asarray(sounds(each), np.float64)
        part, at = part[max(-at, 0) :], max(at, 0)
        part = part[: len(canvas) - at]
        common = min(max(filled - at, 0), len(part))
        if common:
            canvas[at : at + common] = seams.cross(canvas[at : at + common], part[:common], shape)
        canvas[at + common : at + len(part)] = part[common:]
        filled, shape = at + len(part), one.song.crossfade_shape
    return canvas, edges[number] - first, edges[number + 1] - first
