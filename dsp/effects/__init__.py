"""The effects rack: eight slots beside the desks, and one short file per algorithm.

    library, memory, rack        which type is which algorithm; what a slot has; eight slots: fed, changed, heard
    line, sweep, network         parts: delay line, swept delay, feedback delay network
    tone, follower, bound        parts: filter, level, limit of a loop
    reverb, delay, taps          halls to plates; echoes
    chorus, phaser, dimension, filter, rotary, tremolo, suboctaver      what moves
    combination                  two effects in one

Begin with `delay`, then `rack`.
"""
