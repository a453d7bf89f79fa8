"""`faderd album new`: a proposal for everything, written as a project that a person reads before anything is made.

    gig ─▶ marks ───────────────────────────╮
    files ─▶ tenths of a second: how loud, how dense, how much like applause ─▶ stretches of music
                                            ╰─▶ onsets and ends ─▶ songs ─▶ album.toml, with comments that say why

Never final: each song says how sure its beginning is, and what asks for a look.
"""

import itertools
import json
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.album import edit, limiter, listen, match, spectrum
from daemon.album.listen import POINTS, Heard, Told
from daemon.audio import audiofile
from daemon.metering.loudness import Float
from daemon.recording import gig, reels

SHORTEST_S = 20.0
BEFORE_MARK_S, AFTER_MARK_S = 10.0, 20.0
ONSET_DB, SURE_DB = 12.0, 12.0
LEAD_S = 0.35
END_DB, APPLAUSE_S, APPLAUSE_DB = 6.0, 6.0, 20.0
FLOOR_S = 10.0
MIXES = ("print", "main", "mix")
RECORDED = (("print/l", "print/r"), ("main/l", "main/r"))
"""Signals that a gig's mix is recorded as, the one that is for no house first."""


@dataclass
class Found:
    """A song that is proposed."""

    title: str
    file: pathlib.Path
    start_s: float
    end_s: float
    fade_out_s: float
    sure_db: float
    """How far the beginning stands out of what is before it."""
    reasons: list[str] = field(default_factory=list)


# --- beginnings and ends ----------------------------------------------------------------------------


def _floor(level_db: Float) -> float:
    return float(np.percentile(level_db, 10)) if level_db.size else -100.0


def onset(heard: Heard, around: int, reach: tuple[int, int]) -> tuple[float, float]:
    """Where a song begins, in seconds, near a tenth, and how far it stands out of what is before it."""
    begin, end = max(around - reach[0], 0), min(around + reach[1], len(heard.level_db))
    floor = _floor(heard.level_db[max(begin - round(FLOOR_S * POINTS), 0) : max(around, 1)])
    above = heard.level_db[begin:end] > floor + ONSET_DB
    at = begin + int(above.argmax()) if above.any() else around
    after = heard.level_db[at : at + 2 * POINTS]
    sure = float(np.median(after)) - floor if after.size else 0.0
    return max(at / POINTS - LEAD_S, 0.0), sure


def ending(heard: Heard, last: int, latest: int) -> tuple[float, float]:
    """Where a song ends, in seconds: behind its tail and some of the applause; and how long it is faded out."""
    level_db = heard.level_db[last:latest]
    if not level_db.size:
        return last / POINTS, 0.1
    floor = _floor(heard.level_db[last : last + round(FLOOR_S * POINTS)])
    quiet = level_db < max(floor + END_DB, float(level_db[0]) - APPLAUSE_DB)
    tail = int(quiet.argmax()) if quiet.any() else len(level_db)
    tail = min(tail, round(APPLAUSE_S * POINTS), len(level_db))
    return (last + tail) / POINTS, max(0.1, round(0.6 * tail / POINTS, 1))


def by_level(heard: Heard, shortest_s: float = SHORTEST_S) -> list[Found]:
    """Songs of a file, by level and applause."""
    found: list[Found] = []
    parts = listen.stretches(listen.music(heard), shortest_s)
    for number, (begin, end) in enumerate(parts, 1):
        latest = parts[number][0] if number < len(parts) else len(heard.level_db)
        start, sure = onset(heard, begin, (1, POINTS))
        start = max(start, found[-1].end_s if found else 0.0)
        last, fade = ending(heard, end, latest)
        found.append(Found(f"Song {number}", heard.file, start, min(last, heard.seconds), fade, sure,
                           [f"found by level: {(end - begin) / POINTS:.0f} s of music"]))  # fmt: skip
    return found


def by_marks(heard: Heard, marks: Sequence[tuple[float, str]]) -> list[Found]:
    """Songs of a file at marks, in seconds: each goes to the next, or to where the music ends before it."""
    found: list[Found] = []
    inside = listen.music(heard)
    rises = np.flatnonzero(inside & ~np.concatenate(((False,), inside[:-1])))
    ordered = sorted(marks)
    places = [round(at_s * POINTS) for at_s, _ in ordered]
    around = zip([0, *places[:-1]], places, [*places[1:], len(inside)], strict=True)
    starts = [_at_mark(heard, inside, rises[(rises > before) & (rises < after)], at) for before, at, after in around]
    for number, ((at_s, name), (start, sure)) in enumerate(zip(ordered, starts, strict=True), 1):
        until_s = starts[number][0] if number < len(starts) else heard.seconds
        begin, until = round(start * POINTS), round(until_s * POINTS)
        played = np.flatnonzero(inside[begin:until])
        last, fade = ending(heard, begin + int(played[-1]) + 1 if played.size else until, until)
        if last <= start:
            continue
        found.append(Found(name or f"Song {number}", heard.file, start, min(last, until_s), fade, sure,
                           [f"mark {name or number} at {at_s:.1f} s"]))  # fmt: skip
    return found


def _at_mark(heard: Heard, inside: listen.Bools, rises: npt.NDArray[np.int64], at: int) -> tuple[float, float]:
    """Where the song of a mark begins: where music does, nearby; at the mark where music goes on through it."""
    near = rises[(rises >= at - BEFORE_MARK_S * POINTS) & (rises <= at + AFTER_MARK_S * POINTS)]
    if near.size:
        return onset(heard, int(near[np.abs(near - at).argmin()]), (1, POINTS))
    if at < len(inside) and inside[at]:
        return at / POINTS, 0.0
    return onset(heard, at, (0, round(AFTER_MARK_S * POINTS)))


# --- gigs --------------------------------------------------------------------------------------------


def of_gig(folder: pathlib.Path, mix: pathlib.Path, told: Told = listen.unheard, shortest_s: float = SHORTEST_S) \
        -> list[Found]:  # fmt: skip
    """Songs of a gig, at its marks where there are any.

    Parameters
    ----------
    folder : path
        The gig.  A file of two tracks in it that is called print…, main… or mix… is its mix.
    mix : path
        Where else the mix that was recorded beside the inputs is written.
    told : callable
    shortest_s : float
        Where there are no marks, what is shorter is no song.

    Raises
    ------
    Refusal
        When there is no mix.
    """
    known = reels.Gig(folder)
    rendered = sorted(each for each in folder.iterdir() if each.suffix.lower() in gig.AUDIO
                      and each.stem.lower().startswith(MIXES) and _sides(each) in (1, 2))  # fmt: skip
    if not rendered and not any(pair[0] in known.signals for pair in RECORDED):
        raise errors.Refusal(
            f"{folder} has no mix: faderd gig render {folder} --out {folder / 'print.wav'} --tap print makes one, and"
            " recording.mixes in the settings records one at once"
        )
    heard = listen.hear(rendered[0] if rendered else _recorded(known, mix), told)
    marks = [(mark.frame / known.rate, mark.name) for mark in known.marks]
    return by_marks(heard, marks) if marks else by_level(heard, shortest_s)


def _recorded(known: reels.Gig, mix: pathlib.Path) -> pathlib.Path:
    """Write the mix of a gig to a file, bit for bit."""
    pair = next(each for each in RECORDED if each[0] in known.signals)
    left = known.signals.index(pair[0])
    columns = slice(left, left + len(pair))
    if tuple(known.signals[columns]) != pair:
        raise errors.Refusal(f"{known.folder}: its main mix has one side only; render it with faderd gig render")
    with audiofile.Writer(mix, known.rate, len(pair)) as file:
        for first in range(0, known.frames, known.rate):
            file.write(known.read(first, min(known.rate, known.frames - first), columns))
    return mix


def _sides(path: pathlib.Path) -> int:
    with edit.opened(path, "album new") as file:
        return int(file.channels)


def of_files(paths: Sequence[pathlib.Path], told: Told = listen.unheard, shortest_s: float = SHORTEST_S) -> list[Found]:
    """Songs of files: each is one, or holds several where it is a recording of many."""
    found = []
    for number, path in enumerate(paths):
        heard = listen.hear(path, lambda part, number=number: told((number + part) / len(paths)))  # type: ignore[misc]
        songs = by_level(heard, shortest_s)
        if len(songs) <= 1 and len(paths) > 1:
            songs = [_whole(heard, songs)]
        for song in songs:
            if len(songs) == 1:
                song.title = titled(path)
        found += songs
    if not found:
        raise errors.Refusal(f"{paths[0]}: no music was found; write a project with start and end by hand")
    return found


def _whole(heard: Heard, songs: Sequence[Found]) -> Found:
    """A file that is one song, without the silence around it."""
    if songs:
        return songs[0]
    why = "the whole file: no music was found in it"
    return Found(titled(heard.file), heard.file, 0.0, heard.seconds, 0.1, 0.0, [why])


def titled(path: pathlib.Path) -> str:
    """A title of the name of a file: without a number in front."""
    return path.stem.lstrip("0123456789").strip(" -_.").replace("_", " ") or path.stem


# --- written -----------------------------------------------------------------------------------------


class Nearer(NamedTuple):
    """What would bring a song nearer to the reference, or to the album's own average."""

    eq: match.Proposal
    level_lu: float
    goal_lufs: float


def nearer(found: Sequence[Found], cap_db: float, reference: pathlib.Path | None) -> list[Nearer]:
    """Compare every song with the reference, or with the album's own average; nothing where there is neither."""
    spectra, rates, levels = [], [], []
    for song in found:
        audio, rate = _part(song)
        spectra.append(spectrum.long_term(audio, rate))
        rates.append(rate)
        levels.append(limiter.loudness_lufs(audio, rate))
    if reference is not None:
        with edit.opened(reference, "album new: reference") as file:
            audio = file.read(dtype="float64", always_2d=True)
            goal, level = spectrum.long_term(audio, file.samplerate), limiter.loudness_lufs(audio, file.samplerate)
    elif len(set(rates)) == 1 and len(found) > 1:
        goal, level = match.average(spectra, rates[0]), float(np.median(levels))
    else:
        return []
    return [Nearer(match.between(one, rate, goal, cap_db), float(level - own), level)
            for one, rate, own in zip(spectra, rates, levels, strict=True)]  # fmt: skip


def _part(song: Found) -> tuple[Float, int]:
    with edit.opened(song.file, song.title) as file:
        file.seek(round(song.start_s * file.samplerate))
        return file.read(round((song.end_s - song.start_s) * file.samplerate), dtype="float64", always_2d=True), \
            file.samplerate  # fmt: skip


HEAD = """\
# A proposal: read it, listen with --preview-seams, change what you like.  faderd album make {name} makes the album.
# Every key can be left out.  Times are seconds, "3:04.312" or "8846976 frames".

title = {title}
artist = {artist}
# year = 2026
# genre = ""
# upc = ""                  # 12 or 13 digits
# artwork = "cover.jpg"

preset = "album"            # the loudest song at -14 LUFS, -1 dBTP; there are also
                            # {presets}
# target_lufs = {target}
# ceiling_dbtp = -1.0
# level = "album"           # album: songs keep their distance; track: each at the target; even: at most 2 LU nearer
# continuous = true         # songs that meet go on without a seam
# cd = true                 # songs begin at 75ths of a second
# ceiling_for_codecs = true # lossy files stay below the ceiling when they are decoded, too
deliver = ["wav24/48000", "flac16/44100", "cue", "chapters"]    # also m4a256, opus160, mp3-320, ogg-q8
{reference}
# [polish]                  # of all songs; each [song.polish] comes before it
# low_cut = 25
# mono_below = 100
# compressor = {{threshold_db = -18, ratio = 1.5}}
"""
SONG = """
[[song]]                    # {number}: {reasons}
title = {title}
file = {file}
start = {start}{look}
end = {end}
fade_out_s = {fade}
# isrc = ""
{gap}"""
LEVEL = """\
# trim_db = {level:.1f}            # proposed, within {cap:g} dB: as loud as {goal}
"""
PROPOSED = """\
[song.polish]
# eq = {bands}
#      ^ proposed, within {cap:g} dB, towards {goal}; take the # away to have it
#      20 Hz {curve} 20 kHz, {low} is -{cap:g} dB and {high} {cap:g} dB
"""
GAP_S = 2.0
LEAST_LU = 0.5
BARS = "▁▂▃▄▅▆▇█"
BAR_EVERY = 3  # points of a curve


def drawn(curve_db: Float, cap_db: float) -> str:
    """A curve as a line of text: the lowest and the highest bar are the cap."""
    places = np.rint((curve_db[::BAR_EVERY] / cap_db + 1) / 2 * (len(BARS) - 1)) if cap_db else np.zeros(1)
    return "".join(BARS[int(place)] for place in np.clip(places, 0, len(BARS) - 1))


def text(
    found: Sequence[Found], tones: Sequence[Nearer], path: pathlib.Path, title: str, artist: str,
    presets: Sequence[str], cap_db: float, reference: pathlib.Path | None,
) -> str:  # fmt: skip
    """A project, as a person would write it, with comments that say why."""
    told = f"{tones[0].goal_lufs:.1f}       # proposed: as loud as {reference.name}" if tones and reference else "-14.0"
    made = HEAD.format(
        name=path.name, title=_string(title), artist=_string(artist), presets=", ".join(presets),
        target=told,
        reference=f"reference = {_string(_relative(reference, path))}" if reference else "# reference = \"other.wav\"",
    )  # fmt: skip
    goal = reference.name if reference else "the album's own average"
    for number, (song, proposed) in enumerate(itertools.zip_longest(found, tones), 1):
        look = "" if song.sure_db >= SURE_DB else f"    # look: it stands out by {song.sure_db:.0f} dB only"
        gap = f"gap_s = {GAP_S}               # silence after it; or crossfade_s\n" if number < len(found) else ""
        made += SONG.format(
            number=number, reasons="; ".join(song.reasons), title=_string(song.title),
            file=_string(_relative(song.file, path)), start=f"{song.start_s:.6f}".rstrip("0") + "0", look=look,
            end=f"{song.end_s:.6f}".rstrip("0") + "0", fade=song.fade_out_s, gap=gap,
        )  # fmt: skip
        if proposed and not reference and abs(proposed.level_lu) >= LEAST_LU:
            level = float(np.clip(proposed.level_lu, -cap_db, cap_db))
            made += LEVEL.format(level=level, cap=cap_db, goal=goal)
        if proposed and proposed.eq.bands:
            curve = drawn(proposed.eq.bands_db, cap_db)
            made += PROPOSED.format(bands=json.dumps(proposed.eq.bands), cap=cap_db, goal=goal, curve=curve,
                                    low=BARS[0], high=BARS[-1])  # fmt: skip
    return made


def _relative(file: pathlib.Path, project: pathlib.Path) -> str:
    """A file as the project, which lies elsewhere, calls it."""
    try:
        return file.resolve().relative_to(project.resolve().parent).as_posix()
    except ValueError:
        return file.resolve().as_posix()


def _string(value: str) -> str:
    """A string of TOML, which has JSON's escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
