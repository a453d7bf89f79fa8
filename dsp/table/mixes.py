"""Strips that mix: buses, matrices and mains; and DCAs, which only move others."""

from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, level, switch
from dsp.table.family import (
    BANDS,
    CROSSOVERS,
    FADER_STEPS,
    dynamics,
    eq6,
    fader,
    groups,
    insert,
    labels,
    matrix_sends,
    pan,
    polarity,
    to_main,
)

BUS_NAMES = [f"MixBus {bus}" for bus in range(1, 13)] + [f"Fx {slot}" for slot in range(1, 5)]

BUS = (
    *labels("bus/{bus}", name=BUS_NAMES, icon=71, color=["CY"] * 12 + ["MG"] * 4),
    *dynamics("bus/{bus}", "RMS", key=True),
    *insert("bus/{bus}", "PRE"),
    *eq6("bus/{bus}", BANDS),
    *fader("bus/{bus}"),
    *to_main("bus/{bus}", stereo=OFF),
    *matrix_sends("bus/{bus}"),
    *groups("bus/{bus}"),
)

MATRIX = (
    *labels("mtx/{mtx}", name="", icon=72, color="MG"),
    polarity("mtx/{mtx}"),
    *dynamics("mtx/{mtx}", "RMS", key=False),
    *insert("mtx/{mtx}", "PRE"),
    *eq6("mtx/{mtx}", CROSSOVERS),
    *fader("mtx/{mtx}"),
    *groups("mtx/{mtx}"),
)


def _main(strip: str, icon: int, *balance: Param) -> tuple[Param, ...]:
    """Main stereo or mono/centre."""
    return (
        *labels(strip, name="", icon=icon, color="WH"),
        *dynamics(strip, "RMS", key=False),
        *insert(strip, "PRE"),
        *eq6(strip, CROSSOVERS),
        *fader(strip),
        *balance,
        *matrix_sends(strip),
        *groups(strip),
    )


MAIN = (
    *_main("main/st", 66, pan("main/st/mix/pan", "Balance of main left (-100) and right (+100).")),
    *_main("main/m", 67),
)

DCA = (
    switch("dca/{dca}/on", default=ON, help="Off mutes every member of the DCA."),
    level("dca/{dca}/fader", steps=FADER_STEPS, default=0, help="Moves the level of every member."),
    *labels("dca/{dca}", name=[f"DCA {dca}" for dca in range(1, 9)], icon=70, color="WH"),
)
