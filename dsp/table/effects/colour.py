"""Parameters of the effects that colour and place: enhancers, exciters, imagers, amplifiers, tubes."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import ON, choice, switch
from dsp.table.effects.knob import decibel, dial, factor, frequency, high_cut, on, output, percent, solo, tenths


def _enhancer(bass: float, low: float, mid: float, quality: float, high: float, top: float) -> tuple[Param, ...]:
    return (
        percent("BassGain", bass, "How much the lows are enhanced."),
        dial("BassFreq", 1, 50, low, "Where the lows are enhanced."),
        percent("MidGain", mid, "How much the mids are enhanced."),
        dial("MidQ", 1, 50, quality, "How narrow the mids are."),
        percent("HiGain", high, "How much the highs are enhanced."),
        dial("HiFreq", 1, 50, top, "Where the highs are enhanced."),
        solo(),
    )


_ENHANCER_OUTPUT = output("OutGain", -12, 12, 0)
_ENHANCER_SIDE = (_ENHANCER_OUTPUT, *_enhancer(14, 20, 12, 38, 16, 50))
DUAL_ENHANCER = (*_ENHANCER_SIDE, *_ENHANCER_SIDE)
ENHANCER = (
    _ENHANCER_OUTPUT,
    percent("Spread", 22, "How much wider the stereo image gets."),
    *_enhancer(16, 11, 16, 25, 12, 40),
)


def _exciter(tune: float, peak: float, fill: float, timbre: float, harmonics: float) -> tuple[Param, ...]:
    return (
        frequency("Tune", 1000, 10_000, tune, "Harmonics are made from above this.", text=scales.frequency),
        percent("Peak", peak, "How much the corner itself rings."),
        percent("ZeroFill", fill, "How much of the dip below the corner is filled."),
        dial("Timbre", -50, 50, timbre, "Odd (-50) or even (50) harmonics.", step=2),
        percent("Harmonics", harmonics, "How many harmonics are made."),
        percent("Mix", 30, "How much is effect; the rest is the signal as it came."),
        solo(),
    )


EXCITER = _exciter(3310, 28, 24, 14, 30)
DUAL_EXCITER = (*_exciter(6910, 0, 0, 0, 0), *_exciter(6910, 0, 0, 0, 0))

IMAGER = (
    percent("Balance", 0, "Which is louder: the middle (-100) or the side (100).", lowest=-100),
    percent("MonoPan", 0, "Place of the middle.", lowest=-100),
    percent("StereoPan", 0, "Place of the side.", lowest=-100),
    decibel("ShvGain", 0, 12, 0, "How much the lows of the side are raised."),
    frequency("ShvFreq", 100, 1000, 261, "Where that shelf ends.", steps=25, text=scales.integer),
    factor("ShvQ", 1, 10, 1.96, "How steep that shelf is.", steps=25),
    output("OutGain", -12, 12, 0),
)


def _stereo(name: str, help: str) -> Param:
    return choice(name, "ST M/S", default="ST", help=help)


def _width(name: str, help: str) -> Param:
    return dial(name, -50, 50, 0, help, step=2)


STEREO_TOOL = (
    on(ON),
    _stereo("In ST/MS", "What comes in: left and right, or middle and side."),
    _stereo("Out ST/MS", "What goes out: left and right, or middle and side."),
    _width("StSpread", "How much wider or narrower the stereo image gets."),
    _width("LMFSpread", "How much wider or narrower its lows and mids get."),
    _width("Balance", "Which side is louder."),
    _width("CntrDist", "How far the middle goes back (above 0) or comes forward (below)."),
    output("Gain", -12, 12, 0),
)

_MAXIMISER = (
    on(ON),
    tenths("LoContour", 0, 10, 0.6, "How much the lows are raised.", step=0.2),
    tenths("Process", 0, 10, 0.8, "How much the highs are raised and brought forward.", step=0.2),
    output("Gain", -12, 12, 0),
)
MAXIMISER = (*_MAXIMISER, *_MAXIMISER)


def _knob(name: str, help: str) -> Param:
    return tenths(name, 0, 10, 5, help, step=0.25)


AMPLIFIER = (
    _knob("PreAmp", "How hard the first stage is driven."),
    _knob("Buzz", "How much the lows break up."),
    _knob("Punch", "How much the mids of the dirt are raised."),
    _knob("Crunch", "How much the highs of the dirt are raised."),
    _knob("Drive", "How hard the power stage is driven."),
    _knob("Level", "How loud it is."),
    _knob("Low", "How much of the lows there is."),
    _knob("High", "How much of the highs there is."),
    switch("Cabinet", default=ON, help="On sounds like a loudspeaker with a microphone before it."),
)
DUAL_AMPLIFIER = (*AMPLIFIER, *AMPLIFIER)


def _tubes(
    drive: float, odd: float, gain: float, low: float, high: float, bass: float, treble: float
) -> tuple[Param, ...]:
    even_help, odd_help = "How many even harmonics the tubes make.", "How many odd harmonics the tubes make."
    return (
        percent("Drive", drive, "How hard the tubes are driven.", step=5),
        dial("Even", 0, 50, 20, even_help, unit="%", step=2),
        dial("Odd", 0, 50, odd, odd_help, unit="%", step=2),
        output("Gain", -12, 12, gain),
        frequency("LoCut", 20, 200, low, "The tubes get no lows below this.", text=scales.integer),
        high_cut(high, lowest=4000),
        decibel("LoGain", -12, 12, 0, "Boost or cut of the lows behind the tubes."),
        frequency("LoFreq", 50, 400, bass, "Corner of the lows.", text=scales.integer),
        decibel("HiGain", -12, 12, 0, "Boost or cut of the highs behind the tubes."),
        frequency("HiFreq", 1000, 10_000, treble, "Corner of the highs."),
    )


TUBE_STAGE = _tubes(25, 28, -6.5, 55, 18_700, 154, 4100)
DUAL_TUBE_STAGE = _tubes(50, 20, 0, 100, 6900, 197, 3000) * 2
