"""The audio side, from a block of the device to the processors.

    block      a block of any size into sub-blocks ─▶ flow  the block diagram ─▶ strip  the strip
    layout     where every signal lies; memory  the one block of memory; wall  the control side's end of it
    targets    how a desk takes new numbers; meters  what the control side makes of a page
    timing     how long each block took
    rehearsal, crossfade, changed_lanes     a recall: hear again, cross over, what it alters
    hush       what is muted meanwhile
    playback   recorded tracks in place of inputs

Begin with `flow`.
"""
