"""Instruments: the sounds of the built-in band, one note or one stroke at a time.

    skin, brush    drums and cymbals          string, strum   bass and guitar
    tine           electric piano             song            voices

Every sound is float32 (frames,) at full level near 1.  They are made once, at start, to be recognised on a
meter and pleasant in the ear; they are not part of the console.
"""

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]

SEED = 1977
# Resonances in Hz of the mouth, and how wide they are.
AH, OH, OO = (700.0, 1200.0, 2600.0), (480.0, 850.0, 2600.0), (330.0, 800.0, 2400.0)
RESONANCE_HZ = 130.0


class Instruments:
    """Instruments at one rate, always playing the same.

    Parameters
    ----------
    rate : int
        Frames per second.
    noise_s : float
        Length of the noise that brushes and rooms are cut from, in seconds.
    """

    def __init__(self, rate: int, noise_s: float) -> None:
        self.rate = rate
        self.random = np.random.default_rng(SEED)
        self.hiss: Sound = self.random.standard_normal(round(noise_s * rate), np.float32)
        # A difference over 1/24 ms leaves a hump around 12 kHz: cymbals and wires have no low end.
        self.bright: Sound = self.hiss - np.roll(self.hiss, round(rate / 24_000))

    def skin(self, pitch_hz: float, sweep_hz: float, sweep: float, decay: float, seconds: float) -> Sound:
        """Strike a skin: the pitch falls by `sweep_hz` onto `pitch_hz`; `sweep`, `decay` per second."""
        time = self.time(seconds)
        cycles = pitch_hz * time + sweep_hz / sweep * (1 - np.exp(-sweep * time))
        sound: Sound = np.sin(_angle(cycles)) * np.exp(-decay * time)
        return sound

    def brush(self, seconds: float, decay: float, level: float) -> Sound:
        """Let noise die away: wires and cymbals, different at every stroke."""
        time = self.time(seconds)
        start = int(self.random.integers(len(self.bright) - len(time)))
        sound: Sound = level * self.bright[start : start + len(time)] * np.exp(-decay * time)
        return sound

    def string(self, note: int, seconds: float, harmonics: int, slope: float, decay: float) -> Sound:
        """Pluck a string: harmonics fall with `slope`, and die the faster the higher they are."""
        time = self.time(seconds)
        number = np.arange(1, harmonics + 1, dtype=np.float32)[:, None]
        partials = np.sin(_angle(_pitch(note) * time) * number) * np.exp(-decay / 2 * (1 + number) * time)
        release = np.minimum(1, (seconds - time) / 0.02)
        sound: Sound = (number[:, 0] ** -slope) @ partials * release
        return sound

    def strum(self, chord: tuple[int, ...], seconds: float = 0.55) -> Sound:
        """Strum a chord, strings one after the other, through a warm amplifier."""
        lag = self.rate // 90
        chorus = np.zeros(len(self.time(seconds)) + lag * len(chord), np.float32)
        for place, note in enumerate(chord):
            string = self.string(note, seconds, 8, 1.0, 2.2)
            chorus[place * lag :][: len(string)] += string
        sound: Sound = np.tanh(1.6 * chorus)
        return sound

    def tine(self, note: int, seconds: float) -> Sound:
        """Strike an electric piano's tine: one sine bends the phase of another."""
        time = self.time(seconds)
        cycles = _angle(_pitch(note) * time)
        bell = 1.1 * np.exp(-3.5 * time) * np.sin(2 * cycles)
        swell = np.minimum(1, time / 0.004) * np.exp(-0.7 * time) * np.clip((seconds - time) / 0.5, 0, 1)
        sound: Sound = np.sin(cycles + bell) * swell
        return sound

    def song(
        self, note: int, seconds: float, vowel: tuple[float, ...], vibrato_hz: float, rise_s: float
    ) -> Sound:
        """Sing a note on one vowel, with breath; without vibrato the pitch falls, as in speech."""
        time = self.time(seconds + 0.12)
        # Half a millisecond to and fro is a quarter of a semitone at 5 Hz.
        fall = 0.0 if vibrato_hz else 0.3
        wander: Sound = 0.0005 * np.sin(_angle(vibrato_hz * time)) - fall * time * time
        number = np.arange(1, 17, dtype=np.float32)
        partials = np.sin(_angle(_pitch(note) * (time + wander)) * number[:, None])
        breath = 0.03 * self.bright[: len(time)]
        swell = np.minimum(1, time / rise_s) * np.clip((seconds + 0.1 - time) / 0.1, 0, 1)
        sound: Sound = (_mouth(number * _pitch(note), vowel) @ partials + breath) * swell
        return sound

    def time(self, seconds: float) -> Sound:
        """Seconds from the beginning of a sound."""
        return np.arange(round(seconds * self.rate), dtype=np.float32) / np.float32(self.rate)


def _pitch(note: int) -> float:
    """Frequency in Hz of a MIDI note."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def _angle(cycles: Sound) -> Sound:
    """Phase in radians; whole cycles are taken off first, which keeps the sine quick and exact."""
    return np.float32(2 * np.pi) * (cycles - np.floor(cycles))


def _mouth(frequency_hz: Sound, vowel: tuple[float, ...]) -> Sound:
    """Level of each harmonic: a falling source through the resonances of a vowel."""
    source: Sound = np.arange(1, len(frequency_hz) + 1, dtype=np.float32) ** -0.6
    resonances = np.zeros_like(frequency_hz)
    for formant in vowel:
        resonances += 1 / (1 + ((frequency_hz - formant) / RESONANCE_HZ) ** 2)
    return source * resonances
