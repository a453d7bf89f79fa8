"""An album's project: one TOML file that is pleasant to write, read into dataclasses and checked on the way.

    album.toml ─▶ read ─▶ Album ─▶ songs, each cut from a file

A message names the file and the key.  Times are seconds (184.312), minutes ("3:04.312") or frames ("8846976 frames").
"""

import dataclasses
import pathlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from daemon import errors
from daemon.album import chain, codecs, level, seams

Polish = chain.Polish
PLAIN = Polish()

LOSSLESS = re.compile(r"(wav|flac)(16|24)(?:/(44100|48000|88200|96000))?")
LISTS = ("cue", "chapters")
USUAL_RATE = {"16": 44_100, "24": 48_000}
USUAL = ("wav24/48000", "flac16/44100", "cue", "chapters")
FRAMES = re.compile(r"(\d+) frames")
CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
UPC = re.compile(r"\d{12,13}")
MOST_TRACKS = 99


@dataclass(frozen=True)
class Time:
    """A place in a file, of seconds or of frames."""

    seconds: float = 0.0
    frames: int | None = None

    def frame(self, rate: int) -> int:
        """Nearest frame at a rate."""
        return round(self.seconds * rate) if self.frames is None else self.frames


@dataclass(frozen=True)
class Song:
    """A song: where it is, how it begins and ends, and what becomes of it."""

    title: str
    file: pathlib.Path
    start: Time = Time()
    end: Time | None = None
    """None is the end of the file."""
    isrc: str = ""
    composer: str = ""
    artist: str = ""
    """Where it isn't the album's."""
    fade_in_ms: float = 5.0
    fade_out_s: float = 0.05
    fade_in_shape: str = "cosine"
    fade_out_shape: str = "cosine"
    gap_s: float = 2.0
    """Silence after it."""
    crossfade_s: float = 0.0
    """Instead of a gap: how long it overlaps with the next."""
    crossfade_shape: str = "auto"
    trim_db: float = 0.0
    zero_crossing: bool = True
    polish: Polish = PLAIN


@dataclass(frozen=True)
class Album:
    """A whole project."""

    path: pathlib.Path
    title: str
    artist: str = ""
    year: int = 0
    genre: str = ""
    upc: str = ""
    artwork: pathlib.Path | None = None
    preset: str = "album"
    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    level: str = "album"
    continuous: bool = False
    """Songs that meet in the same file go on without a seam."""
    cd: bool = False
    """Every song begins at a 75th of a second."""
    ceiling_for_codecs: bool = False
    deliver: tuple[str, ...] = USUAL
    reference: pathlib.Path | None = None
    match_cap_db: float = 3.0
    polish: Polish = PLAIN
    songs: tuple[Song, ...] = field(default=())


NUMBERS = {
    "fade_in_ms": (0.0, 60_000.0), "fade_out_s": (0.0, 120.0), "gap_s": (0.0, 60.0), "crossfade_s": (0.0, 30.0),
    "trim_db": (-24.0, 24.0), "year": (0, 9999), "target_lufs": (-40.0, -6.0), "ceiling_dbtp": (-20.0, 0.0),
    "match_cap_db": (0.0, 12.0),
}  # fmt: skip
WORDS = {
    "level": level.KINDS, "preset": tuple(level.PRESETS), "fade_in_shape": tuple(seams.SHAPES),
    "fade_out_shape": tuple(seams.SHAPES), "crossfade_shape": seams.CROSSINGS,
}  # fmt: skip
FORMS = {"isrc": (ISRC, "12 capital letters and digits, such as DEA452600001"), "upc": (UPC, "12 or 13 digits")}
FILES = ("file", "artwork", "reference")


def read(path: pathlib.Path) -> Album:
    """Read a project.

    Raises
    ------
    Refusal
        When it cannot be read, or says what cannot be; the message names file and key.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise errors.Refusal(f"{path}: {error.strerror}; faderd album new makes a project") from None
    except UnicodeDecodeError:
        raise errors.Refusal(f"{path} is no text of UTF-8; save it as such") from None
    except tomllib.TOMLDecodeError as error:
        raise errors.Refusal(f"{path}: {error}") from None
    songs = table.pop("song", [])
    if not isinstance(songs, list) or not songs or not all(isinstance(each, dict) for each in songs):
        raise errors.Refusal(f"{path} has no songs; each is a table [[song]] with a title and a file")
    preset = level.PRESETS.get(str(table.get("preset", "album")), level.PRESETS["album"])
    usual: dict[str, Any] = {key: getattr(preset, key) for key in ("target_lufs", "ceiling_dbtp", "level")}
    common = {"file": table.pop("file")} if "file" in table else {}
    found = usual | _values(Album, table, str(path), path.parent, ("path", "songs"))
    made = [_song(common | each, number, path) for number, each in enumerate(songs, 1)]
    if "title" not in found:
        raise errors.Refusal(f"{path}: title is missing: how the album is called")
    album = Album(path=path, songs=tuple(made), **found)
    _check(album)
    return album


def _song(table: Mapping[str, Any], number: int, path: pathlib.Path) -> Song:
    where = f"{path}: song {number}"
    if isinstance(table.get("title"), str):
        where += f" ({table['title']})"
    found = _values(Song, table, where, path.parent, ())
    for key in ("title", "file"):
        if key not in found:
            raise errors.Refusal(f"{where}: {key} is missing")
    song = Song(**found)
    if song.crossfade_s and "gap_s" in table and song.gap_s:
        raise errors.Refusal(f"{where}: gap_s and crossfade_s exclude each other; leave one out")
    return song


def _values(kind: type[Any], table: Mapping[str, Any], where: str, folder: pathlib.Path, hidden: tuple[str, ...]) \
        -> dict[str, Any]:  # fmt: skip
    """What a table says for the fields of a dataclass, checked."""
    known = {each.name: each.default for each in dataclasses.fields(kind) if each.name not in hidden}
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise errors.Refusal(f"{where}: there is no {key!r}; there are {', '.join(known)}")
        found[key] = _value(key, value, known[key], f"{where}: {key}", folder)
    return found


def _value(key: str, value: Any, usual: Any, where: str, folder: pathlib.Path) -> Any:
    if key == "polish":
        if not isinstance(value, dict):
            raise errors.Refusal(f"{where} is not {value!r} but a table")
        return chain.read(value, where)
    if key in ("start", "end"):
        return time(value, where)
    if key in NUMBERS:
        lowest, highest = NUMBERS[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise errors.Refusal(f"{where} is not {value!r} but a number from {lowest:g} to {highest:g}")
        return type(lowest)(value)
    if key == "deliver":
        return _deliveries(value, where)
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise errors.Refusal(f"{where} is not {value!r} but true or false")
        return value
    if not isinstance(value, str):
        raise errors.Refusal(f"{where} is not {value!r} but a text in quotes")
    if key in WORDS and value not in WORDS[key]:
        raise errors.Refusal(f"{where} is not {value!r}; it is one of {', '.join(WORDS[key])}")
    if key in FORMS and value and not FORMS[key][0].fullmatch(value.replace("-", "")):
        raise errors.Refusal(f"{where} is not {value!r} but {FORMS[key][1]}")
    if key in FILES:
        return folder / pathlib.Path(value).expanduser()
    return value.replace("-", "") if key in FORMS else value


def time(value: Any, where: str) -> Time:
    """A place in a file of what a person writes for it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return Time(float(value))
    if isinstance(value, str):
        if found := FRAMES.fullmatch(value.strip()):
            return Time(frames=int(found[1]))
        if found := CLOCK.fullmatch(value.strip()):
            return Time(3600 * int(found[1] or 0) + 60 * int(found[2]) + float(found[3]))
    raise errors.Refusal(f'{where} is not {value!r} but seconds (184.312), "3:04.312" or "8846976 frames"')


def _deliveries(value: Any, where: str) -> tuple[str, ...]:
    known = f"wav24/48000, flac16/44100 and the like, {', '.join((*LISTS, *codecs.CODECS))}"
    if not isinstance(value, list) or not value:
        raise errors.Refusal(f"{where} is a list; there are {known}")
    for each in value:
        if not isinstance(each, str) or not (LOSSLESS.fullmatch(each) or each in LISTS or each in codecs.CODECS):
            raise errors.Refusal(f"{where}: {each!r} is none; there are {known}")
    return tuple(dict.fromkeys(value))


def _check(album: Album) -> None:
    """What concerns more than one song."""
    if len(album.songs) > MOST_TRACKS:
        raise errors.Refusal(f"{album.path} has {len(album.songs)} songs; an album has {MOST_TRACKS} at most")
    codes: dict[str, str] = {}
    for song in album.songs:
        if song.isrc and codes.setdefault(song.isrc, song.title) != song.title:
            raise errors.Refusal(f"{album.path}: {codes[song.isrc]} and {song.title} have the same isrc {song.isrc}")
    if album.upc and _check_digit(album.upc) != int(album.upc[-1]):
        raise errors.Refusal(f"{album.path}: upc {album.upc} ends in {_check_digit(album.upc)} or has a wrong digit")


def _check_digit(upc: str) -> int:
    digits = [int(each) for each in upc[-2::-1]]
    return -sum(3 * each if place % 2 == 0 else each for place, each in enumerate(digits)) % 10
