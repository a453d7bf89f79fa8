"""The effects rack: eight slots beside the desks, and one short file per algorithm.

    library, memory, rack        which type is which algorithm; what a slot has; eight slots: fed, changed, heard
    line, tone, bound, network   parts: delay line, filter, limit of a loop, feedback delay network
    delay, reverb                algorithms: picture, settings, memory, process

Begin with `delay`, then `rack`.
"""
