"""What is in gigs, in tables: `faderd gig list` and `faderd gig info`."""

import json
import pathlib
import time
from typing import Any

import platformdirs
from rich import box
from rich.console import Console as Screen
from rich.table import Table

from daemon import errors
from daemon.recording import again, gig, reels

TABLE_BOX = box.SIMPLE_HEAD
WIDE = 160


def show(folder: pathlib.Path | None, deed: str, as_json: bool) -> int:
    """Print what is in a folder of gigs (`list`) or in one gig (`info`); 1 when something of it is amiss.

    Raises
    ------
    Refusal
        When there is no such folder, or no gig in it.
    """
    folder = folder or platformdirs.user_state_path("faderd") / "gigs"
    if not folder.is_dir():
        raise errors.Refusal(f"{folder}: there is no such folder")
    found = [_of(path) for path in gig.gigs(folder)] if deed == "list" else [_of(folder)]
    if as_json:
        print(json.dumps(found if deed == "list" else found[0], ensure_ascii=False))
    else:
        screen = Screen(width=None if Screen().is_terminal else WIDE, highlight=False)
        if deed == "list":
            _list(screen, folder, found)
        else:
            _info(screen, found[0])
    return 1 if any(each["problems"] for each in found) else 0


def _of(folder: pathlib.Path) -> dict[str, Any]:
    """All that is told of a gig; without reading its sound."""
    try:
        found = reels.Gig(folder)
    except errors.Refusal as refusal:
        return {"folder": str(folder), "problems": [str(refusal)]}
    manifest, events = found.manifest, found.events
    closed = [event for event in events if event["kind"] == "stop"]
    problems = list(found.problems)
    if not closed:
        problems.append(f"{folder} was never closed: faderd gig repair closes it, unless it is being recorded")
    try:
        known = again.read(folder)
        moves, parts = len(known.moves), again.stretches(known, 0, found.frames)
    except errors.Refusal:
        moves, parts = 0, []
    silent = [(a / found.rate, b / found.rate) for a, b in again.gaps(parts, 0, found.frames)]
    return {
        "folder": str(folder),
        "began": manifest.get("utc"),
        "rate": found.rate,
        "frames": found.frames,
        "seconds": round(found.frames / found.rate, 3),
        "inputs": found.inputs,
        "mixes": found.signals[found.inputs :],
        "bytes": sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        "closed": str(closed[-1].get("why", "end")) if closed else None,
        "lost": reels.lost(events),
        "moves": moves,
        "again_from": parts[0][1] / found.rate if parts else None,
        "again_not": [each for each in silent if parts and each[0] > 0],
        "apart": max((last - first for _, first, last in parts), default=0) / found.rate,
        "marks": [{"frame": mark.frame, "name": mark.name} for mark in found.marks],
        "tracks": [
            {"signal": signal, "name": name, "colour": reels.known(manifest, "colours", at)}
            for at, (signal, name) in enumerate(zip(found.signals, found.names, strict=True))
        ],
        "problems": problems,
    }


def _began(told: dict[str, Any]) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(told["began"])) if told["began"] else "imported"


def _state(told: dict[str, Any]) -> str:
    if told["problems"]:
        return "amiss"
    lost = f", {told['lost'] / told['rate']:.1f} s lost" if told["lost"] else ""
    words = {"end": "closed", "power": "closed after a power cut"}
    return words.get(told["closed"], str(told["closed"])) + lost


def _list(screen: Screen, folder: pathlib.Path, found: list[dict[str, Any]]) -> None:
    """One line for each gig, what is amiss below."""
    if not found:
        screen.print(f"{folder}: no gigs")
        return
    table = Table(box=TABLE_BOX)
    for name in ("gig", "began", "length", "inputs", "mixes", "marks", "moves", "GB", "state"):
        table.add_column(name, justify="left" if name in ("gig", "began", "state") else "right")
    for each in found:
        name = pathlib.Path(each["folder"]).name
        if "rate" not in each:
            table.add_row(name, "", "", "", "", "", "", "", "amiss")
            continue
        table.add_row(
            name, _began(each), reels.clock(each["frames"], each["rate"]), str(each["inputs"]), str(len(each["mixes"])),
            str(len(each["marks"])), str(each["moves"]), f"{each['bytes'] / 1e9:.1f}", _state(each),
        )  # fmt: skip
    screen.print(table)
    for problem in (problem for each in found for problem in each["problems"]):
        screen.print(problem, markup=False)


def _info(screen: Screen, told: dict[str, Any]) -> None:
    """All of one gig."""
    if "rate" in told:
        length, rate = reels.clock(told["frames"], told["rate"]), told["rate"]
        screen.print(f"{told['folder']}: {_began(told)}, {length}, {rate} Hz, {told['frames']} frames, {_state(told)}")
        if told["again_from"] is None:
            screen.print("it can be exported, but not played again: nothing of its desk was kept")
        else:
            but = ", ".join(f"{a:.2f} s to {b:.2f} s" for a, b in told["again_not"])
            screen.print(
                f"{told['moves']} moves; it can be played again from {told['again_from']:.2f} s on"
                f"{f', but not {but}' if but else ''}; checkpoints are at most {told['apart']:.0f} s apart"
            )
        table = Table(box=TABLE_BOX)
        for name in ("track", "signal", "name", "colour"):
            table.add_column(name, justify="right" if name == "track" else "left")
        for at, track in enumerate(told["tracks"], 1):
            table.add_row(str(at), track["signal"], track["name"], track["colour"])
        screen.print(table)
        for at, mark in enumerate(told["marks"], 1):
            screen.print(f"mark {at}: {reels.clock(mark['frame'], rate)} {mark['name']}", markup=False)
    for problem in told["problems"]:
        screen.print(problem, markup=False)
