"""What kernels do with eight float64 in one number, as the compiler is taught it; they call all of it `eights.…`.

Every operator rounds once, as it is written, and nothing is fused: all machines make the same bytes.
Comparisons are false for NaN, and `maximum`/`minimum` give the second operand then.
"""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from dsp.native.eights import SCRATCH, WIDTH

DOUBLE, WORD, INDEX = ir.DoubleType(), ir.IntType(64), ir.IntType(32)
DOUBLES, WORDS = ir.VectorType(DOUBLE, WIDTH), ir.VectorType(WORD, WIDTH)
FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
BITS = ir.IntType(WIDTH)


class EightsType(types.Type):
    """Eight float64."""

    def __init__(self) -> None:
        super().__init__("eights")


class EightMaskType(types.Type):
    """Eight yes-or-no answers."""

    def __init__(self) -> None:
        super().__init__("eight answers")


EIGHTS, MASK = EightsType(), EightMaskType()
ROWS = types.CPointer(types.float64)
SETTINGS = types.CPointer(types.float32)
NUMBERS = (types.float64, types.float32)


@register_model(EightsType)
class _EightsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, DOUBLES)


@register_model(EightMaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, ir.VectorType(ir.IntType(1), WIDTH))


def _spread(builder: Any, scalar: Any) -> Any:
    """All alike."""
    undefined = ir.Constant(ir.VectorType(scalar.type, WIDTH), ir.Undefined)
    first = builder.insert_element(undefined, scalar, INDEX(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INDEX, WIDTH), [0] * WIDTH))


def _constant(kind: Any, value: float) -> Any:
    return ir.Constant(kind, [value] * WIDTH)


# --- operators ------------------------------------------------------------------------------------


def _operator(symbol: Callable[..., Any], result: types.Type, emit: Callable[[Any, Any, Any], Any]) -> None:
    """Teach numba `eights symbol eights`, and the same with a number on either side."""

    @type_callable(symbol)
    def typer(context: Any) -> Any:
        def result_of(x: types.Type, y: types.Type) -> types.Type | None:
            pair = {x, y}
            return result if EIGHTS in pair and pair <= {EIGHTS, *NUMBERS} else None

        return result_of

    for x, y in ((EIGHTS, EIGHTS), *((EIGHTS, each) for each in NUMBERS), *((each, EIGHTS) for each in NUMBERS)):

        @lower_builtin(symbol, x, y)
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            left, right = (
                value if kind == EIGHTS else _spread(builder, context.cast(builder, value, kind, types.float64))
                for kind, value in zip(sig.args, args, strict=True)
            )
            return emit(builder, left, right)


_operator(operator.add, EIGHTS, lambda b, x, y: b.fadd(x, y))
_operator(operator.sub, EIGHTS, lambda b, x, y: b.fsub(x, y))
_operator(operator.mul, EIGHTS, lambda b, x, y: b.fmul(x, y))
_operator(operator.truediv, EIGHTS, lambda b, x, y: b.fdiv(x, y))
_operator(operator.gt, MASK, lambda b, x, y: b.fcmp_ordered(">", x, y))
_operator(operator.ge, MASK, lambda b, x, y: b.fcmp_ordered(">=", x, y))


# --- memory ---------------------------------------------------------------------------------------


def _row(builder: Any, pointer: Any, n: Any) -> Any:
    place = builder.gep(pointer, [builder.mul(n, ir.Constant(n.type, WIDTH))])
    return builder.bitcast(place, DOUBLES.as_pointer())


@intrinsic
def load(typing: Any, rows: Any, n: Any) -> Any:
    """Row `n` of eight float64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_row(builder, args[0], args[1]), align=8)

    return EIGHTS(ROWS, types.intp), emit


@intrinsic
def store(typing: Any, rows: Any, n: Any, x: Any) -> Any:
    """Put `x` into row `n`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _row(builder, args[0], args[1]), align=8)
        return context.get_dummy_value()

    return types.void(ROWS, types.intp, EIGHTS), emit


@intrinsic
def first(typing: Any, place: Any, count: Any) -> Any:
    """The first `count` of eight float32; the rest is 0."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        found = builder.load(builder.bitcast(args[0], FLOATS.as_pointer()), align=4)
        places = ir.Constant(WORDS, list(range(WIDTH)))
        wanted = builder.icmp_signed("<", places, _spread(builder, args[1]))
        return builder.fpext(builder.select(wanted, found, _constant(FLOATS, 0.0)), DOUBLES)

    return EIGHTS(SETTINGS, types.intp), emit


@intrinsic
def element(typing: Any, x: Any, place: Any) -> Any:
    """One of the eight."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(args[0], builder.trunc(args[1], INDEX))

    return types.float64(EIGHTS, types.intp), emit


@intrinsic
def scratch(typing: Any) -> Any:
    """Memory for SCRATCH rows that lasts as long as the kernel that asks for it."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        with builder.goto_entry_block():
            place = builder.alloca(ir.ArrayType(DOUBLES, SCRATCH))
            place.align = 64
        return builder.bitcast(place, DOUBLE.as_pointer())

    return ROWS(), emit


# --- choices and functions ------------------------------------------------------------------------


@intrinsic
def fill(typing: Any, x: Any) -> Any:
    """The same float64 eight times."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _spread(builder, args[0])

    return EIGHTS(types.float64), emit


@intrinsic
def count(typing: Any) -> Any:
    """0, 1, … 7."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(DOUBLES, [float(place) for place in range(WIDTH)])

    return EIGHTS(), emit


@intrinsic
def handed_on(typing: Any, x: Any, first: Any) -> Any:
    """`first`, then all of `x` but the last."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = ir.Constant(ir.VectorType(INDEX, WIDTH), [0, *range(WIDTH - 1)])
        moved = builder.shuffle_vector(args[0], ir.Constant(DOUBLES, ir.Undefined), places)
        return builder.insert_element(moved, args[1], INDEX(0))

    return EIGHTS(EIGHTS, types.float64), emit


@intrinsic
def any_of(typing: Any, mask: Any) -> Any:
    """Whether `mask` says yes anywhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.icmp_unsigned("!=", builder.bitcast(args[0], BITS), BITS(0))

    return types.boolean(MASK), emit


@intrinsic
def select(typing: Any, mask: Any, x: Any, y: Any) -> Any:
    """`x` where `mask` says yes, `y` elsewhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return EIGHTS(MASK, EIGHTS, EIGHTS), emit


@intrinsic
def maximum(typing: Any, x: Any, y: Any) -> Any:
    """The larger, `y` if either is NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return EIGHTS(EIGHTS, EIGHTS), emit


@intrinsic
def minimum(typing: Any, x: Any, y: Any) -> Any:
    """The smaller, `y` if either is NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), *args)

    return EIGHTS(EIGHTS, EIGHTS), emit


@intrinsic
def absolute(typing: Any, x: Any) -> Any:
    """Magnitude."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(DOUBLES, [DOUBLES])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fabs.v{WIDTH}f64"), args)

    return EIGHTS(EIGHTS), emit


@intrinsic
def total(typing: Any, x: Any) -> Any:
    """Sum of all eight, pairwise."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = args[0]
        width = WIDTH
        while width > 1:
            width //= 2
            halves = [ir.Constant(ir.VectorType(INDEX, width), list(range(at, at + width))) for at in (0, width)]
            none = ir.Constant(parts.type, ir.Undefined)
            low, high = (builder.shuffle_vector(parts, none, half) for half in halves)
            parts = builder.fadd(low, high)
        return builder.extract_element(parts, INDEX(0))

    return types.float64(EIGHTS), emit


LOG_TERMS = [2 / (2 * n + 1) for n in range(10)]
"""Of ln m = t (2 + 2/3 t² + 2/5 t⁴ …) with t = (m − 1) / (m + 1), at most 0.172: the next is below 1e-16."""
EXP_TERMS = [1 / math.factorial(n) for n in range(13)]
"""Of e to the power of at most ln 2 / 2: the next is below 2e-16."""
LN2 = math.log(2)
ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
MANTISSA_BITS = 52
LIFT = 1024  # keeps exponents positive
ROUNDER = 1.5 * 2.0**MANTISSA_BITS  # adding it rounds to a whole number in the low mantissa bits
ROUNDER_BITS = 0x4338000000000000


def _polynomial(builder: Any, u: Any, terms: Sequence[float]) -> Any:
    """Horner's rule, lowest power first in `terms`."""
    made = _constant(DOUBLES, terms[-1])
    for term in reversed(terms[:-1]):
        made = builder.fadd(builder.fmul(made, u), _constant(DOUBLES, term))
    return made


@intrinsic
def log(typing: Any, x: Any) -> Any:
    """Natural logarithm of normal positive numbers, within 1e-15 of 1 or of itself."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits, wide = builder.bitcast(args[0], WORDS), _constant(WORDS, MANTISSA_BITS)
        moved = builder.add(bits, _constant(WORDS, (LIFT << MANTISSA_BITS) - ROOT_HALF_BITS))
        exponent = builder.lshr(moved, wide)
        back = builder.sub(_constant(WORDS, LIFT << MANTISSA_BITS), builder.shl(exponent, wide))
        m = builder.bitcast(builder.add(bits, back), DOUBLES)
        one = _constant(DOUBLES, 1.0)
        t = builder.fdiv(builder.fsub(m, one), builder.fadd(m, one))
        part = builder.fmul(t, _polynomial(builder, builder.fmul(t, t), LOG_TERMS))
        number = builder.bitcast(builder.add(exponent, _constant(WORDS, ROUNDER_BITS)), DOUBLES)
        octaves = builder.fsub(number, _constant(DOUBLES, ROUNDER + LIFT))
        return builder.fadd(builder.fmul(octaves, _constant(DOUBLES, LN2)), part)

    return EIGHTS(EIGHTS), emit


@intrinsic
def exp(typing: Any, y: Any) -> Any:
    """The number e to the power of `y`, between −700 and 700, within 1e-15 of itself or of `y` of it."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        octaves = builder.fmul(args[0], _constant(DOUBLES, 1 / LN2))
        rounded = builder.fadd(octaves, _constant(DOUBLES, ROUNDER))
        whole = builder.sub(builder.bitcast(rounded, WORDS), _constant(WORDS, ROUNDER_BITS))
        near = builder.fmul(builder.fsub(rounded, _constant(DOUBLES, ROUNDER)), _constant(DOUBLES, LN2))
        power = _polynomial(builder, builder.fsub(args[0], near), EXP_TERMS)
        shifted = builder.shl(whole, _constant(WORDS, MANTISSA_BITS))
        return builder.bitcast(builder.add(builder.bitcast(power, WORDS), shifted), DOUBLES)

    return EIGHTS(EIGHTS), emit
