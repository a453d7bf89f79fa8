"""From a gig to an album: mastering.  Sound here is float64, shape (frames, 2).

    project    what an album is, in a text file
    propose    a project of a gig or of files; listen  where in them there is music
    make       the driver; edit  cuts and their time line; steps  what is done to each song
    store      so that nothing is done twice; crew  all cores
    previews   files to listen to: seams, devices, before and behind the chain
    deliver    files, tags, cue sheet, chapters, checksums; handed  the folder they are in
    seams      fades, cross-fades, and cuts that aren't heard; limiter  true peaks; level  how loud
    measure    everything that is told of a song, from its sound
    spectrum   long-term spectra, in third octaves and smoothed
    curves     what the console's EQ does, as filters of linear or minimum phase
    devices    how it sounds where it will be played
    codecs     what AAC, Opus, MP3 and Vorbis make of it
    match      an EQ that brings a song nearer to another
    chain      what a mastering chain is made of; polish  the chain; racked  effects and compressor over a song
    report     what is wrong with an album, and whether it passes, of what is told; page  its HTML; pictures  its SVG

Begin with `project`, then `measure`.
"""
