"""Mixing files, faster than real time.

    render     the same compiled callback over a file
    loudness   files, measured
"""
