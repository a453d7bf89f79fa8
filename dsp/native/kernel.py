"""Functions that become native code: declared here, compiled in `compiler`, found and loaded in `objects`.

    @kernel                        called by other kernels: sixteen channels in a line that reads like one
    @inline                        compiled into each of its callers: the few lines of one frame
    @either                        plain Python that kernels may call, too
    @export(INT, POINTER, ...)     a C function: has an address that C code can call, and Python too

Nothing here imports numba: a program whose kernels are finished never needs it.
"""

import dataclasses
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a C function takes or gives: a number, an address of numbers or of one record, or an array.

    An array travels as its address and its lengths, is C-contiguous, and is seen by the kernel as an array.
    """

    dtype: np.dtype[Any]
    pointed: bool = False
    dimensions: int = 0


def number(dtype: npt.DTypeLike) -> Kind:
    """Kind of a number."""
    return Kind(np.dtype(dtype))


def address_of(dtype: npt.DTypeLike) -> Kind:
    """Kind of an address: of the first of many numbers, or of one record whose fields the kernel uses by name."""
    return Kind(np.dtype(dtype), pointed=True)


def array_of(dtype: npt.DTypeLike, dimensions: int = 1) -> Kind:
    """Kind of an array."""
    return Kind(np.dtype(dtype), pointed=True, dimensions=dimensions)


class Kernel:
    """A function to be compiled.

    Called from Python it is compiled by itself for the kinds of arguments it is given, which is what tests do.

    Attributes
    ----------
    py_func : function
        As it was written.
    inlined : bool
        Whether it becomes a part of each of its callers.
    name : str
        With its module, as its symbol is called in an object.
    kinds : tuple of Kind or None
        Arguments as C sees them, if it is a C function.
    result : Kind or None
        What it gives to C.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        inlined: bool = False,
        kinds: tuple[Kind, ...] | None = None,
        result: Kind | None = None,
    ) -> None:
        self.py_func = function
        self.inlined = inlined
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.kinds = kinds
        self.result = result
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"<kernel {self.name}>"

    def __call__(self, *arguments: Any) -> Any:
        """Run natively, without the GIL."""
        from dsp.native import objects

        return objects.call(self, arguments)

    def bound(self, *arguments: Any) -> Callable[..., Any]:
        """The C function with its first arguments handed over already; whoever calls it keeps their memory."""
        from dsp.native import objects

        return objects.bound(self, arguments)

    @property
    def address(self) -> int:
        """Where the C function is; it is loaded, and compiled if it has to be."""
        from dsp.native import objects

        return objects.address(self)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A C function to be made of a kernel; one for Python is told, last, where to put its result."""

    kernel: Kernel
    kinds: tuple[Kind, ...]
    for_python: bool = False


def kernel(function: Callable[..., Any]) -> Kernel:
    """Make a function native: no GIL, no bounds checks, nothing allocated and nothing raised."""
    return Kernel(function)


def inline(function: Callable[..., Any]) -> Kernel:
    """Make a function native inside each of its callers: the few lines of one frame that two loops share."""
    return Kernel(function, inlined=True)


part = inline


class _Either(Kernel):
    def __call__(self, *arguments: Any) -> Any:
        return self.py_func(*arguments)


def either(function: Callable[..., Any]) -> Kernel:
    """Let kernels use a plain function of numbers that Python uses, too."""
    return _Either(function)


def export(*kinds: Kind, result: Kind | None = None) -> Callable[[Callable[..., Any]], Kernel]:
    """Make a native function that C can call, with arguments of these kinds."""

    def declare(function: Callable[..., Any]) -> Kernel:
        return Kernel(function, kinds=kinds, result=result)

    return declare


def emitted_by(*modules: str) -> Callable[[str], Any]:
    """Make a module's `__getattr__`: what only kernels use comes from others, which import numba, when they do."""

    def get(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for module in map(importlib.import_module, modules):
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)

    return get
