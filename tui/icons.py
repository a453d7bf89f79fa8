"""What the pictures of strips are in a terminal: one sign where there is one cell, a word of four where there is room.

The numbers are those of the console; 1 is no picture.  All signs stand in the oldest fonts and take one cell.
"""

from __future__ import annotations

from typing import NamedTuple


class Icon(NamedTuple):
    """One picture: its sign, a word of at most four letters, and what it is."""

    sign: str
    word: str
    name: str


NONE = Icon(" ", "", "")

ICONS: tuple[Icon, ...] = (
    NONE,
    Icon("●", "kick", "kick drum, back"), Icon("●", "kick", "kick drum, front"),
    Icon("◘", "snr", "snare, top"), Icon("◘", "snr", "snare, bottom"),
    Icon("○", "tom", "high tom"), Icon("○", "tom", "mid tom"), Icon("○", "tom", "floor tom"),
    Icon("▬", "hat", "hi-hat"), Icon("▬", "cym", "cymbal"), Icon("◙", "kit", "drum kit"),
    Icon("▪", "perc", "cowbell"), Icon("▪", "perc", "bongos"), Icon("▪", "perc", "congas"),
    Icon("▪", "perc", "tambourine"), Icon("▪", "vibe", "vibraphone"),
    Icon("▼", "bass", "electric bass"), Icon("▼", "bass", "acoustic bass"), Icon("▼", "bass", "double bass"),
    Icon("♦", "gtr", "electric guitar"), Icon("♦", "gtr", "electric guitar"), Icon("♦", "gtr", "electric guitar"),
    Icon("♦", "gtr", "acoustic guitar"), Icon("■", "amp", "bass amplifier"), Icon("■", "amp", "guitar amplifier"),
    Icon("■", "cab", "cabinet"), Icon("♪", "pno", "piano"), Icon("♪", "org", "organ"), Icon("♪", "hrps", "harpsichord"),
    Icon("♪", "keys", "keyboard"), Icon("♪", "syn", "synthesizer"), Icon("♪", "syn", "synthesizer"),
    Icon("♪", "syn", "synthesizer"), Icon("♪", "keys", "keytar"),
    Icon("►", "trp", "trumpet"), Icon("►", "trb", "trombone"), Icon("►", "sax", "saxophone"),
    Icon("►", "clar", "clarinet"), Icon("♫", "vln", "violin"), Icon("♫", "vcl", "cello"),
    Icon("♂", "vox", "male voice"), Icon("♀", "vox", "female voice"), Icon("☺", "choi", "choir"),
    Icon("☼", "hand", "hand"), Icon("A", "tlkA", "talkback A"), Icon("B", "tlkB", "talkback B"),
    Icon("†", "mic", "large microphone"), Icon("†", "mic", "microphone, left"), Icon("†", "mic", "microphone, right"),
    Icon("†", "mic", "hand-held microphone"), Icon("†", "wrls", "wireless microphone"),
    Icon("†", "desk", "lectern microphone"), Icon("†", "head", "headset"),
    Icon("¤", "xlr", "XLR socket"), Icon("¤", "jack", "jack plug"), Icon("¤", "jack", "jack plug, left"),
    Icon("¤", "jack", "jack plug, right"), Icon("¤", "rca", "RCA plug, left"), Icon("¤", "rca", "RCA plug, right"),
    Icon("∞", "tape", "tape"), Icon("≈", "fx", "effect"), Icon("□", "pc", "computer"),
    Icon("◄", "wdg", "wedge"), Icon("◄", "spkL", "loudspeaker, left"), Icon("◄", "spkR", "loudspeaker, right"),
    Icon("◄", "pa", "loudspeakers, flown"), Icon("◄", "spk", "loudspeaker on a pole"),
    Icon("≡", "rack", "rack"), Icon("≡", "ctrl", "controls"), Icon("┼", "fadr", "fader"),
    Icon("»", "bus", "bus"), Icon("#", "mtx", "matrix"), Icon("÷", "rout", "routing"), Icon("☻", "smil", "smiley"),
)  # fmt: skip
"""Pictures in the console's order, the first of them its number 1."""


def icon(number: int) -> Icon:
    """Picture of a number; none for a number that no picture has."""
    return ICONS[number - 1] if 0 < number <= len(ICONS) else NONE
