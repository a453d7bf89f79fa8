"""The command line: `faderd run | tui | get | set | status | log | devices | doctor | render | scene | web | bench`."""

import argparse
import contextlib
import gc
import json
import os
import pathlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from daemon import errors

if TYPE_CHECKING:  # commands import what they need: --help must not wait for it
    from daemon import settings

BEGAN = time.perf_counter()

NARROW = "this Python has 32 bits, and faderd needs one of 64: install a 64-bit system (uname -m: aarch64 or x86_64)"
PROGRAM, PLUGINS = "faderd", "faderd.commands"
SCENE_PROBLEMS = 3
"""Exit code of a rendering that was made, although lines of its scene were not understood."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    # More threads of numpy's would only wait, busily, beside the one that mixes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A closed fader is no option: what has a blank in it isn't taken for one.
    arguments = [f"{word} " if word == "-oo" else word for word in (sys.argv[1:] if argv is None else argv)]
    if sys.maxsize < 2**32:
        print(f"faderd: {NARROW}", file=sys.stderr)
        return 1
    if arguments and (command := _own_parser(arguments[0])):
        return command(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who reads has seen enough, as `| head` does; nothing is left to say, at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except errors.Refusal as error:
        print(f"faderd: {error}", file=sys.stderr)
        return 1


def _own_parser(name: str) -> Callable[[list[str]], int] | None:
    """A command that reads its arguments itself, by name; the terminal UI is one of another package."""
    if name == "scene":
        from daemon.tools import scene_files

        return scene_files.main
    if name == "album":
        from daemon.tools import album

        return album.main
    if name == "doctor":
        from daemon.tools import doctor

        return doctor.main
    from importlib import metadata

    for entry in metadata.distribution(PROGRAM).entry_points.select(group=PLUGINS, name=name):
        command: Callable[[list[str]], int] = entry.load()
        return command
    return None


def _parser() -> argparse.ArgumentParser:
    from importlib import metadata

    parser = argparse.ArgumentParser(
        prog="faderd", description="A live mixing console without a surface.",
        epilog="faderd tui [HOST[:PORT]] shows the meters of a running console.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"faderd {metadata.version(PROGRAM)}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="mix")
    run.add_argument("--config", type=pathlib.Path, metavar="FILE", help="settings file")
    run.add_argument("--device", metavar="NAME", help="index or part of a name, a folder of audio, or 'virtual'")
    run.add_argument("--rate", type=int, help="frames per second")
    run.add_argument("--block", type=int, help="frames per block, 16 to 1024")
    run.add_argument("--osc-port", type=int, metavar="N", help="UDP port for tablets (10023)")
    run.add_argument("--local", action="store_true", default=None, help="let only this machine connect")
    run.add_argument("--state", type=pathlib.Path, metavar="DIR", help="folder of state, scenes and logs")
    run.add_argument("--scene", type=pathlib.Path, metavar="FILE", help="scene to start with")
    run.set_defaults(command=_run)

    devices = commands.add_parser("devices", help="list what can be opened")
    devices.set_defaults(command=_devices)

    render = commands.add_parser("render", help="mix a recording to a file")
    render.add_argument("input", type=pathlib.Path, help="multichannel WAV, FLAC or RF64, or a folder of mono files")
    render.add_argument("--scene", type=pathlib.Path, metavar="FILE", help="how the console is set")
    render.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE", help="float32 WAV to write")
    render.add_argument("--tap", action="append", metavar="TAP", help="main (default), bus/NN, ch/NN …; may repeat")
    render.add_argument("--block", type=int, default=4096, help="frames per block; the result is the same")
    render.set_defaults(command=_render)

    commands.add_parser("scene", help="compare, check and convert scene files: faderd scene --help", add_help=False)

    _add_line_mode(commands)

    doctor_help = "find what stands in the way of sound that never stops: faderd doctor --help"
    commands.add_parser("doctor", help=doctor_help, add_help=False)

    loudness = commands.add_parser("loudness", help="measure loudness and true peak of files")
    loudness.add_argument("files", type=pathlib.Path, nargs="+", metavar="FILE", help="audio, or a folder of it")
    loudness.add_argument("--json", action="store_true", help="print one JSON list")
    loudness.set_defaults(command=_loudness)

    commands.add_parser("album", help="from a gig to a mastered album: faderd album --help", add_help=False)

    _add_gig(commands)
    _add_record(commands)
    _add_soundcheck(commands)

    curves = commands.add_parser("curves", help="draw what EQ and dynamics do, and did before")
    curves.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE", help="HTML page to write")
    curves.set_defaults(command=_curves)

    effects = commands.add_parser("effects", help="measure and draw every effect, beside free programs")
    effects.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE", help="HTML page to write")
    effects.add_argument("--type", action="append", metavar="TYPE", help="only this type, such as HALL; may repeat")
    effects.set_defaults(command=_effects)

    _add_web(commands)

    bench = commands.add_parser("bench", help="measure the cost of mixing on this machine")
    bench.add_argument("--json", action="store_true", help="print one JSON object")
    bench.set_defaults(command=_bench)
    return parser


def _add_web(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    web = commands.add_parser("web", help="serve pages for phones: each musician's mix, the whole desk, the wall")
    web.add_argument("--config", type=pathlib.Path, metavar="FILE", help="settings file of the daemon")
    web.add_argument("--desk", metavar="HOST[:PORT]", help="where the daemon runs, and who only reads comes in")
    web.add_argument("--bind", default="0.0.0.0", metavar="ADDRESS", help="serve on this address only")
    web.add_argument("--port", type=int, metavar="N", help="TCP port for browsers (80, or 8080)")
    web.add_argument("--state", type=pathlib.Path, metavar="DIR", help="folder of what belongs to a mix")
    web.add_argument("--osc-port", type=int, metavar="N", help="UDP port of apps, to be announced")
    web.add_argument("--open", action="append", metavar="MIX:PORT", help="mix whose port needs no PIN; may repeat")
    web.add_argument("--codes", action="store_true", help="print a code to scan for each mix, and end")
    web.add_argument("--beside", action="store_true", help="end when standard input ends")
    web.set_defaults(command=_web)


def _add_gig(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    gig = commands.add_parser("gig", help="list, import, verify, repair, export and render recorded shows")
    deeds = gig.add_subparsers(dest="deed", required=True, metavar="DEED")
    listing = deeds.add_parser("list", help="what was recorded")
    listing.add_argument("folder", type=pathlib.Path, nargs="?", metavar="FOLDER", help="of gigs (in the state folder)")
    info = deeds.add_parser("info", help="tracks, marks and the state of a gig")
    info.add_argument("gig", type=pathlib.Path, metavar="GIG", help="folder of the gig")
    for deed in (listing, info):
        deed.add_argument("--json", action="store_true", help="print JSON")
    bring_in = deeds.add_parser("import", help="make a gig of what others recorded")
    bring_in.add_argument(
        "source", type=pathlib.Path, metavar="SOURCE", help="X-Live session, folder of WAV or FLAC, or one such file"
    )
    bring_in.add_argument("gig", type=pathlib.Path, metavar="GIG", help="folder to make")
    deeds.add_parser("verify", help="compare every frame with its checksum").add_argument("gig", type=pathlib.Path)
    deeds.add_parser("repair", help="close a gig that a power cut left open").add_argument("gig", type=pathlib.Path)
    export = deeds.add_parser("export", help="write an aligned WAV for each track, and its marks")
    export.add_argument("gig", type=pathlib.Path, metavar="GIG", help="folder of the gig")
    export.add_argument("target", type=pathlib.Path, metavar="FOLDER", help="where the files go")
    _add_gig_render(deeds)
    gig.set_defaults(command=_gig)


def _add_gig_render(deeds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    render = deeds.add_parser("render", help="play the show again, from its tracks and all that was done, to files")
    render.add_argument("gig", type=pathlib.Path, metavar="GIG", help="folder of the gig")
    render.add_argument("--out", type=pathlib.Path, metavar="PATH", help="one .wav, or a folder for a file each tap")
    render.add_argument("--tap", action="append", metavar="TAP", help="all that was recorded, or main, bus/01, ch/*")
    render.add_argument("--from", dest="begin", metavar="MOMENT", help="mark:3, mark:NAME, 90, 1:30")
    render.add_argument("--to", dest="end", metavar="MOMENT", help="where to end")
    render.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE",
        help="ch/11/mix/fader=+2dB on top of every move, or a value that stays; may repeat",
    )  # fmt: skip
    render.add_argument("--without", action="append", default=[], metavar="GLOB", help="moves to leave out: 'fx/1/**'")
    render.add_argument("--scene", type=pathlib.Path, metavar="FILE", help="another mix, without any moves")
    render.add_argument("--block", type=int, default=16_384, help="frames per block; the result is the same")
    render.add_argument("--jobs", type=int, metavar="N", help="threads (one for each core)")
    render.add_argument("--json", action="store_true", help="print one JSON object")


def _add_record(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    record = commands.add_parser("record", help="have a running console record all inputs, and print how that goes")
    record.add_argument("--host", default="127.0.0.1", metavar="HOST[:PORT]", help="where it runs (here)")
    record.add_argument("--name", default="", metavar="NAME", help="of the gig")
    deed = record.add_mutually_exclusive_group()
    deed.add_argument("--stop", action="store_true", help="end the recording")
    deed.add_argument("--mark", metavar="NAME", help="set a mark")
    deed.add_argument("--show", action="store_true", help="only print how it is")
    record.set_defaults(command=_record)


def _add_soundcheck(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("soundcheck", help="let recorded tracks take the place of a running console's inputs")
    check.add_argument("gig", nargs="?", default="", metavar="GIG", help="name, or a part of it (the newest)")
    check.add_argument("--host", default="127.0.0.1", metavar="HOST[:PORT]", help="where it runs (here)")
    check.add_argument("--channels", default="all", metavar="INPUTS", help="such as 1-8,12 (all); the others stay live")
    check.add_argument("--from", dest="begin", default="", metavar="PLACE", help="mark:N, name of a mark, or seconds")
    check.add_argument("--loop", action="store_true", help="play it again and again")
    check.add_argument("--off", action="store_true", help="let all inputs be live again")
    check.set_defaults(command=_soundcheck)


def _soundcheck(options: argparse.Namespace) -> int:
    from daemon.tools import soundcheck

    return soundcheck.main(options)


def _record(options: argparse.Namespace) -> int:
    from daemon.tools import record

    return record.main(options)


def _add_line_mode(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what talks to a running console, one fact a line."""
    get = commands.add_parser("get", help="print a parameter of a running console, or each of a node")
    change = commands.add_parser("set", help="set a parameter of a running console, and print what it is now")
    status = commands.add_parser("status", help="print what a running console is and how it is")
    log = commands.add_parser("log", help="print what was set, by whom and when")
    for command in (get, change, status):
        command.add_argument("--host", default="127.0.0.1", metavar="HOST[:PORT]", help="where it runs (here)")
    get.add_argument("path", metavar="PATH", help="such as ch/01/mix/fader")
    change.add_argument("path", metavar="PATH", help="such as ch/01/mix/fader")
    change.add_argument("value", metavar="VALUE", nargs="+", help="as a person writes it: -6.5, ON, 1k2, Kick")
    status.add_argument("--follow", action="store_true", help="then print every change as it comes")
    log.add_argument("--since", metavar="TIME", help="21:13, 2026-11-28T21:13, or 90 for so many seconds ago")
    log.add_argument("--path", default="", metavar="PATH", help="at this address or below, such as ch/01 or ch/*/mix")
    log.add_argument("--client", default="", metavar="HOST[:PORT]", help="what this client did")
    log.add_argument("--state", type=pathlib.Path, metavar="DIR", help="folder of state, scenes and logs")
    for name, command in (("get", get), ("set", change), ("status", status), ("log", log)):
        command.add_argument("--json", action="store_true", help="print JSON")
        command.set_defaults(command=_line_mode, line=name)


def _line_mode(options: argparse.Namespace) -> int:
    from daemon.tools import linemode

    return linemode.main(options)


def _run(options: argparse.Namespace) -> int:
    from daemon import run, settings

    def read() -> settings.Settings:
        return _with_flags(settings.read(options.config), options)

    return run.run(read, BEGAN)


def _with_flags(chosen: "settings.Settings", options: argparse.Namespace) -> "settings.Settings":
    """Settings, with the flags of the command line over them."""
    for key in ("device", "rate", "block", "osc_port", "local", "state", "scene"):
        if (value := getattr(options, key)) is not None:
            setattr(chosen, key, value)
    if options.osc_port is not None and chosen.listen:
        chosen.listen[0].port = options.osc_port
    return chosen


def _devices(options: argparse.Namespace) -> int:
    from daemon.audio import devices

    devices.print_table()
    return 0


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Import much: none of it is garbage, and to look for some takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _render(options: argparse.Namespace) -> int:
    with _uncollected():
        from daemon.offline import render

    result = render.render(options.input, options.scene, options.out, options.tap or ["main"], options.block)
    for problem in result.problems:
        print(f"{options.scene}:{problem.line}: {problem.reason}", file=sys.stderr)
    print(f"{options.out}: {result.frames / result.rate:.1f} s, {result.speed:.0f} × real time")
    return SCENE_PROBLEMS if result.problems else 0


def _loudness(options: argparse.Namespace) -> int:
    from daemon.offline import loudness

    found = [(path, loudness.measure(path)) for path in options.files]
    if options.json:
        # JSON has no infinity: what could not be measured is null.
        print(json.dumps([{"file": str(path)} | loudness.as_json(each) for path, each in found]))
    else:
        print("\n".join(loudness.line(path, each) for path, each in found))
    return 0


def _gig(options: argparse.Namespace) -> int:
    from daemon.recording import gig

    if options.deed == "render":
        return _gig_render(options)
    if options.deed in ("list", "info"):
        from daemon.recording import catalogue

        return catalogue.show(options.folder if options.deed == "list" else options.gig, options.deed, options.json)
    if options.deed == "export":
        from daemon.recording import lists, reels

        print("\n".join(map(str, lists.export(options.gig, options.target))))
        problems = reels.Gig(options.gig).problems
        print("".join(f"{problem}\n" for problem in problems), end="", file=sys.stderr)
        return 1 if problems else 0
    if options.deed == "import":
        from daemon.recording import bring

        found = bring.bring_in(options.source, options.gig)
    else:
        found = {"verify": gig.state, "repair": gig.repair}[options.deed](options.gig)
    print(gig.line(options.gig, found))
    return 1 if found.problems else 0


def _gig_render(options: argparse.Namespace) -> int:
    with _uncollected():
        from daemon.recording import render

    wish = render.Wish(
        options.gig, options.out, options.tap or [], options.begin, options.end, options.set, options.without,
        options.scene, options.block, options.jobs or os.cpu_count() or 1,
    )  # fmt: skip
    result = render.render(wish)
    if options.json:
        print(json.dumps(result.as_json()))
    else:
        print(result.text())
    print("".join(f"{problem}\n" for problem in result.problems), end="", file=sys.stderr)
    return 1 if result.differs else SCENE_PROBLEMS if result.problems else 0


def _curves(options: argparse.Namespace) -> int:
    from daemon.tools import curves

    curves.write(options.out)
    return 0


def _effects(options: argparse.Namespace) -> int:
    from daemon.tools import effects

    absent = effects.write(options.out, options.type or ())
    if absent:
        print(f"not here to be measured beside them: {absent}")
    return 0


def _web(options: argparse.Namespace) -> int:
    from daemon.web import mix, serve

    opened = [tuple(each.rsplit(":", 1)) for each in options.open or []]
    host, _, door = (options.desk or "127.0.0.1").partition(":")
    if options.beside:  # whoever started this has said all of it: reading settings would take 6 MiB for ever
        way = serve.Way(host, int(door), options.osc_port, options.bind, options.port)
        return serve.main(way, [mix.Mix(name, int(udp)) for name, udp in opened], options.state, beside=True)

    from daemon import settings

    chosen = settings.read(options.config)
    port = chosen.web_port if options.port is None else options.port
    opened = opened or chosen.open_mixes()
    if options.codes:
        return serve.print_codes([*(name for name in chosen.pins if "/" in name), *(name for name, _ in opened)], port)
    readers = [each.port for each in chosen.listen if each.role == "viewer"]
    own_port = int(door) if door.isdigit() else (readers or [chosen.first_port])[0]
    way = serve.Way(host, own_port, options.osc_port or chosen.first_port, options.bind, port)
    return serve.main(way, [mix.Mix(name, int(udp)) for name, udp in opened], options.state or chosen.state)


def _bench(options: argparse.Namespace) -> int:
    from daemon.tools import bench

    costs = bench.measure()
    if options.json:
        print(json.dumps(costs))
    else:
        bench.print_table(costs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
