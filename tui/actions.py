"""The register of actions: what can be done, by which key, and in one sentence.

    register ─▶ bindings of the application · key line · help · command palette · settings [keys]

An action is named like its method on the application (`action_mute` for `mute`), so that there is one
list and not four.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.binding import Binding

PAGES = "pages"
STRIP = "selected strip"
DESK = "desk"
PROGRAM = "program"


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    Attributes
    ----------
    name : str
        Method on the application, with its arguments.
    keys : tuple of str
        Textual's names of keys; the first is shown.
    title : str
        Two words for the key line.
    help : str
        One sentence.
    group : str
        Where the help lists it.
    shown : bool
        Whether the key line has it.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: str
    shown: bool = False


REGISTER: tuple[Action, ...] = (
    Action("quit", ("q",), "quit", "Leave (also ^c); the console goes on.", PROGRAM, True),
    Action("help", ("question_mark", "f1"), "help", "This page.", PROGRAM, True),
    Action("command_palette", ("slash", "ctrl+p"), "find", "Find anything by name: strips, parameters, actions, "
           "scenes.", PROGRAM, True),
    Action("page('bridge')", ("1", "escape"), "bridge", "The meters of all strips.", PAGES),
    Action("page('strip')", ("2", "enter"), "strip", "Everything of the selected strip, with its curves.", PAGES, True),
    Action("page('groups')", ("3",), "groups", "DCAs and mute groups.", PAGES),
    Action("page('scenes')", ("4",), "scenes", "Scenes: look at what one would change, recall, store.", PAGES, True),
    Action("page('spectrum')", ("5",), "spectrum", "The spectrum, with what is about to feed back.", PAGES),
    Action("page('effects')", ("6",), "effects", "The eight effects and their settings.", PAGES),
    Action("page('routing')", ("7",), "routing", "What goes where.", PAGES),
    Action("page('health')", ("8",), "health", "How the audio does, and who is connected.", PAGES),
    Action("page('loudness')", ("9",), "loudness", "Loudness of up to eight signals, and how it went.", PAGES),
    Action("page('recorder')", ("0",), "recorder", "The recorder: tracks, time left, marks; start and stop.", PAGES),
    Action("select(-1)", ("left",), "select", "The strip to the left.", STRIP, True),
    Action("select(1)", ("right",), "select", "The strip to the right.", STRIP),
    Action("turn", ("tab",), "bank", "The next bank of strips.", STRIP, True),
    Action("fader(1)", ("up",), "fader", "1 dB up.", STRIP, True),
    Action("fader(-1)", ("down",), "fader", "1 dB down.", STRIP),
    Action("fader(0.1)", ("shift+up",), "fine", "A step up.", STRIP),
    Action("fader(-0.1)", ("shift+down",), "fine", "A step down.", STRIP),
    Action("level", ("equals_sign",), "level", "Type the level.", STRIP),
    Action("mute", ("m",), "mute", "Mute, or not.", STRIP, True),
    Action("solo", ("s",), "solo", "Solo, or not.", STRIP, True),
    Action("why", ("w",), "why silent", "Why is nothing to be heard of this strip?", STRIP, True),
    Action("copy", ("y",), "copy", "Copy the strip's settings.", STRIP),
    Action("paste", ("p",), "paste", "Paste them here (not the name, nor where it comes from).", STRIP),
    Action("compare", ("a",), "A/B", "Swap the strip with how it was when this page was opened.", STRIP),
    Action("sends(1)", ("f",), "sends", "Faders are the sends to a bus: the next bus, and after the last the "
           "faders again.", DESK, True),
    Action("sends(-1)", ("F",), "sends", "The bus before.", DESK),
    Action("clear_solo", ("S",), "no solo", "End all solos.", DESK),
    Action("undo", ("u",), "undo", "Take back the last move made here.", DESK, True),
    Action("redo", ("U",), "redo", "Do it again.", DESK),
    Action("recall_last", ("r",), "recall", "Recall the last scene again, after a look at what it changes.", DESK),
    Action("clear", ("c",), "clear clips", "Put out the clip lights and start the highest levels anew.", DESK),
    Action("theme", ("t",), "colours", "Dark, light, high contrast, no colours.", PROGRAM),
)  # fmt: skip


def bindings(keys: Mapping[str, Iterable[str]] | None = None) -> list[Binding]:
    """Bindings of the application; `keys` of the settings replace those of the actions they name."""
    chosen = keys or {}
    made = []
    for action in REGISTER:
        for number, key in enumerate(chosen.get(action.name, action.keys)):
            made.append(Binding(key, f"app.{action.name}", action.title, show=action.shown and number == 0))
    return made


class KeysError(ValueError):
    """The settings of the keys make no sense; the message is for people."""


def read_keys(path: Path) -> dict[str, list[str]]:
    """Read `[keys]` of a settings file: action = "key" or a list of keys; no file, no changes.

    Raises
    ------
    KeysError
        When the file is not TOML, an action is unknown, or two actions want one key.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("keys", {})
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KeysError(f"{path}: {error}") from error
    names = {action.name for action in REGISTER}
    found: dict[str, list[str]] = {}
    for name, keys in table.items():
        if name not in names:
            raise KeysError(f"{path}: keys.{name}: no such action; there are {', '.join(sorted(names))}")
        found[name] = [keys] if isinstance(keys, str) else [str(key) for key in keys]
    taken: dict[str, str] = {}
    for action in REGISTER:
        for key in found.get(action.name, action.keys):
            if other := taken.get(key):
                raise KeysError(f"{path}: keys: {key!r} would be both {other} and {action.name}")
            taken[key] = action.name
    return found


SHOWN_KEYS = {
    "question_mark": "?", "slash": "/", "left": "←", "right": "→", "up": "↑", "down": "↓", "shift+up": "⇧↑",
    "shift+down": "⇧↓", "equals_sign": "=", "escape": "Esc", "enter": "⏎", "tab": "Tab", "ctrl+p": "^p", "ctrl+c": "^c",
}  # fmt: skip


def shown(key: str) -> str:
    """Write a key as it stands on the keyboard."""
    return SHOWN_KEYS.get(key, key)
