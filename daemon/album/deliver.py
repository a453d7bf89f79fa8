"""What is handed over: WAV, FLAC and lossy files with tags, a cue sheet, chapters and checksums.

    track ─▶ dither, 16 bits ─▶ WAV, FLAC ┐
          ─▶ 24 bits ────────▶ WAV, FLAC  ├─▶ tags ─▶ SHA256SUMS
          ─▶ an encoder ─────▶ M4A, Opus …┘

Nothing in a file tells when it was made: the same album gives the same bytes.
"""

import base64
import hashlib
import pathlib
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile

from daemon import errors
from daemon.album import codecs, edit, project

REPLAY_GAIN_LUFS, R128_LUFS = -18.0, -23.0
CUE_RATE, CUE_BITS = 44_100, 16
CUE_KIND = f"wav{CUE_BITS}/{CUE_RATE}"
SUMS = "SHA256SUMS"
STRETCH = 1 << 14  # frames that stay in a core's own memory
FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
FRONT_COVER = 3
Integers = npt.NDArray[np.int16] | npt.NDArray[np.int32]


class Kind(NamedTuple):
    """A kind of file: of a project's `deliver`."""

    name: str
    form: str
    """wav, flac, or empty for what an encoder makes."""
    bits: int
    rate: int

    @property
    def suffix(self) -> str:
        """How a file's name ends."""
        return f".{self.form}" if self.form else codecs.codec(self.name).suffix

    @property
    def folder(self) -> str:
        """Where its files are."""
        return self.name if not self.form else f"{self.form}{self.bits}-{self.rate}"


def kinds(wanted: Sequence[str]) -> list[Kind]:
    """Kinds of files of what a project wants; lossy ones are made of what is at 48 kHz."""
    found = []
    for name in wanted:
        if lossless := project.LOSSLESS.fullmatch(name):
            form, bits, rate = lossless.groups()
            found.append(Kind(name, form, int(bits), int(rate or project.USUAL_RATE[bits])))
        elif name in codecs.CODECS:
            found.append(Kind(name, "", 0, codecs.codec(name).rates[-1]))
    return found


def name(number: int, title: str) -> str:
    """Name of a song's file, without its ending."""
    return f"{number:02} {FORBIDDEN.sub('-', title).strip(' .') or 'untitled'}"


# --- samples -----------------------------------------------------------------------------------------


def quantised(audio: npt.NDArray[np.floating], bits: int, seed: int) -> Integers:
    """Frames as integers; with 16 bits dithered by a triangle of one step to both sides.

    The noise is drawn for each song and side: the same song gives the same bytes, and no two songs the same noise.
    """
    full = 1 << (bits - 1)
    made = np.empty(audio.shape, np.int16 if bits == 16 else np.int32)
    noise = [_noise(seed, side, len(audio)) for side in range(audio.shape[1])] if bits == 16 else []
    for begin in range(0, len(audio), STRETCH):
        scaled = audio[begin : begin + STRETCH].astype(np.float64) * full
        for side, (one, other) in enumerate(noise):
            scaled[:, side] += one.random(len(scaled)) - other.random(len(scaled))
        np.rint(scaled, out=scaled)
        np.clip(scaled, -full, full - 1, out=scaled)
        made[begin : begin + STRETCH] = scaled
    if bits == 24:
        made <<= 8  # libsndfile takes 24 bits from the top of 32
    return made


def _noise(seed: int, side: int, frames: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Two that draw one after the other: the second what comes after the first has drawn for all frames."""
    one, other = (np.random.PCG64([seed, side]) for _ in range(2))
    return np.random.Generator(one), np.random.Generator(other.advance(frames))


def write(samples: Integers, kind: Kind, path: pathlib.Path) -> None:
    """Write integers to a WAV or FLAC file."""
    soundfile.write(path, samples, kind.rate, subtype=f"PCM_{kind.bits}", format=kind.form.upper())


# --- tags --------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """Loudness that players ask for."""

    lufs: float
    peak: float
    """Linear."""
    album_lufs: float
    album_peak: float


FIELDS = {  # ID3v2.4, MP4, Vorbis
    "title": ("TIT2", "\xa9nam", "TITLE"), "artist": ("TPE1", "\xa9ART", "ARTIST"),
    "album": ("TALB", "\xa9alb", "ALBUM"), "album artist": ("TPE2", "aART", "ALBUMARTIST"),
    "date": ("TDRC", "\xa9day", "DATE"), "genre": ("TCON", "\xa9gen", "GENRE"),
    "isrc": ("TSRC", "----:com.apple.iTunes:ISRC", "ISRC"), "composer": ("TCOM", "\xa9wrt", "COMPOSER"),
    "upc": ("TXXX:BARCODE", "----:com.apple.iTunes:BARCODE", "BARCODE"),
}  # fmt: skip


def values(album: project.Album, number: int) -> dict[str, str]:
    """What is said of a song, by the words of `FIELDS`; without what is empty."""
    song = album.songs[number]
    said = {
        "title": song.title, "artist": song.artist or album.artist, "album": album.title, "album artist": album.artist,
        "date": str(album.year or ""), "genre": album.genre, "isrc": song.isrc, "composer": song.composer,
        "upc": album.upc,
    }  # fmt: skip
    return {key: value for key, value in said.items() if value}


def gains(told: Told) -> dict[str, str]:
    """ReplayGain 2."""
    return {
        "REPLAYGAIN_TRACK_GAIN": f"{REPLAY_GAIN_LUFS - told.lufs:.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{told.peak:.6f}",
        "REPLAYGAIN_ALBUM_GAIN": f"{REPLAY_GAIN_LUFS - told.album_lufs:.2f} dB",
        "REPLAYGAIN_ALBUM_PEAK": f"{told.album_peak:.6f}",
    }


def tag(path: pathlib.Path, album: project.Album, number: int, told: Told) -> None:
    """Write what is known of a song into its file."""
    said, place = values(album, number), (number + 1, len(album.songs))
    picture = artwork(album.artwork) if album.artwork else None
    suffix = path.suffix
    if suffix in (".wav", ".mp3"):
        _tag_id3(path, said, place, told, picture)
    elif suffix == ".m4a":
        _tag_mp4(path, said, place, told, picture)
    else:
        _tag_vorbis(path, said, place, told, picture)


def artwork(path: pathlib.Path) -> tuple[str, bytes]:
    """A picture and its kind.

    Raises
    ------
    Refusal
        When it is missing, or neither PNG nor JPEG.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise errors.Refusal(f"artwork: {path}: {error.strerror}") from None
    for begin, mime in PICTURES.items():
        if data.startswith(begin):
            return mime, data
    raise errors.Refusal(f"artwork: {path} is neither PNG nor JPEG")


def _tag_id3(path: pathlib.Path, said: dict[str, str], place: tuple[int, int], told: Told, picture: Any) -> None:
    id3 = codecs.wanted("mutagen.id3")
    file = codecs.wanted("mutagen.wave").WAVE(path) if path.suffix == ".wav" else codecs.wanted("mutagen.mp3").MP3(path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for key, value in said.items():
        frame, _, description = FIELDS[key][0].partition(":")
        more = {"desc": description} if description else {}
        file.tags.add(getattr(id3, frame)(encoding=3, text=[value], **more))
    file.tags.add(id3.TRCK(encoding=3, text=["{}/{}".format(*place)]))
    for key, value in gains(told).items():
        file.tags.add(id3.TXXX(encoding=3, desc=key, text=[value]))
    if picture:
        file.tags.add(id3.APIC(encoding=3, mime=picture[0], type=FRONT_COVER, desc="cover", data=picture[1]))
    file.save()


def _tag_mp4(path: pathlib.Path, said: dict[str, str], place: tuple[int, int], told: Told, picture: Any) -> None:
    mp4 = codecs.wanted("mutagen.mp4")
    file = mp4.MP4(path)
    for key, value in said.items():
        atom = FIELDS[key][1]
        file[atom] = [mp4.MP4FreeForm(value.encode())] if atom.startswith("----") else [value]
    file["trkn"] = [place]
    for key, value in gains(told).items():
        file[f"----:com.apple.iTunes:{key}"] = [mp4.MP4FreeForm(value.encode())]
    if picture:
        form = mp4.MP4Cover.FORMAT_PNG if picture[0] == "image/png" else mp4.MP4Cover.FORMAT_JPEG
        file["covr"] = [mp4.MP4Cover(picture[1], form)]
    file.save()


def _tag_vorbis(path: pathlib.Path, said: dict[str, str], place: tuple[int, int], told: Told, picture: Any) -> None:
    flac = codecs.wanted("mutagen.flac")
    kind = {".flac": ("flac", "FLAC"), ".opus": ("oggopus", "OggOpus"), ".ogg": ("oggvorbis", "OggVorbis")}[path.suffix]
    file = getattr(codecs.wanted(f"mutagen.{kind[0]}"), kind[1])(path)
    for key, value in said.items():
        file[FIELDS[key][2]] = value
    file["TRACKNUMBER"], file["TRACKTOTAL"] = map(str, place)
    if path.suffix == ".opus":
        # In 256ths of a decibel, of what the header's own gain leaves.
        file["R128_TRACK_GAIN"] = str(round(256 * (R128_LUFS - told.lufs)))
        file["R128_ALBUM_GAIN"] = str(round(256 * (R128_LUFS - told.album_lufs)))
    else:
        for key, value in gains(told).items():
            file[key] = value
    if picture:
        cover = flac.Picture()
        cover.type, cover.mime, cover.desc, cover.data = FRONT_COVER, picture[0], "cover", picture[1]
        if path.suffix == ".flac":
            file.add_picture(cover)
        else:
            file["METADATA_BLOCK_PICTURE"] = base64.b64encode(cover.write()).decode()
    file.save()


# --- lists -------------------------------------------------------------------------------------------


def cue(album: project.Album, plan: edit.Plan, image: str) -> str:
    """A cue sheet of one file with all songs; gaps are told as index 00."""
    lines = [*_performer(album.artist, ""), f'TITLE "{_quoted(album.title)}"', f'FILE "{_quoted(image)}" WAVE']
    if album.upc:
        lines.insert(0, f"CATALOG {album.upc:0>13}")
    for number, song in enumerate(album.songs):
        lines += [f"  TRACK {number + 1:02} AUDIO", f'    TITLE "{_quoted(song.title)}"']
        lines += _performer(song.artist or album.artist, "    ")
        lines += [f"    ISRC {song.isrc}"] if song.isrc else []
        if plan.gap_s(number):
            lines.append(f"    INDEX 00 {_index(plan.ends[number - 1])}")
        lines.append(f"    INDEX 01 {_index(plan.starts[number])}")
    return "\n".join(lines) + "\n"


def _performer(artist: str, margin: str) -> list[str]:
    return [f'{margin}PERFORMER "{_quoted(artist)}"'] if artist else []


def _quoted(text: str) -> str:
    """Cue sheets know no way to write a quotation mark."""
    return text.replace('"', "'").replace("\n", " ")


def _index(at: Fraction) -> str:
    frames = -(-at * edit.CD_FRAMES // 1)  # never before the sound ends
    return f"{frames // (60 * edit.CD_FRAMES):02}:{frames // edit.CD_FRAMES % 60:02}:{frames % edit.CD_FRAMES:02}"


def chapters(album: project.Album, plan: edit.Plan) -> str:
    """Chapters as FFmpeg reads and writes them, in milliseconds."""
    lines = [";FFMETADATA1", f"title={_escaped(album.title)}", f"artist={_escaped(album.artist)}"]
    for song, start, end in zip(album.songs, plan.starts, (*plan.starts[1:], plan.length), strict=True):
        lines += ["", "[CHAPTER]", "TIMEBASE=1/1000", f"START={round(start * 1000)}", f"END={round(end * 1000)}"]
        lines.append(f"title={_escaped(song.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)


def digest(path: pathlib.Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: pathlib.Path, files: Sequence[pathlib.Path]) -> str:
    """Checksums, as `sha256sum --check` reads them."""
    return "".join(f"{digest(each)}  {each.relative_to(folder).as_posix()}\n" for each in sorted(files))
