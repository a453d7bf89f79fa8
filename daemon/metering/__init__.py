"""A page of the audio thread's measurements to numbers that clients read.

    meters     the blobs of the desk's meters
    load       how much of its time the audio thread needs
    analyser   the real-time analyser's bands, while somebody looks
    loudness   how loud something is, and its true peak
    live       the same of what is heard now, signal by signal
"""
