"""What kernels do with sixteen delay lines in one number, as the compiler is taught it; see `lines`."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsp.native.lanes import FLOATS, INT, INTS, LANES, ROWS, WIDTH

WORD = ir.IntType(64)


def _behind(builder: Any, args: Any, stride: int, columns: list[int]) -> Any:
    """Each lane from its own row of a ring with `stride` columns."""
    base, position, back, mask = args
    whole = builder.fptosi(back, INTS)
    result = ir.Constant(FLOATS, ir.Undefined)
    for lane in range(WIDTH):
        row = builder.sub(position, builder.sext(builder.extract_element(whole, INT(lane)), WORD))
        place = builder.add(builder.mul(builder.and_(row, mask), WORD(stride)), WORD(columns[lane]))
        result = builder.insert_element(result, builder.load(builder.gep(base, [place])), INT(lane))
    return result


@intrinsic
def rows(typing: Any, ring: Any, position: Any, back: Any, mask: Any) -> Any:
    """Lane i from column i of a ring of rows of sixteen, `back[i]` (lanes) whole rows behind."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _behind(builder, args, WIDTH, list(range(WIDTH)))

    return LANES(ROWS, types.int64, LANES, types.int64), emit


@intrinsic
def sides(typing: Any, ring: Any, position: Any, back: Any, mask: Any) -> Any:
    """Even lanes from the left and odd ones from the right of a stereo ring, `back[i]` (lanes) frames behind."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _behind(builder, args, 2, [lane & 1 for lane in range(WIDTH)])

    return LANES(ROWS, types.int64, LANES, types.int64), emit


@intrinsic
def floor(typing: Any, x: Any) -> Any:
    """Whole part of positive numbers."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(builder.fptosi(args[0], INTS), FLOATS)

    return LANES(LANES), emit


@intrinsic
def hadamard(typing: Any, x: Any) -> Any:
    """Mix all lanes with all, in equal shares and without loss: four stages of sums and differences."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mixed = args[0]
        for distance in (1, 2, 4, 8):
            order = ir.Constant(INTS, [lane ^ distance for lane in range(WIDTH)])
            other = builder.shuffle_vector(mixed, ir.Constant(FLOATS, ir.Undefined), order)
            signs = ir.Constant(FLOATS, [-1.0 if lane & distance else 1.0 for lane in range(WIDTH)])
            mixed = builder.fadd(other, builder.fmul(mixed, signs))
        return builder.fmul(mixed, ir.Constant(FLOATS, [0.25] * WIDTH))

    return LANES(LANES), emit
