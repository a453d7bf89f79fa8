"""Gigs: folders with everything of one evening, in files that survive a power cut.

    reel      one many-channel RF64 file whose header never promises more than is on the disk
    journal   what happened, a line each, with a checksum of its own
    gig       the folder: verify, repair, export
    bring     what others recorded becomes a gig
    xlive     sessions of the desk's card; wavehead  what a WAV says of itself
    lists     marks as other programs read them
    labels    what each track is: names and colours of strips
    recorder  every input of the device, and mixes, to a gig
    starter   always, or with the first sound
    score     every move, and the frame at which it was heard
    states    a checkpoint every two minutes
    checkpoint  all that the engine remembers at one frame
    again     the show once more, to the last bit
    alter     what is to be different then
    render    the same to files, altered if you like, on all cores
    shares    who plays which part of it, where several do at a time
    stems     the files that come of it
    reels     the frames of a gig, wherever they lie
    catalogue  what is in gigs, in tables
    marks     named frames, which can be named, moved and taken away afterwards
    tracks    what of a gig, or of any audio, can be played; its marks
    player    from there to the ring that the audio thread hears
    stereo    two signals of the desk, to a file for each take
    deck      which gig is in, and which inputs its tracks take the place of
"""
