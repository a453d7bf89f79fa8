"""Scene files on the command line: `faderd scene diff | lint | convert`.

diff     what differs between two files, parameter by parameter
lint     what in a file is not understood, and what is not kept as it is written
convert  any file that can be understood, written as this console would write it

They know scenes, snippets, presets of channels, effects, routings and monitors, and shows.  Exit codes, for
scripts, are those of `diff`: 0 nothing to tell, 1 something to tell, 2 trouble with a file.
"""

import argparse
import sys
from pathlib import Path

from daemon import errors
from daemon.desk.console import differences
from daemon.files import disk, exact, kinds, reading, scene
from daemon.files.kinds import Kind
from dsp.parameters.table import Values
from dsp.table import TABLE

SAME, DIFFERENT, TROUBLE = 0, 1, 2

def main(argv: list[str]) -> int:
    """Run one of the three commands; return the exit code."""
    options = _parser().parse_args(argv)
    try:
        return int(options.command(options))
    except errors.Refusal as error:
        print(f"faderd: {error}", file=sys.stderr)
        return TROUBLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="faderd scene", description="Compare, check and convert scenes, snippets, presets and shows.",
        epilog="Exit codes: 0 the same, or without fault; 1 something differs, or was not understood and left out; "
        "2 a file can't be read or written.",
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    diff = commands.add_parser("diff", help="say what differs between two files; exit code 1 if anything does")
    diff.add_argument("one", type=Path, metavar="A")
    diff.add_argument("other", type=Path, metavar="B")
    diff.set_defaults(command=_diff)

    lint = commands.add_parser("lint", help="say what is not understood; exit code 1 if anything is not")
    lint.add_argument("files", type=Path, nargs="+", metavar="FILE")
    lint.set_defaults(command=_lint)

    convert = commands.add_parser("convert", help="write a file anew, well formed, of the same kind; scenes complete")
    convert.add_argument("source", type=Path, metavar="IN")
    convert.add_argument("target", type=Path, metavar="OUT")
    convert.set_defaults(command=_convert)
    return parser


def _diff(options: argparse.Namespace) -> int:
    one, other = (_complained(path) for path in (options.one, options.other))
    changed = differences(one.values, other.values)
    for leaf in changed:
        print(f"{TABLE.path_of(leaf)}  {one.values.text(leaf).strip()} → {other.values.text(leaf).strip()}")
    return DIFFERENT if changed else SAME


def _lint(options: argparse.Namespace) -> int:
    found = False
    for path in options.files:
        file = kinds.read(path, reading.source(path), Values(TABLE))
        for problem in file.problems:
            print(f"{path}:{problem.line}: {problem.reason}")
        for line in file.lines:
            for other in line.others:
                print(f"{path}:{line.number}: note: {other}")
        found = found or bool(file.problems)
    return DIFFERENT if found else SAME


def _convert(options: argparse.Namespace) -> int:
    source = reading.source(options.source)
    file = _complained(options.source, "left out: ")
    if not file.lines and file.problems:
        raise scene.SceneError(f"{options.source}: no line of it is understood: nothing was written")
    if file.kind is Kind.SCENE:
        found = scene.recalled(Values(TABLE), source)
        text, beside = scene.stored(found.values, scene.header(*scene.title_of(source.data)))
    else:
        head = kinds.header(file, source, options.source.stem)
        text = scene.text(head, (line.text for line in file.lines))
        beside = exact.kept(text, source.exact)
    try:
        if source.exact is not None:
            disk.replace(exact.beside(options.target), beside)
        disk.replace(options.target, text)
    except OSError as error:
        raise scene.SceneError(f"{options.target}: can't be written: {error.strerror or error}") from None
    return DIFFERENT if file.problems else SAME


def _complained(path: Path, what: str = "") -> kinds.File:
    """A file that was read; what is not understood is said on the side."""
    file = kinds.read(path, reading.source(path), Values(TABLE))
    for problem in file.problems:
        print(f"{path}:{problem.line}: {what}{problem.reason}", file=sys.stderr)
    return file
