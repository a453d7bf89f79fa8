"""What the desk's language has, and a console in a computer has no use for: each with its reason.

These parameters are kept as they are set, so that scenes and apps find what they wrote.  All others
do what they say, or belong to what is not sound.
"""

from collections.abc import Mapping

from dsp.parameters.table import Table

NO_INPUT = "A device has at most 64 inputs, behind the amplifiers 000 to 063: none lies behind this one."
PHANTOM = "Phantom power is switched at the interface itself: its driver does not let a program do that."
LOUDSPEAKER = "It is told to loudspeakers through the desk's own Ultranet socket, which an interface does not have."
PERSONAL = "It is told to personal mixers at an AES50 port, which an interface does not have."
STAGE_BOX = "It is about stage boxes at an AES50 port, which an interface does not have."
CARD = "It sets up a card in the desk's slot, and there is none: the interface takes its place."
EVERY_INPUT = "Every input of the interface is recorded, whatever it says: none can be missing afterwards."
CLOCK = "The interface sets the pace: its rate stands in the settings, as `rate`."
LAMPS = "It is about the lamps in the desk's keys: apps light theirs as they like."
MICROPHONE = "There is one talkback microphone, the device input in the settings: no choice is left to make."
USB = "No head amplifier feeds USB: it comes in as it is."
MONO = "Mono/centre has no pan that a send could follow."
EIGHT = "Automatic mixing has room for channels 1 to 8, as on the desk."

REASONS: Mapping[str, str] = {
    "headamp/{headamp}/phantom": PHANTOM,
    **{f"/headamp/{number:03}/gain": NO_INPUT for number in range(64, 128)},
    **{f"/ch/{ch:02}/automix/{leaf}": EIGHT for ch in range(9, 33) for leaf in ("group", "weight")},
    "/-ha/38/index": USB,
    "/-ha/39/index": USB,
    "main/m/mix/{odd_mtx}/panFollow": MONO,
    "config/talk/source": MICROPHONE,
    **{f"outputs/p16/{{p16}}/iQ/{leaf}": LOUDSPEAKER for leaf in ("group", "speaker", "eq", "model")},
    **{f"-prefs/iQ/{{p16}}/{leaf}": LOUDSPEAKER for leaf in ("iQmodel", "iQeqset", "iQsound")},
    **{f"config/dp48/{leaf}": PERSONAL for leaf in ("scope", "broadcast", "aesAB")},
    "config/dp48/assign/{mixer48}": PERSONAL,
    "config/dp48/link/{mixer48_pair}": PERSONAL,
    "config/dp48/grpname/{mixer48_group}": PERSONAL,
    "-prefs/haflags": STAGE_BOX,
    **{f"-stat/aes50/{leaf}": STAGE_BOX for leaf in ("state", "A", "B")},
    "-prefs/clockrate": CLOCK,
    "-prefs/clocksource": CLOCK,
    "-prefs/invertmutes": LAMPS,
    **{f"-prefs/card/{leaf}": CARD for leaf in (
        "UFifc", "UFmode", "USBmode", "ADATwc", "ADATsync", "MADImode", "MADIin", "MADIout", "MADIsrc",
        "URECplayb", "URECsdsel",
    )},
    "-prefs/card/URECtracks": EVERY_INPUT,
    "-stat/xcardsync": CARD,
}  # fmt: skip
"""By row, or by the address of one leaf."""


def reasons(table: Table) -> dict[int, str]:
    """Why a leaf does nothing here, by its number in the table.

    Raises
    ------
    KeyError
        If a row or leaf does not exist.
    """
    found: dict[int, str] = {}
    for name, reason in REASONS.items():
        if name.startswith("/"):
            found[table.leaves[name]] = reason
        else:
            row = table.rows[name]
            found |= dict.fromkeys(range(row.offset, row.offset + row.size), reason)
    return found
