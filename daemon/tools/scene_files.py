"""Scene files on the command line: `faderd scene diff | lint | convert`.

diff     what differs between two scenes, parameter by parameter
lint     what in a scene is not understood, and what is not kept as it is written
convert  any scene that can be understood, written as this console would write it

Exit codes, for scripts, are those of `diff`: 0 nothing to tell, 1 something to tell, 2 trouble with a file.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from daemon import errors
from daemon.desk.console import differences
from daemon.files import disk, nodeline, scene
from dsp.parameters.table import Values
from dsp.table import TABLE

SAME, DIFFERENT, TROUBLE = 0, 1, 2

_PREFIXES = {".shw": "/-show/showfile/", ".lib": "/-libs/", ".efx": "/fx/1/"}
"""What paths lack, by the ending of the file."""


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
        prog="faderd scene", description="Compare, check and convert scene files.",
        epilog="Exit codes: 0 the same, or without fault; 1 something differs, or is not understood; "
        "2 a file can't be read or written.",
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    diff = commands.add_parser("diff", help="say what differs between two scenes; exit code 1 if anything does")
    diff.add_argument("one", type=Path, metavar="A")
    diff.add_argument("other", type=Path, metavar="B")
    diff.set_defaults(command=_diff)

    lint = commands.add_parser("lint", help="say what is not understood; exit code 1 if anything is not")
    lint.add_argument("files", type=Path, nargs="+", metavar="FILE")
    lint.set_defaults(command=_lint)

    convert = commands.add_parser("convert", help="write a scene anew, complete and well formed")
    convert.add_argument("source", type=Path, metavar="IN")
    convert.add_argument("target", type=Path, metavar="OUT")
    convert.set_defaults(command=_convert)
    return parser


def _diff(options: argparse.Namespace) -> int:
    one, other = _values(options.one), _values(options.other)
    changed = differences(one, other)
    for leaf in changed:
        print(f"{TABLE.path_of(leaf)}  {one.text(leaf).strip()} → {other.text(leaf).strip()}")
    return DIFFERENT if changed else SAME


def _lint(options: argparse.Namespace) -> int:
    found = False
    for path in options.files:
        data = scene.load(path)
        prefix = _PREFIXES.get(path.suffix, "/")
        problems = scene.parse(data, Values(TABLE), prefix)
        for problem in problems:
            print(f"{path}:{problem.line}: {problem.reason}")
        for number, remark in _remarks(data, prefix):
            print(f"{path}:{number}: note: {remark}")
        found = found or bool(problems)
    return DIFFERENT if found else SAME


def _convert(options: argparse.Namespace) -> int:
    data, values = scene.load(options.source), Values(TABLE)
    for problem in scene.parse(data, values):
        print(f"{options.source}:{problem.line}: left out: {problem.reason}", file=sys.stderr)
    title, note, safes = scene.title_of(data)
    text = scene.text(scene.header(title, note, safes), scene.scene_lines(values))
    try:
        disk.replace(options.target, text)
    except OSError as error:
        raise scene.SceneError(f"{options.target}: can't be written: {error.strerror or error}") from None
    return SAME


def _values(path: Path) -> Values:
    """Desk as a scene makes it; what is not understood is said on the side."""
    values = Values(TABLE)
    for problem in scene.parse(scene.load(path), values):
        print(f"{path}:{problem.line}: {problem.reason}", file=sys.stderr)
    return values


def _remarks(data: bytes, prefix: str) -> Iterator[tuple[int, str]]:
    """Tokens that are understood but kept as others: between two steps, or written in another way."""
    values = Values(TABLE)
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            tokens = list(nodeline.split(line.strip()))[1:]
            for token, (leaf, stored) in zip(tokens, nodeline.fields(values, line.strip(), prefix), strict=False):
                values.set(leaf, stored)
                kept = values.text(leaf).strip()
                if kept.strip('"') != token.strip('"'):
                    yield number, f"{TABLE.path_of(leaf)}: {token} is kept as {kept}"
        except nodeline.LineError:
            continue  # a problem, and said as such
