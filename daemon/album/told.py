"""What a report is made of: songs as they were examined, what was aimed at, and what was found."""

from dataclasses import dataclass, field

from daemon.album import codecs, measure
from daemon.metering.loudness import Float


@dataclass(frozen=True)
class Song:
    """A song as it is delivered, examined."""

    title: str
    figures: measure.Figures
    devices_lufs: dict[str, float]
    """How loud it is behind each device."""
    vocal_loss_db: float
    codecs: list[codecs.Checked]
    reduction_db: Float
    """What the limiter took away, over time."""
    edges: tuple[Float, Float]
    """First and last quarter of a second."""
    start_s: float = 0.0
    """Where in the recording it begins."""
    end_s: float = 0.0
    fades_s: tuple[float, float] = (0.0, 0.0)
    gap_s: float = 0.0
    """Silence before it."""
    isrc: str = ""
    remarks: list[str] = field(default_factory=list)
    """What else was noticed on the way, in words."""


@dataclass(frozen=True)
class Album:
    """All songs, and what was aimed at."""

    title: str
    artist: str
    songs: list[Song]
    target_lufs: float
    ceiling_dbtp: float
    by_track: bool = False
    """Whether every song has the target, not only the loudest."""
    continuous: bool = False
    """Whether songs run into each other: their ends need not be silent."""
    reference_thirds_db: Float | None = None
    preset: str = ""


@dataclass(frozen=True)
class Finding:
    """Something that was found, in words."""

    where: str
    words: str
    wrong: bool
