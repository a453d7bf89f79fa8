"""The page of a report: one file, no script, nothing from elsewhere; a phone shows it, and a sheet of paper.

    findings ─▶ album: table, loudness, spectra, range, peaks, devices ─▶ every song
"""

import html
import string
from collections.abc import Mapping, Sequence

import numpy as np

from daemon.album import codecs, devices, pictures
from daemon.album.pictures import Bar
from daemon.album.told import Album, Finding, Song
from daemon.metering import loudness

RANGE_SCALE, PEAK_SCALE, DEVICE_SCALE = (-40.0, 0.0), (-12.0, 3.0), (-12.0, 12.0)
HOT_LU = 1.5

PAGE = string.Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><link rel="icon" href="data:,"><style>
:root { --ink: #1b1f24; --paper: #fff; --soft: #57606a; --rule: #d8dee4; --own: #0b61c4; --aim: #b35900;
        --bad: #b3261e; --good: #1a7f37; --faint: #9aa7b4; }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
       padding: 1rem; max-width: 76rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-top: 1px solid var(--rule);
     padding-top: 1rem }
p { margin: .3rem 0 } .soft { color: var(--soft) }
.verdict { font-weight: 600; margin: .6rem 0 } .good { color: var(--good) } .bad { color: var(--bad) }
ul { margin: .3rem 0; padding-left: 1.2rem }
.grid { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)) }
figure { margin: 0; break-inside: avoid; min-width: 0 } figcaption { font-size: .85rem; font-weight: 600 }
figcaption span { font-weight: 400 }
svg { display: block; width: 100%; height: auto } svg text { font: 10.5px system-ui, sans-serif; fill: var(--soft) }
.g { stroke: var(--rule); stroke-width: .7; fill: none }
.l { fill: none; stroke-width: 1.3; stroke-linejoin: round } .a { stroke: none }
.l.own { stroke: var(--own) } .l.aim { stroke: var(--aim); stroke-dasharray: 5 3 } .l.faint { stroke: var(--faint) }
.l.faint { stroke-width: .8 } .l.mark { stroke: var(--bad); stroke-dasharray: 2 2 }
.l.average { stroke: var(--good); stroke-dasharray: 1 2 }
.a.own, .b.own { fill: var(--own) } .a.hot, .b.hot { fill: var(--bad) }
.key.own { color: var(--own) } .key.aim { color: var(--aim) } .key.faint { color: #66727e }
.key.mark { color: var(--bad) } .key.average { color: var(--good) }
.table { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { padding: .15rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule) }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 8rem }
@media print { body { font-size: 11px; padding: 0 } .grid { grid-template-columns: 1fr 1fr } h2 { break-after: avoid } }
@page { size: A4; margin: 14mm }
</style></head><body>
<h1>$title</h1><p class="soft">$aims</p>
$verdict
$findings
$album
$songs
</body></html>
""")


def html_of(album: Album, findings: Sequence[Finding], signature: Mapping[str, list[float]]) -> str:
    """The whole page."""
    return PAGE.substitute(
        title=html.escape(f"{album.artist}: {album.title}" if album.artist else album.title),
        aims=html.escape(_aims(album)),
        verdict=_verdict(findings),
        findings=_list(findings),
        album=_album(album, signature),
        songs="\n".join(_song(album, number, song) for number, song in enumerate(album.songs, 1)),
    )


def _aims(album: Album) -> str:
    who = "every song" if album.by_track else "the loudest song"
    preset = f"{album.preset}: " if album.preset else ""
    return f"{preset}{who} at {album.target_lufs:g} LUFS, ceiling {album.ceiling_dbtp:g} dBTP"


def _verdict(findings: Sequence[Finding]) -> str:
    wrong = sum(each.wrong for each in findings)
    look = len(findings) - wrong
    words = "It passes."
    if wrong:
        words = f"It does not pass: {wrong} {'thing is' if wrong == 1 else 'things are'} wrong."
    if look:
        words += f" {look} {'thing' if look == 1 else 'things'} to look at."
    return f'<p class="verdict {"bad" if wrong else "good"}">{words}</p>'


def _list(findings: Sequence[Finding]) -> str:
    rows = sorted(findings, key=lambda each: not each.wrong)
    told = "".join(
        f'<li{" class=bad" if each.wrong else ""}><b>{html.escape(each.where)}</b>: {html.escape(each.words)}</li>'
        for each in rows
    )
    return f"<ul>{told}</ul>" if told else ""


def _figure(svg: str, caption: str, *keys: tuple[str, str]) -> str:
    """A picture with its name and the names of its colours."""
    told = " · ".join(f'<span class="key {colour}">{html.escape(name)}</span>' for name, colour in keys)
    return f"<figure><figcaption>{html.escape(caption)} <span>{told}</span></figcaption>{svg}</figure>"


def _number(value: float, digits: int = 1) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−") if np.isfinite(value) else "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{html.escape(each)}</th>" for each in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f'<div class="table"><table><tr>{top}</tr>{body}</table></div>'


# --- the album ----------------------------------------------------------------------------------------


def _album(album: Album, signature: Mapping[str, list[float]]) -> str:
    songs = album.songs
    if not songs:
        return ""
    thirds = [song.figures.thirds_db for song in songs]
    keys = [("songs", "faint"), ("average", "own")]
    keys += [("reference", "aim")] if album.reference_thirds_db is not None else []
    figures = [
        _figure(pictures.arc([(song.figures.short_term_lufs, song.figures.seconds) for song in songs],
                             album.target_lufs), "Loudness", ("short-term", "own"), ("asked for", "aim")),
        _figure(pictures.together(thirds, average(album), album.reference_thirds_db), "Spectra", *keys),
        _figure(pictures.bars("range of every song", [_range(song) for song in songs], RANGE_SCALE),
                "Range: from its quiet to its loud passages, LUFS and LU"),
        _figure(pictures.bars("true peak of every song", [_peak(album, song) for song in songs], PEAK_SCALE),
                "True peak, dBTP"),
    ]  # fmt: skip
    return f'<h2>Album</h2>{_songs(album)}<div class="grid">{"".join(figures)}</div>{_devices(album, signature)}'


def _songs(album: Album) -> str:
    head = ("song", "length", "gap s", "LUFS", "max S", "max M", "LRA", "PLR", "PSR", "dBTP", "limited dB", "ISRC")
    rows = []
    for number, song in enumerate(album.songs, 1):
        it = song.figures
        most = float(song.reduction_db.max(initial=0))
        numbers = (it.integrated_lufs, it.max_short_term_lufs, it.max_momentary_lufs, it.range_lu, it.plr_lu, it.psr_lu)
        rows.append((
            f"{number}. {song.title}", pictures.clock(it.seconds), _number(song.gap_s), *map(_number, numbers),
            _number(it.true_peak_dbtp, 2), _number(most), song.isrc or "–",
        ))  # fmt: skip
    return _table(head, rows)


def average(album: Album) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Spectrum of the album: each song as loud as the others."""
    levelled = [song.figures.thirds_db - pictures.loudest_thirds(song.figures.thirds_db) for song in album.songs]
    return np.asarray(10 * np.log10(np.mean(10 ** (np.array(levelled) / 10), axis=0)))


def _range(song: Song) -> Bar:
    heard = song.figures.short_term_lufs
    heard = heard[heard > max(song.figures.integrated_lufs + loudness.RANGE_LU, loudness.ABSOLUTE_LUFS)]
    low, high = np.percentile(heard, [10, 95]) if heard.size else (RANGE_SCALE[0], RANGE_SCALE[0])
    return Bar(song.title, float(low), float(high), f"{_number(song.figures.range_lu)} LU")


def _peak(album: Album, song: Song) -> Bar:
    peak = song.figures.true_peak_dbtp
    return Bar(song.title, PEAK_SCALE[0], peak, _number(peak, 2), "hot" if peak > album.ceiling_dbtp + 0.05 else "own")


def _devices(album: Album, signature: Mapping[str, list[float]]) -> str:
    """How much each song changes on each device against the others."""
    head = ("on", *(f"{number}" for number in range(1, len(album.songs) + 1)))
    rows = [
        (devices.DEVICES[name].words, *(("!" if abs(lu) > HOT_LU else "") + _number(lu) for lu in changes))
        for name, changes in signature.items()
    ]
    return f'<p>Against the other songs, in LU, by the number of the song:</p>{_table(head, rows)}'


# --- a song -------------------------------------------------------------------------------------------


def _song(album: Album, number: int, song: Song) -> str:
    it, seconds = song.figures, song.figures.seconds
    compared = [(average(album), "average")]
    keys = [("song", "own"), ("album", "average")]
    if album.reference_thirds_db is not None:
        compared.append((album.reference_thirds_db, "aim"))
        keys.append(("reference", "aim"))
    figures = [
        _figure(pictures.waveform(it.outline, seconds, song.fades_s), "Waveform", ("fades", "mark")),
        _figure(pictures.loudness(it.momentary_lufs, it.short_term_lufs, it.integrated_lufs, album.target_lufs,
                                  seconds),
                "Loudness, LUFS", ("momentary", "faint"), ("short-term", "own"), ("integrated", "mark"),
                ("asked for", "aim")),
        _figure(pictures.spectra(it.thirds_db, compared), "Spectrum, dB", *keys),
        _figure(pictures.peaks(it.peaks_dbtp, album.ceiling_dbtp, seconds), "True peak, dBTP", ("ceiling", "aim")),
        _figure(pictures.reduction(song.reduction_db, seconds), "What the limiter took, dB"),
        _figure(pictures.correlation(it.correlation, seconds), "Correlation of both sides"),
        _figure(pictures.edge(song.edges[0], it.rate, end=False), "Its beginning, dBFS"),
        _figure(pictures.edge(song.edges[1], it.rate, end=True), "Its end, dBFS"),
        _figure(pictures.bars("what each device leaves", [_left(song, name) for name in devices.DEVICES], DEVICE_SCALE),
                "What each device leaves: loudness against the master, LU"),
    ]  # fmt: skip
    told = (
        f"{_number(song.start_s, 3)} s to {_number(song.end_s, 3)} s of the recording,"
        f" faded in over {_number(song.fades_s[0], 3)} s and out over {_number(song.fades_s[1], 3)} s;"
        f" in mono the vocal band loses {_number(song.vocal_loss_db)} dB"
    )
    return (
        f'<h2>{number}. {html.escape(song.title)}</h2><p class="soft">{html.escape(told)}</p>'
        f'<div class="grid">{"".join(figures)}</div>{_codecs(song)}'
    )


def _left(song: Song, name: str) -> Bar:
    change = song.devices_lufs.get(name, -np.inf) - song.figures.integrated_lufs
    finite = bool(np.isfinite(change))
    return Bar(name, 0.0, change if finite else 0.0, f"{_number(change)} LU" if finite else "silent")


def _codecs(song: Song) -> str:
    if not song.codecs:
        return ""
    rows = [
        (codecs.CODECS[each.name].words, _number(each.true_peak_dbtp, 2), str(each.overs), _number(each.loudness_lu, 2))
        for each in song.codecs
    ]
    return _table(("decoded", "dBTP", "overs", "louder by LU"), rows)
