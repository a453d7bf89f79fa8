"""The folder that is handed over: nothing in it is lost unasked, and what was changed afterwards is told.

    SHA256SUMS ─▶ which files are ours, and still as they were written
"""

import json
import pathlib
import shutil
from collections.abc import Sequence

import numpy as np
import soundfile

from daemon import errors
from daemon.album import deliver, project, report


def check(folder: pathlib.Path, overwrite: bool) -> None:
    """Nothing is overwritten without being asked."""
    if folder.exists() and not folder.is_dir():
        raise errors.Refusal(f"{folder} is a file; name another folder with -o")
    if folder.exists() and any(folder.iterdir()) and not overwrite:
        raise errors.Refusal(f"{folder} holds files already; --overwrite replaces them, -o names another folder")


def clear(folder: pathlib.Path) -> None:
    """Remove what an earlier run of ours left, and nobody changed since."""
    if (folder / deliver.SUMS).exists():
        for line in (folder / deliver.SUMS).read_text("utf-8").splitlines():
            digest, _, name = line.partition("  ")
            old = folder / name
            if old.is_file() and folder.resolve() in old.resolve().parents and deliver.digest(old) == digest:
                old.unlink()


def put(source: pathlib.Path, target: pathlib.Path, album: project.Album, number: int, told: deliver.Told) \
        -> pathlib.Path:  # fmt: skip
    """Copy a file to its name, tagged."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}{target.suffix}")
    shutil.copyfile(source, partial)
    deliver.tag(partial, album, number, told)
    partial.replace(target)
    return target


def image(path: pathlib.Path, sources: Sequence[pathlib.Path]) -> pathlib.Path:
    """All tracks in one file: each has the samples that it has in a file of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(path, "w", deliver.CUE_RATE, 2, f"PCM_{deliver.CUE_BITS}", format="WAV") as file:
        for number, source in enumerate(sources, 1):
            if source.suffix == ".npy":
                file.write(deliver.quantised(np.asarray(np.load(source), np.float64), deliver.CUE_BITS, number))
            else:
                file.write(soundfile.read(source, dtype="int16")[0])
    return path


def changed(path: pathlib.Path, folder: pathlib.Path) -> list[tuple[str, str]]:
    """What is wrong with an album that was made: files that are missing or not what was written, and its report."""
    album = project.read(path)
    try:
        lines = (folder / deliver.SUMS).read_text("utf-8").splitlines()
        told = json.loads((folder / f"{report.NAME}.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise errors.Refusal(f"{folder} is no album that was made: faderd album make {path} makes it") from None
    wrong = []
    for line in lines:
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file():
            wrong.append((name, "is missing"))
        elif deliver.digest(folder / name) != digest:
            wrong.append((name, "is not what was written"))
    if [song.title for song in album.songs] != [song["title"] for song in told["songs"]]:
        wrong.append((str(path), "has other songs now: make it again"))
    return wrong + [(each["where"], each["words"]) for each in told["findings"] if each["wrong"]]
