"""The rack of a desk that is to come: what a recall alters is there twice, until one desk has given way to the other.

    slot that the recall leaves alone    ═══ one record, heard by both desks: its tail rings on
    slot that it alters                  ─▶ the record that is heard, fed by the desk that is heard
                                         ─▶ the other record, which begins anew and is rehearsed with its desk

Altered is what is another effect, is set otherwise, or is fed with a signal that is altered: both desks at once
would hear in it what the other one sends, louder than either at rest.
"""


from dsp.effects import rack
from dsp.effects.memory import FRAMES, SETTINGS, SIDES, SLOTS
from dsp.native import calls, lanes
from dsp.native.kernel import kernel


@kernel
def differs(slot, new, i):
    """Whether slot `i` is to be another effect than the one that is heard, or set otherwise."""
    found = slot.serial != new.effect_serial[i]
    for k in range(SETTINGS):
        found = found or slot.target[k] != new.effect[i, k]
    return found


@kernel
def share(racks):
    """Let a desk that is to come hear what is heard, in all slots."""
    for i in range(SLOTS):
        racks.coming[i] = racks.heard[i]


@kernel
def begin(racks, new, i, end, rate):
    """Let a desk that is to come have an effect of its own in slot `i`, which remembers nothing.

    It is rehearsed first, perhaps in another process than that in which it will be heard: see `hand_over`.
    """
    record = 1 - racks.heard[i]
    racks.coming[i] = record
    memory = calls.floats(new.effect_memory_here[i, record])
    for k in range(new.effect_floats[i]):
        memory[k] = 0.0
    slot = racks.slots[record, i]
    rack.begin(slot, new, i, record, end, rate)
    slot.code, slot.memory = new.effect_code_here[i], new.effect_memory_here[i, record]
    # What it hears at first begins in the middle.
    slot.open, slot.leaving, slot.fresh = end, 0, 1


@kernel
def hand_over(racks, new):
    """Give effects that have been rehearsed to the process that plays, which has other addresses."""
    for i in range(SLOTS):
        record = racks.coming[i]
        if record != racks.heard[i]:
            slot = racks.slots[record, i]
            slot.code, slot.memory = new.effect_code[i], new.effect_memory[i, record]


@kernel
def merge(racks, kept):
    """Make both the same in one sub-block: what comes back to a desk that is to come, and what is kept of it."""
    for i in range(SLOTS):
        own = racks.coming[i] != racks.heard[i]
        for n in range(FRAMES):
            for signal in range(SIDES * i, SIDES * i + SIDES):
                place = n * rack.SIGNALS + signal
                if own:
                    lanes.put(kept, place, racks.other_returned[n, signal])
                else:
                    racks.other_returned[n, signal] = lanes.scalar(kept, place)


@kernel
def follow(racks):
    """Bring what comes back from slots that both desks hear to the desk that is to come."""
    for i in range(SLOTS):
        if racks.coming[i] == racks.heard[i]:
            for n in range(FRAMES):
                for signal in range(SIDES * i, SIDES * i + SIDES):
                    racks.other_returned[n, signal] = racks.returned[n, signal]


@kernel
def process(racks, page, curve, end, rate):
    """Let the slots that are its own make one sub-block."""
    sent, back = lanes.scratch(), lanes.scratch()
    rack.apart(lanes.at2(racks.other_send, 0, 0), sent)
    for i in range(SLOTS):
        if racks.coming[i] != racks.heard[i]:
            slot = racks.slots[racks.coming[i], i]
            rack.advance(slot, curve, end)
            rack.play(slot, i, sent, back, page, curve, end, rate)
            for signal in range(SIDES * i, SIDES * i + SIDES):
                for n in range(FRAMES):
                    racks.other_returned[n, signal] = lanes.scalar(back, signal * FRAMES + n)


@kernel
def take_over(racks):
    """Be what is heard from now on."""
    follow(racks)
    for i in range(SLOTS):
        racks.heard[i] = racks.coming[i]
    for n in range(FRAMES):
        for signal in range(rack.SIGNALS):
            racks.returned[n, signal] = racks.other_returned[n, signal]
