"""The monotonic clock, as the audio thread may read it.

On Linux and macOS `clock_gettime` is answered from a page that the kernel shares with every program: it is
no system call, takes no lock and costs some tens of nanoseconds.
"""

import sys
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

WORD = ir.IntType(64)
SECOND = 1_000_000_000
MONOTONIC = 6 if sys.platform == "darwin" else 1


@intrinsic
def now(typing: Any) -> Any:
    """Nanoseconds of the monotonic clock, as int64: Python's `time.monotonic_ns` reads the same one."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = cgutils.alloca_once(builder, ir.ArrayType(WORD, 2))
        first = builder.bitcast(place, WORD.as_pointer())
        kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32), WORD.as_pointer()])
        read = cgutils.get_or_insert_function(builder.module, kind, "clock_gettime")
        builder.call(read, [ir.Constant(ir.IntType(32), MONOTONIC), first])
        seconds, rest = builder.load(first), builder.load(builder.gep(first, [ir.Constant(WORD, 1)]))
        return builder.add(builder.mul(seconds, ir.Constant(WORD, SECOND)), rest)

    return types.int64(), emit
