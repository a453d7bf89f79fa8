"""One file per processor, each: picture, design, process, response, reset, declaration.

    patch, delay, alike              which signal, how late; what lanes that take the same do together
    shapes, svf, matched, eq, pairs  filters, true to their analogue curves, what the console calls EQ, and the desk's
    gate, compressor, automix        what follows the level
    gain, mix, glide, ride           levels, sends, and how numbers get to their targets, one by one or in a row
    limiter                          no input is louder than the ceiling
    between, weighted                over whole songs: what lies between frames, and how much energy there is
    processor, registry              what the console has to know of one, and which there are
    oscillator, spectrum, taps       to set up a system with, to look at it, and to measure it
"""
