"""What was done, and the way back.

    undo       one step back: the desk before the last recall
"""
