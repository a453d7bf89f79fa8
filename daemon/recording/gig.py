"""The folder of a gig: look whether it is whole, mend it, hand it on.

    gig.json        rate and names of tracks
    journal.jsonl   each second that is on the disk, with its checksum; the stop
    inputs-001.wav  the tracks; after trouble with the disk they go on in the next number
"""

import contextlib
import json
import pathlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from daemon import errors
from daemon.files import disk
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


def _open(path: pathlib.Path) -> Any:
    import soundfile  # a desk that records needs it not: only who reads a gig waits for it

    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise errors.Refusal(f"{path} cannot be read: {error}") from None


def describe(folder: pathlib.Path, rate: int, names: list[str], **more: Any) -> None:
    """Write what a gig is: its rate, its tracks, and what else is known when it begins."""
    said = {"version": VERSION, "rate": rate, "tracks": names} | more
    disk.replace(folder / MANIFEST, json.dumps(said, ensure_ascii=False, indent=1).encode())


def state(folder: pathlib.Path) -> State:
    """Compare all frames of a gig with the checksums of its journal."""
    rate, names = tracks(folder)
    told = events(folder)
    problems: list[str] = []
    frames = 0
    for part in parts(told):
        held = _check(folder / part.file, part, rate, len(names), problems)
        frames = max(frames, part.frame + held)
    stopped = any(event["kind"] == "stop" for event in told)
    if not stopped:
        problems.append(f"{folder} was never closed: faderd gig repair {folder}")
    return State(rate, names, frames, stopped, problems)


def repair(folder: pathlib.Path) -> State:
    """Close a gig that a power cut left open; one that was closed stays as it is."""
    rate, names = tracks(folder)
    told, good = journal.read(folder / JOURNAL) if (folder / JOURNAL).exists() else ([], 0)
    if any(event["kind"] == "stop" for event in told):
        return state(folder)
    with (folder / JOURNAL).open("ab") as file:
        file.truncate(good)
    frames = 0
    for part in parts(told):
        if part.syncs and not foreign(folder / part.file, rate, len(names)):
            held = ((folder / part.file).stat().st_size - reel.HEADER) // (len(names) * reel.SAMPLE)
            reel.repair(folder / part.file, len(names), min(part.syncs[-1]["frame"], max(0, held)))
            frames = part.frame + part.syncs[-1]["frame"]
    journal.append(folder / JOURNAL, {"kind": "stop", "frame": frames, "why": "power"})
    return state(folder)


def export(folder: pathlib.Path, target: pathlib.Path) -> list[pathlib.Path]:
    """Write a file for each track, all from one start, numbered in their order."""
    import soundfile

    rate, names = tracks(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = [target / f"{at:02} {name.replace('/', '-')}.wav" for at, name in enumerate(names, 1)]
    with contextlib.ExitStack() as stack:
        known = [part for part in parts(events(folder)) if part.syncs]
        read = [part for part in known if not foreign(folder / part.file, rate, len(names))]
        long = sum(part.syncs[-1]["frame"] for part in read) * reel.SAMPLE >= RIFF_LIMIT
        form = "RF64" if long else "WAV"
        files = [stack.enter_context(soundfile.SoundFile(path, "w", rate, 1, "FLOAT", format=form)) for path in paths]
        for part in read:
            with _open(folder / part.file) as source:
                for file in files:
                    file.seek(part.frame)  # what is missing between two parts is silence
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


def manifest(folder: pathlib.Path) -> dict[str, Any]:
    """Return what was known when a gig began."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text("utf-8")))
    except OSError as error:
        raise errors.Refusal(f"{folder / MANIFEST}: {error.strerror}; this is no folder of a gig") from None
    except (ValueError, TypeError):
        raise errors.Refusal(f"{folder / MANIFEST} is damaged: it is no JSON object") from None


def tracks(folder: pathlib.Path) -> tuple[int, list[str]]:
    """Rate of a gig, and the names of its tracks."""
    said = manifest(folder)
    try:
        return int(said["rate"]), [str(name) for name in said["tracks"]]
    except (ValueError, KeyError, TypeError):
        raise errors.Refusal(f"{folder / MANIFEST} is damaged: it names no rate and tracks") from None


class Part(NamedTuple):
    """A reel, the frame of the gig at which it begins, and what of it is on the disk."""

    file: str
    frame: int
    syncs: list[journal.Event]


def parts(told: list[journal.Event]) -> list[Part]:
    """Reels of a gig, in order."""
    found: dict[str, Part] = {}
    for event in told:
        if event["kind"] == "reel":
            found[event["file"]] = Part(event["file"], event["frame"], [])
        elif event["kind"] == "sync" and event["file"] in found:
            found[event["file"]].syncs.append(event)
    return list(found.values())


def foreign(path: pathlib.Path, rate: int, count: int) -> str:
    """Why a file is no reel of such a gig; empty when it is one."""
    try:
        with path.open("rb") as file:
            head = file.read(reel.HEADER)
    except OSError as error:
        return f"{path}: {error.strerror}: what it held is silent here"
    if head[:4] not in (b"RF64", b"RIFF") or head[8:12] != b"WAVE":
        return f"{path} is no reel: it does not begin as one, and what it held is silent here"
    if reel.form(head) != (rate, count):
        return f"{path} is of another gig: it has not {count} tracks at {rate} Hz; what it held is silent here"
    return ""


def _check(path: pathlib.Path, part: Part, rate: int, count: int, problems: list[str]) -> int:
    """Compare a reel with its checksums; return how many frames these say it has."""
    frames, frame = 0, count * reel.SAMPLE
    if problem := foreign(path, rate, count):
        problems.append(problem)
        return int(part.syncs[-1]["frame"]) if part.syncs else 0
    try:
        with path.open("rb") as file:
            file.seek(reel.HEADER)
            held = max(0, path.stat().st_size - reel.HEADER) // frame
            for event in part.syncs:
                if event["frame"] > held:
                    problems.append(f"{path} is cut: frames {held} to {part.syncs[-1]['frame']} are missing")
                    return int(part.syncs[-1]["frame"])
                if zlib.crc32(file.read((event["frame"] - frames) * frame)) != event["crc"]:
                    problems.append(f"{path}: frames {frames} to {event['frame']} are not what was written")
                frames = event["frame"]
    except OSError as error:
        problems.append(f"{path}: {error.strerror}")
    return frames


def events(folder: pathlib.Path) -> list[journal.Event]:
    """What happened during a gig."""
    return journal.read(folder / JOURNAL)[0] if (folder / JOURNAL).exists() else []


def gigs(folder: pathlib.Path) -> list[pathlib.Path]:
    """All gigs in a folder."""
    return sorted(each.parent for each in folder.glob(f"*/{MANIFEST}"))


def close_all(places: Iterable[pathlib.Path]) -> Iterator[str]:
    """Close every gig that a power cut left open, and say so of each; comparing a long one takes its time."""
    for place in places:
        try:
            if not any(event["kind"] == "stop" for event in events(place)):
                yield f"closed after a power cut: {line(place, repair(place))}"
        except (errors.Refusal, OSError) as error:
            yield f"{place}: {error}"
