"""`faderd album make`: from a project to a folder that can be handed over, without a hand.

    read ─▶ plan ─▶ polished, resampled ─▶ gains ─▶ mastered ─▶ encoded, measured ─▶ tags, cue, sums ─▶ report

Everything is refused before the first song is touched, where it can be: the plan opens every file.
"""

import functools
import pathlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console as Screen

from daemon import errors
from daemon.album import (
    codecs,
    crew,
    deliver,
    edit,
    handed,
    level,
    limiter,
    previews,
    project,
    report,
    seams,
    spectrum,
    steps,
    store,
)
from daemon.metering import loudness
from daemon.metering.loudness import Float

WEIGHTS = {"polished": 2.0, "levels": 1.0, "resampled": 0.5, "mastered": 1.5, "encoded": 1.0, "examined": 6.0}
KEPT_S = 30 * 24 * 3600.0
LOSSY_LATER = 2048  # frames that a lossy file may be longer
SEAM_STICKS_OUT_DB = 12.0
CHECKED = ("m4a256", "opus160", "mp3-320", "ogg-q8")
"""Encoders that are tried whatever is delivered."""
MASTER = deliver.Kind("wav24/48000", "wav", 24, 48_000)


@dataclass(frozen=True)
class Made:
    """What came of it."""

    folder: pathlib.Path
    passes: bool
    findings: list[report.Finding]
    redone: list[str]
    """Titles of the songs that were polished now, and not taken from the store."""
    sound_s: float
    took_s: float
    """Without the report."""
    report_s: float


def make(
    path: pathlib.Path, folder: pathlib.Path | None = None, overwrite: bool = False, jobs: int = 0,
    preview_seams: bool = False, through: Sequence[str] = (), compare: bool = False, screen: Screen | None = None,
) -> Made:  # fmt: skip
    """Make an album.

    Parameters
    ----------
    path : path
        The project.
    folder : path, optional
        Where everything goes; a folder called as the project, beside it.
    overwrite : bool
        Whether what is in the folder may be replaced.
    jobs : int
        Processes; 0 is one for each core.
    preview_seams : bool
        Also write the ten seconds around every transition.
    through : sequence of str
        Devices as which every song is written, too.
    compare : bool
        Also write every song before and behind its chain, equally loud.
    screen : rich Console, optional
        Where progress is shown.

    Raises
    ------
    Refusal
        When something is missing or cannot be; nothing has been delivered then.
    """
    began = time.time()
    album = project.read(path)
    folder = folder or path.with_suffix("")
    kinds = deliver.kinds(album.deliver)
    if "cue" in album.deliver and deliver.CUE_KIND not in {f"{kind.form}{kind.bits}/{kind.rate}" for kind in kinds}:
        kinds.append(deliver.Kind(deliver.CUE_KIND, "", deliver.CUE_BITS, deliver.CUE_RATE))
    handed.check(folder, overwrite)
    for wanted in {"soxr", "mutagen", *(("av",) if any(not kind.bits for kind in kinds) else ())}:
        codecs.wanted(wanted)
    if album.artwork:
        deliver.artwork(album.artwork)
    plan = edit.plan(album)
    kept = store.Store(path.with_name(f".{path.stem}.store"))
    seconds = [float(cut.seconds) for cut in plan.cuts]
    with crew.Crew(jobs, _total(sum(seconds), kinds), screen) as workers:
        work = _Work(album, plan, kept, workers, seconds, kinds)
        work.polish()
        work.level()
        work.master()
        work.encode()
        handed.clear(folder)
        files = work.hand_over(folder)
        files += work.preview(folder, preview_seams, through, compare)
        took = time.time() - began
        findings, passes = work.tell(folder)
    (folder / deliver.SUMS).write_text(deliver.sums(folder, files), "utf-8")
    kept.forget_older(began - KEPT_S)
    redone = [cut.song.title for cut, song in zip(plan.cuts, work.songs, strict=True) if song.fresh]
    return Made(folder, passes, findings, redone, float(plan.length), took, time.time() - began - took)


def _total(seconds: float, kinds: Sequence[deliver.Kind]) -> float:
    rates = len({kind.rate for kind in kinds})
    times = {"resampled": rates, "mastered": rates, "encoded": len(kinds)}
    return sum(weight * times.get(what, 1) for what, weight in WEIGHTS.items()) * seconds


class _Work:
    """An album on its way: what each step found."""

    def __init__(
        self, album: project.Album, plan: edit.Plan, kept: store.Store, workers: crew.Crew, seconds: list[float],
        kinds: list[deliver.Kind],
    ) -> None:  # fmt: skip
        self.album, self.plan, self.kept, self.workers = album, plan, kept, workers
        self.seconds, self.kinds = seconds, kinds
        self.rates = list(dict.fromkeys(kind.rate for kind in kinds)) or [MASTER.rate]
        self.songs: list[store.Item] = []
        self.at_rate: dict[tuple[int, int], store.Item] = {}
        """Songs by number and rate."""
        self.gains: list[float] = []
        self.tracks: dict[tuple[int, int], store.Item] = {}
        """Mastered, by number and rate."""
        self.files: dict[tuple[int, str], store.Item] = {}
        """By number and name of the kind."""
        self.remarks: list[list[str]] = [[] for _ in plan.cuts]
        self.faults: list[report.Finding] = []

    def polish(self) -> None:
        """Cut, polish and fade every song, and have it at each rate that is asked for."""
        work = [(self.kept, cut, self.album.polish, self.rates) for cut in self.plan.cuts]
        weight = WEIGHTS["polished"] + len(self.rates) * WEIGHTS["resampled"]
        made = self.workers.each("polished", steps.prepared, work, [weight * seconds for seconds in self.seconds])
        self.songs = [song for song, _ in made]
        for number, (_, found) in enumerate(made):
            self.at_rate |= {(number, rate): song for rate, song in zip(self.rates, found, strict=True)}
        for remarks, song in zip(self.remarks, self.songs, strict=True):
            remarks += song.known["remarks"]
        usual = max((cut.rate for cut in self.plan.cuts), key=[cut.rate for cut in self.plan.cuts].count)
        for cut, remarks in zip(self.plan.cuts, self.remarks, strict=True):
            if cut.rate != usual:
                remarks.append(f"its file has {cut.rate} frames per second, the others {usual}: it is resampled")

    def level(self) -> None:
        """Find each song's gain."""
        album = self.album
        heard = [
            level.Heard(
                f"{album.path}: {cut.song.title}", -np.inf if song.known["lufs"] is None else song.known["lufs"],
                20 * float(np.log10(max(song.known["peak"], 1e-12))), cut.song.trim_db,
            ) for cut, song in zip(self.plan.cuts, self.songs, strict=True)
        ]  # fmt: skip

        @functools.cache
        def sketch(number: int) -> limiter.Sketch:
            return steps.sketch(self.kept, self.songs[number], self.plan.cuts[number].rate)

        def guessed(number: int, gain_db: float) -> level.Tried:
            rate = self.plan.cuts[number].rate
            return level.Tried(*limiter.guess(sketch(number), rate, album.ceiling_dbtp, gain_db))

        def measured(gains: dict[int, float]) -> list[float]:
            work = [
                (self.kept, self.songs[number], self.plan.cuts[number].rate, gain_db, album.ceiling_dbtp, part)
                for number, gain_db in gains.items() for part in range(steps.PARTS)
            ]  # fmt: skip
            cells = iter(self.workers.each("levels", steps.tried, work, [0.0] * len(work)))
            songs = [np.concatenate([next(cells) for _ in range(steps.PARTS)]) for _ in gains]
            return [loudness.told(song).integrated_lufs for song in songs]

        found = level.measured_gains(heard, album.target_lufs, album.ceiling_dbtp, album.level, guessed, measured)
        self.gains = [round(gain, 4) for gain in found]
        self.workers.each("levels", _nothing, [()], [WEIGHTS["levels"] * sum(self.seconds)])

    def master(self) -> None:
        """Make each track at each rate that is asked for."""
        numbers = [(number, rate) for rate in self.rates for number in range(len(self.songs))]
        work = []
        for number, rate in numbers:
            joined = self.plan.cuts[number].joined
            near = range(number - bool(joined[0]), number + 1 + bool(joined[1]))
            songs = {each: self.at_rate[each, rate] for each in near}
            gains = {each: self.gains[each] for each in near}
            work.append((self.kept, self.plan, number, rate, songs, gains, self.album.ceiling_dbtp))
        made = self.workers.each("mastered", steps.mastered, work, self._weights("mastered", len(self.rates)))
        self.tracks = dict(zip(numbers, made, strict=True))
        self._listen_to_seams()

    def _listen_to_seams(self) -> None:
        """Where songs run into each other, nothing may stick out."""
        rate = self.rates[0]
        for number, cut in enumerate(self.plan.cuts[:-1]):
            if cut.joined[1]:
                before, after = (steps.load(self.tracks[each, rate].path) for each in (number, number + 1))
                around = np.concatenate((before[-rate // 5 :], after[: rate // 5])).astype(np.float64)
                click = seams.click_db(around, len(before[-rate // 5 :]), rate)
                if click > SEAM_STICKS_OUT_DB:
                    self.remarks[number].append(f"the seam to the next song sticks out by {click:.0f} dB")

    def encode(self) -> None:
        """Write, read back and measure each file."""
        sent = [kind for kind in self.kinds if kind.form or not kind.bits]
        wanted = [(kind, number) for kind in sent for number in range(len(self.songs))]
        lower = self.album.ceiling_dbtp if self.album.ceiling_for_codecs else None
        work = [
            (self.kept, self.tracks[number, kind.rate], kind, number + 1, None if kind.form else lower)
            for kind, number in wanted
        ]
        weights = [WEIGHTS["encoded"] * self.seconds[number] for _, number in wanted]
        made = self.workers.each("encoded", steps.encoded, work, weights)
        for (kind, number), file in zip(wanted, made, strict=True):
            self.files[number, kind.name] = file
            self._check(kind, number, file)

    def _check(self, kind: deliver.Kind, number: int, file: store.Item) -> None:
        """Compare what is in a file with what was meant."""
        known, title = file.known, self.plan.cuts[number].song.title
        longer = known["frames"] - known["sent"]
        if longer and (kind.form or not 0 <= longer <= LOSSY_LATER):
            self._fault(title, f"{kind.name}: {known['frames']} frames were read back, {known['sent']} written")
        over = (known["peak_dbtp"] or -np.inf) - self.album.ceiling_dbtp
        if kind.form and over > report.OVER_DB:
            self._fault(title, f"{kind.name}: true peak {over:.2f} dB above the ceiling")
        elif not kind.form and self.album.ceiling_for_codecs and over > report.OVER_DB:
            self._fault(title, f"{kind.name}: {over:.2f} dB above the ceiling when it is decoded; lower ceiling_dbtp")
        elif not kind.form and known["peak_dbtp"] is not None and known["peak_dbtp"] > 0:
            self.remarks[number].append(f"{kind.name}: {known['peak_dbtp']:+.2f} dBTP when it is decoded")

    def _fault(self, title: str, words: str) -> None:
        self.faults.append(report.Finding(title, words, True))

    def hand_over(self, folder: pathlib.Path) -> list[pathlib.Path]:
        """Copy files to their names, tag them, and write the lists."""
        work: list[tuple[Any, ...]] = []
        for kind in self.kinds:
            for number, song in enumerate(self.album.songs):
                if (number, kind.name) in self.files:
                    target = folder / kind.folder / (deliver.name(number + 1, song.title) + kind.suffix)
                    source, told = self.files[number, kind.name].path, self._told(kind, number)
                    work.append((handed.put, source, target, self.album, number, told))
        called = deliver.FORBIDDEN.sub("-", self.album.title).strip(" .") or "album"
        if "cue" in self.album.deliver:
            work.insert(0, (handed.image, folder / f"{called}.wav", self._sixteen()))
        files = self.workers.each("handed over", _do, work, [0.0] * len(work))
        if "cue" in self.album.deliver:
            files.append(_text(folder / f"{called}.cue", deliver.cue(self.album, self.plan, f"{called}.wav")))
        if "chapters" in self.album.deliver:
            files.append(_text(folder / "chapters.txt", deliver.chapters(self.album, self.plan)))
        return files

    def _told(self, kind: deliver.Kind, number: int) -> deliver.Told:
        """Loudness of a song and of all together, weighted by their length."""
        known = [self.files[each, kind.name].known for each in range(len(self.songs))]
        lufs = np.array([each["lufs"] if each["lufs"] is not None else -np.inf for each in known])
        peaks = [10 ** ((each["peak_dbtp"] if each["peak_dbtp"] is not None else -120.0) / 20) for each in known]
        power = np.average(10 ** (lufs / 10), weights=self.seconds)
        return deliver.Told(float(lufs[number]), peaks[number], 10 * float(np.log10(power)), max(peaks))

    def _sixteen(self) -> list[pathlib.Path]:
        """Where samples of tracks on a CD come from: files where some are delivered, which have the same, or tracks."""
        wanted = (deliver.CUE_BITS, deliver.CUE_RATE)
        for kind in self.kinds:
            if kind.form and (kind.bits, kind.rate) == wanted:
                return [self.files[number, kind.name].path for number in range(len(self.songs))]
        return [self.tracks[number, deliver.CUE_RATE].path for number in range(len(self.songs))]

    def preview(self, folder: pathlib.Path, seams: bool, through: Sequence[str], compare: bool) -> list[pathlib.Path]:
        """Write what there is to listen to."""
        rate = self.rates[0]

        def track(number: int) -> Float:
            return np.asarray(steps.load(self.tracks[number, rate].path), np.float64)

        files = previews.seams(self.plan, track, rate, folder) if seams else []
        for name in through:
            files += previews.through(self.album, track, rate, folder, name)
        return files + (previews.compare(self.album, self.plan, folder) if compare else [])

    def tell(self, folder: pathlib.Path) -> tuple[list[report.Finding], bool]:
        """Examine every song, and write the page."""
        chosen = next((kind for kind in self.kinds if kind.form), next((k for k in self.kinds if not k.bits), None))
        songs = self._examined(chosen)
        album = self.album
        flows = album.continuous or any(cut.joined[1] for cut in self.plan.cuts)
        told = report.Album(
            album.title, album.artist, songs, album.target_lufs, album.ceiling_dbtp, album.level == "track", flows,
            self._reference(), album.preset,
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        passes = report.write(folder, told) and not self.faults
        return self.faults + report.judge(told), passes

    def _examined(self, kind: deliver.Kind | None) -> list[report.Song]:
        if kind is None:
            raise errors.Refusal(f"{self.album.path}: deliver names no file of sound; add wav24/48000")
        work = []
        for number, cut in enumerate(self.plan.cuts):
            track = self.tracks[number, kind.rate]
            told: dict[str, Any] = {
                "title": cut.song.title, "isrc": cut.song.isrc, "reduction_db": np.array(track.known["reduction_db"]),
                "start_s": cut.begin / cut.rate, "end_s": cut.end / cut.rate, "gap_s": self.plan.gap_s(number),
                "fades_s": (cut.song.fade_in_ms / 1000, cut.song.fade_out_s), "remarks": self.remarks[number],
                "formats": CHECKED,
            }  # fmt: skip
            work.append((self.kept, self.files[number, kind.name], told))
        return self.workers.each("examined", steps.examined, work, self._weights("examined"))

    def _reference(self) -> Float | None:
        if self.album.reference is None:
            return None
        with edit.opened(self.album.reference, f"{self.album.path}: reference") as file:
            audio, rate = file.read(dtype="float64", always_2d=True), file.samplerate
        return spectrum.thirds_db(spectrum.long_term(audio, rate))

    def _weights(self, what: str, times: int = 1) -> list[float]:
        return [WEIGHTS[what] * seconds for seconds in self.seconds] * times


def _do(step: Callable[..., pathlib.Path], *arguments: Any) -> pathlib.Path:
    """One of several kinds of work."""
    return step(*arguments)


def _nothing() -> None:
    """Only progress."""


def _text(path: pathlib.Path, text: str) -> pathlib.Path:
    path.write_text(text, "utf-8")
    return path
