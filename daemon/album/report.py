"""The report of an album: what was measured, what is wrong, and whether it passes.

    song, as delivered ─▶ examine ─▶ Song: figures, devices, codecs      (one song in memory at a time)
    Songs ─▶ judge ─▶ what is wrong, in words ─▶ report.html, report.json

What is `wrong` fails the album; what is only to be looked at does not.
"""

import json
import pathlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from daemon.album import codecs, devices, limiter, measure, page
from daemon.album.told import Album as Album
from daemon.album.told import Finding as Finding
from daemon.album.told import Song as Song
from daemon.metering.loudness import Float

OVER_DB = 0.05  # two meters of true peak differ by less
OFF_TARGET_LU = 0.1
SILENT_END_DBFS = -60.0
DC_DBFS = -60.0
OUT_OF_PHASE, OUT_OF_PHASE_S = -0.3, 1.0
SILENCE_S = 3.0
DEVICE_LU, MONO_LOSS_DB = 1.5, 3.5
REDUCED_MEAN_DB, REDUCED_PEAK_DB = 2.0, 6.0
ACTING_DB = 0.05  # a limiter that takes less rests
EDGE_S = 0.25
NAME = "report"


def examine(
    audio: Float, rate: int, title: str, reduction_db: Float | None = None, formats: Sequence[str] = (), **more: Any
) -> Song:
    """Everything that a report tells of a song, from its sound as delivered.

    Parameters
    ----------
    audio : ndarray, shape (frames, 2)
    rate : int
    title : str
    reduction_db : ndarray, optional
        What the limiter took away, evenly spaced over the song.
    formats : sequence of str
        Of `codecs.CODECS`, to be tried.
    **more
        Other fields of `Song`.
    """
    edge = round(EDGE_S * rate)
    return Song(
        title,
        measure.measure(audio, rate),
        {name: limiter.loudness_lufs(devices.preview(audio, rate, name), rate) for name in devices.DEVICES},
        devices.vocal_loss(audio, rate),
        [codecs.check(audio, rate, name) for name in formats],
        np.zeros(1) if reduction_db is None else np.asarray(reduction_db, np.float64),
        (audio[:edge].copy(), audio[-edge:].copy()),
        **more,
    )


# --- devices -----------------------------------------------------------------------------------------


def signature(songs: Sequence[Song]) -> dict[str, list[float]]:
    """How much louder each song is on each device than the others, in LU: 0 where all change alike."""
    found = {}
    for name in devices.DEVICES:
        changes = np.array([song.devices_lufs.get(name, -np.inf) - song.figures.integrated_lufs for song in songs])
        heard = np.isfinite(changes)
        mean = changes[heard].mean() if heard.any() else 0.0
        found[name] = np.where(heard, changes - mean, 0.0).tolist()
    return found


# --- what is wrong -------------------------------------------------------------------------------------


def judge(album: Album) -> list[Finding]:
    """What is wrong, and what should be looked at, song by song."""
    found = [] if album.songs else [Finding("album", "there is no song", True)]
    for song in album.songs:
        found += _of_sound(album, song) + _of_delivery(album, song)
        found += [Finding(song.title, words, False) for words in song.remarks]
    for name, changes in signature(album.songs).items():
        found += [
            Finding(song.title, f"{'louder' if lu > 0 else 'quieter'} than the other songs by {abs(lu):.1f} LU on"
                    f" {devices.DEVICES[name].words.split(':')[0]}", False)
            for song, lu in zip(album.songs, changes, strict=True) if abs(lu) > DEVICE_LU
        ]  # fmt: skip
    return found + _of_levels(album)


def _of_levels(album: Album) -> list[Finding]:
    """Whether the album is as loud as was asked for."""
    levels = [song.figures.integrated_lufs for song in album.songs]
    if not levels:
        return []
    meant = list(zip(album.songs, levels, strict=True))
    aimed = meant if album.by_track else [max(meant, key=lambda each: each[1])]
    return [
        Finding(song.title, f"{lufs:.2f} LUFS, not the {album.target_lufs:g} that were asked for", True)
        for song, lufs in aimed
        if np.isfinite(lufs) and abs(lufs - album.target_lufs) > OFF_TARGET_LU
    ]


def _of_sound(album: Album, song: Song) -> list[Finding]:
    it, found = song.figures, []

    def tell(when: bool, words: str, wrong: bool = False) -> None:
        if when:
            found.append(Finding(song.title, words, wrong))

    tell(not np.isfinite(it.integrated_lufs), "nothing is loud enough to be measured: the song is empty", True)
    tell(it.true_peak_dbtp > album.ceiling_dbtp + OVER_DB,
         f"true peak {it.true_peak_dbtp:.2f} dBTP, above the ceiling of {album.ceiling_dbtp:g}", True)  # fmt: skip
    tell(it.clipped > 0, f"stays at full scale {it.clipped} times for three frames or more: the take is clipped", True)
    first, last = it.ends_dbfs
    if not album.continuous:
        tell(first > SILENT_END_DBFS, f"begins at {first:.0f} dBFS, a click: move its start or fade it in", True)
        tell(last > SILENT_END_DBFS, f"ends at {last:.0f} dBFS, a click: move its end or fade it out", True)
    tell(it.dc_dbfs > DC_DBFS, f"a constant offset of {it.dc_dbfs:.0f} dBFS: a low cut takes it away")
    against = int((it.correlation < OUT_OF_PHASE).sum()) / measure.STEPS
    tell(against > OUT_OF_PHASE_S, f"both sides work against each other for {against:.1f} s: it will be thin in mono")
    tell(it.silence_s > SILENCE_S, f"{it.silence_s:.1f} s of silence inside")
    tell(song.vocal_loss_db > MONO_LOSS_DB, f"in mono the vocal band loses {song.vocal_loss_db:.1f} dB")
    mean, most = reduced(song)
    tell(mean > REDUCED_MEAN_DB or most > REDUCED_PEAK_DB,
         f"the limiter takes {mean:.1f} dB on average while it works and {most:.1f} at most: it may be heard"
         )  # fmt: skip
    return found


def _of_delivery(album: Album, song: Song) -> list[Finding]:
    found = []
    for checked in song.codecs:
        over = checked.true_peak_dbtp
        if over > 0:
            lower = album.ceiling_dbtp - over
            found.append(Finding(
                song.title, f"{codecs.CODECS[checked.name].words}: {over:+.2f} dBTP when decoded,"
                f" {checked.overs} samples beyond full scale; a ceiling of {lower:.1f} dBTP would do", False,
            ))  # fmt: skip
    if not song.isrc:
        found.append(Finding(song.title, "has no ISRC", False))
    return found


def reduced(song: Song) -> tuple[float, float]:
    """What the limiter took, in dB: on average while it worked, and at most."""
    acting = song.reduction_db[song.reduction_db > ACTING_DB]
    return (float(acting.mean()), float(acting.max())) if acting.size else (0.0, 0.0)


def passes(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return not any(each.wrong for each in findings)


# --- written -----------------------------------------------------------------------------------------


def write(folder: pathlib.Path, album: Album) -> bool:
    """Write `report.html` and `report.json`; whether the album passes."""
    findings = judge(album)
    numbers = as_json(album, findings)
    (folder / f"{NAME}.json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / f"{NAME}.html").write_text(page.html_of(album, findings, signature(album.songs)), "utf-8")
    return passes(findings)


def as_json(album: Album, findings: Sequence[Finding]) -> dict[str, Any]:
    """Every number of the report; null where there was nothing to measure."""
    numbers = asdict(album)
    for song, made in zip(album.songs, numbers["songs"], strict=True):
        mean, most = reduced(song)
        made["reduction_mean_db"], made["reduction_peak_db"] = mean, most
        made["codecs"] = [each._asdict() for each in song.codecs]
        del made["edges"]
    numbers["signature_lu"] = signature(album.songs)
    numbers["findings"] = [asdict(each) for each in findings]
    numbers["passes"] = passes(findings)
    plain: dict[str, Any] = _plain(numbers)
    return plain


def _plain(value: Any) -> Any:
    """As JSON has it: no arrays, nothing that is not finite, no digits that were not measured."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 4) if np.isfinite(value) else None
    return value
