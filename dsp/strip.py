"""The strip: what happens to sixteen channels between their patch and the mix, top to bottom.

    trim · polarity → low cut → ① gate → [dynamics] → ② EQ → ③ [dynamics] → ④ fader → ⑤

    ① input   ② pre-EQ   ③ post-EQ   ④ pre-fader   ⑤ post-fader: where sends and outputs tap

The dynamics are there twice, before and after the EQ; the one that is not chosen has its mix at 0.
A processor that is out in all sixteen lanes is skipped, and forgets what it heard.
"""

from dsp import compressor, gain, gate, lanes, patch, svf
from dsp.kernel import kernel
from dsp.wall import (
    DYN_KEY,
    EQ,
    EQ_PAIRS,
    GATE_KEY,
    INPUT,
    KEY,
    LOW_CUT,
    POST,
    POST_EQ,
    POST_FADER,
    PRE,
    PRE_EQ,
    PRE_FADER,
)


@kernel
def process(desk, group, page, phase, frames):  # type: ignore[no-untyped-def]
    """Take `frames` rows of one group of lanes from the INPUT plane through the strip to POST_FADER."""
    x = lanes.at2(desk.planes, group, INPUT)
    trim(desk, x, group, page, phase, frames)
    filters(desk, x, LOW_CUT, group, phase, frames)

    x = next_plane(desk, x, group, PRE_EQ, frames)
    gate_stage(desk, x, group, page, phase, frames)
    dynamics(desk, x, PRE, group, page, phase, frames)

    x = next_plane(desk, x, group, POST_EQ, frames)
    for pair in range(EQ_PAIRS):
        filters(desk, x, EQ + pair, group, phase, frames)

    x = next_plane(desk, x, group, PRE_FADER, frames)
    dynamics(desk, x, POST, group, page, phase, frames)
    fader(desk, x, group, page, phase, frames)


@kernel
def next_plane(desk, x, group, plane, frames):  # type: ignore[no-untyped-def]
    """Leave `x` to be tapped and go on in the next plane."""
    y = lanes.at2(desk.planes, group, plane)
    gain.copy(x, y, frames)
    return y


@kernel
def trim(desk, x, group, page, phase, frames):  # type: ignore[no-untyped-def]
    """Trim and polarity; the input meter."""
    gain.process(
        x, x, lanes.at(desk.start.trim, group), lanes.at(desk.target.trim, group),
        desk.clock.trim[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.input, group), frames,
    )  # fmt: skip


@kernel
def filters(desk, x, pair, group, phase, frames):  # type: ignore[no-untyped-def]
    """Two filters in series."""
    state = lanes.at2(desk.filter_state, pair, group)
    if desk.live.filter[pair, group] == 0:
        svf.reset(state)
        return
    svf.process(
        x, lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group), state,
        desk.clock.filter[pair, group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def key_of(desk, pair, x, group, phase, frames):  # type: ignore[no-untyped-def]
    """What a processor with this pair of key filters listens to: `x` itself unless patched or filtered."""
    which = pair - GATE_KEY
    if desk.live.filter[pair, group] == 0 and desk.keyed[which, group] == 0:
        return x
    key = lanes.at2(desk.planes, group, KEY)
    patch.choose_key(
        lanes.at(desk.source, 0), x, lanes.at2(desk.key_self, which, group),
        lanes.at2(desk.key, which, group), key, frames,
    )  # fmt: skip
    filters(desk, key, pair, group, phase, frames)
    return key


@kernel
def gate_stage(desk, x, group, page, phase, frames):  # type: ignore[no-untyped-def]
    """Gate, expander or ducker; its gain meter."""
    state = lanes.at(desk.gate_state, group)
    if desk.live.gate[group] == 0:
        gate.reset(state)
        return
    gate.process(
        x, key_of(desk, GATE_KEY, x, group, phase, frames),
        lanes.at(desk.start.gate, group), lanes.at(desk.target.gate, group), state,
        desk.clock.gate[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.gate, group), frames,
    )  # fmt: skip


@kernel
def dynamics(desk, x, position, group, page, phase, frames):  # type: ignore[no-untyped-def]
    """Compressor or expander before (PRE) or after (POST) the EQ; its gain meter."""
    state = lanes.at2(desk.dyn_state, position, group)
    if desk.live.dyn[position, group] == 0:
        compressor.reset(state)
        return
    compressor.process(
        x, key_of(desk, DYN_KEY, x, group, phase, frames),
        lanes.at2(desk.start.dyn, position, group), lanes.at2(desk.target.dyn, position, group), state,
        desk.clock.dyn[position, group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at2(page.dyn, position, group), frames,
    )  # fmt: skip


@kernel
def fader(desk, x, group, page, phase, frames):  # type: ignore[no-untyped-def]
    """Fader with all that acts on it; the post-fader meter."""
    gain.process(
        x, lanes.at2(desk.planes, group, POST_FADER),
        lanes.at(desk.start.fader, group), lanes.at(desk.target.fader, group),
        desk.clock.fader[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.post, group), frames,
    )  # fmt: skip
