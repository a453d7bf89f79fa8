"""What kernels ask of the machine itself: shared words, flush-to-zero, time, and calls by address.

`atomic`, `clock` and `calls` say what for.  Everything here becomes a few instructions of the machine that
is compiled for, which need not be this one.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dsp.native.clock import SECOND

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


# --- floating-point environment -------------------------------------------------------------------
# Decaying filters end in denormal numbers, which cost up to twice the time; flush them to zero.
# The switch belongs to the thread, and the thread to the host: set on entry, put back on exit.

ARM_FLUSH, X86_FLUSH = 1 << 24, 0x8040  # FPCR.FZ, or MXCSR flush-to-zero and denormals-are-zero


def _is_arm(builder: Any) -> bool:
    return str(builder.module.triple).startswith(("aarch64", "arm64"))


def _call(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(result, [a.type for a in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _read_mode(builder: Any) -> Any:
    if _is_arm(builder):
        return _call(builder, "llvm.aarch64.get.fpcr", WORD, [])
    place = cgutils.alloca_once(builder, ir.IntType(32))
    _call(builder, "llvm.x86.sse.stmxcsr", ir.VoidType(), [builder.bitcast(place, ir.IntType(8).as_pointer())])
    return builder.zext(builder.load(place), WORD)


def _write_mode(builder: Any, mode: Any) -> None:
    if _is_arm(builder):
        _call(builder, "llvm.aarch64.set.fpcr", ir.VoidType(), [mode])
        return
    place = cgutils.alloca_once(builder, ir.IntType(32))
    builder.store(builder.trunc(mode, ir.IntType(32)), place)
    _call(builder, "llvm.x86.sse.ldmxcsr", ir.VoidType(), [builder.bitcast(place, ir.IntType(8).as_pointer())])


@intrinsic
def float_mode(typing: Any) -> Any:
    """The thread's floating-point control word, as int64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _read_mode(builder)

    return types.int64(), emit


@intrinsic
def flush(typing: Any) -> Any:
    """Let denormal numbers be zero from now on; return the control word as it was."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mode = _read_mode(builder)
        _write_mode(builder, builder.or_(mode, WORD(ARM_FLUSH if _is_arm(builder) else X86_FLUSH)))
        return mode

    return types.int64(), emit


@intrinsic
def set_float_mode(typing: Any, mode: Any) -> Any:
    """Set the thread's floating-point control word."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _write_mode(builder, args[0])
        return context.get_dummy_value()

    return types.void(types.int64), emit


# --- time -----------------------------------------------------------------------------------------


def _is_mac(builder: Any) -> bool:
    return "apple" in str(builder.module.triple)


def _timespec(builder: Any) -> Any:
    """Room for seconds and nanoseconds."""
    return builder.bitcast(cgutils.alloca_once(builder, ir.ArrayType(WORD, 2)), WORD.as_pointer())


def _external(builder: Any, name: str, *arguments: Any) -> None:
    kind = ir.FunctionType(ir.IntType(32), [each.type for each in arguments])
    builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


@intrinsic
def now(typing: Any) -> Any:
    """Nanoseconds of the monotonic clock, as int64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        time = _timespec(builder)
        _external(builder, "clock_gettime", ir.Constant(ir.IntType(32), 6 if _is_mac(builder) else 1), time)
        seconds, rest = builder.load(time), builder.load(builder.gep(time, [WORD(1)]))
        return builder.add(builder.mul(seconds, WORD(SECOND)), rest)

    return types.int64(), emit


@intrinsic
def sleep(typing: Any, duration: Any) -> Any:
    """Sleep for so many nanoseconds, or less when a signal arrives."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        time = _timespec(builder)
        builder.store(builder.sdiv(args[0], WORD(SECOND)), time)
        builder.store(builder.srem(args[0], WORD(SECOND)), builder.gep(time, [WORD(1)]))
        _external(builder, "nanosleep", time, ir.Constant(WORD.as_pointer(), None))
        return context.get_dummy_value()

    return types.void(types.int64), emit


# --- by address -----------------------------------------------------------------------------------


@intrinsic
def floats(typing: Any, address: Any) -> Any:
    """Pointer to the float32 at an address (int64)."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], ir.FloatType().as_pointer())

    return types.CPointer(types.float32)(types.int64), emit


@intrinsic
def call(typing: Any, address: Any, record: Any) -> Any:
    """Call the native function at an address (int64) with a record of memory."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        function = builder.inttoptr(args[0], ir.FunctionType(ir.VoidType(), [args[1].type]).as_pointer())
        builder.call(function, [args[1]])
        return context.get_dummy_value()

    return types.void(types.int64, record), emit


@intrinsic
def ask(typing: Any, address: Any, words: Any) -> Any:
    """Call the C function at an address (int64) with a tuple of int64; its answer is an int."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        # Pointers travel as 64-bit words: every 64-bit calling convention passes both in the same registers.
        given = cgutils.unpack_tuple(builder, args[1])
        function = builder.inttoptr(args[0], ir.FunctionType(ir.IntType(32), [WORD] * len(given)).as_pointer())
        return builder.call(function, given)

    return types.int32(types.int64, types.UniTuple(types.int64, len(words))), emit
