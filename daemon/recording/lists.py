"""Marks as other programs read them: a cue sheet, and a list for Reaper's Region/Marker Manager.

    marks.cue   TRACK … INDEX 01 MM:SS:FF, 75 frames to a second, at most 99
    marks.csv   #,Name,Start · M1,Second song,3:07.250
"""

import csv
import io
import pathlib
from collections.abc import Sequence

from daemon import errors
from daemon.recording import gig, marks, reels

CUE, REAPER = "marks.cue", "marks.csv"
SECTOR = 75
MOST = 99


def export(folder: pathlib.Path, target: pathlib.Path) -> list[pathlib.Path]:
    """Write what a workstation takes in with one drag: a file for each track, and the marks.

    Raises
    ------
    Refusal
        When the folder is no gig, or the target can't be written to.
    """
    found = reels.Gig(folder)
    try:
        paths = gig.export(folder, target)
        if not found.marks:
            return paths
        sheet = cue(folder.name, paths[0].name, found.marks, found.rate)
        written = {CUE: sheet, REAPER: reaper(found.marks, found.rate)}
        for name, text in written.items():
            (target / name).write_text(text, "utf-8")
    except OSError as error:
        raise errors.Refusal(f"{target}: {error.strerror or error}") from None
    return [*paths, *(target / name for name in written)]


def cue(title: str, file: str, found: Sequence[marks.Mark], rate: int) -> str:
    """A cue sheet; of more marks than it can hold the first."""
    lines = [f'TITLE "{_quoted(title)}"', f'FILE "{_quoted(file)}" WAVE']
    for number, mark in enumerate(found[:MOST], 1):
        lines += [f"  TRACK {number:02} AUDIO", f'    TITLE "{_quoted(mark.name) or f"Mark {number}"}"']
        if number == 1 and mark.frame:
            lines.append("    INDEX 00 00:00:00")
        lines.append(f"    INDEX 01 {sectors(mark.frame, rate)}")
    return "\n".join(lines) + "\n"


def sectors(frame: int, rate: int) -> str:
    """Minutes, seconds and sectors of a frame, rounded down."""
    seconds, rest = divmod(frame * SECTOR // rate, SECTOR)
    return f"{seconds // 60:02}:{seconds % 60:02}:{rest:02}"


def reaper(found: Sequence[marks.Mark], rate: int) -> str:
    """A list that Reaper's Region/Marker Manager imports."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["#", "Name", "Start"])
    for number, mark in enumerate(found, 1):
        minutes, milliseconds = divmod(round(1000 * mark.frame / rate), 60_000)
        rows.writerow([f"M{number}", mark.name, f"{minutes}:{milliseconds / 1000:06.3f}"])
    return text.getvalue()


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace("\n", " ")
