"""Devices: what can be opened, and which one is meant.

    --device ─▶ nothing, "virtual"   the built-in band on a stage of its own
             ─▶ folder or file       its audio, looped, on the stage
             ─▶ number, part of name a device of PortAudio

Finding a device opens nothing; its `start` does.
"""

import contextlib
import os
import pathlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from daemon.audio import audiofile, metronome, remote, shared, stage, stream
from daemon.demo import band, kept

if TYPE_CHECKING:  # only who lists devices draws: a start does not wait for it
    from rich.console import Console
    from rich.table import Table

VIRTUAL = "virtual"
VIRTUAL_NAME = "virtual stage"
RATES = (44_100, 48_000, 88_200, 96_000)
RATE = 48_000
BLOCK = 64
SMALLEST_BLOCK = 16
LARGEST_BLOCK = metronome.LARGEST_BLOCK
WIDEST = stream.WIDEST
# Length of the ring that files are played from: half of it is read while the other half plays.  The band's lies near.
RING_S = 8
BAND_RING_S = 4

DeviceError = stream.DeviceError


class Device(Protocol):
    """What the console needs of a device, whatever is behind it.

    Attributes
    ----------
    name : str
        What the operator reads.
    rate, block : int
        Frames per second, frames per call.
    inputs, outputs : int
        Channels of the interleaved buffers; without inputs the callback's `in` is NULL.
    """

    name: str
    rate: int
    block: int
    inputs: int
    outputs: int

    def start(self, callback: int, userdata: int) -> None:
        """Call the C function at address `callback` with `userdata` from now on, or raise DeviceError."""

    def stop(self) -> None:
        """End the calls; `start` may follow."""

    def close(self) -> None:
        """Give the device back at once."""

    def seek(self) -> None:
        """Look for the same device anew, after `close`; its rate and channels may be others then.

        Raises
        ------
        DeviceError
            When it is not there, or can't do what the settings ask for.
        """

    @property
    def running(self) -> bool:
        """Whether the device still calls."""

    @property
    def failure(self) -> str | None:
        """Why the device stopped for good, where that is so."""

    @property
    def lost(self) -> str | None:
        """Why the device has gone, where that is known: it may come back."""

    def code(self, effect: str) -> int | None:
        """Address of the kernel of an effect, where it is played; None while that can't be told."""

    def there(self, address: int) -> int:
        """Address, where it is played, of memory that lies at an address here."""

    @property
    def hurried(self) -> bool:
        """Whether the thread that calls has real-time scheduling."""

    @property
    def latency(self) -> tuple[float, float] | None:
        """Input and output latency in seconds, where they are known."""


@dataclass(frozen=True)
class Row:
    """One line of the table of devices.

    Attributes
    ----------
    index : str
        What to give to ``--device``.
    name, api : str
        The device and its host API.
    inputs, outputs : int
        Channels.
    rate : int
        Default rate in Hz.
    rates : tuple of int
        Which of 44.1, 48, 88.2 and 96 kHz it accepts, in Hz; empty when it is busy.
    latency_ms : float or None
        Default low latency.
    """

    index: str
    name: str
    api: str
    inputs: int
    outputs: int
    rate: int
    rates: tuple[int, ...]
    latency_ms: float | None


def choose(
    spec: str | None = None, rate: int | None = None, block: int | None = None, room: shared.Room | None = None
) -> Device:
    """Find the device that is meant; it is opened by its `start`.

    Parameters
    ----------
    spec : str, optional
        ``None`` or ``"virtual"``: the built-in band.  A folder or audio file: its audio, looped.
        Otherwise PortAudio's index, or a part of the name (upper or lower case); "NAME, HOST API" tells
        devices of the same name apart, and a whole name wins over parts of others.
    rate, block : int, optional
        Frames per second and frames per call.  Without a rate it is 48 kHz, or what the device or the
        files prefer if they can't do that; without a block it is 64.
    room : Room, optional
        Where the memory will be that the callback gets: with it, PortAudio has a process of its own, and what
        has gone can come back.

    Raises
    ------
    DeviceError
        When nothing or more than one thing is meant, or it can't do what is asked; for people to read.
    """
    if rate is not None and rate not in RATES:
        raise DeviceError(f"rate {rate}: not a rate of this console; choose {_alternatives(RATES)} Hz")
    block = BLOCK if block is None else block
    if not SMALLEST_BLOCK <= block <= LARGEST_BLOCK:
        raise DeviceError(f"block {block}: choose {SMALLEST_BLOCK} to {LARGEST_BLOCK} frames")
    spec = (spec or "").strip() or VIRTUAL
    if spec.lower() == VIRTUAL:
        return _band(rate or RATE, block)
    path = pathlib.Path(spec).expanduser()
    is_audio = path.is_dir() or (path.is_file() and path.suffix.lower() in audiofile.SUFFIXES)
    if is_audio and not spec.isdecimal():
        return _files(path, rate, block)
    if room is not None:
        return remote.Remote(room, spec, rate, block)
    info = match(spec)
    return stream.Stream(info, agreed_rate(info, rate), block)


def table() -> list[Row]:
    """List what can be opened: the virtual stage, then PortAudio's devices.

    Raises
    ------
    LibraryMissing
        When PortAudio is not installed (`print_table` shows the stage and the remedy).
    """
    return [_virtual_row(), *map(_row, stream.infos())]


def print_table(console: "Console | None" = None) -> None:
    """Print what can be opened; without PortAudio the virtual stage and the remedy."""
    from rich.console import Console

    remedy = None
    try:
        rows = table()
    except DeviceError as error:
        rows, remedy = [_virtual_row()], str(error)
    console = console or Console()
    console.print(_drawn(rows))
    if remedy:
        console.print(remedy, markup=False, highlight=False, soft_wrap=True)


def _band(rate: int, block: int) -> Device:
    """Build the stage with the band on it."""
    tape = kept.tape(rate)
    ring = np.empty((BAND_RING_S * rate, len(band.INPUTS)), np.float32)

    def refill(rows: npt.NDArray[np.float32]) -> None:
        try:
            tape.fill(rows)
        except OSError as error:
            raise audiofile.AudioFileError(f"the built-in band can't be read any more: {error}") from None

    refill(ring)
    return stage.Stage(VIRTUAL_NAME, ring, rate, block, refill=refill)


def _files(path: pathlib.Path, rate: int | None, block: int) -> Device:
    """Build a stage whose inputs are the files at `path`, read as they are played."""
    try:
        with contextlib.ExitStack() as opened:
            source = opened.enter_context(audiofile.Source(path))
            if source.channels > WIDEST:
                raise DeviceError(f"{path}: {source.channels} channels; a device has at most {WIDEST}")
            if source.rate not in RATES:
                raise DeviceError(f"{path}: is at {source.rate} Hz; convert it to {_alternatives(RATES)} Hz")
            if rate not in (None, source.rate):
                raise DeviceError(f"{path}: is at {source.rate} Hz, not {rate}; leave out --rate, or convert it")
            if not source.frames:
                raise DeviceError(f"{path}: holds no audio")
            ring = np.empty((RING_S * source.rate, source.channels), np.float32)
            _read_on(source, ring)
            opened.pop_all()  # the stage reads on
    except audiofile.AudioFileError as error:
        raise DeviceError(str(error)) from None
    name = path.resolve().name
    return stage.Stage(name, ring, source.rate, block, refill=lambda rows: _read_on(source, rows))


def _read_on(source: audiofile.Source, rows: npt.NDArray[np.float32]) -> None:
    """Fill `rows` with what comes next in `source`, from the beginning again after its end."""
    filled = 0
    while filled < len(rows):
        block = source.read(len(rows) - filled)
        if not len(block):
            source.rewind()
        rows[filled : filled + len(block)] = block
        filled += len(block)


def match(spec: str) -> stream.Info:
    """Find the one device of PortAudio with outputs that is meant by its number or a part of its name.

    Raises
    ------
    DeviceError
        When there is none, or several; and when PortAudio is not installed.
    """
    infos = _infos_for(spec)
    playable = [info for info in infos if info.outputs]
    if spec.isdecimal():
        found = [info for info in infos if info.index == int(spec)]
        if found and not found[0].outputs:
            raise DeviceError(f"device {spec}, {found[0].name}, has no outputs{_candidates(playable)}")
    else:
        wanted = spec.strip().lower()
        labels = [(info, f"{info.name}, {info.api}".lower()) for info in playable]
        found = [info for info, label in labels if wanted in (info.name.lower(), label)]
        found = found or [info for info, label in labels if wanted in label]
    if not found:
        raise DeviceError(f"no device matches {spec!r}{_candidates(playable)}")
    if len(found) > 1:
        raise DeviceError(f"{len(found)} devices match {spec!r}; choose by number{_candidates(found)}")
    return found[0]


def _infos_for(spec: str) -> list[stream.Info]:
    """List the devices a name may mean; a missing library must not hide a mistyped folder."""
    try:
        return stream.infos()
    except stream.LibraryMissing:
        if os.sep in spec:
            raise DeviceError(f"{spec}: no such folder") from None
        raise


def _candidates(infos: list[stream.Info]) -> str:
    """List devices below an error."""
    lines = [f"  {VIRTUAL}  the built-in band"] if not infos else []
    for info in infos:
        lines.append(f"  {info.index}  {info.name}, {info.api} ({info.inputs} in, {info.outputs} out)")
    return ":\n" + "\n".join(lines)


def agreed_rate(info: stream.Info, rate: int | None) -> int:
    """Settle the rate: the one asked for, else 48 kHz, else the device's own; or raise DeviceError with the remedy."""
    reason = stream.refusal(info, rate or RATE)
    if reason is None:
        return rate or RATE
    if rate is None and info.rate in RATES and stream.refusal(info, info.rate) is None:
        return info.rate
    supported = _supported(info)
    hint = f"; it runs at {_alternatives(supported)} Hz" if supported else "; is another program using it?"
    raise DeviceError(f"{info.name} can't be opened at {rate or RATE} Hz: {reason}{hint}")


def _supported(info: stream.Info) -> tuple[int, ...]:
    """Rates of this console that the device accepts now."""
    return tuple(rate for rate in RATES if stream.refusal(info, rate) is None)


def _alternatives(rates: tuple[int, ...]) -> str:
    """Say a choice of rates: 44100, 48000 or 96000."""
    *most, last = map(str, rates)
    return f"{', '.join(most)} or {last}" if most else last


def _virtual_row() -> Row:
    """Describe the virtual stage as a line of the table."""
    return Row(VIRTUAL, "built-in band", "none needed", len(band.INPUTS), stage.OUTPUTS, RATE, RATES, None)


def _row(info: stream.Info) -> Row:
    """Describe a device of PortAudio as a line of the table."""
    return Row(
        index=str(info.index),
        name=info.name,
        api=info.api,
        inputs=info.inputs,
        outputs=info.outputs,
        rate=info.rate,
        rates=_supported(info),
        latency_ms=1000 * info.latency_s,
    )


def _drawn(rows: list[Row]) -> "Table":
    """Draw the rows, numbers right-aligned."""
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    drawn.add_column("--device", no_wrap=True)
    drawn.add_column("name", overflow="fold")
    drawn.add_column("host API", overflow="fold")
    for heading in ("in", "out", "kHz", "other kHz", "latency"):
        drawn.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        others = " ".join(f"{rate / 1000:g}" for rate in row.rates if rate != row.rate)
        latency = "–" if row.latency_ms is None else f"{row.latency_ms:.1f} ms"
        drawn.add_row(
            row.index,
            row.name,
            row.api,
            str(row.inputs),
            str(row.outputs),
            f"{row.rate / 1000:g}",
            others if row.rates else "busy",
            latency,
        )
    return drawn
