"""Words that two threads share, and the processor's flush-to-zero switch, for kernels.

The control thread and the audio thread meet in a few 64-bit words.  `load` acquires, `store` releases
and `exchange` does both, so whatever was written before a word is seen by whoever reads the word,
on x86 and ARM alike.  `flush` and `set_float_mode` turn the switch and put it back.

All of it is in `machine`, which is imported when something has to be compiled; `control` is for Python.
"""

from dsp.native import kernel

__getattr__ = kernel.emitted_by("dsp.native.machine")
