"""Parameters of the equalisers and de-essers, in the order of the effect's display."""

from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, choice, switch
from dsp.table.effects.knob import decibel, on, tenths

GRAPHIC_BANDS = (
    "20", "25", "31.5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500", "630",
    "800", "1k", "1k25", "1k6", "2k", "2k5", "3k15", "4k", "5k", "6k3", "8k", "10k", "12k5", "16k", "20k",
)  # fmt: skip


def _graphic(master: str) -> tuple[Param, ...]:
    return (
        *(decibel(band, -15, 15, 0, f"Boost or cut at {band} Hz.") for band in GRAPHIC_BANDS),
        decibel(master, -15, 15, 0, "Gain behind the equaliser."),
    )


GRAPHIC = _graphic("Lvl")
DUAL_GRAPHIC = (*_graphic("LvlA"), *_graphic("LvlB"))


def _amount(name: str, default: float, help: str) -> Param:
    return tenths(name, 0, 10, default, help)


def _select(name: str, frequencies: str, default: str, help: str) -> Param:
    return choice(name, frequencies, default=default, help=help)


def _transformer(default: str) -> Param:
    return switch("Transf", default=default, help="On leads the signal through the transformers.")


def _gain() -> Param:
    return decibel("Gain", -12, 12, 0, "Gain behind the equaliser.")


PASSIVE = (
    on(ON),
    _gain(),
    _amount("Lo Boost", 0, "How much the lows are raised."),
    _select("Lo Freq", "20 30 60 100", "20", "Corner of boost and cut of the lows in Hz."),
    _amount("Lo Atten", 0, "How much the lows are lowered; both at once make its typical sound."),
    _amount("Hi Width", 0.6, "How wide the boost of the highs is."),
    _amount("Hi Boost", 0, "How much the highs are raised."),
    _select("Hi Freq", "3k 4k 5k 8k 10k 12k 16k", "12k", "Centre of the boost of the highs in Hz."),
    _amount("Hi Atten", 0, "How much the highs are lowered."),
    _select("Atten Fr", "5k 10k 20k", "20k", "Corner of the cut of the highs in Hz."),
    _transformer(ON),
)
DUAL_PASSIVE = (*PASSIVE, *PASSIVE)


def _mid_range(state: str, middle: str, high: str) -> tuple[Param, ...]:
    return (
        on(state),
        _gain(),
        _select("Lo Freq", "200 300 500 700 1000", "200", "Centre of the boost of the low mids in Hz."),
        _amount("Lo Boost", 0, "How much the low mids are raised."),
        _select("Mid Freq", "200 300 500 700 1k 1k5 2k 3k 4k 5k 7k", middle, "Centre of the cut in Hz."),
        _amount("Mid Cut", 0, "How much the mids are lowered."),
        _select("Hi Freq", "1k5 2k 3k 4k 5k", high, "Centre of the boost of the high mids in Hz."),
        _amount("Hi Boost", 0, "How much the high mids are raised."),
        _transformer(state),
    )


MID_RANGE = _mid_range(ON, "1k5", "4k")
DUAL_MID_RANGE = (*_mid_range(OFF, "200", "1k5"), *_mid_range(OFF, "200", "1k5"))


def _de_esser(first: str, second: str) -> tuple[Param, ...]:
    return tuple(
        tenths(f"{band} {side}", 0, 50, 0, f"How much the {band.lower()} sibilants are lowered.", step=1)
        for side in (first, second)
        for band in ("Low", "High")
    )


def _voice(name: str) -> Param:
    return choice(name, "FEM MALE", default="FEM", help="Voice whose sibilants are looked for.")


DE_ESSER = (
    *_de_esser("(M)", "S"),
    _voice("Male"),
    choice("M/S", "ST MS", default="ST", help="Treat left and right, or middle and side."),
)
DUAL_DE_ESSER = (*_de_esser("A", "B"), _voice("Male A"), _voice("Male B"))
