"""Settings: one TOML file, every key of it optional, and the flags of the command line over it."""

import dataclasses
import difflib
import math
import pathlib
import tomllib
from dataclasses import dataclass, field
from typing import Any

import platformdirs

from daemon import errors
from daemon.wire.network import MOST_CLIENTS
from dsp.design import draft, signals
from dsp.engine import layout
from dsp.parameters.table import Values
from dsp.processors import patch
from dsp.table import TABLE

KINDS: dict[str, type] = {
    "rate": int, "block": int, "osc_port": int, "clients": int, "talk_input": int, "ceiling_db": float,
    "local": bool,
}  # fmt: skip
"""Keys that are no texts."""
LIMITS = {
    "osc_port": (0, 65_535), "clients": (1, 1000), "talk_input": (0, patch.DEVICE_CHANNELS), "ceiling_db": (-60, 0)
}  # fmt: skip


class SettingsError(errors.Refusal):
    """A settings file that cannot be used; the message says which key of which file, and what to do."""


@dataclass
class Settings:
    """What one run of the daemon is to do."""

    device: str | None = None
    """Index, part of a name, a folder of audio files, or nothing for the virtual stage."""
    rate: int | None = None
    """Frames per second; the device's own if left out."""
    block: int | None = None
    """Frames the device is served at a time."""
    outputs: list[str] = field(default_factory=lambda: list(signals.DEFAULT_OUTPUTS))
    """What the device's outputs carry, in order."""
    talk_input: int = 0
    """Device input of the talkback microphone; 0 is none."""
    ceiling_db: float = 0.0
    """No output gets louder, in dBFS."""
    ears: list[str] = field(default_factory=list)
    """Outputs that feed ears: their true peak is limited, with a look-ahead of 75 frames."""
    osc_port: int = 10023
    """UDP port for tablets; 0 lets the system choose."""
    clients: int = MOST_CLIENTS
    """So many clients are told of changes at a time; each kind of subscription has room for as many."""
    local: bool = False
    """Whether only this machine may connect."""
    state: pathlib.Path = field(default_factory=lambda: platformdirs.user_state_path("faderd"))
    """Folder of state, scenes and logs."""
    scene: pathlib.Path | None = None
    """Scene to start with, in place of where the desk was left."""
    name: str = "faderd"
    """Name that tablets show."""
    model: str = "X32RACK"
    """Model that clients are told."""
    firmware: str = "4.06"
    """Firmware that clients are told."""


def read(path: pathlib.Path | None) -> Settings:
    """Read a settings file; without a path, the defaults.

    Raises
    ------
    SettingsError
        If the file cannot be read, or any key of it is unknown or has an impossible value.
    """
    settings = Settings()
    if path is None:
        return settings
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}: name an existing file with --config") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not a text file in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    for key, value in given.items():
        setattr(settings, _known(path, key), _fitting(path, key, value))
    _check_ears(path, settings)
    return settings


def plan(settings: Settings) -> draft.Plan:
    """What the settings mean for the sound."""
    return draft.Plan(settings.outputs, settings.talk_input, settings.ceiling_db, settings.ears)


def _check_ears(path: pathlib.Path, settings: Settings) -> None:
    """Refuse ears that no output feeds: nobody may believe to be protected who is not."""
    values = Values(TABLE)
    carried = signals.find_all(settings.outputs, values, layout.NOWHERE)
    for name in settings.ears:
        if not set(signals.find(name, values)) <= set(carried):
            raise SettingsError(f"{path}: ears: {name!r} is not among the outputs: say one of {settings.outputs}")


def _check_signals(names: list[str]) -> None:
    values = Values(TABLE)
    for name in names:
        signals.find(name, values)


def _known(path: pathlib.Path, key: str) -> str:
    keys = [each.name for each in dataclasses.fields(Settings)]
    if key in keys:
        return key
    close = difflib.get_close_matches(key, keys, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(keys)}"
    raise SettingsError(f"{path}: unknown key {key!r}: {hint}")


def _fitting(path: pathlib.Path, key: str, value: Any) -> Any:
    """The value as the key wants it."""
    if key in ("state", "scene") and isinstance(value, str):
        return pathlib.Path(value).expanduser()
    if key == "device" and isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    if key in ("outputs", "ears"):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise SettingsError(f'{path}: {key} is a list of signals, such as ["main", "bus/01"]')
        try:
            _check_signals(value)
        except ValueError as error:
            raise SettingsError(f"{path}: {key}: {error}") from error
        return value
    wanted: type = KINDS.get(key, str)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise SettingsError(f"{path}: {key} = {value!r}: this wants {_described(wanted)}")
    low, high = LIMITS.get(key, (-math.inf, math.inf))
    if isinstance(value, int | float) and not low <= value <= high:
        raise SettingsError(f"{path}: {key} = {value}: this is between {low} and {high}")
    return value


def _described(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false", str: "a text in quotes"}[kind]

