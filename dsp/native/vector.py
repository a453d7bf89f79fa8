"""What kernels do with lane values, as the compiler is taught it; they call all of it `lanes.…`.

`Lanes` is a numba type lowered to LLVM's `<16 x float>`, which the compiler splits into whatever the
machine has; `Half` is one of eight, and all is the same for it.  Where they are in memory is said in `rows`.

Every operator rounds once, as it is written: a product and a sum are one operation only where `add_product`
says so, and so every machine that can fuse them makes the same bytes.  Nothing is assumed about NaN or infinity.

Comparisons are false for NaN, and `maximum`/`minimum` give the second operand then.
The polynomials are minimax fits pinned to be exact at powers of two (`log2`) and at 0 (`exp2`).
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from dsp.native.lanes import WIDTH

FLOAT = ir.FloatType()
INT = ir.IntType(32)


class LanesType(types.Type):
    """Sixteen float32, or eight."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__(name)
        self.width = width


class MaskType(types.Type):
    """As many yes-or-no answers."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__(name)
        self.width = width


LANES, HALF = LanesType("lanes", WIDTH), LanesType("half", WIDTH // 2)
MASKS = {LANES: MaskType("mask", WIDTH), HALF: MaskType("half a mask", WIDTH // 2)}


def floats(kind: LanesType) -> Any:
    """LLVM's type of lanes."""
    return ir.VectorType(FLOAT, kind.width)


def spread(builder: Any, scalar: Any, width: int) -> Any:
    """All lanes alike."""
    undefined = ir.Constant(ir.VectorType(scalar.type, width), ir.Undefined)
    first = builder.insert_element(undefined, scalar, INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INT, width), [0] * width))


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, floats(frontend))


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, ir.VectorType(ir.IntType(1), frontend.width))


def _kind(*given: Any) -> LanesType:
    """What arguments make, that are lanes of one kind or one float32 for all of them."""
    return next(kind for kind in given if isinstance(kind, LanesType))


def _as(kind: LanesType, builder: Any, sig: Any, args: Any) -> list[Any]:
    """Such arguments as lanes; a mask stays one."""
    return [
        spread(builder, value, kind.width) if each == types.float32 else value
        for each, value in zip(sig.args, args, strict=True)
    ]


def _constant(kind: Any, value: float) -> Any:
    return ir.Constant(kind, [value] * kind.count)


def _intrinsic_of_llvm(builder: Any, name: str, *args: Any) -> Any:
    """One of LLVM's own functions of lanes."""
    x = args[0].type
    kind = ir.FunctionType(x, [x] * len(args))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{x.count}f32"), args)


def _multiply_add(builder: Any, x: Any, y: Any, total: Any) -> Any:
    """`x y + total`, rounded once."""
    return _intrinsic_of_llvm(builder, "fmuladd", x, y, total)


def _polynomial(builder: Any, u: Any, coefficients: Sequence[float]) -> Any:
    """Horner's rule, lowest power first in `coefficients`."""
    result = _constant(u.type, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = _multiply_add(builder, result, u, _constant(u.type, coefficient))
    return result


# --- operators ------------------------------------------------------------------------------------


def _operator(symbol: Callable[..., Any], result: dict[Any, Any], emit: Callable[[Any, Any, Any], Any]) -> None:
    """Teach numba `lanes symbol lanes`, `lanes symbol float32` and `float32 symbol lanes`, for both kinds of lanes."""

    @type_callable(symbol)
    def typer(context: Any) -> Any:
        def result_of(x: types.Type, y: types.Type) -> types.Type | None:
            pair = {x, y}
            return next((made for kind, made in result.items() if kind in pair and pair <= {kind, types.float32}), None)

        return result_of

    for kind in result:
        for x, y in ((kind, kind), (kind, types.float32), (types.float32, kind)):

            @lower_builtin(symbol, x, y)
            def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return emit(builder, *_as(_kind(*sig.args), builder, sig, args))


SAME = {kind: kind for kind in MASKS}

_operator(operator.add, SAME, lambda b, x, y: b.fadd(x, y))
_operator(operator.sub, SAME, lambda b, x, y: b.fsub(x, y))
_operator(operator.mul, SAME, lambda b, x, y: b.fmul(x, y))
_operator(operator.truediv, SAME, lambda b, x, y: b.fdiv(x, y))
_operator(operator.gt, MASKS, lambda b, x, y: b.fcmp_ordered(">", x, y))
_operator(operator.ge, MASKS, lambda b, x, y: b.fcmp_ordered(">=", x, y))
_operator(operator.lt, MASKS, lambda b, x, y: b.fcmp_ordered("<", x, y))


# --- choices and functions ------------------------------------------------------------------------


@intrinsic
def fill(typing: Any, x: Any) -> Any:
    """The same float32 in all lanes."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, args[0], WIDTH)

    return LANES(types.float32), emit


@intrinsic
def differ(typing: Any, x: Any, y: Any) -> Any:
    """Whether any lane of `x` is not that of `y`; one of them may be one float32 for all lanes."""
    kind = _kind(x, y)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(builder.fcmp_unordered("!=", *_as(kind, builder, sig, args)), ir.IntType(kind.width))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(x, y), emit


@intrinsic
def select(typing: Any, mask: Any, x: Any, y: Any) -> Any:
    """`x` where `mask` says yes, `y` elsewhere; each is lanes, or one float32 for all of them."""
    kind = next(kind for kind in MASKS if MASKS[kind] == mask)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*_as(kind, builder, sig, args))

    return kind(mask, x, y), emit


@intrinsic
def maximum(typing: Any, x: Any, y: Any) -> Any:
    """The larger, `y` if either is NaN; one of them may be one float32 for all lanes."""
    kind = _kind(x, y)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, y = _as(kind, builder, sig, args)
        return builder.select(builder.fcmp_ordered(">", x, y), x, y)

    return kind(x, y), emit


@intrinsic
def minimum(typing: Any, x: Any, y: Any) -> Any:
    """The smaller, `y` if either is NaN; one of them may be one float32 for all lanes."""
    kind = _kind(x, y)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, y = _as(kind, builder, sig, args)
        return builder.select(builder.fcmp_ordered("<", x, y), x, y)

    return kind(x, y), emit


@intrinsic
def absolute(typing: Any, x: Any) -> Any:
    """Magnitude."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _intrinsic_of_llvm(builder, "fabs", *args)

    return x(x), emit


@intrinsic
def add_product(typing: Any, total: Any, x: Any, y: Any) -> Any:
    """`total + x y`, rounded once where the machine can; each is lanes, or one float32 for all of them."""
    kind = _kind(total, x, y)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        total, x, y = _as(kind, builder, sig, args)
        return _multiply_add(builder, x, y, total)

    return kind(total, x, y), emit


@intrinsic
def root(typing: Any, x: Any) -> Any:
    """Square root."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _intrinsic_of_llvm(builder, "sqrt", *args)

    return x(x), emit


@intrinsic
def total(typing: Any, x: Any) -> Any:
    """Sum of all lanes, pairwise: the same on every machine."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = [builder.extract_element(args[0], INT(lane)) for lane in range(WIDTH)]
        while len(parts) > 1:
            parts = [builder.fadd(a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    return types.float32(LANES), emit


@intrinsic
def largest(typing: Any, x: Any) -> Any:
    """Largest of all lanes; none may be NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        found = args[0]
        for distance in (8, 4, 2, 1):
            order = ir.Constant(ir.VectorType(INT, WIDTH), [lane ^ distance for lane in range(WIDTH)])
            other = builder.shuffle_vector(found, ir.Constant(floats(LANES), ir.Undefined), order)
            found = builder.select(builder.fcmp_ordered(">", found, other), found, other)
        return builder.extract_element(found, INT(0))

    return types.float32(LANES), emit


@intrinsic
def neighbour(typing: Any, x: Any) -> Any:
    """Each pair of lanes with its two values exchanged."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        order = ir.Constant(ir.VectorType(INT, WIDTH), [lane ^ 1 for lane in range(WIDTH)])
        return builder.shuffle_vector(args[0], ir.Constant(floats(LANES), ir.Undefined), order)

    return LANES(LANES), emit


# Minimax over one octave: |error| below 6.2e-4 dB (log2) and 2.5e-5 dB (exp2).
LOG2 = (1.44176066, -0.72490418, 0.51750940, -0.32962981)
EXP2 = (0.69312418, 0.24024038, 0.05590663, 0.00958538)
SQRT_HALF_BITS = 0x3F3504F3
ROUNDER = 12582912.0  # 1.5 * 2**23: adding it rounds to a whole number in the low mantissa bits
ROUNDER_BITS = 0x4B400000


@intrinsic
def log2(typing: Any, x: Any) -> Any:
    """Logarithm to base 2 of normal positive numbers: `e + u P(u)` with `x = 2**e (1 + u)`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        floats, ints = args[0].type, ir.VectorType(INT, x.width)
        bits = builder.bitcast(args[0], ints)
        exponent = builder.ashr(builder.sub(bits, _constant(ints, SQRT_HALF_BITS)), _constant(ints, 23))
        mantissa = builder.bitcast(builder.sub(bits, builder.shl(exponent, _constant(ints, 23))), floats)
        u = builder.fsub(mantissa, _constant(floats, 1.0))
        return _multiply_add(builder, u, _polynomial(builder, u, LOG2), builder.sitofp(exponent, floats))

    return x(x), emit


@intrinsic
def exp2(typing: Any, y: Any) -> Any:
    """Two to the power `y` between −126 and 126, no more: `2**n (1 + f Q(f))` with `y = n + f`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        y, floats, ints = args[0], args[0].type, ir.VectorType(INT, args[0].type.count)
        rounded = builder.bitcast(builder.fadd(y, _constant(floats, ROUNDER)), ints)
        whole = builder.sub(rounded, _constant(ints, ROUNDER_BITS))
        f = builder.fsub(y, builder.sitofp(whole, floats))
        power = _multiply_add(builder, f, _polynomial(builder, f, EXP2), _constant(floats, 1.0))
        shifted = builder.add(builder.bitcast(power, ints), builder.shl(whole, _constant(ints, 23)))
        return builder.bitcast(shifted, floats)

    return y(y), emit

