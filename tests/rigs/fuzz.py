"""Coverage-guided fuzzing of what comes from outside: OSC, scenes, settings.

    cd tests && python -m rigs.fuzz osc|scene|settings [--seconds 600]     needs the package atheris

Seeds are in tests/data/fuzz, one folder each; what is found to reach new code is kept beside them with --keep.
An exception that is not meant for people ends it with the input that caused it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "data" / "fuzz"
LONGEST_S = 10
"""An input that takes longer hangs."""

One = Callable[[bytes], None]


def osc() -> One:
    """Everything that may come in a datagram."""
    from daemon.wire import packet
    from rigs import talk

    rig = talk.Talk()

    def take(data: bytes) -> None:
        try:
            messages = packet.parse(data)
        except packet.MalformedError:
            return
        rig.dialect.hear(messages, talk.ANN)
        rig.raw()
        rig.waiting.clear()

    return take


def _reader(folder: Path, name: str, read: Callable[[Path], object]) -> One:
    """Let a file be read that people may have written."""
    from daemon import errors

    path = folder / name

    def take(data: bytes) -> None:
        path.write_bytes(data)
        try:
            read(path)
        except errors.Refusal:
            return

    return take


def scene(folder: Path) -> One:
    """Scenes, snippets and presets."""
    from daemon.desk import console
    from daemon.files import scene as scenes

    mixer = console.Console()
    return _reader(folder, "scene.scn", lambda path: list(scenes.read(path, mixer)))


def settings(folder: Path) -> One:
    """The settings file."""
    from daemon import settings as chosen

    return _reader(folder, "faderd.toml", chosen.read)


def main() -> None:
    """Fuzz one of them."""
    parser = argparse.ArgumentParser(description="Fuzz what comes from outside.")
    parser.add_argument("what", choices=["osc", "scene", "settings"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", action="store_true", help="keep inputs that reach new code as seeds")
    options = parser.parse_args()
    import atheris

    with tempfile.TemporaryDirectory() as name, atheris.instrument_imports(include=["daemon", "pythonosc", "tomllib"]):
        folder = Path(name)
        take = osc() if options.what == "osc" else {"scene": scene, "settings": settings}[options.what](folder)
        seeds = SEEDS / options.what
        corpus = [str(seeds)] if options.keep else [str(_made(folder / "corpus")), str(seeds)]
        limits = [f"-max_total_time={options.seconds}", f"-timeout={LONGEST_S}", "-max_len=4096", "-rss_limit_mb=0"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={Path.cwd()}/", *corpus], take)
        atheris.Fuzz()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
