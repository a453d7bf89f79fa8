"""The steps of an album, each of which can be done in a process of its own, and is done once.

    cut ─▶ polished ─▶ (tried at gains) ─▶ resampled ─▶ mastered: limited ─▶ encoded ─▶ read back, measured ─▶ examined

What a step gives lies in the store; between processes only paths and figures travel.
"""

import hashlib
import pathlib
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import soundfile

from daemon.album import codecs, deliver, edit, limiter, measure, polish, project, report, store
from daemon.metering import loudness
from daemon.metering.loudness import Float

QUALITY = "VHQ"
PARTS = 2
"""In which a song is tried: several cores do it, and however many there are, it comes out the same."""
ROUNDS = 4
"""Of an encoder whose peaks are to stay below a ceiling."""
CLIPPED = "the recording itself is at full scale {} times, first at {:.1f} s: a clipped take, which nothing here mends"


def load(path: pathlib.Path) -> Float:
    """Sound of the store, mapped: what is not looked at takes no memory."""
    mapped: Float = np.load(path, mmap_mode="r")
    return mapped


def _save(path: pathlib.Path, audio: Float) -> None:
    with path.open("wb") as file:
        np.save(file, np.asarray(audio, np.float32))


def polished(kept: store.Store, cut: edit.Cut, common: project.Polish) -> store.Item:
    """A song, cut, polished on its own and as the album is, and faded."""
    audio, (left, right) = edit.sound(cut)
    content = hashlib.sha256(np.ascontiguousarray(audio).data).hexdigest()
    song = cut.song
    of = (content, cut.rate, left, right, cut.joined, song.fade_in_ms, song.fade_out_s, song.fade_in_shape,
          song.fade_out_shape, song.polish, common)  # fmt: skip

    sketches: list[limiter.Sketch] = []

    def make(path: pathlib.Path) -> store.Known:
        remarks = [f"its file has one side only: {song.file.name} plays on both alike"] if cut.channels == 1 else []
        # What goes beyond full scale, as floats can, was not cut off there.
        if float(np.abs(audio).max(initial=0)) <= 1 and (clipped := measure.clipped(audio)):
            full = int((np.abs(audio).max(1) >= measure.FULL_SCALE).argmax())
            remarks.append(CLIPPED.format(clipped, (full - left) / cut.rate))
        made = audio
        for chain in (song.polish, common):
            made = polish.process(made, cut.rate, chain)
        made = edit.faded(np.array(made[left : len(made) - right]), cut)
        _save(path, made)
        sketches.append(limiter.sketch(made, cut.rate))
        lufs = loudness.told(sketches[0].cells).integrated_lufs
        return {"lufs": _finite(lufs), "peak": loudness.true_peak(made), "remarks": remarks}

    found = kept.item("polished", of, ".npy", make)
    sketch(kept, found, cut.rate, *sketches)
    return found


def prepared(kept: store.Store, cut: edit.Cut, common: project.Polish, rates: Sequence[int]) \
        -> tuple[store.Item, list[store.Item]]:  # fmt: skip
    """A song, polished, and the same at these rates: all that can be done before its gain is known."""
    song = polished(kept, cut, common)
    return song, [resampled(kept, song, cut.rate, rate) for rate in rates]


def _finite(lufs: float) -> float | None:
    return lufs if np.isfinite(lufs) else None


def sketch(kept: store.Store, song: store.Item, rate: int, known: limiter.Sketch | None = None) -> limiter.Sketch:
    """What is enough to guess how loud a song becomes; found with it, and whenever the store has lost it."""

    def make(path: pathlib.Path) -> store.Known:
        of = known or limiter.sketch(np.asarray(load(song.path), np.float64), rate)
        with path.open("wb") as file:
            np.savez(file, **of._asdict())
        return {}

    with np.load(kept.item("sketch", (song.key, rate), ".npz", make).path) as found:
        return limiter.Sketch(found["peaks"], found["cells"])


def tried(
    kept: store.Store, song: store.Item, rate: int, gain_db: float, ceiling_dbtp: float, part: int
) -> Float:
    """Energies of hundredths of seconds of one of `PARTS` of a song with a gain, limited."""

    def make(path: pathlib.Path) -> store.Known:
        audio, cell, around = load(song.path), rate // loudness.CELLS, round(limiter.CONTEXT_S * rate)
        begin, end = (len(audio) // cell * each // PARTS * cell for each in (part, part + 1))
        first = max(begin - around, 0) // cell * cell
        made = limiter.limit(np.asarray(audio[first : end + around], np.float64), rate, ceiling_dbtp, gain_db).audio
        cells = limiter.cells(made[: end - first], rate)
        with path.open("wb") as file:
            np.save(file, cells[(begin - first) // cell :])
        return {}

    found: Float = np.load(kept.item("tried", (song.key, rate, gain_db, ceiling_dbtp, part), ".npy", make).path)
    return found


def resampled(kept: store.Store, song: store.Item, rate: int, to: int) -> store.Item:
    """A song at another rate."""
    if rate == to:
        return song

    def make(path: pathlib.Path) -> store.Known:
        audio = np.asarray(load(song.path), np.float64)
        _save(path, codecs.wanted("soxr").resample(audio, rate, to, quality=QUALITY))
        return {}

    return kept.item("resampled", (song.key, rate, to), ".npy", make)


def mastered(
    kept: store.Store, plan: edit.Plan, number: int, rate: int, songs: Mapping[int, store.Item],
    gains: Mapping[int, float], ceiling_dbtp: float,
) -> store.Item:  # fmt: skip
    """A track as it is heard: with its gain, what reaches into it, and limited."""
    edges = plan.edges(rate)
    places = tuple((at, plan.cuts[at].before, plan.starts[at] - plan.starts[number], plan.cuts[at].song.crossfade_shape)
                   for at in songs)  # fmt: skip
    of = (tuple((songs[at].key, gains[at]) for at in songs), places, rate, ceiling_dbtp,
          edges[number + 1] - edges[number], plan.cuts[number].joined)  # fmt: skip

    def make(path: pathlib.Path) -> store.Known:
        def sound(at: int) -> Float:
            return np.asarray(load(songs[at].path), np.float64) * 10 ** (gains[at] / 20)

        audio, begin, end = edit.track(plan, number, rate, sound)
        made = limiter.limit(audio, rate, ceiling_dbtp)
        _save(path, made.audio[begin:end])
        step = rate // limiter.POINTS
        shown = made.reduction_db[begin // step : -(-end // step)]
        return {"reduction_db": np.round(shown, 3).tolist(), "mean_db": made.mean_db, "most_db": made.most_db}

    return kept.item("mastered", of, ".npy", make)


def encoded(
    kept: store.Store, track: store.Item, kind: deliver.Kind, number: int, ceiling_dbtp: float | None = None
) -> store.Item:
    """A track in a file, read back and measured; with a ceiling, a lossy one stays below it when it is decoded."""

    def make(path: pathlib.Path) -> store.Known:
        audio = load(track.path)
        if kind.form:
            deliver.write(deliver.quantised(audio, kind.bits, number), kind, path)
            # Single precision holds the 24 bits of each frame.
            back, rate = soundfile.read(path, dtype="float32", always_2d=True)
        else:
            back, rate = _lossy(np.asarray(audio, np.float64), kind, path, ceiling_dbtp)
        lufs, peak = limiter.loudness_lufs(back, rate), loudness.decibels(loudness.true_peak(back))
        return {
            "lufs": _finite(lufs), "peak_dbtp": _finite(peak), "frames": len(back), "rate": rate, "sent": len(audio),
        }  # fmt: skip

    return kept.item("encoded", (track.key, kind, number, ceiling_dbtp), kind.suffix, make)


def _lossy(audio: Float, kind: deliver.Kind, path: pathlib.Path, ceiling_dbtp: float | None) -> tuple[Float, int]:
    """Write a lossy file; return what it is when it is decoded, and its rate.

    With a ceiling it is limited lower and lower until it stays below that behind the encoder, which never does as one
    would think.
    """
    codecs.encode(audio, kind.rate, path, kind.name)
    back, rate = codecs.decode(path)
    if ceiling_dbtp is not None:
        aim = ceiling_dbtp
        for _ in range(ROUNDS):
            over = loudness.decibels(loudness.true_peak(back)) - ceiling_dbtp
            if over <= 0:
                break
            aim -= over
            codecs.encode(limiter.limit(audio, kind.rate, aim).audio, kind.rate, path, kind.name)
            back, rate = codecs.decode(path)
    return back, rate


def examined(kept: store.Store, file: store.Item, told: Mapping[str, Any]) -> report.Song:
    """Everything that the report tells of a song, from its file."""

    def make(path: pathlib.Path) -> store.Known:
        if file.path.suffix in (".wav", ".flac"):
            audio, rate = soundfile.read(file.path, dtype="float64", always_2d=True)
        else:
            audio, rate = codecs.decode(file.path)
        path.write_bytes(pickle.dumps(report.examine(audio, rate, **told)))
        return {}

    found = kept.item("examined", (file.key, tuple(sorted(told.items(), key=str))), ".pickle", make)
    song: report.Song = pickle.loads(found.path.read_bytes())
    return song
