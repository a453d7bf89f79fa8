"""Native code and memory by address: what the control side makes ready and hands over as a number.

    x = calls.floats(address)                float32 at an address
    calls.call(address, record)              a function that takes a record of memory
    calls.ask(address, (a, b, …))            one of the C library's kind: words, and an int for an answer

All of it is in `machine`, which is imported when something has to be compiled.
"""

from dsp.native import kernel

__getattr__ = kernel.emitted_by("dsp.native.machine")
