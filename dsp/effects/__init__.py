"""The effects rack: eight slots beside the desks, and one short file per algorithm.

    library, memory, rack        which type is which algorithm; what a slot has; eight slots: fed, changed, heard
    coming                       in a recall: the slots of the desk that is to come
    line, plane, sweep, network, tone, follower     parts: lines, filters, levels
    shaper, bound, elementary                       and curves: without aliases, in loops, of oscillators
    alone                        one effect or compressor over a whole song, without a desk
    reverb, shaped               halls to plates; gated and reverse
    delay, taps, combination     echoes; two effects in one
    chorus, phaser, dimension, filter, rotary, tremolo, suboctaver, pitch   what moves
    graphic, passive, mid_range, de_esser                                   equalisers
    transients, limit, multiband, valve, optical, transistor                dynamics
    enhancer, exciter, imager, maximiser, tube_stage, amplifier             colour and place

Begin with `delay`, then `rack`.
"""
