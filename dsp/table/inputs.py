"""Strips that bring something in: channels, aux inputs and effect returns."""

from dsp.parameters import scales
from dsp.parameters.table import OFF, ON, choice, linear, log, switch
from dsp.table.family import (
    delay,
    dynamics,
    eq4,
    fader,
    groups,
    insert,
    key_filter,
    key_source,
    labels,
    polarity,
    sends,
    source,
    to_main,
    trim,
)

MONITOR_TAPS = ["EQ->"] * 4 + ["POST"] * 4
"""Where the pairs of buses take a strip: the first four for monitors, the others for effects."""

CHANNEL_LOW_CUT = (
    switch("ch/{ch}/preamp/hpon", default=OFF, help="On cuts the lows below the low cut's frequency."),
    choice("ch/{ch}/preamp/hpslope", "12 18 24", default="24", help="Slope of the low cut in dB per octave."),
    log(
        "ch/{ch}/preamp/hpf", "Hz", 20, 400, steps=101, default=20, text=scales.integer3,
        help="Frequency at which the low cut takes 3 dB.",
    ),
)  # fmt: skip

CHANNEL_GATE = (
    switch("ch/{ch}/gate/on", default=OFF, help="On lets the gate work."),
    choice(
        "ch/{ch}/gate/mode", "EXP2 EXP3 EXP4 GATE DUCK", default="GATE",
        help="Expand gently (1:2, 1:3, 1:4), gate, or duck while the key is loud.",
    ),
    linear(
        "ch/{ch}/gate/thr", "dB", -80, 0, step=0.5, default=-80, text=scales.tenths,
        help="Level at which the gate opens.",
    ),
    linear(
        "ch/{ch}/gate/range", "dB", 3, 60, step=1, default=60, text=scales.tenths,
        help="How much quieter the closed gate is.",
    ),
    linear(
        "ch/{ch}/gate/attack", "ms", 0, 120, step=1, default=10, text=scales.integer,
        help="Time to open, for 63 % of the way; at least half a millisecond, so that it does not click.",
    ),
    log(
        "ch/{ch}/gate/hold", "ms", 0.02, 2000, steps=101, default=50.2, text=scales.three_digits,
        help="Time it stays open after the last loud moment, besides up to 25 ms that tell a low note from silence.",
    ),
    log(
        "ch/{ch}/gate/release", "ms", 5, 4000, steps=101, default=258, text=scales.release,
        help="Time in which the gain falls by 10 dB on its way to close.",
    ),
    key_source("ch/{ch}", "gate"),
    *key_filter("ch/{ch}", "gate"),
)  # fmt: skip

CHANNEL_AUTOMIX = (
    choice(
        "ch/{ch}/automix/group", "OFF X Y", default=OFF,
        help="Group in which open microphones share one gain; channels 1 to 8 take part.",
    ),
    linear(
        "ch/{ch}/automix/weight", "dB", -12, 12, step=0.5, default=0, text=scales.signed_tenths5,
        help="How much more than its share the channel gets in its group.",
    ),
)  # fmt: skip

CHANNEL = (
    *labels("ch/{ch}", name="", icon=1, color="YE"),
    source("ch/{ch}", 1, 32),
    *delay("ch/{ch}"),
    trim("ch/{ch}"),
    polarity("ch/{ch}"),
    *CHANNEL_LOW_CUT,
    *CHANNEL_GATE,
    *dynamics("ch/{ch}", "PEAK", key=True),
    *insert("ch/{ch}", "POST"),
    *eq4("ch/{ch}"),
    *fader("ch/{ch}"),
    *to_main("ch/{ch}", stereo=ON),
    *sends("ch/{ch}", MONITOR_TAPS),
    *groups("ch/{ch}"),
    *CHANNEL_AUTOMIX,
)

# Aux inputs 7 and 8 are the player: a stereo pair out of the box.
AUX_PLACES = [0] * 6 + [-100, 100]

AUX = (
    *labels(
        "auxin/{aux}", name=[""] * 6 + ["USB L", "USB R"], icon=[55] * 6 + [60] * 2,
        color=["GN"] * 6 + ["YE"] * 2,
    ),
    source("auxin/{aux}", 33, 8),
    trim("auxin/{aux}"),
    polarity("auxin/{aux}"),
    *eq4("auxin/{aux}"),
    *fader("auxin/{aux}"),
    *to_main("auxin/{aux}", stereo=ON, place=AUX_PLACES),
    *sends("auxin/{aux}", MONITOR_TAPS, [place for place in AUX_PLACES for _ in range(8)]),
    *groups("auxin/{aux}"),
)  # fmt: skip

RETURN = (
    *labels("fxrtn/{rtn}", name="", icon=61, color="MG"),
    *eq4("fxrtn/{rtn}"),
    *fader("fxrtn/{rtn}", default=0),
    *to_main("fxrtn/{rtn}", stereo=ON, place=[-100, 100] * 4),
    *sends("fxrtn/{rtn}", "POST", ([-100] * 8 + [100] * 8) * 4),
    *groups("fxrtn/{rtn}"),
)
