"""How long the callback takes, block by block: what `health` tells and the doctor looks at.

    began ─▶ … the block … ─▶ now − began, over the time there is ─▶ one more in its step of the histogram
                                                  ╰─ more than there is: a deadline missed, with its time
"""

import numpy as np

from dsp.engine.memory import LATE, LATES, LOADS, LONGEST, STEPS_OF_LOAD
from dsp.native import atomic, clock
from dsp.native.kernel import kernel

LAST = np.int64(LOADS - 1)
STEPS = np.int64(STEPS_OF_LOAD)
SECOND = np.int64(clock.SECOND)


@kernel
def note(shared, frames, began, lost):
    """Count a block of `frames` that began at `began` (ns); `lost` says that the device lost something before it."""
    taken = clock.now() - began
    there_is = frames * SECOND // max(shared.rate, np.int64(1))
    step = min(taken * STEPS // max(there_is, np.int64(1)), LAST)
    shared.loads[max(step, np.int64(0))] += 1
    if taken > atomic.load(shared.words, LONGEST):
        atomic.store(shared.words, LONGEST, taken)
    if lost or taken > there_is:
        late = atomic.load(shared.words, LATE)
        shared.late_at[late % LATES] = began
        shared.late_for[late % LATES] = taken
        atomic.store(shared.words, LATE, late + 1)
