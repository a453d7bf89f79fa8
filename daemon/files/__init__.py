"""Forms on disk.

    disk                       a file is the old one or the new one, whatever is pulled
    nodeline                   one line of the console as text
    scene, snippet, preset     what is made of such lines

Begin with `nodeline`.
"""
