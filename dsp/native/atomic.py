"""Words that two threads share, and the processor's flush-to-zero switch.

The control thread and the audio thread meet in a few 64-bit words. Loads acquire, stores release
and an exchange does both, so whatever was written before a word is seen by whoever reads the word,
on x86 and ARM alike.
"""

import platform
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dsp.native.kernel import kernel

WORD = ir.IntType(64)


def _place(context: Any, builder: Any, kind: Any, value: Any, index: Any) -> Any:
    array = context.make_array(kind)(context, builder, value)
    return builder.gep(array.data, [index])


@intrinsic
def load(typing: Any, words: Any, i: Any) -> Any:
    """Read `words[i]` (int64), and see all that was written before it was stored."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load_atomic(_place(context, builder, sig.args[0], *args), "acquire", 8)

    return types.int64(words, types.intp), emit


@intrinsic
def store(typing: Any, words: Any, i: Any, value: Any) -> Any:
    """Write `words[i]` (int64) after all that was written before."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store_atomic(args[2], _place(context, builder, sig.args[0], *args[:2]), "release", 8)
        return context.get_dummy_value()

    return types.void(words, types.intp, types.int64), emit


@intrinsic
def exchange(typing: Any, words: Any, i: Any, value: Any) -> Any:
    """Put `value` into `words[i]` (int64) and return what was there, in one step."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _place(context, builder, sig.args[0], *args[:2])
        return builder.atomic_rmw("xchg", place, args[2], "acq_rel")

    return types.int64(words, types.intp, types.int64), emit


@kernel
def control_load(words, i):
    """`load` for the control thread: words is an int64 array."""
    return load(words, i)


@kernel
def control_store(words, i, value):
    """`store` for the control thread."""
    store(words, i, value)


@kernel
def control_exchange(words, i, value):
    """`exchange` for the control thread."""
    return exchange(words, i, value)


def prepare() -> None:
    """Compile what the control thread needs, before somebody waits for it."""
    words = np.zeros(1, np.int64)
    control_store(words, 0, control_exchange(words, 0, control_load(words, 0)))


# --- floating-point environment -------------------------------------------------------------------
# Decaying filters end in denormal numbers, which cost up to twice the time; flush them to zero.
# The switch belongs to the thread, and the thread to the host: set on entry, put back on exit.

ARM = platform.machine().lower() in ("aarch64", "arm64")
FLUSH = 1 << 24 if ARM else 0x8040  # FPCR.FZ, or MXCSR flush-to-zero and denormals-are-zero


def _call(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(result, [a.type for a in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


@intrinsic
def float_mode(typing: Any) -> Any:
    """The thread's floating-point control word, as int64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if ARM:
            return _call(builder, "llvm.aarch64.get.fpcr", WORD, [])
        place = cgutils.alloca_once(builder, ir.IntType(32))
        byte = builder.bitcast(place, ir.IntType(8).as_pointer())
        _call(builder, "llvm.x86.sse.stmxcsr", ir.VoidType(), [byte])
        return builder.zext(builder.load(place), WORD)

    return types.int64(), emit


@intrinsic
def set_float_mode(typing: Any, mode: Any) -> Any:
    """Set the thread's floating-point control word."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if ARM:
            _call(builder, "llvm.aarch64.set.fpcr", ir.VoidType(), [args[0]])
        else:
            place = cgutils.alloca_once(builder, ir.IntType(32))
            builder.store(builder.trunc(args[0], ir.IntType(32)), place)
            byte = builder.bitcast(place, ir.IntType(8).as_pointer())
            _call(builder, "llvm.x86.sse.ldmxcsr", ir.VoidType(), [byte])
        return context.get_dummy_value()

    return types.void(types.int64), emit
