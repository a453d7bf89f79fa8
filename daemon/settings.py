"""Settings: one TOML file, every key of it optional, and the flags of the command line over it."""

import dataclasses
import difflib
import math
import pathlib
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import platformdirs

from daemon import errors
from daemon.desk import roles
from daemon.wire import doors
from daemon.wire.network import MOST_CLIENTS
from dsp.design import draft, signals
from dsp.engine import layout
from dsp.parameters.table import Values
from dsp.processors import patch
from dsp.table import TABLE

KINDS: dict[str, type] = {
    "rate": int, "block": int, "osc_port": int, "clients": int, "talk_input": int, "ceiling_db": float,
    "local": bool, "web": bool, "web_port": int,
}  # fmt: skip
"""Keys that are no texts."""
LIMITS = {
    "osc_port": (0, 65_535), "web_port": (0, 65_535), "clients": (1, 1000), "talk_input": (0, patch.DEVICE_CHANNELS),
    "ceiling_db": (-60, 0),
}  # fmt: skip


DIGITS = re.compile(r"[0-9]{4}")
STARTS = re.compile(r"resume|muted|scene:.+")

RECORD_STARTS = ("hand", "signal", "always")
MOST_MIXES = 30
"""Signals that are recorded beside the inputs."""

MOST_OF_A_STREAM = 2
STREAM_LIMITS = {"ceiling_db": (-60, 0), "target_lufs": (-70, 0)}

LOOPBACK = "127.0.0.1"
MOST_OF_A_MUSICIAN = 2
"""Buses: one, or a pair."""


class SettingsError(errors.Refusal):
    """A settings file that cannot be used; the message says which key of which file, and what to do."""


@dataclass
class Listen:
    """One `[[listen]]` entry: a port, and what those who use it may do."""

    port: int
    """UDP port; several entries may have the same, for different networks."""
    role: str = roles.ENGINEER
    """engineer, monitor, musician or viewer."""
    bus: tuple[int, ...] = roles.BUSES
    """Buses of the role: a musician has one or two."""
    networks: tuple[doors.Net, ...] = doors.LAN
    """Where its clients are, networks or single addresses; at first whatever is no address of the internet."""
    bind: str = ""
    """Address of this machine to listen on; all of them if left out."""
    max_db: float | None = None
    """No level they set is higher, in dB."""
    max_raise_db: float | None = None
    """No message of theirs raises a level by more, in dB."""
    max_rate: float | None = None
    """So many messages a second count."""


@dataclass
class Record:
    """`[record]`: what is recorded beside all inputs, and when."""

    start: str = "hand"
    """`hand` waits for somebody to say so, `signal` for the first sound, `always` for nobody."""
    mixes: list[str] = field(default_factory=lambda: ["main", signals.PRINT])
    """Signals beside the inputs, after their faders, and what an album is made of: the main mix before all that is
    for the house.  At most thirty, a pair counts as two."""
    folder: pathlib.Path | None = None
    """Where gigs are made; `gigs` in the state folder if left out."""
    above_db: float = -50.0
    """What an input has to reach to be a signal, in dBFS."""
    pause_s: float = 300.0
    """After so much silence a recording that a signal began ends."""


@dataclass
class Stream:
    """`[stream]`: outputs that leave for a stream, beside those for the house."""

    outputs: list[str] = field(default_factory=list)
    """Those of `outputs` that feed it, one signal or a pair."""
    ceiling_db: float = -1.0
    """Of their true peak, in dBTP."""
    target_lufs: float = -16.0
    """Loudness to aim for: shown, never made."""


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
    stream: Stream = field(default_factory=Stream)
    """What leaves for a stream."""
    osc_port: int = 10023
    """UDP port for tablets; 0 lets the system choose."""
    clients: int = MOST_CLIENTS
    """So many clients are told of changes at a time; each kind of subscription has room for as many."""
    listen: list[Listen] = field(default_factory=list)
    """Ports and the roles of those who use them; without any, engineers use `osc_port`."""
    pins: dict[str, str] = field(default_factory=dict)
    """What to say at /faderd/login to have a role for a while, by its name; that of a mix is such as bus/03+bus/04."""
    web: bool = False
    """Whether to serve pages for phones and laptops, from a process beside this one."""
    web_port: int = 80
    """TCP port of the pages; where 80 is not allowed or taken it is 8080."""
    record: Record = field(default_factory=Record)
    """What is recorded, and when."""
    local: bool = False
    """Whether only this machine may connect."""
    state: pathlib.Path = field(default_factory=lambda: platformdirs.user_state_path("faderd"))
    """Folder of state, scenes and logs."""
    scene: pathlib.Path | None = None
    """Scene to start with, in place of where the desk was left."""
    start: str = "resume"
    """How the desk begins without one: `resume` as it was left, `muted`, or `scene:NAME` of the show."""
    name: str = "faderd"
    """Name that tablets show."""
    model: str = "X32RACK"
    """Model that clients are told."""
    firmware: str = "4.06"
    """Firmware that clients are told."""

    @property
    def first_port(self) -> int:
        """UDP port that apps use."""
        return self.listen[0].port if self.listen else self.osc_port

    def open_mixes(self) -> list[tuple[str, int]]:
        """Mixes whose port lets a musician in without a PIN, by name."""
        musicians = [each for each in self.listen if each.role == "musician"]
        return [(name, each.port) for each in musicians if (name := roles.mix_name(each.bus)) not in self.pins]


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
    _check_feeds(path, settings)
    return settings


def entrances(settings: Settings) -> list[tuple[doors.Door, roles.Access]]:
    """Where to listen, and what those who come in there may do."""
    told = [
        (
            doors.Door(each.port, LOOPBACK if settings.local else each.bind, each.networks),
            roles.Access(each.role, each.bus, each.max_db, each.max_raise_db, each.max_rate),
        )
        for each in settings.listen or [Listen(settings.osc_port)]
    ]
    # The pages come in by a door of their own, where everybody only reads until they have said a PIN.
    pages = [(doors.Door(0, LOOPBACK, doors.LOOPBACK), roles.Access("viewer"))] if settings.web else []
    return told + pages


def plan(settings: Settings) -> draft.Plan:
    """What the settings mean for the sound."""
    return draft.Plan(
        settings.outputs, settings.talk_input, settings.ceiling_db, settings.ears, settings.stream.outputs,
        settings.stream.ceiling_db,
    )  # fmt: skip


def _check_feeds(path: pathlib.Path, settings: Settings) -> None:
    """Refuse ears, and a stream, that no output feeds: nobody may believe to be protected who is not."""
    values = Values(TABLE)
    carried = signals.find_all(settings.outputs, values, layout.NOWHERE)
    named = [("ears", name) for name in settings.ears] + [("stream", name) for name in settings.stream.outputs]
    for key, name in named:
        if not set(signals.find(name, values)) <= set(carried):
            raise SettingsError(f"{path}: {key}: {name!r} is not among the outputs: say one of {settings.outputs}")
        if key == "stream" and name in settings.ears:
            raise SettingsError(f"{path}: stream: {name!r} feeds ears; a stream needs an output of its own")


def _check_signals(names: list[str]) -> None:
    values = Values(TABLE)
    for name in names:
        signals.find(name, values)


def _known(path: pathlib.Path, key: str) -> str:
    keys = [each.name for each in dataclasses.fields(Settings)]
    if key in keys:
        return key
    raise SettingsError(f"{path}: unknown key {key!r}: {_hint(key, keys)}")


def _fitting(path: pathlib.Path, key: str, value: Any) -> Any:
    """The value as the key wants it."""
    if key in ("state", "scene") and isinstance(value, str):
        return pathlib.Path(value).expanduser()
    if key == "start" and not (isinstance(value, str) and STARTS.fullmatch(value)):
        raise SettingsError(f'{path}: start = {value!r}: this is "resume", "muted" or "scene:NAME"')
    if key == "listen":
        return _entries(path, value)
    if key == "record":
        return _record(path, value)
    if key == "stream":
        return _stream(path, value)
    if key == "pins":
        return _pins(path, value)
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


def _entries(path: pathlib.Path, value: Any) -> list[Listen]:
    """The `[[listen]]` entries."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise SettingsError(f"{path}: listen: write [[listen]] in a line of its own before each entry")
    return [_entry(f"{path}: listen, entry {number}", each) for number, each in enumerate(value, 1)]


def _entry(where: str, given: dict[str, Any]) -> Listen:
    keys = [each.name for each in dataclasses.fields(Listen)]
    for key in given:
        if key not in keys:
            raise SettingsError(f"{where}: unknown key {key!r}: {_hint(key, keys)}")
    if type(given.get("port")) is not int or not 0 <= given["port"] <= LIMITS["osc_port"][1]:
        raise SettingsError(f"{where}: say port = N, a whole number up to {LIMITS['osc_port'][1]}")
    role = given.get("role", roles.ENGINEER)
    if role not in roles.ROLES:
        raise SettingsError(f"{where}: role = {role!r}: this is one of {', '.join(roles.ROLES)}")
    for key in ("max_db", "max_raise_db", "max_rate"):
        if type(given.get(key, 0)) not in (int, float) or not math.isfinite(given.get(key, 0)):
            raise SettingsError(f"{where}: {key} = {given[key]!r}: this wants a number")
    if not isinstance(given.get("bind", ""), str):
        raise SettingsError(f'{where}: bind = {given["bind"]!r}: this wants an address in quotes, as "192.168.1.5"')
    return Listen(**given | {"role": role, "bus": _buses(where, role, given), "networks": _networks(where, given)})


def _buses(where: str, role: str, given: dict[str, Any]) -> tuple[int, ...]:
    """Buses of an entry; a musician's are one or two."""
    value = given.get("bus", list(roles.BUSES))
    buses = value if isinstance(value, list) else [value]
    if not buses or not all(type(bus) is int and bus in roles.BUSES for bus in buses):
        wanted = f"a bus from 1 to {roles.BUSES[-1]}, or a list such as [3, 4]"
        raise SettingsError(f"{where}: bus = {value!r}: this is {wanted}")
    if role == "musician" and len(set(buses)) > MOST_OF_A_MUSICIAN:
        raise SettingsError(f"{where}: say which bus or pair is the musician's: bus = 3, or bus = [3, 4]")
    return tuple(sorted(set(buses)))


def _networks(where: str, given: dict[str, Any]) -> tuple[doors.Net, ...]:
    """Networks of an entry."""
    value = given.get("networks")
    if value is None:
        return doors.LAN
    try:
        return tuple(doors.Net(each) for each in ([value] if isinstance(value, str) else value))
    except (ValueError, TypeError) as error:
        wanted = 'a list of networks or addresses such as ["192.168.1.0/24", "10.0.0.7"]'
        raise SettingsError(f"{where}: networks = {value!r}: this wants {wanted} ({error})") from None


def _record(path: pathlib.Path, value: Any) -> Record:
    """The `[record]` table."""
    keys = [each.name for each in dataclasses.fields(Record)]
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: record: write [record] in a line of its own before its keys")
    for key, given in value.items():
        if key not in keys:
            raise SettingsError(f"{path}: record: unknown key {key!r}: {_hint(key, keys)}")
        if key == "start" and given not in RECORD_STARTS:
            raise SettingsError(f"{path}: record: start = {given!r}: this is one of {', '.join(RECORD_STARTS)}")
        if key == "mixes":
            _fitting(path, "outputs", given)
        elif key in ("above_db", "pause_s") and (type(given) not in (int, float) or not math.isfinite(given)):
            raise SettingsError(f"{path}: record: {key} = {given!r}: this wants a number")
        elif key == "folder" and not isinstance(given, str):
            raise SettingsError(f"{path}: record: folder = {given!r}: this wants a text in quotes")
    if "folder" in value:
        value = value | {"folder": pathlib.Path(value["folder"]).expanduser()}
    if len(signals.find_all(value.get("mixes", []), Values(TABLE), layout.NOWHERE)) > MOST_MIXES:
        raise SettingsError(f"{path}: record: mixes: at most {MOST_MIXES} signals, a pair counts as two")
    return Record(**value)


def _stream(path: pathlib.Path, value: Any) -> Stream:
    """The `[stream]` table."""
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: stream: write [stream] in a line of its own before its keys")
    keys = [each.name for each in dataclasses.fields(Stream)]
    for key, given in value.items():
        if key not in keys:
            raise SettingsError(f"{path}: stream: unknown key {key!r}: {_hint(key, keys)}")
        if key == "outputs":
            _fitting(path, "outputs", given)
            if len(signals.find_all(given, Values(TABLE), layout.NOWHERE)) > MOST_OF_A_STREAM:
                raise SettingsError(f"{path}: stream: outputs = {given!r}: a stream is one signal or a pair")
            continue
        low, high = STREAM_LIMITS[key]
        if type(given) not in (int, float) or not low <= given <= high:
            raise SettingsError(f"{path}: stream: {key} = {given!r}: this is between {low} and {high}")
    return Stream(**value)


def _pins(path: pathlib.Path, value: Any) -> dict[str, str]:
    """PINs by role or mix; two can't have the same one, and phones type four digits for a mix."""
    if not isinstance(value, dict) or not all(isinstance(pin, str) and pin for pin in value.values()):
        raise SettingsError(f'{path}: pins: this wants a text for each role, as engineer = "2468"')
    for name, pin in value.items():
        access = roles.named(name)
        if access is None:
            raise SettingsError(
                f"{path}: pins: {name!r} is not one of engineer, monitor, viewer, and no mix such as"
                ' "bus/03" or "bus/03+bus/04"'
            )
        if access.role == "musician" and not DIGITS.fullmatch(pin):
            raise SettingsError(f'{path}: pins: "{name}" = {pin!r}: the PIN of a mix is four digits')
    if len(set(value.values())) < len(value):
        raise SettingsError(f"{path}: pins: two of them are the same: nobody may land in somebody else's mix")
    return dict(value)


def _hint(key: str, keys: list[str]) -> str:
    close = difflib.get_close_matches(key, keys, 1)
    return f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(keys)}"


def _described(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false", str: "a text in quotes"}[kind]

