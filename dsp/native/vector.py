"""What kernels do with lane values, as the compiler is taught it; they call all of it `lanes.…`.

`Lanes` is a numba type lowered to LLVM's `<16 x float>`, which the compiler splits into whatever the
machine has.  Every operator rounds once, as it is written: a product and a sum are one operation only
where `add_product` says so, and so every machine that can fuse them makes the same bytes.
Nothing is assumed about NaN or infinity.

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

from dsp.native.lanes import SCRATCH, WIDTH

FLOAT = ir.FloatType()
INT = ir.IntType(32)
FLOATS = ir.VectorType(FLOAT, WIDTH)
INTS = ir.VectorType(INT, WIDTH)


class LanesType(types.Type):
    """Sixteen float32, or eight."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__(name)
        self.width = width


class MaskType(types.Type):
    """Sixteen yes-or-no answers."""

    def __init__(self) -> None:
        super().__init__("mask")


LANES = LanesType("lanes", WIDTH)
HALF = LanesType("half", WIDTH // 2)
MASK = MaskType()
ROWS = types.CPointer(types.float32)
INDEX = types.CPointer(types.int32)


def _floats(kind: LanesType) -> Any:
    return ir.VectorType(FLOAT, kind.width)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, _floats(frontend))


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, ir.VectorType(ir.IntType(1), WIDTH))


def _spread(builder: Any, scalar: Any, width: int = WIDTH) -> Any:
    """All lanes alike."""
    undefined = ir.Constant(ir.VectorType(scalar.type, width), ir.Undefined)
    first = builder.insert_element(undefined, scalar, INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(INT, width), [0] * width))


def _same_kind(builder: Any, sig: Any, args: Any) -> Any:
    """Arguments that are lanes of one kind, or one float32 for all of them."""
    width = next(kind.width for kind in sig.args if isinstance(kind, LanesType))
    return [
        value if isinstance(kind, LanesType) else _spread(builder, value, width)
        for kind, value in zip(sig.args, args, strict=True)
    ]


def _constant(kind: Any, value: float) -> Any:
    return ir.Constant(kind, [value] * WIDTH)


def _multiply_add(builder: Any, x: Any, y: Any, total: Any) -> Any:
    """`x y + total`, rounded once."""
    kind = ir.FunctionType(x.type, [x.type] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{x.type.count}f32")
    return builder.call(function, [x, y, total])


def _polynomial(builder: Any, u: Any, coefficients: Sequence[float]) -> Any:
    """Horner's rule, lowest power first in `coefficients`."""
    result = _constant(FLOATS, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = _multiply_add(builder, result, u, _constant(FLOATS, coefficient))
    return result


# --- operators ------------------------------------------------------------------------------------


def _operator(symbol: Callable[..., Any], result: types.Type, emit: Callable[[Any, Any, Any], Any]) -> None:
    """Teach numba `lanes symbol lanes`, `lanes symbol float32` and `float32 symbol lanes`."""

    @type_callable(symbol)
    def typer(context: Any) -> Any:
        def result_of(x: types.Type, y: types.Type) -> types.Type | None:
            pair = {x, y}
            return result if LANES in pair and pair <= {LANES, types.float32} else None

        return result_of

    for x, y in ((LANES, LANES), (LANES, types.float32), (types.float32, LANES)):

        @lower_builtin(symbol, x, y)
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            left, right = (
                value if kind == LANES else _spread(builder, value)
                for kind, value in zip(sig.args, args, strict=True)
            )
            return emit(builder, left, right)


_operator(operator.add, LANES, lambda b, x, y: b.fadd(x, y))
_operator(operator.sub, LANES, lambda b, x, y: b.fsub(x, y))
_operator(operator.mul, LANES, lambda b, x, y: b.fmul(x, y))
_operator(operator.truediv, LANES, lambda b, x, y: b.fdiv(x, y))
_operator(operator.gt, MASK, lambda b, x, y: b.fcmp_ordered(">", x, y))
_operator(operator.ge, MASK, lambda b, x, y: b.fcmp_ordered(">=", x, y))
_operator(operator.lt, MASK, lambda b, x, y: b.fcmp_ordered("<", x, y))


# --- memory ---------------------------------------------------------------------------------------


def _address(context: Any, builder: Any, kind: Any, value: Any, indices: Sequence[Any]) -> Any:
    """Pointer to the element at `indices` (missing ones are 0) of a C-contiguous array."""
    array = context.make_array(kind)(context, builder, value)
    shape = cgutils.unpack_tuple(builder, array.shape)
    zero = ir.Constant(shape[0].type, 0)
    offset = zero
    for axis, size in enumerate(shape):
        index = indices[axis] if axis < len(indices) else zero
        offset = builder.add(builder.mul(offset, size), index)
    return builder.gep(array.data, [offset])


@intrinsic
def at(typing: Any, array: Any, i: Any) -> Any:
    """Pointer to the first float of `array[i]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _address(context, builder, sig.args[0], args[0], args[1:])

    return types.CPointer(array.dtype)(array, types.intp), emit


@intrinsic
def at2(typing: Any, array: Any, i: Any, j: Any) -> Any:
    """Pointer to the first float of `array[i, j]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _address(context, builder, sig.args[0], args[0], args[1:])

    return types.CPointer(array.dtype)(array, types.intp, types.intp), emit


@intrinsic
def at3(typing: Any, array: Any, i: Any, j: Any, k: Any) -> Any:
    """Pointer to the first float of `array[i, j, k]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _address(context, builder, sig.args[0], args[0], args[1:])

    return types.CPointer(array.dtype)(array, types.intp, types.intp, types.intp), emit


@intrinsic
def offset(typing: Any, pointer: Any, count: Any) -> Any:
    """Pointer `count` elements further on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.gep(args[0], [args[1]])

    return pointer(pointer, types.intp), emit


@intrinsic
def row_of(typing: Any, rows: Any, n: Any) -> Any:
    """Pointer to row `n`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.gep(args[0], [builder.mul(args[1], ir.Constant(args[1].type, WIDTH))])

    return rows(rows, types.intp), emit


def _row(builder: Any, pointer: Any, n: Any, vector: Any) -> Any:
    place = builder.gep(pointer, [builder.mul(n, ir.Constant(n.type, WIDTH))])
    return builder.bitcast(place, vector.as_pointer())


@intrinsic
def load(typing: Any, rows: Any, n: Any) -> Any:
    """Row `n` of sixteen floats."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_row(builder, args[0], args[1], FLOATS), align=4)

    return LANES(ROWS, types.intp), emit


@intrinsic
def store(typing: Any, rows: Any, n: Any, x: Any) -> Any:
    """Put `x` into row `n`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _row(builder, args[0], args[1], FLOATS), align=4)
        return context.get_dummy_value()

    return types.void(ROWS, types.intp, LANES), emit


def _half(builder: Any, pointer: Any, n: Any, side: Any) -> Any:
    row = builder.gep(pointer, [builder.mul(n, ir.Constant(n.type, WIDTH))])
    place = builder.gep(row, [builder.mul(side, ir.Constant(side.type, HALF.width))])
    return builder.bitcast(place, _floats(HALF).as_pointer())


@intrinsic
def load_half(typing: Any, rows: Any, n: Any, side: Any) -> Any:
    """The first eight floats of row `n`, or the others if `side` is 1."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_half(builder, *args), align=4)

    return HALF(ROWS, types.intp, types.intp), emit


@intrinsic
def store_half(typing: Any, rows: Any, n: Any, side: Any, x: Any) -> Any:
    """Put `x` where `load_half` takes it from."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[3], _half(builder, *args[:3]), align=4)
        return context.get_dummy_value()

    return types.void(ROWS, types.intp, types.intp, HALF), emit


@intrinsic
def scalar(typing: Any, pointer: Any, i: Any) -> Any:
    """Element `i`, without the wrap-around of Python's negative indices."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(builder.gep(args[0], [args[1]]))

    return pointer.dtype(pointer, types.intp), emit


@intrinsic
def put(typing: Any, pointer: Any, i: Any, x: Any) -> Any:
    """Set element `i`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], builder.gep(args[0], [args[1]]))
        return context.get_dummy_value()

    return types.void(pointer, types.intp, pointer.dtype), emit


@intrinsic
def gather(typing: Any, base: Any, index: Any) -> Any:
    """Sixteen floats from anywhere: `base[index[lane]]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = builder.load(builder.bitcast(args[1], INTS.as_pointer()), align=4)
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in range(WIDTH):
            place = builder.extract_element(places, INT(lane))
            value = builder.load(builder.gep(args[0], [builder.sext(place, ir.IntType(64))]))
            result = builder.insert_element(result, value, INT(lane))
        return result

    return LANES(ROWS, INDEX), emit


@intrinsic
def gather_rows(typing: Any, ring: Any, position: Any, back: Any, mask: Any) -> Any:
    """Each lane from its own row of a ring: row `(position − back[lane]) & mask`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        base, position, back, mask = args
        delays = builder.load(builder.bitcast(back, INTS.as_pointer()), align=4)
        rows = builder.sub(_spread(builder, builder.trunc(position, INT)), delays)
        rows = builder.and_(rows, _spread(builder, builder.trunc(mask, INT)))
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in range(WIDTH):
            row = builder.zext(builder.extract_element(rows, INT(lane)), ir.IntType(64))
            place = builder.add(builder.mul(row, ir.Constant(row.type, WIDTH)), ir.Constant(row.type, lane))
            value = builder.load(builder.gep(base, [place]))
            result = builder.insert_element(result, value, INT(lane))
        return result

    return LANES(ROWS, types.int64, INDEX, types.int64), emit


@intrinsic
def from_index(typing: Any, index: Any) -> Any:
    """Sixteen int32 as floats."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        numbers = builder.load(builder.bitcast(args[0], INTS.as_pointer()), align=4)
        return builder.sitofp(numbers, FLOATS)

    return LANES(INDEX), emit


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
            order = ir.Constant(INTS, [lane ^ distance for lane in range(WIDTH)])
            other = builder.shuffle_vector(found, ir.Constant(FLOATS, ir.Undefined), order)
            found = builder.select(builder.fcmp_ordered(">", found, other), found, other)
        return builder.extract_element(found, INT(0))

    return types.float32(LANES), emit


@intrinsic
def neighbour(typing: Any, x: Any) -> Any:
    """Each pair of lanes with its two values exchanged."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        order = ir.Constant(INTS, [lane ^ 1 for lane in range(WIDTH)])
        return builder.shuffle_vector(args[0], ir.Constant(FLOATS, ir.Undefined), order)

    return LANES(LANES), emit


@intrinsic
def scratch(typing: Any) -> Any:
    """Memory for SCRATCH rows that lasts as long as the kernel that asks for it."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        with builder.goto_entry_block():
            place = builder.alloca(ir.ArrayType(FLOATS, SCRATCH))
            place.align = 64
        return builder.bitcast(place, FLOAT.as_pointer())

    return ROWS(), emit


@intrinsic
def half(typing: Any, x: Any, side: Any) -> Any:
    """The first eight of sixteen lanes, or the others if `side` is 1."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        sides = [
            builder.shuffle_vector(
                args[0], args[0], ir.Constant(ir.VectorType(INT, HALF.width), [first + i for i in range(HALF.width)])
            )
            for first in (0, HALF.width)
        ]
        return builder.select(builder.icmp_signed("==", args[1], ir.Constant(args[1].type, 0)), *sides)

    return HALF(LANES, types.intp), emit


# --- choices and functions ------------------------------------------------------------------------


@intrinsic
def fill(typing: Any, x: Any) -> Any:
    """The same float32 in all lanes."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _spread(builder, args[0])

    return LANES(types.float32), emit


@intrinsic
def differ(typing: Any, x: Any, y: Any) -> Any:
    """Whether any lane of `x` is not that of `y`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(builder.fcmp_unordered("!=", *args), ir.IntType(x.width))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(x, x), emit


@intrinsic
def select(typing: Any, mask: Any, x: Any, y: Any) -> Any:
    """`x` where `mask` says yes, `y` elsewhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return LANES(MASK, LANES, LANES), emit


@intrinsic
def maximum(typing: Any, x: Any, y: Any) -> Any:
    """The larger, `y` if either is NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return LANES(LANES, LANES), emit


@intrinsic
def minimum(typing: Any, x: Any, y: Any) -> Any:
    """The smaller, `y` if either is NaN."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), *args)

    return LANES(LANES, LANES), emit


@intrinsic
def absolute(typing: Any, x: Any) -> Any:
    """Magnitude."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(FLOATS, [FLOATS]), f"llvm.fabs.v{WIDTH}f32"
        )
        return builder.call(function, args)

    return LANES(LANES), emit


@intrinsic
def add_product(typing: Any, total: Any, x: Any, y: Any) -> Any:
    """`total + x y`, rounded once where the machine can; each is lanes, or one float32 for all of them."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        total, x, y = _same_kind(builder, sig, args)
        return _multiply_add(builder, x, y, total)

    kind = next(each for each in (total, x, y) if isinstance(each, LanesType))
    return kind(total, x, y), emit


@intrinsic
def root(typing: Any, x: Any) -> Any:
    """Square root."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(FLOATS, [FLOATS]), f"llvm.sqrt.v{WIDTH}f32"
        )
        return builder.call(function, args)

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
        bits = builder.bitcast(args[0], INTS)
        exponent = builder.ashr(builder.sub(bits, _constant(INTS, SQRT_HALF_BITS)), _constant(INTS, 23))
        mantissa = builder.bitcast(builder.sub(bits, builder.shl(exponent, _constant(INTS, 23))), FLOATS)
        u = builder.fsub(mantissa, _constant(FLOATS, 1.0))
        return _multiply_add(builder, u, _polynomial(builder, u, LOG2), builder.sitofp(exponent, FLOATS))

    return LANES(LANES), emit


@intrinsic
def exp2(typing: Any, y: Any) -> Any:
    """Two to the power `y` between −126 and 126, no more: `2**n (1 + f Q(f))` with `y = n + f`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        y = args[0]
        rounded = builder.bitcast(builder.fadd(y, _constant(FLOATS, ROUNDER)), INTS)
        whole = builder.sub(rounded, _constant(INTS, ROUNDER_BITS))
        f = builder.fsub(y, builder.sitofp(whole, FLOATS))
        power = _multiply_add(builder, f, _polynomial(builder, f, EXP2), _constant(FLOATS, 1.0))
        shifted = builder.add(builder.bitcast(power, INTS), builder.shl(whole, _constant(INTS, 23)))
        return builder.bitcast(shifted, FLOATS)

    return LANES(LANES), emit

