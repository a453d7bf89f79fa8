"""All levels of the desk again, plainly: who hears which input how loud, in float64, one strip after the other.

Nothing here comes from `dsp`: a desk is asked for its settings by path, and the laws are those of the
console's remote protocol.  Every input is a vector of its own, so that what a mix carries is a vector
of gains, shape (64,).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oracles import processors

Vector = npt.NDArray[np.float64]
Ask = Callable[[str], Any]
"""Stored value of a leaf."""

INPUTS = 64
FADER_STEPS, SEND_STEPS = 1024, 161
PRE, POST, GROUP = 3, 4, 5
NEUTRAL = (1.0, 1.0, 1.0, 1.0)
HALF = 0.5


class Desk:
    """What every mix carries, for settings under which no strip changes its sound.

    Parameters
    ----------
    ask : callable
        Stored value of a leaf, by its path.
    inputs : dict of str to ndarray
        What the input strips take, by path: `/ch/01` and so on.
    taps : dict of str to sequence of float, optional
        Gains of strips from their input to the taps of sends: input, before and after the EQ, before the fader;
        1 where nothing is said.

    Attributes
    ----------
    pre, post : dict of str to ndarray
        Before and after every fader; the mains as `/main/l`, `/main/r`, `/main/m`.
    """

    def __init__(self, ask: Ask, inputs: dict[str, Vector], taps: dict[str, Sequence[float]] | None = None) -> None:
        self.ask = ask
        self.taps = taps or {}
        self.pre = {strip: self._processed(strip) * signal for strip, signal in inputs.items()}
        self.post = {strip: self.fader(strip) * signal for strip, signal in self.pre.items()}
        buses = [f"/bus/{bus:02}" for bus in range(1, 17)]
        for bus in buses:
            self.pre[bus] = self._processed(bus) * self._mix(list(inputs), int(bus[-2:]), "buslink")
            self.post[bus] = self.fader(bus) * self.pre[bus]
        self._mains([*inputs, *buses])
        for matrix in range(1, 7):
            strip = f"/mtx/{matrix:02}"
            mix = self._mix([*buses, "/main/l", "/main/r", "/main/m"], matrix, "mtxlink")
            self.pre[strip] = self._processed(strip) * mix
            self.post[strip] = self.fader(strip) * self.pre[strip]

    # --- one strip ----------------------------------------------------------------------------------

    def _processed(self, strip: str, tap: int = PRE) -> float:
        """Gain from a strip's input to one of its taps."""
        return self.taps.get(strip, NEUTRAL)[min(tap, PRE)]

    def level(self, path: str, steps: int) -> float:
        """Gain of a fader or send."""
        return float(processors.gain(processors.taper_db(self.ask(path), steps)))

    def pan(self, path: str) -> float:
        """Place from −100 to +100."""
        return -100.0 + 2 * self.ask(path)

    def audible(self, strip: str) -> float:
        """0 if the strip, one of its mute groups or one of its DCAs is muted."""
        if strip == "/main/m" and self.ask("/config/mono/link"):
            strip = "/main/st"
        muted = not self.ask(f"{strip}/mix/on")
        for group in range(6):
            muted |= bool(self.ask(f"{strip}/grp/mute") >> group & 1 and self.ask(f"/config/mute/{group + 1}"))
        for dca in range(8):
            muted |= bool(self.ask(f"{strip}/grp/dca") >> dca & 1 and not self.ask(f"/dca/{dca + 1}/on"))
        return 0.0 if muted else 1.0

    def fader(self, strip: str) -> float:
        """Gain of a strip's fader and DCAs, mutes counted."""
        if strip == "/main/m" and self.ask("/config/mono/link"):
            strip = "/main/st"
        gain = self.audible(strip) * self.level(f"{strip}/mix/fader", FADER_STEPS)
        for dca in range(8):
            if self.ask(f"{strip}/grp/dca") >> dca & 1:
                gain *= self.level(f"/dca/{dca + 1}/fader", FADER_STEPS)
        return gain

    # --- mixes ----------------------------------------------------------------------------------------

    def _mix(self, senders: list[str], number: int, link: str) -> Vector:
        """What a bus or matrix sums up."""
        total = np.zeros(INPUTS)
        for sender in senders:
            strip = "/main/st" if sender in ("/main/l", "/main/r") else sender
            total += self._send(sender, strip, number, link) * self.pre[sender]
        return total

    def _send(self, sender: str, strip: str, number: int, link: str) -> float:
        odd = number - 1 + number % 2
        kind = self.ask(f"{strip}/mix/{odd:02}/type")
        linked = self.ask(f"/config/{link}/{odd}-{odd + 1}")
        asked = odd if linked else number
        gain = 1.0 if kind == GROUP else self.level(f"{strip}/mix/{asked:02}/level", SEND_STEPS)
        gain *= self.ask(f"{strip}/mix/{asked:02}/on")
        gain *= self._processed(strip, kind) / self._processed(strip)
        gain *= self._fader_of(sender) if kind >= POST else self.audible(strip)
        follows = self.ask(f"{strip}/mix/{odd:02}/panFollow") and strip != "/main/m"
        place = self.pan(f"{strip}/mix/pan" if follows else f"{strip}/mix/{odd:02}/pan")
        is_right = number % 2 == 0
        if sender in ("/main/l", "/main/r"):
            if not linked:
                return gain * HALF
            return gain * balance(place)[is_right] if (sender == "/main/r") == is_right else 0.0
        return gain * processors.pan_gains(place)[is_right] if linked else gain

    def _fader_of(self, sender: str) -> float:
        if sender not in ("/main/l", "/main/r"):
            return self.fader(sender)
        return self.fader("/main/st") * balance(self.pan("/main/st/mix/pan"))[sender == "/main/r"]

    def _mains(self, senders: list[str]) -> None:
        left, right, mono = np.zeros((3, INPUTS))
        for strip in senders:
            signal = self.post[strip]
            stereo, centre = self.ask(f"{strip}/mix/st"), self.ask(f"{strip}/mix/mono")
            place = self.pan(f"{strip}/mix/pan")
            if self.ask("/config/mono/mode") and stereo and centre:
                sides = three(place)
                left, right, mono = left + sides[0] * signal, right + sides[1] * signal, mono + sides[2] * signal
                continue
            sides = processors.pan_gains(place)
            left, right = left + stereo * sides[0] * signal, right + stereo * sides[1] * signal
            mono = mono + centre * self.level(f"{strip}/mix/mlevel", SEND_STEPS) * signal
        stereo_gain, mono_gain = self._processed("/main/st"), self._processed("/main/m")
        self.pre |= {"/main/l": stereo_gain * left, "/main/r": stereo_gain * right, "/main/m": mono_gain * mono}
        self.post |= {main: self._fader_of(main) * self.pre[main] for main in ("/main/l", "/main/r", "/main/m")}


def balance(place: float) -> tuple[float, float]:
    """Gains of both sides of a stereo signal: 1 in the middle and on the side it leans to."""
    left, right = processors.pan_gains(place)
    return min(left * 2**0.5, 1), min(right * 2**0.5, 1)


def three(place: float) -> tuple[float, float, float]:
    """Gains to left, right and centre, of constant power between neighbours."""
    turn = abs(place) / 100 * np.pi / 2
    side = float(np.sin(turn))
    return (side if place < 0 else 0.0), (side if place > 0 else 0.0), float(np.cos(turn))
