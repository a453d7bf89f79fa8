"""Words that two threads share, as the control thread reads and writes them: see `atomic`."""

import numpy as np

from dsp.native import atomic, kernel

WORDS, WORD = kernel.array_of(np.int64), kernel.number(np.int64)


@kernel.export(WORDS, WORD, result=WORD)
def load(words, i):
    """Read `words[i]` (int64), and see all that was written before it was stored."""
    return atomic.load(words, i)


@kernel.export(WORDS, WORD, WORD)
def store(words, i, value):
    """Write `words[i]` (int64) after all that was written before."""
    atomic.store(words, i, value)


@kernel.export(WORDS, WORD, WORD, result=WORD)
def exchange(words, i, value):
    """Put `value` into `words[i]` (int64) and return what was there, in one step."""
    return atomic.exchange(words, i, value)
