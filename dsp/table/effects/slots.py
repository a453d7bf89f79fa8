"""The eight effect slots: four for any effect, fed by buses, and four for those that make sense as inserts."""

from dsp.parameters.row import Param
from dsp.parameters.table import choice, effect
from dsp.table.effects import colour, dynamics, echo, equaliser, modulation, reverb

EFFECTS: dict[str, tuple[Param, ...]] = {
    "HALL": reverb.HALL,
    "AMBI": reverb.AMBIANCE,
    "RPLT": reverb.RICH_PLATE,
    "ROOM": reverb.ROOM,
    "CHAM": reverb.CHAMBER,
    "PLAT": reverb.PLATE,
    "VREV": reverb.VINTAGE_REVERB,
    "VRM": reverb.VINTAGE_ROOM,
    "GATE": reverb.GATED_REVERB,
    "RVRS": reverb.REVERSE_REVERB,
    "DLY": echo.DELAY,
    "3TAP": echo.THREE_TAPS,
    "4TAP": echo.FOUR_TAPS,
    "CRS": modulation.CHORUS,
    "FLNG": modulation.FLANGER,
    "PHAS": modulation.PHASER,
    "DIMC": modulation.DIMENSION,
    "FILT": modulation.FILTER,
    "ROTA": modulation.ROTARY,
    "PAN": modulation.TREMOLO,
    "SUB": modulation.SUBOCTAVER,
    "D/RV": echo.DELAY_CHAMBER,
    "CR/R": echo.CHORUS_CHAMBER,
    "FL/R": echo.FLANGER_CHAMBER,
    "D/CR": echo.DELAY_CHORUS,
    "D/FL": echo.DELAY_FLANGER,
    "MODD": echo.MODULATION_DELAY,
    "GEQ2": equaliser.DUAL_GRAPHIC,
    "GEQ": equaliser.GRAPHIC,
    "TEQ2": equaliser.DUAL_GRAPHIC,
    "TEQ": equaliser.GRAPHIC,
    "DES2": equaliser.DUAL_DE_ESSER,
    "DES": equaliser.DE_ESSER,
    "P1A": equaliser.PASSIVE,
    "P1A2": equaliser.DUAL_PASSIVE,
    "PQ5": equaliser.MID_RANGE,
    "PQ5S": equaliser.DUAL_MID_RANGE,
    "WAVD": dynamics.TRANSIENTS,
    "LIM": dynamics.LIMITER,
    "CMB": dynamics.MULTIBAND,
    "CMB2": dynamics.DUAL_MULTIBAND,
    "FAC": dynamics.TUBE,
    "FAC1M": dynamics.MS_TUBE,
    "FAC2": dynamics.DUAL_TUBE,
    "LEC": dynamics.OPTICAL,
    "LEC2": dynamics.DUAL_OPTICAL,
    "ULC": dynamics.TRANSISTOR,
    "ULC2": dynamics.DUAL_TRANSISTOR,
    "ENH2": colour.DUAL_ENHANCER,
    "ENH": colour.ENHANCER,
    "EXC2": colour.DUAL_EXCITER,
    "EXC": colour.EXCITER,
    "IMG": colour.IMAGER,
    "EDI": colour.STEREO_TOOL,
    "SON": colour.MAXIMISER,
    "AMP2": colour.DUAL_AMPLIFIER,
    "AMP": colour.AMPLIFIER,
    "DRV2": colour.DUAL_TUBE_STAGE,
    "DRV": colour.TUBE_STAGE,
    "PIT2": modulation.DUAL_PITCH,
    "PIT": modulation.PITCH,
}
"""Parameters of every type of effect, in the order of the desk's list."""

INSERT_EFFECTS = (
    "GEQ2 GEQ TEQ2 TEQ DES2 DES P1A P1A2 PQ5 PQ5S WAVD LIM FAC FAC1M FAC2 LEC LEC2 ULC ULC2"
    " ENH2 ENH EXC2 EXC IMG EDI SON AMP2 AMP DRV2 DRV PHAS FILT PAN SUB"
)
"""Types the slots 5 to 8 know, in an order of their own."""

SOURCES = " ".join(["INS", *(f"MIX{bus}" for bus in range(1, 17)), "M/C"])
OWN_BUSES = [f"MIX{bus}" for bus in range(13, 17)]

TYPE_HELP = "Effect in the slot, with settings of its own; another one fades in."
PARAMETER_HELP = "What this is depends on the effect in the slot."

SLOT_TYPE = choice("fx/{slot}/type", " ".join(EFFECTS), default=["HALL", "PLAT", "DLY", "CRS"], help=TYPE_HELP)
SLOT = (
    SLOT_TYPE,
    choice(
        "fx/{slot}/source/l", SOURCES, default=OWN_BUSES,
        help="What feeds the left side: a bus, mono/centre, or the strips it is inserted in (INS).",
    ),
    choice(
        "fx/{slot}/source/r", SOURCES, default=OWN_BUSES,
        help="What feeds the right side: a bus, mono/centre, or the strips it is inserted in (INS).",
    ),
    effect("fx/{slot}/par/{par}", SLOT_TYPE, EFFECTS, help=PARAMETER_HELP),
)  # fmt: skip

INSERT_TYPE = choice("fx/{insert}/type", INSERT_EFFECTS, default="GEQ2", help=TYPE_HELP)
INSERT = (
    INSERT_TYPE,
    effect("fx/{insert}/par/{par}", INSERT_TYPE, EFFECTS, help=PARAMETER_HELP),
)
