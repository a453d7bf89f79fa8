"""Ours beside others: the same songs, mastered by several, in one table.

    python -m rigs.peers [--stems DIR] [--seconds 40] [--target -14] [--limiters]

Ours is proposed EQ, limiter and gain; `matchering` (if it is installed) matches and limits; FFmpeg's `loudnorm` in two
passes and plain normalising leave the tone alone.  `--limiters` bends a bass instead: see `bent`.
"""

import argparse
import importlib.util
import json
import pathlib
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import av
import av.logging
import numpy as np
import numpy.typing as npt
import soundfile

from daemon.album import chain, codecs, curves, level, limiter, match, measure, pictures, polish, spectrum
from oracles import truepeak

Float = npt.NDArray[np.float64]
Mastered = tuple[Float, int]
Way = Callable[[Float, int, Float, float], Mastered]

CEILING, CAP_DB, NO_CAP_DB = -1.0, 3.0, 12.0
BOLD = "ours, 12 dB"
NEAR_LU, NEAR_DB = 0.02, 0.05
FORMATS = ("m4a256", "opus160", "mp3-320", "ogg-q8")
COMPARED_HZ = (50.0, 12_000.0)
BLOCK = 4096
REFERENCE_EQ = (("low_shelf", 120.0, 3.0, 1.0), ("bell", 400.0, -2.0, 0.8), ("high_shelf", 7000.0, 2.5, 1.0))
BASS_HZ, OVER_DB, BASS_CEILING = 50.0, 6.0, -9.0
HARMONICS = 20


# --- the ways ---------------------------------------------------------------------------------------


def ours(song: Float, rate: int, reference: Float, target: float, cap_db: float = CAP_DB) -> Mastered:
    """The proposal for this reference, then as loud as is asked for."""
    proposal = match.propose(song, rate, reference, rate, cap_db)
    toned = polish.process(song, rate, chain.Polish(eq=tuple(proposal.bands)))
    before = codecs.measured(toned, rate)

    def tried(number: int, gain: float) -> level.Tried:
        made = limiter.limit(toned, rate, CEILING, gain)
        return level.Tried(limiter.loudness_lufs(made.audio, rate), made.mean_db, made.most_db)

    heard = level.Heard("song", before.integrated_lufs, before.true_peak_dbtp, 0.0)
    (gain,) = level.gains([heard], target, CEILING, "track", tried)
    return limiter.limit(toned, rate, CEILING, gain).audio, rate


def bold(song: Float, rate: int, reference: Float, target: float) -> Mastered:
    """The same with so wide a cap that it is none, as others work."""
    return ours(song, rate, reference, target, NO_CAP_DB)


def matchering(song: Float, rate: int, reference: Float, target: float) -> Mastered:
    """Another program that masters by a reference; it works at 44.1 kHz."""
    import matchering as other

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part, sound in (("song", song), ("reference", reference)):
            soundfile.write(folder / f"{part}.wav", sound, rate, subtype="FLOAT")
        other.process(
            target=str(folder / "song.wav"), reference=str(folder / "reference.wav"),
            results=[other.pcm24(str(folder / "made.wav"))],
        )  # fmt: skip
        return soundfile.read(folder / "made.wav")


def loudnorm(song: Float, rate: int, reference: Float, target: float) -> Mastered:
    """FFmpeg's filter, in two passes."""
    return two_passes(song, rate, target, CEILING), rate


def plain(song: Float, rate: int, reference: Float, target: float) -> Mastered:
    """A gain, and what does not fit into full scale is cut off."""
    gain = target - codecs.measured(song, rate).integrated_lufs
    return np.clip(song * 10 ** (gain / 20), -1, 1), rate


WAYS: dict[str, Way] = {"ours": ours, BOLD: bold, "matchering": matchering, "loudnorm": loudnorm, "plain": plain}


# --- FFmpeg -------------------------------------------------------------------------------------------


def filtered(sound: Float, rate: int, *filters: tuple[str, str]) -> Float:
    """Sound through filters of FFmpeg, in float32."""
    graph = av.filter.Graph()
    last = graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo")
    for name, arguments in (*filters, ("aresample", str(rate)), ("aformat", "sample_fmts=fltp")):
        following = graph.add(name, arguments)
        last.link_to(following)
        last = following
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    made: list[npt.NDArray[np.float32]] = []

    def take() -> None:
        while True:
            try:
                made.append(graph.pull().to_ndarray())
            except (av.BlockingIOError, av.EOFError):
                return

    for begin in range(0, len(sound), BLOCK):
        planes = np.ascontiguousarray(sound[begin : begin + BLOCK].T, np.float32)
        frame = av.AudioFrame.from_ndarray(planes, "fltp", "stereo")
        frame.sample_rate, frame.pts = rate, begin
        graph.push(frame)
        take()
    graph.push(None)
    take()
    return np.concatenate(made, axis=1).T.astype(np.float64)


def two_passes(sound: Float, rate: int, target: float, ceiling: float) -> Float:
    """`loudnorm`, told in the second pass what it found in the first."""
    wanted = f"I={target}:TP={ceiling}:LRA=11"
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as logs:
            filtered(sound, rate, ("loudnorm", f"{wanted}:print_format=json"))
    finally:
        av.logging.set_level(None)
    found = json.loads(next(text for _, name, text in logs if name == "loudnorm" and "input_i" in text))
    measured = ":".join(
        f"measured_{there}={found[f'input_{here}']}"
        for here, there in (("i", "I"), ("tp", "TP"), ("lra", "LRA"), ("thresh", "thresh"))
    )
    return filtered(sound, rate, ("loudnorm", f"{wanted}:{measured}:offset={found['target_offset']}:linear=true"))


# --- the table ----------------------------------------------------------------------------------------


class Row(NamedTuple):
    """What a way made of all songs: the worst of each, or the mean where it says so."""

    error_lu: float
    peak_dbtp: float
    decoded_dbtp: dict[str, float]
    plr_change_lu: float
    """Mean; below 0 it is less dynamic."""
    distance_db: float
    """Mean difference of spectra to the reference, RMS of third octaves."""
    times: float
    """How much faster than real time."""


def compared(
    songs: list[Float], rate: int, reference: Float, target: float, ways: dict[str, Way],
    formats: Sequence[str] = FORMATS,
) -> dict[str, Row]:  # fmt: skip
    """Master all songs in every way."""
    aim = spectrum.long_term(reference, rate)
    rows = {}
    for name, way in ways.items():
        spent, parts = 0.0, []
        for song in songs:
            began = time.process_time()
            made, at = way(song, rate, reference, target)
            spent += time.process_time() - began
            parts.append(_judged(song, rate, made, at, aim, target, formats))
        error, peak, plr, distance = (np.array([part[n] for part in parts]) for n in range(4))
        decoded = {each: max(part[4][each] for part in parts) for each in formats}
        seconds = sum(map(len, songs)) / rate
        rows[name] = Row(error.max(), peak.max(), decoded, plr.mean(), distance.mean(), seconds / spent)
    return rows


def _judged(
    song: Float, rate: int, made: Float, at: int, aim: spectrum.Spectrum, target: float, formats: Sequence[str]
) -> tuple[float, float, float, float, dict[str, float]]:
    before, behind = measure.measure(song, rate), measure.measure(made, at)
    decoded = {name: codecs.check(made, at, name).true_peak_dbtp for name in formats}
    return (
        abs(behind.integrated_lufs - target), truepeak.dbtp(made), behind.plr_lu - before.plr_lu,
        distance(spectrum.long_term(made, at), aim), decoded,
    )  # fmt: skip


def distance(one: spectrum.Spectrum, other: spectrum.Spectrum) -> float:
    """How far two spectra lie apart, each at its own level: RMS of third octaves in dB."""
    within = (COMPARED_HZ[0] < spectrum.THIRDS_HZ) & (COMPARED_HZ[1] > spectrum.THIRDS_HZ)
    levels = [thirds - pictures.loudest_thirds(thirds) for thirds in map(spectrum.thirds_db, (one, other))]
    return float(np.sqrt(((levels[0] - levels[1])[within] ** 2).mean()))


def bent(rate: int = 48_000, seconds: float = 4.0) -> dict[str, tuple[float, float]]:
    """What limiters make of a bass that is 6 dB over: harmonics against it, and true peak over the ceiling, in dB."""
    mono = 10 ** ((BASS_CEILING + OVER_DB) / 20) * np.sin(2 * np.pi * BASS_HZ * np.arange(round(seconds * rate)) / rate)
    tone = np.stack((mono, mono), axis=1)
    made = {
        "ours": limiter.limit(tone, rate, BASS_CEILING).audio,
        "alimiter": filtered(tone, rate, ("alimiter", f"limit={BASS_CEILING}dB:level=disabled")),
        "loudnorm": two_passes(tone, rate, codecs.measured(tone, rate).integrated_lufs, BASS_CEILING),
    }
    return {name: (distortion_db(y, rate), truepeak.dbtp(y) - BASS_CEILING) for name, y in made.items()}


def distortion_db(sound: Float, rate: int) -> float:
    """Harmonics of the bass against itself, in the two seconds in the middle."""
    middle = sound[len(sound) // 2 - rate : len(sound) // 2 + rate, 0]
    lines = np.abs(np.fft.rfft(middle))
    step = round(2 * BASS_HZ)
    harmonics = lines[2 * step : HARMONICS * step + 1 : step]
    return float(10 * np.log10((harmonics**2).sum() / lines[step] ** 2))


def table(rows: dict[str, Row]) -> str:
    """All rows as text."""
    formats = next(iter(rows.values())).decoded_dbtp
    head = ["", "error LU", "dBTP", *(f"{each} dBTP" for each in formats), "PLR LU", "distance dB", "× real time"]
    lines = [head]
    for name, row in rows.items():
        lines.append([
            name, f"{row.error_lu:.2f}", f"{row.peak_dbtp:+.2f}",
            *(f"{row.decoded_dbtp[each]:+.2f}" for each in row.decoded_dbtp),
            f"{row.plr_change_lu:+.1f}", f"{row.distance_db:.2f}", f"{row.times:.0f}",
        ])  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def reasons(rows: dict[str, Row]) -> list[str]:
    """Where another one is better than ours, and why that is so: what can't be explained says so."""
    ours, found = rows["ours"], []
    for name, row in rows.items():
        if name == BOLD:
            continue
        over = max(row.peak_dbtp - CEILING, 0.0)
        misses = [f"is {row.error_lu:.2f} LU off the target"] if row.error_lu > ours.error_lu + NEAR_LU else []
        misses += [f"leaves peaks {over:.2f} dB above the ceiling"] if over > NEAR_DB else []
        if row.plr_change_lu > ours.plr_change_lu + 0.1:
            found.append(f"{name} keeps more of the peaks: it {' and '.join(misses) or '… nothing here says why'}")
        if row.distance_db < ours.distance_db - NEAR_DB:
            why = f"ours bends no band by more than {CAP_DB:g} dB" if BOLD not in rows else (
                f"ours bends no band by more than {CAP_DB:g} dB; with {NO_CAP_DB:g} dB it is at"
                f" {rows[BOLD].distance_db:.2f}")  # fmt: skip
            found.append(f"{name} is nearer to the reference: {why}")
        if row.times > ours.times:
            found.append(f"{name} is faster: it {'leaves the tone alone' if name != 'matchering' else 'does less'}")
        if row.error_lu < ours.error_lu - NEAR_LU:
            found.append(f"{name} is nearer to the target: nothing here says why")
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stems", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--target", type=float, default=-14.0)
    parser.add_argument("--limiters", action="store_true")
    asked = parser.parse_args()
    if asked.limiters:
        for name, (harmonics, over) in bent().items():
            print(f"{name:>10}  harmonics {harmonics:7.1f} dB  true peak over the ceiling {over:+.2f} dB")
        return
    from rigs import evening

    inputs, rate = evening.stems(asked.stems), evening.RATE
    songs = [evening.mix(inputs, faders, asked.seconds, level)
             for faders, level in zip(evening.MIXES, evening.LEVELS_DB, strict=True)]  # fmt: skip
    rows = compared(songs, rate, a_reference(songs[-1], rate, asked.target), asked.target, installed())
    print(table(rows), *reasons(rows), sep="\n")


def installed() -> dict[str, Way]:
    """All ways that are here."""
    return {name: way for name, way in WAYS.items() if name != "matchering" or importlib.util.find_spec(name)}


def a_reference(song: Float, rate: int, target: float) -> Float:
    """Another tone than the songs have, as loud as is asked for."""
    taps = curves.taps(curves.response(REFERENCE_EQ, curves.lines(rate), rate), 0)
    toned: Any = curves.apply(song, taps)
    gain = target - codecs.measured(toned, rate).integrated_lufs
    return limiter.limit(toned, rate, CEILING, gain).audio


if __name__ == "__main__":
    main()
