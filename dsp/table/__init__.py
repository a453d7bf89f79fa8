"""THE TABLE: every parameter of the console, one row per pattern, in the order the desk writes them.

    inputs, mixes, family     strips, and what they have in common; strip_parts  their words
    routing, config           what goes where; links, groups, monitor, talkback, oscillator
    effects/                  the eight slots and their 61 types
    show, status, preference, action, recorder     scenes and cues, states, preferences, buttons, transport
    absent                    what a console in a computer has no use for, with its reason

The `TABLE` is put together here.  What the sound makes of a row: `configs/reference.md` names the functions.
"""

from dsp.parameters.table import Section, Table
from dsp.table import action, config, inputs, mixes, preference, recorder, routing, show, status
from dsp.table.effects import slots

TABLE = Table(
    Section(config.LINKS),
    Section(config.SOLO),
    Section(config.TALK),
    Section(config.TALK_WAY, strip="talk"),
    Section(config.OSCILLATOR),
    Section(routing.USER_ROUTING),
    Section(routing.INPUT_ROUTING),
    Section(routing.OUTPUT_ROUTING),
    Section(config.USER_CONTROLS, strip="layer"),
    Section(config.RECORDER),
    Section(config.PERSONAL_MIXERS),
    Section(inputs.CHANNEL, strip="ch"),
    Section(inputs.AUX, strip="aux"),
    Section(inputs.RETURN, strip="rtn"),
    Section(mixes.BUS, strip="bus"),
    Section(mixes.MATRIX, strip="mtx"),
    Section(mixes.MAIN),
    Section(mixes.DCA, strip="dca"),
    Section(slots.SLOT, strip="slot"),
    Section(slots.INSERT, strip="insert"),
    Section(routing.MAIN_OUTPUT, strip="out"),
    Section(routing.AUX_OUTPUT, strip="aux_out"),
    Section(routing.PERSONAL_OUTPUT, strip="p16"),
    Section(routing.DIGITAL_OUTPUT, strip="side"),
    Section(routing.RECORDER_OUTPUT, strip="side"),
    Section(routing.HEAD_AMPLIFIER, strip="headamp"),
    # From here on nothing belongs to scenes.
    Section(status.PATCH),
    Section(show.SHOW),
    Section(show.CUES),
    Section(show.SCENES),
    Section(show.SNIPPETS),
    Section(show.LIBRARIES),
    Section(preference.DESK),
    Section(preference.NETWORK),
    Section(preference.CARD),
    Section(preference.SPECTRUM),
    Section(preference.LOUDSPEAKERS),
    Section(preference.KEYBOARD),
    Section(recorder.STICK),
    Section(status.SURFACE),
    Section(status.SCREENS),
    Section(status.AES50),
    Section(status.LIVE),
    Section(status.TAPE),
    Section(status.USER_CONTROLS),
    Section(recorder.TRANSPORT),
    Section(action.ACTIONS),
    Section(action.UNDO),
    Section(recorder.SESSIONS),
)
