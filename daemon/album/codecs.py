"""What lossy formats make of a song: encoded by their real encoders, decoded, and measured again.

    sound ─▶ a rate the format has ─▶ AAC, Opus, MP3 (FFmpeg, through PyAV), Vorbis (libsndfile) ─▶ file ─▶ sound

PyAV is large and is wanted for albums alone: it comes with the extra `album`, and is asked for when it is needed.
Files say where the song begins and ends as far as their format can, and come out the same every time.
"""

import importlib
import io
import pathlib
import tempfile
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import soundfile

from daemon import errors
from daemon.metering import loudness
from daemon.metering.loudness import Float

BLOCK = 1 << 16
SERIAL = 1
"""Of the stream in an Ogg file: what others draw at random."""
RATES = (44_100, 48_000)
FULL = 1.0
AAC_DELAY, AAC_BLOCK = 1024, 1024  # frames before the song, and of a block


class Codec(NamedTuple):
    """A lossy format."""

    words: str
    suffix: str
    encoder: str
    kbps: int
    """Bits in a second; for Vorbis the quality, 0 to 10."""
    rates: tuple[int, ...] = RATES


CODECS: dict[str, Codec] = {
    "m4a256": Codec("AAC, 256 kbit/s", ".m4a", "aac", 256),
    "m4a128": Codec("AAC, 128 kbit/s", ".m4a", "aac", 128),
    "opus160": Codec("Opus, 160 kbit/s", ".opus", "libopus", 160, (48_000,)),
    "opus96": Codec("Opus, 96 kbit/s", ".opus", "libopus", 96, (48_000,)),
    "mp3-320": Codec("MP3, 320 kbit/s", ".mp3", "libmp3lame", 320),
    "mp3-128": Codec("MP3, 128 kbit/s", ".mp3", "libmp3lame", 128),
    "ogg-q8": Codec("Ogg Vorbis, quality 8", ".ogg", "vorbis", 8),
    "ogg-q5": Codec("Ogg Vorbis, quality 5", ".ogg", "vorbis", 5),
}


class Checked(NamedTuple):
    """What is left of a song behind a codec."""

    name: str
    true_peak_dbtp: float
    overs: int
    """Samples beyond full scale."""
    loudness_lu: float
    """How much louder than before."""
    frames: int
    """How much longer than before, at the rate of the file."""


def wanted(name: str) -> ModuleType:
    """A library of the extra `album`.

    Raises
    ------
    Refusal
        When it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise errors.Refusal(f"{name} is not installed, which albums need: pip install 'faderd[album]'") from error


def codec(name: str) -> Codec:
    """A format by its name.

    Raises
    ------
    Refusal
        When there is none.
    """
    if name not in CODECS:
        raise errors.Refusal(f"{name!r} is no format that is known; there are {', '.join(CODECS)}")
    return CODECS[name]


def playable(audio: Float, rate: int, name: str) -> tuple[Float, int]:
    """A song at a rate that the format has: its own where it can be."""
    rates = codec(name).rates
    if rate in rates:
        return audio, rate
    to = next((each for each in rates if rate % each == 0), rates[-1])
    return np.asarray(wanted("soxr").resample(audio, rate, to, quality="VHQ"), np.float64), to


def encode(audio: Float, rate: int, path: pathlib.Path, name: str) -> int:
    """Write a song, shape (frames, 2), to a lossy file; return the rate that it has there."""
    chosen = codec(name)
    audio, rate = playable(audio, rate, name)
    if chosen.encoder == "vorbis":
        _write_vorbis(audio, rate, path, chosen.kbps / 10)
    else:
        _write(audio, rate, path, chosen)
    return rate


def _write(audio: Float, rate: int, path: pathlib.Path, chosen: Codec) -> None:
    av = wanted("av")
    # Exact: no date, no version, no serial drawn at random.
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(chosen.encoder, rate=rate, layout="stereo")
        stream.bit_rate = 1000 * chosen.kbps
        stream.codec_context.flags |= int(av.codec.context.Flags.bitexact)
        for begin in range(0, len(audio), BLOCK):
            planes = np.ascontiguousarray(audio[begin : begin + BLOCK].T, np.float32)
            frame = av.AudioFrame.from_ndarray(planes, "fltp", "stereo")
            frame.sample_rate, frame.pts = rate, begin
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if chosen.encoder == "aac":
        _tell_ends(path, len(audio))


def _tell_ends(path: pathlib.Path, frames: int) -> None:
    """Say for Apple's players what of an M4A is the song; others read the same from its edit list."""
    mp4 = wanted("mutagen.mp4")
    padding = -(AAC_DELAY + frames) % AAC_BLOCK
    told = f" 00000000 {AAC_DELAY:08X} {padding:08X} {frames:016X}" + 8 * " 00000000"
    tags = mp4.MP4(path)
    tags["----:com.apple.iTunes:iTunSMPB"] = [mp4.MP4FreeForm(told.encode())]
    tags.save()


def _write_vorbis(audio: Float, rate: int, path: pathlib.Path, quality: float) -> None:
    """PyAV has no good encoder for Vorbis; libsndfile has that of its authors, and draws a serial at random."""
    ogg = wanted("mutagen.ogg")
    written = io.BytesIO()
    with soundfile.SoundFile(
        written, "w", rate, 2, format="OGG", subtype="VORBIS", compression_level=1 - quality
    ) as file:
        for begin in range(0, len(audio), BLOCK):
            file.write(audio[begin : begin + BLOCK])
    written.seek(0)
    end = len(written.getvalue())
    with path.open("wb") as out:
        while written.tell() < end:
            page = ogg.OggPage(written)
            page.serial = SERIAL
            out.write(page.write())


def decode(path: pathlib.Path) -> tuple[Float, int]:
    """A song from a file, shape (frames, 2), and its rate.

    Raises
    ------
    Refusal
        When there is no such file, or it cannot be decoded.
    """
    av = wanted("av")
    try:
        with av.open(str(path)) as container:
            rate = int(container.streams.audio[0].rate)
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
            parts = [_planes(each) for frame in container.decode(audio=0) for each in resampler.resample(frame)]
            parts += [_planes(each) for each in resampler.resample(None)]
    except (av.FFmpegError, IndexError) as error:
        raise errors.Refusal(f"{path} cannot be decoded: {error}") from error
    return (np.concatenate(parts) if parts else np.zeros((0, 2))), rate


def _planes(frame: Any) -> Float:
    return np.asarray(frame.to_ndarray().T, np.float64)


def check(audio: Float, rate: int, name: str) -> Checked:
    """Encode and decode a song, and measure what is left of it."""
    audio, rate = playable(audio, rate, name)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"song{codec(name).suffix}"
        encode(audio, rate, path, name)
        after, _ = decode(path)
    before, behind = measured(audio, rate), measured(after, rate)
    gained = behind.integrated_lufs - before.integrated_lufs
    return Checked(
        name,
        behind.true_peak_dbtp,
        int((np.abs(after) > FULL).sum()),
        float(gained) if np.isfinite(gained) else 0.0,
        len(after) - len(audio),
    )


def measured(audio: Float, rate: int) -> loudness.Loudness:
    """Loudness and true peak of a whole song."""
    cells = loudness.Cells(rate, audio.shape[1])
    return loudness.told(cells.of_all(audio), cells.peak)
