"""What is stored and recalled.

    slots, index           a hundred numbered files of one kind, and the list of them on disk
    show, library, cues    scenes and snippets; presets; in which order they come
    safes, recall          what a recall leaves alone; a scene becomes the desk, whole or not at all
    fade, fade_times       a recall that takes its time, and how long
    turns                  reading and writing beside the loop, one after the other
    state, start           the desk as it was left, and how it begins

Begin with `recall`.
"""
