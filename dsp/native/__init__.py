"""The compiled floor: nothing here knows what a console is.

    kernel     how a function is declared that becomes native: kernel, inline, export
    made       kernels whose lines are counted: one for each of several steps, or rows
    lanes      sixteen channels in one number
    eights     eight float64 in one number
    atomic     words that two threads share; flush-to-zero
    lines      sixteen delay lines in one number
    calls      native code and memory by address
    clock      what time it is, without a system call
    control    those words, as the control thread reads and writes them

    compiler   kernels ─▶ one object, with numba; door  the way in from C
    vector     what it is taught, as are rows, places, doubles, rings and machine
    elf        an object ─▶ a shared library
    objects    where libraries are kept, and when they fit

Begin with `kernel`.  What is above the empty line never imports numba.
"""
