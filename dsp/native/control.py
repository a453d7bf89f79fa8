"""Words that two threads share, as the control thread reads and writes them: see `atomic`."""

import numpy as np

from dsp.native import atomic, calls, kernel, lanes

WORDS, WORD = kernel.array_of(np.int64), kernel.number(np.int64)
PIECES = kernel.array_of(np.int64, 2)


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


@kernel.export(WORDS, WORD, WORD, WORDS, WORD, PIECES, result=WORD)
def copy_at_rest(words, begun, done, phase, patience, pieces):
    """Copy pieces of memory between two calls of the audio thread; whether none began meanwhile.

    It begins when a call that ends at a phase of 0 is just over.

    Parameters
    ----------
    words : ndarray of int64
    begun, done : int
        Words that count calls that have begun, and that are over.
    phase : ndarray of int64, shape (1,)
    patience : int
        How often to look.
    pieces : ndarray of int64, shape (n, 3)
        Addresses from and to, and size in floats.
    """
    first = before = atomic.load(words, begun)
    for _ in range(patience):
        before = atomic.load(words, begun)
        if before != first and atomic.load(words, done) == before and phase[0] == 0:
            break
    if atomic.load(words, done) != before:
        return 0
    for i in range(len(pieces)):
        here, there = calls.floats(pieces[i, 0]), calls.floats(pieces[i, 1])
        for n in range(pieces[i, 2]):
            lanes.put(there, n, lanes.scalar(here, n))
    return np.int64(atomic.load(words, begun) == before)
