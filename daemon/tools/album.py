"""Albums on the command line: `faderd album new | make | report`.

Exit codes: 0 it passes, 1 something is wrong, which the report tells, 2 it cannot be made.
"""

import argparse
import pathlib
import sys

from rich.console import Console as Screen
from rich.progress import Progress

from daemon import errors

PASSES, WRONG, REFUSED = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Do what is asked; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.deed(options))
    except errors.Refusal as refusal:
        print(f"faderd: {refusal}", file=sys.stderr)
    except OSError as error:
        print(f"faderd: {error.filename or 'the disk'}: {error.strerror or error}", file=sys.stderr)
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="faderd album", description="From a gig to a mastered album.")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    new = deeds.add_parser("new", help="propose a project: songs, order, titles, gaps")
    new.add_argument("sources", type=pathlib.Path, nargs="+", metavar="GIG|FILE", help="a gig, or files in their order")
    new.add_argument("-o", "--out", type=pathlib.Path, default=pathlib.Path("album.toml"), metavar="PROJECT",
                     help="file to write (album.toml)")  # fmt: skip
    new.add_argument("--title", default="", help="of the album")
    new.add_argument("--artist", default="", help="of all songs")
    new.add_argument("--reference", type=pathlib.Path, metavar="FILE", help="a track that sounds as it should")
    new.add_argument("--shortest", type=float, default=20.0, metavar="S", help="what is shorter is no song (20 s)")
    new.add_argument("--overwrite", action="store_true", help="replace a project that is there")
    new.set_defaults(deed=_new)
    make = deeds.add_parser("make", help="make everything that a project says, and its report")
    make.add_argument("--preview-seams", action="store_true", help="also write ten seconds around every transition")
    make.add_argument("--through", action="append", default=[], metavar="DEVICE",
                      help="also write every song as a phone, car, laptop … plays it; may repeat")  # fmt: skip
    make.add_argument("--compare", action="store_true",
                      help="also write songs before and behind their chain, equally loud")  # fmt: skip
    make.set_defaults(deed=_make)
    report = deeds.add_parser("report", help="measure the files of an album that was made, and say what is wrong")
    report.set_defaults(deed=_report)
    for deed in (make, report):
        deed.add_argument("project", type=pathlib.Path, metavar="PROJECT", help="a TOML file of faderd album new")
        deed.add_argument("-o", "--out", type=pathlib.Path, metavar="FOLDER", help="the album (called as the project)")
        deed.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (one for each core)")
    make.add_argument("--overwrite", action="store_true", help="replace what is in the folder")
    return parser


def _new(options: argparse.Namespace) -> int:
    from daemon.album import level, project, propose

    if options.out.exists() and not options.overwrite:
        raise errors.Refusal(f"{options.out} is there already; --overwrite replaces it, -o names another file")
    sources: list[pathlib.Path] = options.sources
    with Progress(console=Screen(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("listening", total=1.0)

        def told(part: float) -> None:
            progress.update(task, completed=part)

        for source in sources:
            if source.is_dir() and len(sources) > 1:
                raise errors.Refusal(f"{source} is a folder: name one gig, or files")
        if sources[0].is_dir():
            mix = options.out.with_name(f"{options.out.stem}-main.wav")
            if mix.exists() and not options.overwrite:
                raise errors.Refusal(f"{mix} is there already; --overwrite replaces it, -o names another project")
            found = propose.of_gig(sources[0], mix, told, options.shortest)
        else:
            found = propose.of_files(sources, told, options.shortest)
    cap_db = project.Album.match_cap_db
    tones = propose.nearer(found, cap_db, options.reference)
    title = options.title or propose.titled(options.out)
    presets = list(level.PRESETS)
    text = propose.text(found, tones, options.out, title, options.artist, presets, cap_db, options.reference)
    options.out.write_text(text, "utf-8")
    for number, song in enumerate(found, 1):
        print(f"{number:2} {_clock(song.start_s)} to {_clock(song.end_s)}  {song.title}  ({'; '.join(song.reasons)})")
    print(f"{options.out}: a proposal of {len(found)} songs; read it, then faderd album make {options.out}")
    return PASSES


def _make(options: argparse.Namespace) -> int:
    from daemon.album import devices, make

    screen = Screen(stderr=True) if sys.stderr.isatty() else None
    for name in options.through:
        if name not in devices.DEVICES:
            raise errors.Refusal(f"--through {name}: there is no such device; there are {', '.join(devices.DEVICES)}")
    made = make.make(options.project, options.out, options.overwrite, options.jobs, options.preview_seams,
                     options.through, options.compare, screen)  # fmt: skip
    speed = made.sound_s / max(made.took_s, 1e-3)
    print(f"{made.folder}: {_clock(made.sound_s)}, {speed:.0f} × real time, and {made.report_s:.0f} s for the report")
    print(f"made anew: {', '.join(made.redone) or 'nothing, all was as before'}")
    return _told(made.folder, made.passes, [(each.where, each.words, each.wrong) for each in made.findings])


def _report(options: argparse.Namespace) -> int:
    from daemon.album import handed

    folder = options.out or options.project.with_suffix("")
    found = handed.changed(options.project, folder)
    return _told(folder, not found, [(where, words, True) for where, words in found])


def _told(folder: pathlib.Path, passes: bool, findings: list[tuple[str, str, bool]]) -> int:
    for where, words, wrong in findings:
        print(f"{'wrong' if wrong else 'look'}: {where}: {words}")
    print(f"{folder / 'report.html'}: {'passes' if passes else 'does not pass'}")
    return PASSES if passes else WRONG


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
