"""The band: eight bars of music for a console without hardware, and the scene it is mixed with.

    score ─▶ voices ─▶ bleed and noise ─▶ level ─▶ (frames, inputs), a seamless loop of 16 s

Everything is computed at start, the same at every start.  Notes that ring past the end of the loop ring on
at its beginning, echoes are rotations: there is no seam.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from daemon.demo import instrument

LENGTH_S = 16
STEP_S = 0.125  # a sixteenth at 120 beats a minute
STEPS_PER_BAR = 16
BARS = 8
TREMOLO_HZ = 3.0

Sound = instrument.Sound
Melody = tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Input:
    """One line of the stage plot, and the strip it is mixed with.

    Attributes
    ----------
    name, icon, colour : str, int, str
        Scribble strip: name, icon number and colour token of the console.
    peak_dbfs : float
        Highest sample of the input.
    noise_dbfs : float
        Noise floor, RMS.
    fader_db, pan : float, int
        Where the channel stands in the mix; pan −100 (left) … +100 (right).
    dca : int
        DCA that holds it.
    strip : tuple of str
        Scene lines of its processing, without the channel's path.
    on : bool
        False: muted when the show begins.
    """

    name: str
    icon: int
    colour: str
    peak_dbfs: float
    noise_dbfs: float
    fader_db: float
    pan: int
    dca: int
    strip: tuple[str, ...] = ()
    on: bool = True


INPUTS = (
    Input("Kick", 3, "YE", -10.0, -74, -2.0, 0, 1, (
        "gate ON GATE -34.0 30.0 1 100 185 0",
        "dyn ON COMP PEAK LOG -23.0 4.0 2 2.00 12 10.0 124 POST 0 100 OFF",
        "eq/1 PEQ 62.5 +3.00 1.4", "eq/2 PEQ 317.0 -4.50 1.4", "eq/4 HShv 5k02 +3.00 2.0")),
    Input("Snare", 4, "YE", -11.5, -72, -4.0, 0, 1, (
        "preamp +0.0 OFF ON 18 101", "gate ON GATE -34.0 18.0 1 100 226 0",
        "dyn ON COMP PEAK LOG -25.0 4.0 2 2.00 8 10.0 124 POST 0 100 OFF",
        "eq/2 PEQ 496.6 -3.00 2.0", "eq/4 HShv 5k97 +2.50 2.0")),
    Input("Hat", 9, "YE", -19.0, -70, -10.0, 26, 1, ("preamp +0.0 OFF ON 24 296",)),
    Input("Tom", 8, "YE", -13.0, -72, -5.0, -30, 1, (
        "gate ON GATE -30.0 40.0 1 200 412 0", "eq/2 PEQ 317.0 -4.00 1.4")),
    Input("OH L", 48, "YE", -16.0, -68, -8.0, -80, 1, ("preamp +0.0 OFF ON 12 184",)),
    Input("OH R", 49, "YE", -16.5, -68, -8.0, 80, 1, ("preamp +0.0 OFF ON 12 184",)),
    Input("Bass", 17, "RD", -12.0, -82, -4.0, 0, 2, (
        "preamp +0.0 OFF ON 12  36",
        "dyn ON COMP RMS LOG -29.0 4.0 3 3.00 20 10.0 151 POST 0 100 OFF", "eq/2 PEQ 248.9 -2.00 1.4")),
    Input("Guitar", 25, "GN", -14.5, -66, -7.0, -46, 2, (
        "preamp +0.0 OFF ON 12 101", "eq/3 PEQ 2k51 +2.00 1.4")),
    Input("Keys L", 30, "BL", -17.0, -84, -3.0, -70, 2, ("preamp +0.0 OFF ON 12  66",)),
    Input("Keys R", 30, "BL", -17.5, -84, -3.0, 70, 2, ("preamp +0.0 OFF ON 12  66",)),
    Input("Lead", 42, "MG", -12.5, -70, -3.0, 0, 3, (
        "preamp +0.0 OFF ON 18 121", "gate ON EXP2 -46.0 12.0 2 200 412 0",
        "dyn ON COMP RMS LOG -26.0 3.0 3 3.00 10 10.0 151 POST 0 100 OFF",
        "eq/2 PEQ 317.0 -3.00 2.0", "eq/3 PEQ 3k09 +2.00 1.4", "eq/4 HShv 10k02 +2.00 2.0")),
    Input("Back 1", 41, "MG", -18.0, -70, -6.0, -36, 3, (
        "preamp +0.0 OFF ON 18 136", "dyn ON COMP RMS LOG -27.0 3.0 3 3.00 10 10.0 151 POST 0 100 OFF")),
    Input("Back 2", 41, "MG", -18.5, -70, -6.0, 36, 3, (
        "preamp +0.0 OFF ON 18 136", "dyn ON COMP RMS LOG -27.0 3.0 3 3.00 10 10.0 151 POST 0 100 OFF")),
    Input("Talk", 45, "WH", -15.0, -68, -5.0, 0, 3, (
        "preamp +0.0 OFF ON 24 128", "gate ON GATE -38.0 40.0 5 200 412 0"), on=False),
)  # fmt: skip

DCAS = (("Drums", 11, "YE"), ("Band", 25, "GN"), ("Vocals", 50, "MG"))

# Monitor mixes on the buses from 1: name, icon, and the pre-fader level in dB of each input that is in it.
MONITORS: tuple[tuple[str, int, dict[str, float]], ...] = (
    ("Lead wedge", 63, {"Lead": 0.0, "Keys L": -10.0, "Guitar": -12.0, "Kick": -15.0}),
    ("Back wedge", 63, {"Back 1": -2.0, "Back 2": -2.0, "Lead": -6.0, "Keys R": -10.0}),
    ("Guitar", 63, {"Guitar": -3.0, "Lead": -6.0, "Snare": -15.0}),
    ("Bass", 63, {"Bass": -3.0, "Kick": -5.0, "Lead": -8.0}),
    ("Keys L", 53, {"Keys L": -2.0, "Lead": -6.0, "Bass": -10.0}),
    ("Keys R", 53, {"Keys R": -2.0, "Lead": -6.0, "Bass": -10.0}),
    ("Drum fill", 67, {"Kick": -2.0, "Snare": -6.0, "Bass": -3.0, "Lead": -8.0}),
)

# The score.  Drums: one digit of velocity per sixteenth, one string per bar, repeated.
KICK = ("9.....7.9.......", "9.....7.9..5....", "9.....7.9.......", "9..6..7.9.....6.")
SNARE = ("....9.......9...", "....9..2....9.2.", "....9.......9...", "....9..2....9237")
HAT = ("7.4.6.4.7.4.6.45",)
OPEN_HAT = ("................", "..............8.")
TOM_HIGH = (*["................"] * 7, "..........98....")
TOM_LOW = (*["................"] * 7, "............9.89")
CRASH = ("9...............", *["................"] * 7)
# Chords as MIDI notes, one a bar: Am7 F C G Am7 F Dm7 E7.
CHORDS = (
    (57, 60, 64, 67), (53, 60, 65, 69), (55, 60, 64, 67), (55, 59, 62, 67),
    (57, 60, 64, 67), (53, 60, 65, 69), (57, 60, 62, 65), (56, 59, 62, 64),
)  # fmt: skip
ROOTS = (33, 29, 36, 31, 33, 29, 38, 28)
BASS = "9..5..7.8..5.86."
BASS_INTERVALS = "0..0..7.0..0.7c."
STRUM = "..7...8..37...8."
# Melodies: bar, sixteenth, sixteenths long, MIDI note.
LEAD = (
    (0, 0, 4, 64), (0, 4, 4, 69), (0, 8, 2, 71), (0, 10, 6, 72), (1, 0, 6, 69), (1, 6, 2, 67), (1, 8, 7, 65),
    (2, 0, 8, 67), (2, 8, 4, 64), (2, 12, 4, 67), (3, 0, 3, 74), (3, 3, 3, 72), (3, 6, 9, 71),
    (4, 0, 4, 72), (4, 4, 2, 71), (4, 6, 2, 69), (4, 8, 8, 76), (5, 0, 2, 74), (5, 2, 6, 72), (5, 8, 7, 69),
    (6, 0, 6, 74), (6, 6, 2, 72), (6, 8, 4, 69), (6, 12, 4, 65), (7, 0, 8, 68), (7, 8, 6, 71),
)  # fmt: skip
BACK_HIGH = ((3, 6, 9, 67), (4, 0, 15, 64), (5, 0, 15, 65), (6, 0, 15, 65), (7, 0, 14, 64))
BACK_LOW = ((3, 6, 9, 62), (4, 0, 15, 60), (5, 0, 15, 60), (6, 0, 15, 57), (7, 0, 14, 59))
# One, two … in the gaps of the song.
SPEECH = ((3, 11, 2, 48), (3, 14, 2, 45), (7, 10, 2, 49), (7, 13, 2, 44))


# How much of the kit each microphone hears, and how late in ms.
BLEED = {
    "Kick": (0.03, 1.2), "Snare": (0.05, 1.5), "Hat": (0.06, 1.4), "Tom": (0.06, 1.3), "Guitar": (0.02, 6.0),
    "Lead": (0.03, 9.0), "Back 1": (0.03, 8.0), "Back 2": (0.03, 8.5), "Talk": (0.02, 14.0),
}  # fmt: skip


def signal(rate: int) -> Sound:
    """Play the band.

    Parameters
    ----------
    rate : int
        Frames per second.

    Returns
    -------
    signal : ndarray of float32, shape (frames, inputs)
        16 s that repeat without a seam, inputs in the order of `INPUTS`, peaks as they say.
    """
    band = _Band(rate)
    voices = np.stack(
        (
            *band.drums(),
            band.bass(),
            band.guitar(),
            *band.keys(),
            band.sing(LEAD, instrument.AH, vibrato_hz=5.4, rise_s=0.05),
            band.sing(BACK_HIGH, instrument.OO, vibrato_hz=4.9, rise_s=0.12),
            band.sing(BACK_LOW, instrument.OH, vibrato_hz=5.1, rise_s=0.12),
            band.sing(SPEECH, instrument.AH, vibrato_hz=0.0, rise_s=0.02),
        )
    )
    band.share_the_room(voices)
    for voice, line in zip(voices, INPUTS, strict=True):
        band.set_level(voice, line.peak_dbfs, line.noise_dbfs)
    return np.ascontiguousarray(voices.T)


def scene_lines() -> list[str]:
    """Write the scene the band starts with: lines of X32 scene text for strips, monitors, DCAs and main."""
    lines = []
    for channel, line in enumerate(INPUTS, 1):
        path = f"/ch/{channel:02}"
        lines.append(f'{path}/config "{line.name}" {line.icon} {line.colour} {channel}')
        lines += [f"{path}/{each}" for each in line.strip]
        lines.append(f"{path}/mix {_switch(line.on)} {_level(line.fader_db)} ON {line.pan:+d} OFF   -oo")
        lines += _sends(path, line.name)
        lines.append(f"{path}/grp %{1 << line.dca - 1:08b} %000000")
    for bus, (name, icon, _) in enumerate(MONITORS, 1):
        lines.append(f'/bus/{bus:02}/config "{name}" {icon} CY')
        lines.append(f"/bus/{bus:02}/mix ON   0.0 OFF +0 OFF   -oo")
    for dca, (name, icon, colour) in enumerate(DCAS, 1):
        lines.append(f"/dca/{dca} ON   0.0")
        lines.append(f'/dca/{dca}/config "{name}" {icon} {colour}')
    return [*lines, "/main/st/mix ON   0.0 +0"]


def _sends(path: str, name: str) -> list[str]:
    """Write the sends of one input to the monitors; a pair of buses has its pan and tap on the odd one."""
    lines = []
    for bus, (_, _, levels) in enumerate(MONITORS, 1):
        level = _level(levels.get(name, -np.inf))
        lines.append(f"{path}/mix/{bus:02} ON {level}" + (" +0 PRE 0" if bus % 2 else ""))
    return lines


def _switch(on: bool) -> str:
    return "ON" if on else "OFF"


def _level(level_db: float) -> str:
    """Write a level as the console does, five columns wide."""
    if level_db == -np.inf:
        return "  -oo"
    return f"{level_db:+5.1f}" if level_db else "  0.0"


class _Band:
    """Plays the score at one rate; every voice is float32 (frames,), as long as the loop."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.frames = LENGTH_S * rate
        self.play = instrument.Instruments(rate, LENGTH_S)

    def drums(self) -> list[Sound]:
        """Play kick, snare, hat, tom and both overheads."""
        skin, brush = self.play.skin, self.play.brush
        kick = self.strokes(KICK, lambda: skin(50, 110, 45, 9, 0.4) + brush(0.4, 300, 0.12))
        snare = self.strokes(SNARE, lambda: skin(185, 60, 30, 18, 0.35) + brush(0.35, 16, 0.3))
        hat = self.strokes(HAT, lambda: brush(0.12, 55, 0.5))
        hat += self.strokes(OPEN_HAT, lambda: brush(0.5, 9, 0.5))
        tom = self.strokes(TOM_HIGH, lambda: skin(120, 60, 16, 6, 0.8))
        tom += self.strokes(TOM_LOW, lambda: skin(82, 45, 14, 5, 0.8))
        crash = self.strokes(CRASH, lambda: brush(4.0, 1.4, 0.35))
        left = 0.25 * kick + 0.6 * snare + 0.4 * hat + 0.6 * tom + crash
        right = 0.25 * kick + 0.6 * snare + 0.7 * hat + 0.4 * tom + self.later(crash, 1.1)
        return [kick, snare, hat, tom, self.later(left, 2.9), self.later(right, 3.4)]

    def bass(self) -> Sound:
        """Play the bass line."""
        voice = self.silence()
        for bar, root in enumerate(ROOTS):
            for step, (velocity, interval) in enumerate(zip(BASS, BASS_INTERVALS, strict=True)):
                if velocity != ".":
                    note = self.play.string(root + int(interval, 16), 0.42, 9, 0.8, 2.5)
                    self.add(voice, bar, step, int(velocity) / 9 * note)
        return voice

    def guitar(self) -> Sound:
        """Strum the chords an octave above the keys."""
        voice = self.silence()
        strums = {chord: self.play.strum(tuple(note + 12 for note in chord)) for chord in set(CHORDS)}
        for bar, chord in enumerate(CHORDS):
            for step, velocity in enumerate(STRUM):
                if velocity != ".":
                    self.add(voice, bar, step, int(velocity) / 9 * strums[chord])
        return voice

    def keys(self) -> tuple[Sound, Sound]:
        """Hold the chords on an electric piano whose tremolo wanders from left to right."""
        voice = self.silence()
        for bar, chord in enumerate(CHORDS):
            for note in chord:
                self.add(voice, bar, 0, self.play.tine(note, 2.6))
        sway = 0.35 * np.sin(2 * np.pi * TREMOLO_HZ * self.play.time(LENGTH_S))
        return voice * (1 + sway), self.later(voice, 0.4) * (1 - sway)

    def sing(self, melody: Melody, vowel: tuple[float, ...], vibrato_hz: float, rise_s: float) -> Sound:
        """Sing a melody on one vowel."""
        voice = self.silence()
        for bar, step, steps, note in melody:
            self.add(voice, bar, step, self.play.song(note, steps * STEP_S, vowel, vibrato_hz, rise_s))
        return voice

    def share_the_room(self, voices: Sound) -> None:
        """Let the kit into every open microphone, in place; bass and keys are plugged in and hear nothing."""
        heard = {line.name: voice for line, voice in zip(INPUTS, voices, strict=True)}
        kit = heard["Snare"] + 0.7 * heard["Kick"] + 0.5 * heard["Hat"] + 0.6 * heard["Tom"]
        for name, (gain, delay_ms) in BLEED.items():
            heard[name] += gain * self.later(kit, delay_ms)

    def set_level(self, voice: Sound, peak_dbfs: float, noise_dbfs: float) -> None:
        """Bring a voice to its peak and lay a noise floor of its own under it, in place."""
        peak, noise = 10 ** (peak_dbfs / 20), 10 ** (noise_dbfs / 20)
        hiss = self.later(self.play.hiss, 1000 * LENGTH_S * self.play.random.random())
        voice *= peak / np.abs(voice).max()
        voice += noise * hiss
        voice *= peak / np.abs(voice).max()

    def strokes(self, bars: tuple[str, ...], stroke: Callable[[], Sound]) -> Sound:
        """Play a drum's bars, with a stroke of its own for each velocity written there."""
        voice = self.silence()
        for bar in range(BARS):
            for step, velocity in enumerate(bars[bar % len(bars)]):
                if velocity != ".":
                    self.add(voice, bar, step, (int(velocity) / 9) ** 1.5 * stroke())
        return voice

    def silence(self) -> Sound:
        """Begin a voice."""
        return np.zeros(self.frames, np.float32)

    def later(self, voice: Sound, delay_ms: float) -> Sound:
        """Let a voice arrive later, as it does some metres away."""
        return np.roll(voice, round(delay_ms * self.rate / 1000))

    def add(self, voice: Sound, bar: int, step: int, sound: Sound) -> None:
        """Add a sound at a sixteenth; what passes the end of the loop goes on at its beginning."""
        start = round((bar * STEPS_PER_BAR + step) * STEP_S * self.rate)
        head = min(len(sound), self.frames - start)
        voice[start : start + head] += sound[:head]
        voice[: len(sound) - head] += sound[head:]
