"""The stream: one PortAudio device that calls the compiled callback; the only file that knows sounddevice.

    device ─▶ PortAudio's thread ─▶ callback (address) ─▶ device

PortAudio gets the address of a C function and one `void *`: no Python runs on the audio thread.
"""

import atexit
import contextlib
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon import errors
from dsp.effects import library

Begun = Callable[[], object]

WIDEST = 64
LONGEST_LATENCY_S = 10.0
# Buffer on top of the block being filled, in blocks: with it the hardware's buffer is three blocks long,
# the usual setting of a USB interface.  JACK and PipeWire have their own and ignore it.
BUFFERED_BLOCKS = 2
JACK = "JACK Audio Connection Kit"
JACK_GONE = "the JACK server has gone"

REMEDY = {
    "linux": "install PortAudio: sudo apt install libportaudio2",
    "darwin": "install PortAudio: brew install portaudio",
}


class DeviceError(errors.Refusal):
    """A device can't be found or opened; the message says which, why and what to do."""


class LibraryMissing(DeviceError):  # noqa: N818 - it is a state of the machine, told apart from a wrong device
    """PortAudio is not installed; the message is the remedy."""


@dataclass(frozen=True)
class Info:
    """What PortAudio says of a device.

    Attributes
    ----------
    index : int
        PortAudio's number of it, valid while the process lives.
    name, api : str
        Its name, and the host API it is reached through.
    inputs, outputs : int
        Channels it has.
    rate : int
        Frames per second it would choose itself.
    latency_s : float
        Default low output latency (input latency if there is no output), in seconds.
    """

    index: int
    name: str
    api: str
    inputs: int
    outputs: int
    rate: int
    latency_s: float


def infos() -> list[Info]:
    """List every device of every host API.

    Raises
    ------
    LibraryMissing
        When PortAudio is not installed.
    """
    sounddevice = _library()
    apis = sounddevice.query_hostapis()
    return [
        Info(
            index=index,
            name=device["name"],
            api=apis[device["hostapi"]]["name"],
            inputs=device["max_input_channels"],
            outputs=device["max_output_channels"],
            rate=round(device["default_samplerate"]),
            latency_s=device[
                "default_low_output_latency" if device["max_output_channels"] else "default_low_input_latency"
            ],
        )
        for index, device in enumerate(sounddevice.query_devices())
    ]


def leave() -> None:
    """Let PortAudio take leave of its servers, until `look_again`; no JACK server may have died under a stream.

    A JACK server whose client goes without a word has to find that out by itself: it may miss periods
    meanwhile, and one that waits for its clients does not end any more.
    """
    sounddevice = _library()
    with _silence(), contextlib.suppress(sounddevice.PortAudioError):
        sounddevice._terminate()


def look_again() -> None:
    """Let PortAudio find what is there now; no stream may be open, nor a JACK server have died under one.

    Raises
    ------
    DeviceError
        When it does not start any more.
    """
    sounddevice = _library()
    try:
        leave()
        with _silence():
            sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"PortAudio doesn't start: {_reason(error)}") from None


def refusal(info: Info, rate: int) -> str | None:
    """Ask the device whether it would open at `rate`, all channels at once: its reason not to, or None."""
    sounddevice = _library()
    checks = (
        (info.inputs, sounddevice.check_input_settings),
        (info.outputs, sounddevice.check_output_settings),
    )
    try:
        with _silence():
            for channels, check in checks:
                if channels:
                    check(device=info.index, channels=min(channels, WIDEST), dtype="float32", samplerate=rate)
    except sounddevice.PortAudioError as error:
        return _reason(error)
    return None


def play_through(
    info: Info, rate: int, block: int, channels: tuple[int, int], signal: npt.NDArray[np.float32], begun: Begun
) -> npt.NDArray[np.float32]:
    """Play a mono signal to one output and return what one input heard meanwhile, with the buffers of a `Stream`.

    Parameters
    ----------
    info : Info
        The device.
    rate, block : int
        Frames per second, frames per call.
    channels : tuple of int
        The output and the input, counted from 1.
    signal : ndarray of float32, shape (frames,)
    begun : callable
        Called when the device plays silence, before the signal: connections can be made now.

    Raises
    ------
    DeviceError
        When the device can't be opened so.
    """
    sounddevice = _library()
    output, source = channels[0] - 1, channels[1] - 1
    heard = np.zeros(len(signal), np.float32)
    ready, over = threading.Event(), threading.Event()
    done = 0

    def play(device_in: Any, device_out: Any, frames: int, _time: Any, _status: Any) -> None:
        nonlocal done
        device_out[:] = 0
        if ready.is_set() and not over.is_set():
            count = min(frames, len(signal) - done)
            device_out[:count, output] = signal[done : done + count]
            heard[done : done + count] = device_in[:count, source]
            done += count
            if done == len(signal):
                over.set()

    try:
        with _silence():
            playing = sounddevice.Stream(
                samplerate=rate,
                blocksize=block,
                device=info.index,
                channels=(min(info.inputs, WIDEST), min(info.outputs, WIDEST)),
                dtype="float32",
                latency=BUFFERED_BLOCKS * block / rate,
                callback=play,
            )
            playing.start()
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"{info.name} can't be opened: {_reason(error)}") from None
    try:
        begun()
        ready.set()
        if not over.wait(LONGEST_LATENCY_S + len(signal) / rate):
            raise DeviceError(f"{info.name} does not ask for audio")
    finally:
        with _silence():
            playing.close()
    return heard


class Stream:
    """A PortAudio device: duplex, or output only when it has no inputs.

    Parameters
    ----------
    info : Info
        The device; of more than 64 channels the first 64 are used.
    rate, block : int
        Frames per second, frames per call.
    """

    def __init__(self, info: Info, rate: int, block: int) -> None:
        self.name = info.name
        self.rate = rate
        self.block = block
        self.inputs = min(info.inputs, WIDEST)
        self.outputs = min(info.outputs, WIDEST)
        self._info = info
        self._stream: Any = None
        self._abandoned = False
        self.failure: str | None = None  # what has gone may come back
        self.hurried = False  # PortAudio does not say

    def start(self, callback: int, userdata: int) -> None:
        """Open the device and let PortAudio call the C function at address `callback` with `userdata`.

        Raises
        ------
        DeviceError
            When the device can't be opened.
        """
        self.close()
        if self._abandoned:
            raise DeviceError(f"{self.name} can't be opened: {JACK_GONE}")
        sounddevice = _library()
        kind, channels = ("duplex", (self.inputs, self.outputs)) if self.inputs else ("output", self.outputs)
        try:
            with _silence():
                self._stream = sounddevice._StreamBase(
                    kind,
                    samplerate=self.rate,
                    blocksize=self.block,
                    device=self._info.index,
                    channels=channels,
                    dtype="float32",
                    latency=BUFFERED_BLOCKS * self.block / self.rate,
                    callback=sounddevice._ffi.cast("PaStreamCallback*", callback),
                    userdata=sounddevice._ffi.cast("void*", userdata),
                )
                self._stream.start()
        except sounddevice.PortAudioError as error:
            if self._stream is not None:
                self._stream.close()
                self._stream = None
            raise DeviceError(
                f"{self.name} can't be opened at {self.rate} Hz with blocks of {self.block}: {_reason(error)}"
            ) from None

    def stop(self) -> None:
        """End the calls once the device has played what it was given, and give the device back."""
        self._end(play_out=True)

    def close(self) -> None:
        """Give the device back at once; one that has gone is let go without a word."""
        self._end(play_out=False)

    def code(self, effect: str) -> int | None:
        """Address of the kernel of an effect: this process plays it."""
        return library.code(effect)

    def there(self, address: int) -> int:
        """Do nothing to an address: this process plays."""
        return address

    def seek(self) -> None:
        """Do nothing: PortAudio finds out what has come back only in a new process, see `remote`."""

    @property
    def running(self) -> bool:
        """Whether the device still calls; false after `stop` and when it has died."""
        if self._stream is None:
            return False
        with contextlib.suppress(_library().PortAudioError):
            return bool(self._stream.active)
        return False

    @property
    def lost(self) -> str | None:
        """Why the stream ended by itself, where that is known."""
        return JACK_GONE if self._abandoned or self._jack_has_gone() else None

    @property
    def latency(self) -> tuple[float, float] | None:
        """Input and output latency as PortAudio estimates them, in seconds; input is 0 without inputs."""
        if self._stream is None:
            return None
        told = self._stream.latency if self.inputs else (0.0, self._stream.latency)
        # PipeWire's JACK library tells days at times.
        return told if max(told) < LONGEST_LATENCY_S else None

    def _jack_has_gone(self) -> bool:
        """Whether the JACK server ended under the stream."""
        return self._info.api == JACK and self._stream is not None and not self.running

    def _end(self, play_out: bool) -> None:
        """Close the stream, playing out what is buffered if asked to."""
        if self._jack_has_gone():
            # PortAudio would wait ten minutes for the server, then abort the process at its exit (its issue
            # 820), and can't become a client anew.  The server's end is no more, so ours is left as it is.
            atexit.unregister(_library()._exit_handler)
            self._abandoned, self._stream = True, None
        if self._stream is None:
            return
        with _silence():
            if play_out and self.running:
                self._stream.stop()
            self._stream.close()
        self._stream = None


@functools.cache
def _library() -> ModuleType:
    """Import sounddevice when it is first needed: the virtual stage plays without it."""
    # PipeWire's ALSA plug-in would fold 64 channels of unknown place into a surround layout.
    os.environ.setdefault("PIPEWIRE_PROPS", "{ stream.dont-remix = true }")
    try:
        with _silence():
            import sounddevice
    except (ImportError, OSError) as error:
        remedy = REMEDY.get(sys.platform, "reinstall the Python package sounddevice")
        raise LibraryMissing(f"audio devices can't be reached: {error} · {remedy}") from None
    except Exception as error:  # PortAudioError, which has no name here while its module fails to import
        raise DeviceError(f"PortAudio doesn't start: {_reason(error)}") from None
    library: ModuleType = sounddevice
    return library


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep the chatter of ALSA's and JACK's libraries off the terminal while PortAudio probes them."""
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)


def _reason(error: Exception) -> str:
    """PortAudio's own words: the text after what sounddevice was doing, with the driver's, if it gave any."""
    message, *details = error.args
    reason = str(message).rpartition(": ")[2]
    host = details[1] if len(details) > 1 else None
    return f"{reason} ({host[2]})" if host and host[2] else reason
