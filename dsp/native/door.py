"""The way into native code from C: a plain function around a lowered kernel.

    C: pointer, length, number … ─▶ numba's arrays and records ─▶ kernel ─▶ result ─▶ C, or where Python looks for it
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.np import arrayobj

from dsp.native.kernel import Entry, Kind

NOTHING, WHOLE, REAL, TRUTH = range(4)
"""What an entry for Python answers: which kind of result it has put where it was told to."""


class CompileError(Exception):
    """Something can't be native code; the message says what."""


def type_of(kind: Kind) -> Any:
    """Numba's type of an argument."""
    element = from_dtype(kind.dtype)
    if not kind.pointed:
        return element
    if kind.dimensions:
        return types.Array(element, kind.dimensions, "C")
    return element if isinstance(element, types.Record) else types.CPointer(element)


class Door:
    """The C function around a lowered kernel."""

    def __init__(self, context: Any, entry: Entry, made: Any) -> None:
        self._context, self._entry, self._made = context, entry, made
        self._types = made.signature.args

    def write(self, target: Any) -> None:
        """Put it into the module."""
        module = target._create_empty_module("entry")
        conv = self._context.call_conv
        inner_type = conv.get_function_type(self._made.signature.return_type, self._types)
        inner = ir.Function(module, inner_type, self._made.fndesc.llvm_func_name)
        taken = [kind for each in self._entry.kinds for kind in self._shape(each)]
        if self._entry.for_python:
            taken.append(ir.IntType(64).as_pointer())
        function = ir.Function(module, ir.FunctionType(self._result_type(), taken), self._entry.kernel.name)
        builder = ir.IRBuilder(function.append_basic_block())
        given = list(function.args)
        values = [self._value(builder, *each, given) for each in zip(self._types, self._entry.kinds, strict=True)]
        _, result = conv.call_function(builder, inner, self._made.signature.return_type, self._types, values)
        self._answer(builder, result, given)
        target.take(llvm.parse_assembly(cgutils.normalize_ir_text(str(module))))

    def _shape(self, kind: Kind) -> list[Any]:
        """C's types of an argument."""
        if kind.pointed:
            return [ir.IntType(8).as_pointer()] + [ir.IntType(64)] * kind.dimensions
        return [self._context.get_data_type(from_dtype(kind.dtype))]

    def _value(self, builder: Any, type_: Any, kind: Kind, given: list[Any]) -> Any:
        """Numba's value of an argument; takes off `given` what it is made of."""
        first = given.pop(0)
        if not kind.pointed:
            return self._context.data_model_manager[type_].from_data(builder, first)
        if not kind.dimensions:
            return builder.bitcast(first, self._context.get_value_type(type_))
        lengths = [given.pop(0) for _ in range(kind.dimensions)]
        array = self._context.make_array(type_)(self._context, builder)
        size = ir.Constant(ir.IntType(64), kind.dtype.itemsize)
        strides = [size]
        for length in lengths[:0:-1]:
            strides.insert(0, builder.mul(strides[0], length))
        arrayobj.populate_array(
            array, data=builder.bitcast(first, array.data.type), shape=lengths, strides=strides, itemsize=size,
            meminfo=None,
        )  # fmt: skip
        return array._getvalue()

    def _result_type(self) -> Any:
        if self._entry.for_python:
            return ir.IntType(32)
        wanted = self._entry.kernel.result
        return ir.VoidType() if wanted is None else self._context.get_data_type(from_dtype(wanted.dtype))

    def _answer(self, builder: Any, result: Any, given: list[Any]) -> None:
        """Give the result to C, or put it where Python looks for it."""
        returned, wanted = self._made.signature.return_type, self._entry.kernel.result
        if not self._entry.for_python:
            if wanted is None:
                builder.ret_void()
                return
            number = from_dtype(wanted.dtype)
            value = self._context.cast(builder, result, returned, number)
            builder.ret(self._context.data_model_manager[number].as_data(builder, value))
            return
        code, kind = _answered(returned)
        if code != NOTHING:
            value = self._context.cast(builder, result, returned, kind)
            builder.store(builder.bitcast(value, ir.IntType(64)), given[0])
        builder.ret(ir.Constant(ir.IntType(32), code))


def _answered(returned: Any) -> tuple[int, Any]:
    """How a result travels to Python: what it is, and as which 64 bits."""
    if isinstance(returned, types.Boolean):
        return TRUTH, types.int64
    if isinstance(returned, types.Integer):
        return WHOLE, types.int64
    if isinstance(returned, types.Float):
        return REAL, types.float64
    if isinstance(returned, types.NoneType):
        return NOTHING, None
    raise CompileError(f"a kernel can't give {returned} to Python")
