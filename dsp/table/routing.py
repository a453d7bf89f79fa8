"""What goes where: input blocks, outputs and head amplifiers."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, choice, integer, linear, switch
from dsp.table.family import delay


def _blocks(width: int, first: int = 1) -> str:
    """Blocks of `width` signals that can leave, one in every eight from the `first` on."""
    sources = {"AN": 32, "A": 48, "B": 48, "CARD": 32, "OUT": 16, "P16": 16}
    users = {"UOUT": 48, "UIN": 32}
    return " ".join(
        [
            *(block for name, count in sources.items() for block in _cut(name, count, width, first)),
            "AUX/CR",
            "AUX/TB",
            *(block for name, count in users.items() for block in _cut(name, count, width, first)),
        ]
    )


def _cut(name: str, count: int, width: int, first: int = 1) -> list[str]:
    return [f"{name}{start}-{start + width - 1}" for start in range(first, count, 8)]


IN_BLOCKS = " ".join(
    block
    for name, count in {"AN": 32, "A": 48, "B": 48, "CARD": 32, "UIN": 32}.items()
    for block in _cut(name, count, 8)
)
AUX_BLOCKS = " ".join(
    ["AUX1-4", *(f"{name}1-{last}" for name in ("AN", "A", "B", "CARD", "UIN") for last in (2, 4, 6))]
)
INPUTS = "1 to 32 inputs, 33 to 128 AES50 A and B, 129 to 160 card, 161 to 166 aux, 167 and 168 talkback"

USER_ROUTING = (
    integer(
        "config/userrout/out/{user_out}", 0, 208, default=0,
        help=f"What the user output carries: {INPUTS}, 169 to 184 outputs, 185 to 200 personal monitors, 201 to"
        " 206 aux outputs, 207 and 208 monitor, 0 nothing.",
    ),
    integer(
        "config/userrout/in/{user_in}", 0, 168, default=0,
        help=f"What the user input takes: {INPUTS}, 0 nothing.",
    ),
)  # fmt: skip


def _inputs(path: str, blocks: list[str], help: str) -> tuple[Param, ...]:
    """Which blocks of signals arrive at the inputs."""
    return (
        choice(f"{path}/{{block}}", IN_BLOCKS, default=blocks, help=help),
        choice(f"{path}/AUX", AUX_BLOCKS, default="AUX1-4", help=help),
    )


INPUT_ROUTING = (
    choice(
        "config/routing/routswitch", "REC PLAY", default="REC",
        help="Take the inputs as for recording (IN), or as for playing back (PLAY).",
    ),
    *_inputs("config/routing/IN", _cut("AN", 32, 8), "Signals that arrive at these inputs."),
)  # fmt: skip

OUTPUT_ROUTING = (
    choice(
        "config/routing/{aes_port}/{aes_block}", _blocks(8),
        default=[*_cut("OUT", 16, 8) * 2, *_cut("P16", 16, 8)],
        help="Signals that leave through this block of the AES50 port.",
    ),
    choice(
        "config/routing/CARD/{block}", _blocks(8), default=_cut("AN", 32, 8),
        help="Signals that leave through this block of the card.",
    ),
    *(
        choice(
            f"config/routing/OUT/{first}-{first + 3}", _blocks(4, (first - 1) % 8 + 1),
            default=f"OUT{first}-{first + 3}", help="Signals that leave through these four output sockets.",
        )
        for first in (1, 5, 9, 13)
    ),
    *_inputs(
        "config/routing/PLAY", _cut("CARD", 32, 8), "Signals that arrive at these inputs while playing back."
    ),
)  # fmt: skip

LAST_OUTPUT_SOURCE = 76
OUTPUT_SOURCES = (
    "1 and 2 main stereo, 3 mono/centre, 4 to 19 buses, 20 to 25 matrices, 26 to 57 channels, 58 to 65 aux inputs,"
    " 66 to 73 effect returns, 74 and 75 monitor, 76 talkback, 0 nothing"
)
OUTPUT_TAPS = "IN/LC IN/LC+M <-EQ <-EQ+M EQ-> EQ->+M PRE PRE+M POST"


def _output(path: str, source: int | list[int], tap: str) -> tuple[Param, ...]:
    """What an output carries."""
    return (
        integer(
            f"{path}/src", 0, LAST_OUTPUT_SOURCE, default=source,
            help=f"What the output carries: {OUTPUT_SOURCES}.",
        ),
        choice(
            f"{path}/pos", OUTPUT_TAPS, default=tap,
            help="Where it takes it: input, before or after the EQ, before or after the fader; M obeys the mute.",
        ),
    )  # fmt: skip


def _polarity(path: str) -> Param:
    return switch(f"{path}/invert", default=OFF, help="On turns the output's polarity over.")


IQ_MODELS = "none iQ8 iQ10 iQ12 iQ15 iQ15B iQ18B"
IQ_SOUNDS = "Linear Live Speech Playback User"
LAST_IQ_MODEL = 7

MAIN_OUTPUT = (
    *_output("outputs/main/{out}", [*range(4, 18), 1, 2], "POST"),
    _polarity("outputs/main/{out}"),
    *delay("outputs/main/{out}"),
)

AUX_OUTPUT = (
    *_output("outputs/aux/{aux_out}", 0, "POST"),
    _polarity("outputs/aux/{aux_out}"),
)

PERSONAL_OUTPUT = (
    *_output("outputs/p16/{p16}", list(range(26, 42)), "<-EQ"),
    _polarity("outputs/p16/{p16}"),
    choice("outputs/p16/{p16}/iQ/group", "OFF A B", default=OFF, help="Group of the loudspeaker on this output."),
    choice("outputs/p16/{p16}/iQ/speaker", IQ_MODELS, default="none", help="Loudspeaker on this output."),
    choice("outputs/p16/{p16}/iQ/eq", IQ_SOUNDS, default="Linear", help="Sound of the loudspeaker."),
    integer(
        "outputs/p16/{p16}/iQ/model", 0, LAST_IQ_MODEL, default=0,
        help="What the loudspeaker imitates, by its number.",
    ),
)  # fmt: skip

DIGITAL_OUTPUT = (
    *_output("outputs/aes/{side}", [1, 2], "POST"),
    _polarity("outputs/aes/{side}"),
)

RECORDER_OUTPUT = _output("outputs/rec/{side}", [1, 2], "<-EQ")

HEAD_AMPLIFIER = (
    linear(
        "headamp/{headamp}/gain", "dB", -12, 60, step=0.5, default=0, text=scales.signed_tenths,
        help="Gain of inputs 1 to 64 (local from 0, AES50 A from 32) behind the converter, digital: the interface's own"
        " preamplifier stays as it is set there.",
    ),
    switch("headamp/{headamp}/phantom", default=OFF, help="On puts 48 volts on the microphone line."),
)  # fmt: skip
