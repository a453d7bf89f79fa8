"""What kernels do with sixteen delay lines side by side, as the compiler is taught it; see `lines`."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsp.native.lanes import FLOATS, INTS, LANES, ROWS, WIDTH

WORD = ir.IntType(64)


@intrinsic
def floor(typing: Any, x: Any) -> Any:
    """Whole part of positive numbers."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(builder.fptosi(args[0], INTS), FLOATS)

    return LANES(LANES), emit


@intrinsic
def count(typing: Any) -> Any:
    """0, 1, … 15."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(FLOATS, [float(lane) for lane in range(WIDTH)])

    return LANES(), emit


def _places(builder: Any, place: Any, stride: Any) -> list[Any]:
    """Where sixteen rows begin that lie `stride` floats apart."""
    return [
        builder.bitcast(builder.gep(place, [builder.mul(stride, WORD(row))]), FLOATS.as_pointer())
        for row in range(WIDTH)
    ]  # fmt: skip


@intrinsic
def mix(typing: Any, place: Any, stride: Any) -> Any:
    """Mix sixteen rows that lie `stride` floats apart, in equal shares and without loss (Hadamard); in place."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = _places(builder, *args)
        rows = [builder.load(each, align=4) for each in places]
        for distance in (1, 2, 4, 8):
            rows = [
                builder.fsub(rows[row ^ distance], rows[row])
                if row & distance
                else builder.fadd(rows[row], rows[row ^ distance])
                for row in range(WIDTH)
            ]
        for row, each in zip(rows, places, strict=True):
            builder.store(builder.fmul(row, ir.Constant(FLOATS, [0.25] * WIDTH)), each, align=4)
        return context.get_dummy_value()

    return types.void(ROWS, types.int64), emit


@intrinsic
def turn(typing: Any, place: Any, stride: Any, there: Any, its_stride: Any) -> Any:
    """Put columns of sixteen rows, which lie `stride` floats apart, as rows elsewhere."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rows = [builder.load(each, align=4) for each in _places(builder, *args[:2])]
        for distance in (8, 4, 2, 1):
            for row in range(WIDTH):
                if not row & distance:
                    a, b = rows[row], rows[row + distance]
                    # What the second row has at its beginning goes behind that of the first, block by block.
                    own = [lane if not lane & distance else WIDTH + lane - distance for lane in range(WIDTH)]
                    other = [lane + distance if not lane & distance else WIDTH + lane for lane in range(WIDTH)]
                    rows[row] = builder.shuffle_vector(a, b, ir.Constant(INTS, own))
                    rows[row + distance] = builder.shuffle_vector(a, b, ir.Constant(INTS, other))
        for row, each in zip(rows, _places(builder, *args[2:]), strict=True):
            builder.store(row, each, align=4)
        return context.get_dummy_value()

    return types.void(ROWS, types.int64, ROWS, types.int64), emit
