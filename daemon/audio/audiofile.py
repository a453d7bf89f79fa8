"""Audio files: a multichannel file or a folder of mono files read in blocks, float32 WAV written.

    folder/01-kick.wav ─▶ column 0 ┐
    folder/02-snare.flac ▶ column 1 ├─▶ Source.read ─▶ (frames, channels)      block ─▶ Writer.write ─▶ .wav
    folder/…             ─▶ column … ┘

Nothing here holds more than one block in memory, so a show may last as long as it likes.
"""

import contextlib
import os
import pathlib
import re
import struct
from collections.abc import Iterator
from types import ModuleType, TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.audio import packed

SUFFIXES = frozenset({".wav", ".wave", ".rf64", ".w64", ".flac", ".aif", ".aiff", ".caf"})

# A RIFF size is 32 bits; above this the same header is completed as RF64 (EBU Tech 3306).
RIFF_LIMIT = 2**32 - 1
UNKNOWN_SIZE = 0xFFFFFFFF
IEEE_FLOAT = 3
BYTES_PER_SAMPLE = 4
HEADER = struct.Struct("<4sI4s4sIQQQI4sIHHIIHHH4sII4sI")

Block = npt.NDArray[np.float32]


class AudioFileError(errors.Refusal):
    """An audio file can't be read or written; the message names the file and what to do."""


class Source:
    """Audio read block by block from one file, or from a folder with one mono file per channel.

    Parameters
    ----------
    path : path
        A WAV, RF64, FLAC … file, all of whose channels are read, or a folder: its audio files in the
        order of their names (numbers count as numbers: 2 comes before 10) are channels 0, 1, 2 …
        Shorter files are followed by silence.

    Attributes
    ----------
    rate : int
        Frames per second.
    channels, frames : int
        Width and length; a folder is as long as its longest file.

    Raises
    ------
    AudioFileError
        When there is nothing to read, a file can't be read, a file in a folder is not mono, or the
        rates differ.  The message names the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        paths = _folder(self.path) if self.path.is_dir() else [self.path]
        self._files: list[Any] = []
        self._packed: list[packed.Packed | None] = []
        try:
            for each in paths:
                self._files.append(file := _open(each))
                with _errors(each, "can't be read as audio"):
                    self._packed.append(packed.Packed.open(each, file.format, file.subtype, file.channels))
            if self.path.is_dir():
                _check_folder(paths, self._files)
        except AudioFileError:
            self.close()
            raise
        self._paths = paths
        self.rate: int = self._files[0].samplerate
        self.channels: int = sum(file.channels for file in self._files)
        self.frames: int = max(file.frames for file in self._files)
        self._position = 0

    def read(self, frames: int) -> Block:
        """Read on: at most `frames` rows, float32 (frames, channels), C-contiguous; fewer only at the end.

        Raises
        ------
        AudioFileError
            When a file is damaged or has gone.
        """
        count = min(frames, self.frames - self._position)
        parts = [self._read_file(n, count) for n in range(len(self._files))]
        self._position += count
        if len(parts) == 1 and len(parts[0]) == count:
            return parts[0]
        block = np.zeros((count, self.channels), np.float32)
        column = 0
        for samples in parts:
            block[: len(samples), column : column + samples.shape[1]] = samples
            column += samples.shape[1]
        return block

    def _read_file(self, n: int, count: int) -> Block:
        """Read at most `count` rows of one of the files."""
        file, quick = self._files[n], self._packed[n]
        count = min(count, max(file.frames - self._position, 0))
        with _errors(self._paths[n], "can't be read further"):
            samples: Block = quick.read(count) if quick else file.read(count, dtype="float32", always_2d=True)
        return samples

    def rewind(self) -> None:
        """Go back to the first frame."""
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Go to a frame; behind the end of a file of a folder there is silence."""
        for path, file, quick in zip(self._paths, self._files, self._packed, strict=True):
            with _errors(path, "can't be wound"):
                file.seek(min(frame, file.frames))
                if quick:
                    quick.seek(min(frame, file.frames))
        self._position = min(frame, self.frames)

    def close(self) -> None:
        """Close every file."""
        for file in (*self._files, *filter(None, self._packed)):
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class Writer:
    """Float32 WAV written as it comes; becomes RF64 by itself when it outgrows 4 GiB.

    The samples go to a hidden file beside `path`, which takes its name only when it is complete: in a
    ``with`` block that ends well, or by `close`.  After an exception nothing is left behind.
    The header is written here, not by libsndfile, because libsndfile stamps float files with the time
    of day: the same audio must give the same bytes.

    Parameters
    ----------
    path : path
        The final name; an existing file is replaced at the end.
    rate, channels : int
        Frames per second, and the width of every block.

    Raises
    ------
    AudioFileError
        When the file can't be written.
    """

    def __init__(self, path: str | os.PathLike[str], rate: int, channels: int) -> None:
        self.path = pathlib.Path(path)
        self.rate = rate
        self.channels = channels
        self.frames = 0
        self._partial = self.path.with_name(f".{self.path.name}.part")
        with _errors(self.path, "can't be written"):
            self._file: BinaryIO = open(self._partial, "wb")  # noqa: SIM115 - open until close()
            self._file.write(self._header())

    def write(self, block: npt.NDArray[np.floating[Any]]) -> None:
        """Append `block`, shape (frames, channels); what is not a finite number is written as silence."""
        samples = self._samples(block)
        with _errors(self.path, "can't be written"):
            self._file.write(samples.data)
        self.frames += len(samples)

    def reserve(self, frames: int) -> None:
        """Be so long, and silent where nothing is placed: instead of `write`."""
        self.frames = frames
        with _errors(self.path, "can't be written"):
            self._file.truncate(HEADER.size + BYTES_PER_SAMPLE * self.channels * frames)

    def place(self, first: int, block: npt.NDArray[np.floating[Any]]) -> None:
        """Write `block` from a frame on into what is reserved; any thread may."""
        at = HEADER.size + BYTES_PER_SAMPLE * self.channels * first
        rest = self._samples(block).reshape(-1).view(np.uint8).data
        with _errors(self.path, "can't be written"):
            while rest:
                written = os.pwrite(self._file.fileno(), rest, at)
                rest, at = rest[written:], at + written

    def _samples(self, block: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
        """What is written of a block, C-contiguous."""
        known = block if np.isfinite(block).all() else np.where(np.isfinite(block), block, 0)
        return np.ascontiguousarray(known, "<f4").reshape(-1, self.channels)

    def close(self) -> None:
        """Complete the header and give the file its name."""
        try:
            with _errors(self.path, "can't be written"), self._file:
                self._file.seek(0)
                self._file.write(self._header())
                self._file.flush()
                os.fsync(self._file.fileno())
            with _errors(self.path, "can't be replaced"):
                os.replace(self._partial, self.path)
        except AudioFileError:
            self.discard()
            raise

    def discard(self) -> None:
        """Give up: remove what was written so far."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._partial.unlink(missing_ok=True)

    def _header(self) -> bytes:
        """Everything before the samples: the same length for WAV and RF64, so that it can be completed."""
        frame_bytes = BYTES_PER_SAMPLE * self.channels
        data = self.frames * frame_bytes
        riff = HEADER.size - 8 + data
        large = riff > RIFF_LIMIT
        return HEADER.pack(
            b"RF64" if large else b"RIFF", UNKNOWN_SIZE if large else riff, b"WAVE",
            b"ds64" if large else b"JUNK", 28, *((riff, data, self.frames, 0) if large else (0, 0, 0, 0)),
            b"fmt ", 18, IEEE_FLOAT, self.channels, self.rate, self.rate * frame_bytes, frame_bytes,
            8 * BYTES_PER_SAMPLE, 0,
            b"fact", 4, UNKNOWN_SIZE if large else self.frames,
            b"data", UNKNOWN_SIZE if large else data,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def _soundfile() -> ModuleType:
    """Import soundfile when the first file is opened: a mixer without files starts without it."""
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise AudioFileError(
            f"audio files can't be opened: {error} · install libsndfile: sudo apt install libsndfile1"
        ) from None
    module: ModuleType = soundfile
    return module


@contextlib.contextmanager
def _errors(path: pathlib.Path, what: str) -> Iterator[None]:
    """Turn every failure of the system or of libsndfile into one line about `path`."""
    try:
        yield
    except OSError as error:
        raise AudioFileError(f"{path}: {what}: {error.strerror or error}") from None
    except RuntimeError as error:
        # libsndfile's errors are RuntimeErrors; error_string is the reason without the path before it.
        reason = getattr(error, "error_string", str(error)).strip().rstrip(".")
        raise AudioFileError(f"{path}: {what}: {reason}") from None


def _open(path: pathlib.Path) -> Any:
    """Open one file for reading."""
    soundfile = _soundfile()
    if not path.exists():
        raise AudioFileError(f"{path}: no such file or folder")
    with _errors(path, "can't be read as audio"):
        return soundfile.SoundFile(path)


def _folder(path: pathlib.Path) -> list[pathlib.Path]:
    """Audio files of a folder in the order of their names, numbers counting as numbers."""
    with _errors(path, "can't be listed"):
        paths = [p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    if not paths:
        raise AudioFileError(f"{path}: no audio files here; put in one mono WAV or FLAC per input")
    return sorted(paths, key=_natural)


def _natural(path: pathlib.Path) -> list[tuple[bool, int, str]]:
    """Sort key of a name: 2-snare before 10-keys."""
    parts = re.findall(r"\d+|\D+", path.name.lower())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _check_folder(paths: list[pathlib.Path], files: list[Any]) -> None:
    """Refuse a folder in which a file is not mono or has another rate than the first."""
    rate = files[0].samplerate
    for path, file in zip(paths, files, strict=True):
        if file.channels != 1:
            raise AudioFileError(
                f"{path}: has {file.channels} channels; in a folder every file feeds one input, "
                "so split it into mono files"
            )
        if file.samplerate != rate:
            raise AudioFileError(
                f"{path}: is at {file.samplerate} Hz, but {paths[0].name} is at {rate} Hz; "
                "convert them to one rate"
            )
