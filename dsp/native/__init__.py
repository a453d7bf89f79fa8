"""The compiled floor: nothing here knows what a console is.

    kernel     one set of compiler options, and where compiled kernels are kept
    lanes      sixteen channels in one number
    atomic     words that two threads share; flush-to-zero
    clock      what time it is, without a system call
"""
