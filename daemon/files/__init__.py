"""Forms on disk.

    disk, sealed               a file is the old one or the new one, whatever is pulled; what it was before
    claim                      one daemon to a folder
    nodeline, exact            one line of the console as text; which of several steps written alike is meant
    reading                    a file of lines: what costs a line, and what costs the file
    scene, snippet, preset     what is made of such lines
    kinds                      any of them, by header or ending

Begin with `nodeline`.
"""
