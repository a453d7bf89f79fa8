"""Where lane values are in memory, as the compiler is taught it; kernels call all of it `lanes.…`.

Sixteen floats are a row, and rows follow each other.  A pointer to rows says how many lanes of each are meant:
all sixteen, or eight of them, so that what is written once for `rows` does either.

    for side in range(lanes.sides()):           once, or twice where sixteen lanes are too many for the registers
        one_side(lanes.side(x, side), …)        all lanes, or half of them
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from dsp.native.lanes import SCRATCH, WIDTH
from dsp.native.vector import FLOAT, HALF, INT, LANES, LanesType, floats, spread

FLOATS = floats(LANES)
INTS = ir.VectorType(INT, WIDTH)
ROWS = types.CPointer(types.float32)
INDEX = types.CPointer(types.int32)


class HalfRowsType(types.CPointer):
    """Pointer to eight floats of a row, and of all rows that follow."""

    def __init__(self) -> None:
        super().__init__(types.float32)
        self.name = "half rows"


HALF_ROWS = HalfRowsType()
register_model(HalfRowsType)(models.PointerModel)


def lanes_of(rows: Any) -> LanesType:
    """Lanes that a row has."""
    return HALF if rows == HALF_ROWS else LANES


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


def _row(builder: Any, pointer: Any, n: Any, kind: LanesType) -> Any:
    place = builder.gep(pointer, [builder.mul(n, ir.Constant(n.type, WIDTH))])
    return builder.bitcast(place, floats(kind).as_pointer())


@intrinsic
def load(typing: Any, rows: Any, n: Any) -> Any:
    """Row `n`."""
    kind = lanes_of(rows)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_row(builder, args[0], args[1], kind), align=4)

    return kind(rows, types.intp), emit


@intrinsic
def store(typing: Any, rows: Any, n: Any, x: Any) -> Any:
    """Put `x` into row `n`."""
    kind = lanes_of(rows)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _row(builder, args[0], args[1], kind), align=4)
        return context.get_dummy_value()

    return types.void(rows, types.intp, kind), emit


@intrinsic
def like(typing: Any, rows: Any, x: Any) -> Any:
    """The same float32 in as many lanes as rows have."""
    kind = lanes_of(rows)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, args[1], kind.width)

    return kind(rows, types.float32), emit


def _sides(machine: Any) -> int:
    """Parts of a row on a machine, as numba's contexts know it."""
    return 2 if machine.bits == 128 else 1


@intrinsic
def sides(typing: Any) -> Any:
    """Parts in which the machine that is compiled for takes a row: all of it at once, or two halves."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(ir.IntType(64), _sides(context))

    return types.intp(), emit


@intrinsic
def side(typing: Any, rows: Any, i: Any) -> Any:
    """Pointer to the same rows, but to one of their `sides` only."""
    kind = HALF_ROWS if _sides(typing) == 2 else rows

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _half_rows(builder, *args) if sig.return_type == HALF_ROWS else args[0]

    return kind(rows, types.intp), emit


@intrinsic
def half(typing: Any, rows: Any, i: Any) -> Any:
    """Pointer to the first eight lanes of the same rows, or to the others if `i` is 1; on every machine."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _half_rows(builder, *args)

    return HALF_ROWS(rows, types.intp), emit


def _half_rows(builder: Any, rows: Any, i: Any) -> Any:
    return builder.gep(rows, [builder.mul(i, ir.Constant(i.type, HALF.width))])


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
def scratch(typing: Any) -> Any:
    """Memory for SCRATCH rows that lasts as long as the kernel that asks for it."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        with builder.goto_entry_block():
            place = builder.alloca(ir.ArrayType(FLOATS, SCRATCH))
            place.align = 64
        return builder.bitcast(place, FLOAT.as_pointer())

    return ROWS(), emit
