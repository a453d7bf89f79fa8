"""The folder of a gig: bring in what others recorded, look whether it is whole, mend it, hand it on.

    gig.json        rate and names of tracks
    journal.jsonl   each second that is on the disk, with its checksum; the stop
    inputs-001.wav  the tracks
"""

import contextlib
import json
import pathlib
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import soundfile

from daemon import errors
from daemon.recording import journal, reel

MANIFEST, JOURNAL, REEL = "gig.json", "journal.jsonl", "inputs-001.wav"
VERSION = 1
AUDIO = {".wav", ".flac", ".w64", ".aif", ".aiff", ".caf"}
RIFF_LIMIT = 2**32 - 2**16


class State(NamedTuple):
    """What is known of a gig."""

    rate: int
    names: list[str]
    frames: int
    stopped: bool
    problems: list[str]


def bring_in(source: pathlib.Path, folder: pathlib.Path) -> State:
    """Make a gig of a folder of audio files that begin together; shorter ones end in silence."""
    paths = sorted(path for path in source.glob("*") if path.suffix.lower() in AUDIO)
    if not paths:
        raise errors.Refusal(f"{source}: no WAV or FLAC files in this folder")
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(_open(path)) for path in paths]
        rate = files[0].samplerate
        for path, file in zip(paths, files, strict=True):
            if file.samplerate != rate:
                raise errors.Refusal(
                    f"{path}: {file.samplerate} Hz, but {paths[0].name} has {rate} Hz: bring them to one rate first"
                )
        names = [name for path, file in zip(paths, files, strict=True) for name in _names(path.stem, file.channels)]
        try:
            folder.mkdir(parents=True)
            _write(folder, rate, names, files)
        except FileExistsError:
            raise errors.Refusal(f"{folder} is there already: name another folder for the gig") from None
        except OSError as error:
            raise errors.Refusal(f"{folder}: {error.strerror}; faderd gig repair keeps what was written") from None
    return state(folder)


def _names(stem: str, channels: int) -> list[str]:
    return [stem] if channels == 1 else [f"{stem} {channel}" for channel in range(1, channels + 1)]


def _open(path: pathlib.Path) -> Any:
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise errors.Refusal(f"{path} cannot be read: {error}") from None


def _write(folder: pathlib.Path, rate: int, names: list[str], files: list[Any]) -> None:
    journal.append(folder / JOURNAL, {"kind": "reel", "file": REEL, "frame": 0})
    writer = reel.Writer(folder / REEL, rate, names)
    manifest = {"version": VERSION, "rate": rate, "tracks": names}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    while True:
        parts = [file.read(rate, dtype="float32", always_2d=True) for file in files]
        if not (longest := max(map(len, parts))):
            break
        crc = zlib.crc32(writer.write(np.hstack([np.pad(part, ((0, longest - len(part)), (0, 0))) for part in parts])))
        writer.sync()
        journal.append(folder / JOURNAL, {"kind": "sync", "file": REEL, "frame": writer.frames, "crc": crc})
    writer.close()
    journal.append(folder / JOURNAL, {"kind": "stop", "frame": writer.frames, "why": "end"})


def state(folder: pathlib.Path) -> State:
    """Compare all frames of a gig with the checksums of its journal."""
    rate, names = _manifest(folder)
    events = _events(folder)
    frame = len(names) * reel.SAMPLE
    frames, problems = 0, []
    try:
        with (folder / REEL).open("rb") as file:
            file.seek(reel.HEADER)
            for event in _synced(events):
                if zlib.crc32(file.read((event["frame"] - frames) * frame)) != event["crc"]:
                    problems.append(f"{folder / REEL}: frames {frames} to {event['frame']} are not what was written")
                frames = event["frame"]
    except OSError as error:
        problems.append(f"{folder / REEL}: {error.strerror}")
    stopped = any(event["kind"] == "stop" for event in events)
    if not stopped:
        problems.append(f"{folder} was never closed: faderd gig repair {folder}")
    return State(rate, names, frames, stopped, problems)


def repair(folder: pathlib.Path) -> State:
    """Close a gig that a power cut left open; one that was closed stays as it is."""
    _, names = _manifest(folder)
    events, good = journal.read(folder / JOURNAL) if (folder / JOURNAL).exists() else ([], 0)
    if any(event["kind"] == "stop" for event in events) or not (folder / REEL).exists():
        return state(folder)
    frames = max((event["frame"] for event in _synced(events)), default=0)
    with (folder / JOURNAL).open("ab") as file:
        file.truncate(good)
    held = (folder / REEL).stat().st_size - reel.HEADER
    reel.repair(folder / REEL, len(names), min(frames, max(0, held) // (len(names) * reel.SAMPLE)))
    journal.append(folder / JOURNAL, {"kind": "stop", "frame": frames, "why": "power"})
    return state(folder)


def export(folder: pathlib.Path, target: pathlib.Path) -> list[pathlib.Path]:
    """Write a file for each track, all from one start, numbered in their order."""
    rate, names = _manifest(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = [target / f"{at:02} {name.replace('/', '-')}.wav" for at, name in enumerate(names, 1)]
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_open(folder / REEL))
        form = "WAV" if source.frames * reel.SAMPLE < RIFF_LIMIT else "RF64"
        files = [stack.enter_context(soundfile.SoundFile(path, "w", rate, 1, "FLOAT", format=form)) for path in paths]
        for block in source.blocks(rate, dtype="float32", always_2d=True):
            for file, lane in zip(files, block.T, strict=True):
                file.write(lane)
    return paths


def line(folder: pathlib.Path, found: State) -> str:
    """Return what a person reads of a gig."""
    seconds = found.frames // found.rate
    length = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    head = f"{folder}: {len(found.names)} tracks, {found.rate} Hz, {length}, {found.frames} frames"
    return "\n".join([head, *(found.problems or ["every frame is what was written"])])


def _manifest(folder: pathlib.Path) -> tuple[int, list[str]]:
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        return int(said["rate"]), [str(name) for name in said["tracks"]]
    except OSError as error:
        raise errors.Refusal(f"{folder / MANIFEST}: {error.strerror}; this is no folder of a gig") from None
    except (ValueError, KeyError, TypeError):
        raise errors.Refusal(f"{folder / MANIFEST} is damaged: it names no rate and tracks") from None


def _events(folder: pathlib.Path) -> list[journal.Event]:
    return journal.read(folder / JOURNAL)[0] if (folder / JOURNAL).exists() else []


def _synced(events: list[journal.Event]) -> Iterator[journal.Event]:
    return (event for event in events if event["kind"] == "sync")
