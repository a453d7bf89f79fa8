"""Gigs: folders with everything of one evening, in files that survive a power cut.

    reel      one many-channel RF64 file whose header never promises more than is on the disk
    journal   what happened, a line each, with a checksum of its own
    gig       the folder: bring in, verify, repair, export
    recorder  every input of the device, to a gig
"""
