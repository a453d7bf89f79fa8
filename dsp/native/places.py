"""Sixteen whole numbers, one for each lane, as the compiler is taught them; kernels call all of it `lanes.…`.

They are the places of signals, or delays.  Which lanes have the same is told by bits, the first lane the lowest:

    number   7 3 3 9 …        having(index, 3)   …0110
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dsp.native.lanes import WIDTH
from dsp.native.rows import FLOATS, INDEX, INTS, ROWS
from dsp.native.vector import HALF, INT, LANES, MASKS, spread

LONG = ir.IntType(64)
BITS = ir.IntType(WIDTH)


def _numbers(builder: Any, index: Any) -> Any:
    """Sixteen int32."""
    return builder.load(builder.bitcast(index, INTS.as_pointer()), align=4)


def _bits(builder: Any, mask: Any) -> Any:
    """A bit for each answer."""
    return builder.zext(builder.bitcast(mask, BITS), LONG)


@intrinsic
def gather(typing: Any, base: Any, index: Any) -> Any:
    """Sixteen floats from anywhere: `base[index[lane]]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = _numbers(builder, args[1])
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in range(WIDTH):
            place = builder.extract_element(places, INT(lane))
            value = builder.load(builder.gep(args[0], [builder.sext(place, ir.IntType(64))]))
            result = builder.insert_element(result, value, INT(lane))
        return result

    return LANES(ROWS, INDEX), emit


@intrinsic
def picks(typing: Any) -> Any:
    """Whether `pick` is one step, or a few, on the machine that is compiled for."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(ir.IntType(1), context.bits > 128)

    return types.boolean(), emit


@intrinsic
def pick(typing: Any, rows: Any, n: Any, index: Any) -> Any:
    """Lanes of row `n` in any order: each lane is `row[index[lane] % 16]`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        row = builder.gep(args[0], [builder.mul(args[1], LONG(WIDTH))])
        numbers = _numbers(builder, args[2])
        if context.bits == 128:
            return _pick_one_by_one(builder, row, numbers)
        values = builder.load(builder.bitcast(row, FLOATS.as_pointer()), align=4)
        if context.bits == 512:
            return _permute(builder, "avx512.permvar.sf.512", values, numbers)
        halves = [_pick_half(builder, values, _half(builder, numbers, i)) for i in range(2)]
        return builder.shuffle_vector(*halves, ir.Constant(INTS, list(range(WIDTH))))

    return LANES(ROWS, types.int64, INDEX), emit


def _pick_one_by_one(builder: Any, row: Any, numbers: Any) -> Any:
    result = ir.Constant(FLOATS, ir.Undefined)
    for lane in range(WIDTH):
        number = builder.and_(builder.extract_element(numbers, INT(lane)), INT(WIDTH - 1))
        result = builder.insert_element(result, builder.load(builder.gep(row, [number])), INT(lane))
    return result


def _pick_half(builder: Any, values: Any, numbers: Any) -> Any:
    """Eight lanes, each from either half of the values."""
    low, high = (_permute(builder, "avx2.permps", _half(builder, values, i), numbers) for i in range(2))
    eight = ir.Constant(numbers.type, [HALF.width] * HALF.width)
    is_high = builder.icmp_signed("!=", builder.and_(numbers, eight), ir.Constant(numbers.type, None))
    return builder.select(is_high, high, low)


def _half(builder: Any, values: Any, i: int) -> Any:
    first = i * HALF.width
    order = ir.Constant(ir.VectorType(INT, HALF.width), list(range(first, first + HALF.width)))
    return builder.shuffle_vector(values, ir.Constant(values.type, ir.Undefined), order)


def _permute(builder: Any, name: str, values: Any, numbers: Any) -> Any:
    kind = ir.FunctionType(values.type, [values.type, numbers.type])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.x86.{name}"), [values, numbers])


@intrinsic
def gather_rows(typing: Any, ring: Any, position: Any, back: Any, mask: Any) -> Any:
    """Each lane from its own row of a ring: row `(position − back[lane]) & mask`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        base, position, back, mask = args
        delays = _numbers(builder, back)
        rows = builder.sub(spread(builder, builder.trunc(position, INT), WIDTH), delays)
        rows = builder.and_(rows, spread(builder, builder.trunc(mask, INT), WIDTH))
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in range(WIDTH):
            row = builder.zext(builder.extract_element(rows, INT(lane)), LONG)
            place = builder.add(builder.mul(row, ir.Constant(LONG, WIDTH)), ir.Constant(LONG, lane))
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
def having(typing: Any, index: Any, number: Any, mask: Any) -> Any:
    """The bits of the lanes that have a number, as far as a mask (int64) goes."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wanted, mask = (spread(builder, builder.trunc(each, INT), WIDTH) for each in args[1:])
        return _bits(builder, builder.icmp_signed("==", builder.and_(_numbers(builder, args[0]), mask), wanted))

    return types.int64(INDEX, types.int64, types.int64), emit


@intrinsic
def is_straight(typing: Any, index: Any) -> Any:
    """Whether sixteen signals lie side by side: the patch of most desks, and much the fastest."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = _numbers(builder, args[0])
        first = spread(builder, builder.extract_element(places, INT(0)), WIDTH)
        row = builder.add(first, ir.Constant(INTS, list(range(WIDTH))))
        return builder.icmp_signed("==", _bits(builder, builder.icmp_signed("==", places, row)), LONG(2**WIDTH - 1))

    return types.boolean(INDEX), emit


@intrinsic
def bits(typing: Any, mask: Any) -> Any:
    """The bits of the lanes where a mask says yes."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _bits(builder, args[0])

    return types.int64(MASKS[LANES]), emit


@intrinsic
def mask(typing: Any, bits: Any) -> Any:
    """Yes in the lanes of bits."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(builder.trunc(args[0], BITS), ir.VectorType(ir.IntType(1), WIDTH))

    return MASKS[LANES](types.int64), emit


@intrinsic
def first(typing: Any, bits: Any) -> Any:
    """The first lane of bits; 0 where there is none."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.and_(builder.cttz(args[0], ir.Constant(ir.IntType(1), 0)), LONG(WIDTH - 1))

    return types.int64(types.int64), emit
