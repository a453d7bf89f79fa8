"""The compiled floor: nothing here knows what a console is.

    kernel     one set of compiler options, and where compiled kernels are kept
    lanes      sixteen channels in one number
    lines      sixteen delay lines in one number
    calls      native code and memory by address
    atomic     words that two threads share; flush-to-zero
    clock      what time it is, without a system call
"""
