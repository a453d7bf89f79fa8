"""The show: cues, scenes, snippets and what protects the desk from them; and the libraries of presets."""

from dsp.parameters.row import Param
from dsp.parameters.table import bitmap, integer, read_only, text
from dsp.table.action import LAST_CUE, LAST_SCENE

LAST_TYPE = 60


def _safe(name: str, bits: int, help: str) -> Param:
    """Part of the desk that no scene changes."""
    return bitmap(f"-show/showfile/show/{name}", bits, plain=True, help=f"{help} no scene changes, one bit each.")


SHOW = (
    integer(
        "-show/prepos/current", -1, LAST_CUE, default=0,
        help="Line of the cues, scenes or snippets that comes next; -1 is none.",
    ),
    text("-show/showfile/show/name", 32, default="MyShow", help="Name of the show."),
    _safe("inputs", 8, "What of inputs"),
    _safe("mxsends", 16, "Sends to which buses"),
    _safe("mxbuses", 8, "What of buses"),
    _safe("console", 7, "What of the whole desk"),
    _safe("chan16", 16, "Which of channels 1 to 16"),
    _safe("chan32", 16, "Which of channels 17 to 32"),
    _safe("return", 16, "Which aux inputs and effect returns"),
    _safe("buses", 16, "Which buses"),
    _safe("lrmtxdca", 16, "Which matrices, mains and DCAs"),
    _safe("effects", 8, "Which effect slots"),
    read_only(text("-show/showfile/show/ver", 8, default="4.06", help="Version that wrote the show.")),
)  # fmt: skip


def _has_data(path: str) -> Param:
    return read_only(integer(f"{path}/hasdata", 0, 1, default=0, help="1 if there is something in this place."))


def _cue(name: str, lowest: int, highest: int, default: int, help: str) -> Param:
    return integer(f"-show/showfile/cue/{{cue}}/{name}", lowest, highest, default=default, help=help)


CUES = (
    _cue("numb", 0, 99_999, 0, "Number of the cue, 12.3.4 as 1234."),
    text("-show/showfile/cue/{cue}/name", 32, help="Name of the cue."),
    _cue("skip", 0, 1, 0, "1 passes over the cue."),
    _cue("scene", -1, LAST_SCENE, -1, "Scene the cue recalls; -1 is none."),
    _cue("bit", -1, LAST_SCENE, -1, "Snippet the cue recalls; -1 is none."),
    _cue("miditype", 0, 3, 0, "What the cue sends: 1 program, 2 controller, 3 note, 0 nothing."),
    _cue("midichan", 1, 16, 1, "MIDI channel it is sent on."),
    _cue("midipara1", 0, 127, 0, "Number of the program, controller or note."),
    _cue("midipara2", 0, 127, 0, "Value of the controller, or how hard the note is struck."),
)

SCENES = (
    text("-show/showfile/scene/{scene}/name", 32, help="Name of the scene."),
    text("-show/showfile/scene/{scene}/notes", 64, help="Notes on the scene."),
    bitmap(
        "-show/showfile/scene/{scene}/safes", 9,
        help="What the scene leaves alone; from the last digit but one on, talkback, effects, buses, processing,"
        " names, preamps, outputs, inputs.",
    ),
    _has_data("-show/showfile/scene/{scene}"),
)  # fmt: skip


def _contents(name: str, bits: int, help: str) -> Param:
    path = f"-show/showfile/snippet/{{snippet}}/{name}"
    return bitmap(path, bits, plain=True, help=f"{help} it holds, one bit each.")


SNIPPETS = (
    text("-show/showfile/snippet/{snippet}/name", 32, help="Name of the snippet."),
    _contents("eventtyp", 27, "What of the strips and of the whole desk"),
    _contents("channels", 32, "Which channels"),
    _contents("auxbuses", 32, "Which aux inputs, effect returns and buses"),
    _contents("maingrps", 16, "Which matrices, mains and DCAs"),
    _has_data("-show/showfile/snippet/{snippet}"),
)

LIBRARIES = (
    integer("-libs/{library}/{preset}/pos", 1, 100, default=range(1, 101), help="Place of the preset in its list."),
    text("-libs/{library}/{preset}/name", 16, help="Name of the preset."),
    integer("-libs/{library}/{preset}/type", 0, LAST_TYPE, default=0, help="Kind of effect in the preset."),
    bitmap("-libs/{library}/{preset}/flags", 16, help="What the preset holds, one bit each."),
    _has_data("-libs/{library}/{preset}"),
)
