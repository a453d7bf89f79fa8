"""For whoever has no interface yet: the virtual stage's band.

    band       eight bars, and the scene they are mixed with
    instrument the sounds, one note at a time
    kept       the same from a file, once it has been played
"""
