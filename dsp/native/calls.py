"""Native code and memory by address: what the control side makes ready and hands over as a number."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


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
