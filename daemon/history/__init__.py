"""What was done, and the way back.

    moves      every accepted move: who, what, when, at which frame
    moment     21:13, or 90 seconds ago
    log        the moves on disk
    steps      what one hand did, undone and done again
    undo       one step back: the desk before the last recall
"""
