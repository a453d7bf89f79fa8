"""Parameters of the dynamics effects: transients, limiter, multiband and vintage compressors."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, choice, switch
from dsp.table.effects.knob import decibel, dial, mix, on, output, percent, tenths, time


def _transients(side: str) -> tuple[Param, ...]:
    return (
        percent(f"Attack{side}", 0, "How much the beginnings of notes are raised or lowered.", lowest=-100),
        percent(f"Sustain{side}", 0, "How much what follows them is raised or lowered.", lowest=-100),
        output(f"OutGain{side}", -24, 24, 0),
    )


TRANSIENTS = (*_transients("A"), *_transients("B"))

LIMITER = (
    decibel("InGain", 0, 18, 0, "Gain before the limiter; what is above its ceiling is held down."),
    output("OutGain", -18, 0, -0.5),
    percent("Squeeze", 0, "How much it also compresses, with a little distortion."),
    dial("Knee", 0, 10, 3, "How softly it begins below the ceiling.", unit="dB"),
    time("Attack", 0.05, 1, 0.05, "Time to take hold of a peak.", text=scales.hundredths),
    time("Release", 20, 2000, 662, "Time to let go."),
    switch("STLink", default=ON, help="On holds both sides down alike."),
    switch("AutoGain", default=OFF, help="On lets it also work slowly, for a steady loudness."),
)


def _trims() -> tuple[Param, ...]:
    """One band of the multiband compressor."""
    return (
        decibel("ThrTrim", -10, 10, 0, "How much higher the threshold of this band is."),
        decibel("GainTrim", -10, 10, 0, "How much louder this band is."),
        choice("BdLock", "0 1", default="0", help="1 keeps this band out of the spectral balance."),
    )


MULTIBAND = (
    on(ON),
    choice("SoloBd", "OFF Bd1 Bd2 Bd3 Bd4 Bd5", default=OFF, help="Band that is heard alone."),
    mix(100),
    dial("Attack", 0, 19, 5, "How slowly it takes hold of a rising level."),
    time("Release", 20, 3000, 494, "Time to let go."),
    switch("AutoRel", default=ON, help="On lets the release follow the signal."),
    dial("SBC", 1, 10, 5, "How quickly the spectral balance works."),
    switch("SBCOn", default=ON, help="On balances the bands by itself."),
    dial("XOSpc", -50, 50, 0, "How far the crossovers lie apart.", step=2),
    choice("Slope", "12 48", default="48", help="Slope of the crossovers in dB per octave."),
    choice(
        "Ratio", "1.1 1.2 1.3 1.5 1.7 2 2.5 3 3.5 4 5 7 10 LIM", default="3",
        help="How many dB in make one dB out; LIM limits.",
    ),
    decibel("Thresh", -40, 0, 0, "Level at which the bands begin."),
    decibel("Gain", -10, 10, 0, "Gain behind the effect."),
    *(_trims() * 5),
    choice("MeterSel", "GR PEAK SBC", default="GR", help="What its meters show: reduction, peaks or balance."),
)  # fmt: skip
DUAL_MULTIBAND = (*MULTIBAND, *MULTIBAND)


def _tube(unit: str = "") -> tuple[Param, ...]:
    """Compressor with variable-gain tubes."""
    return (
        dial(
            "InGain", -20, 0, -8, "Gain before the compressor; more is more compression.", unit=unit,
            step=0.5, text=scales.tenths,
        ),
        tenths("Threshold", 0, 10, 5, "How far down it begins."),
        dial("Time", 1, 6, 2, "Set of attack and release times; 1 is the fastest."),
        percent("DCBias", 50, "Soft and gentle (100) or hard and with a high ratio (0)."),
        output("OutGain", -18, 6, -8.5),
        percent("Balance", 55, "Balance between the two valves; away from 55 attacks thump.", lowest=-100, step=5),
    )  # fmt: skip


TUBE = (on(ON), *_tube())
MS_TUBE = (on(ON), *_tube(), *_tube())
DUAL_TUBE = (on(ON), *_tube("dB"), on(ON), *_tube("dB"))

OPTICAL = (
    on(ON),
    dial("Gain", 0, 100, 44, "Gain that makes up for what compression took.", step=2),
    dial("Peak Red", 0, 100, 48, "How much it compresses.", step=2),
    choice("Mode", "COMP LIM", default="COMP", help="Compress or limit."),
    output("OutGain", -18, 6, 1),
)
DUAL_OPTICAL = (*OPTICAL, *OPTICAL)


def _level(name: str, default: float, help: str) -> Param:
    return dial(name, -48, 0, default, help, unit="dB")


TRANSISTOR = (
    on(ON),
    _level("InGain", -24, "Gain before the compressor; more is more compression."),
    _level("OutGain", -23, "Gain behind the effect."),
    tenths("Attack", 1, 7, 3.7, "How fast it takes hold; 7 is the fastest."),
    tenths("Release", 1, 7, 1.9, "How fast it lets go; 7 is the fastest."),
    choice("Ratio", "4 8 12 20 ALL", default="4", help="How many dB in make one dB out; ALL presses all buttons."),
)
DUAL_TRANSISTOR = (*TRANSISTOR, *TRANSISTOR)
