"""Native code as files: made once of what it depends on, kept, found again and loaded.

    Unit: functions for C ─▶ key ─▶ came with the program? ─▶ kept before? ─▶ loaded with ctypes
                                                              ╰─ no: compiled, linked, kept ─╯

A key is made of the source of all that a unit can reach, the versions of Python and of the compiler, and the
processor.  So an edit is never run stale, and checkouts with equal sources share what one of them compiled.

A function with an address needs no unit: `some_export.address` compiles it alone, or loads it, on whichever
thread asks.  Functions that are needed together are better declared together, as a `Unit`: then what they
share is compiled once.
"""

import contextlib
import ctypes
import functools
import hashlib
import importlib.metadata
import os
import pathlib
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import platformdirs

from dsp.native.kernel import Entry, Kernel, Kind

SHIPPED = pathlib.Path(__file__).with_name("built")
"""Where a wheel brings finished units, for each of `compiler.LEVELS`."""
FOLDER = "FADERD_KERNELS"
"""Environment variable that names another folder for what is compiled."""
UNUSED_S = 60 * 24 * 3600
"""Files that nobody has used for so long are deleted."""

Finished = Callable[[str], None]


class Unit:
    """Functions for C that are compiled together.

    Parameters
    ----------
    name : str
        Of its file.
    exports : sequence of Kernel
        Functions declared with `kernel.export`.
    """

    def __init__(self, name: str, exports: Sequence[Kernel]) -> None:
        self.name = name
        self.entries = tuple(Entry(each, each.kinds or ()) for each in exports)
        _units.update({each: self for each in exports})
        self._library: ctypes.CDLL | None = None

    @functools.cached_property
    def digest(self) -> str:
        """Name of what it is made of, whatever the machine."""
        return digest_of([entry.kernel for entry in self.entries])

    def path(self) -> pathlib.Path | None:
        """File that is finished, if there is one."""
        shipped = (SHIPPED / self._shipped(level) for level in levels())
        return next((path for path in (*shipped, self._kept()) if path.exists()), None)

    def _kept(self) -> pathlib.Path:
        return folder() / f"{self.name}-{_key(self.digest)}.so"

    def make(self, finished: Finished = lambda name: None) -> pathlib.Path:
        """Compile it, unless somebody has done so before; `finished` gets each function's name."""
        return self.path() or _make(self.entries, self._kept(), finished)

    def ship(self, into: pathlib.Path, finished: Finished = lambda name: None) -> None:
        """Compile it for every machine that a wheel has native code for, into a folder of the wheel."""
        from dsp.native import compiler, elf

        for machine in ("x86-64", "aarch64"):
            names = [name for name in compiler.LEVELS if name.startswith(machine)]
            made = compiler.build(self.entries, [compiler.LEVELS[name] for name in names], finished)
            for name, relocatable in zip(names, made, strict=True):
                (into / self._shipped(name)).write_bytes(elf.link(relocatable))

    def _shipped(self, level: str) -> str:
        return f"{self.name}-{self.digest}-{level}.so"

    def function(self, export: Kernel) -> Any:
        """One of the functions, loaded; made if it has to be."""
        if self._library is None:
            self._library = _load(self.make())
        return self._library[export.name]


_units: dict[Kernel, Unit] = {}
_functions: dict[Any, Any] = {}


def address(export: Kernel) -> int:
    """Where a function for C is."""
    if export.kinds is None:
        raise TypeError(f"{export.name} has no address: it is not declared as an export")
    return int(ctypes.cast(_exported(export), ctypes.c_void_p).value or 0)


def _exported(export: Kernel) -> Any:
    if export not in _functions:
        unit = _units.get(export) or Unit(export.name, [export])
        function = unit.function(export)
        function.argtypes = [each for kind in export.kinds or () for each in _c_types(kind)]
        function.restype = None if export.result is None else np.ctypeslib.as_ctypes_type(export.result.dtype)
        _functions[export] = function
    return _functions[export]


# --- called from Python -----------------------------------------------------------------------------


def call(kernel: Kernel, arguments: Sequence[Any]) -> Any:
    """Call a kernel with numbers, arrays and records, without the GIL."""
    if kernel.kinds is not None:
        return _exported(kernel)(*_handed_over(arguments))
    kinds = tuple(map(_kind_of, arguments))
    if (kernel, kinds) not in _functions:
        entry = Entry(kernel, kinds, for_python=True)
        path = folder() / f"{kernel.name}-{_key(digest_of([kernel]) + repr(kinds))}.so"
        function = _load(path if path.exists() else _make([entry], path))[kernel.name]
        function.argtypes = [*(each for kind in kinds for each in _c_types(kind)), ctypes.c_void_p]
        _functions[kernel, kinds] = function
    result = np.zeros(1, np.int64)
    answer = _functions[kernel, kinds](*_handed_over(arguments), result.ctypes.data)
    return (None, int(result[0]), float(result.view(np.float64)[0]), bool(result[0]))[answer]


def bound(export: Kernel, arguments: Sequence[Any]) -> Callable[..., Any]:
    """A C function that has its first arguments already: what is called often looks for them once."""
    return functools.partial(_exported(export), *_handed_over(arguments))


def _kind_of(value: Any) -> Kind:
    if isinstance(value, np.ndarray):
        if not value.flags.c_contiguous:
            raise TypeError("kernels take arrays that are C-contiguous")
        return Kind(value.dtype, pointed=True, dimensions=value.ndim)
    if isinstance(value, np.void):
        return Kind(value.dtype, pointed=True)
    if isinstance(value, bool):
        return Kind(np.dtype(np.bool_))
    return Kind(np.asarray(value).dtype)


def _c_types(kind: Kind) -> list[Any]:
    if kind.pointed:
        return [ctypes.c_void_p, *[ctypes.c_int64] * kind.dimensions]
    return [np.ctypeslib.as_ctypes_type(kind.dtype)]


def _handed_over(arguments: Sequence[Any]) -> Iterator[Any]:
    """Arguments as C takes them: arrays as their address and lengths."""
    for value in arguments:
        if isinstance(value, np.ndarray):
            yield value.ctypes.data
            yield from value.shape
        elif isinstance(value, np.void):
            yield value.__array_interface__["data"][0]
        else:
            yield value.item() if isinstance(value, np.generic) else value


# --- files ------------------------------------------------------------------------------------------


@functools.cache
def folder() -> pathlib.Path:
    """Where compiled code is kept; a folder that ends with this program if there is no other."""
    chosen = os.environ.get(FOLDER)
    wanted = pathlib.Path(chosen) if chosen else platformdirs.user_cache_path("faderd") / "kernels"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:  # a read-only home
        _temporary.append(tempfile.TemporaryDirectory(prefix="faderd-kernels-"))
        return pathlib.Path(_temporary[-1].name)


_temporary: list[tempfile.TemporaryDirectory[str]] = []


def _make(entries: Sequence[Entry], path: pathlib.Path, finished: Finished = lambda name: None) -> pathlib.Path:
    """Compile into a file; whoever wants the same meanwhile waits for it."""
    import fcntl

    from dsp.native import compiler, elf

    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            library = elf.link(compiler.build(entries, [compiler.host()], finished)[0])
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
                file.write(library)
            os.replace(file.name, path)
            _forget_unused(path)
    return path


def _forget_unused(path: pathlib.Path) -> None:
    """Delete what nobody has used for long; what other checkouts use stays."""
    now = path.stat().st_mtime
    for other in path.parent.iterdir():
        if other.is_file() and now - other.stat().st_mtime > UNUSED_S:
            other.unlink(missing_ok=True)


def _load(path: pathlib.Path) -> ctypes.CDLL:
    with contextlib.suppress(OSError):  # one that is not ours is not forgotten
        os.utime(path)
    with contextlib.suppress(OSError):  # another C library than glibc has its mathematics inside
        ctypes.CDLL("libm.so.6", ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(path))


# --- keys -------------------------------------------------------------------------------------------


def _key(digest: str) -> str:
    """Name of what is compiled here: of what it is made of, by which compiler, for which processor."""
    return hashlib.sha256("\n".join((digest, *_maker(), *_processor())).encode()).hexdigest()[:20]


@functools.cache
def _maker() -> tuple[str, ...]:
    versions = [importlib.metadata.version(name) for name in ("numba", "llvmlite", "numpy")]
    return (platform.python_version(), platform.machine(), *versions)


@functools.cache
def _processor() -> tuple[str, ...]:
    """Lines that say which processor this is and what it can do."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return (platform.processor(),)
    told = "vendor_id|cpu family|model|model name|flags|Features|CPU (?:implementer|architecture|variant|part|revision)"
    return tuple(re.findall(rf"^(?:{told})\s*:.*$", text.partition("\n\n")[0], re.M))


LEVELS = {
    "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"},
    "x86-64-v2": {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"},
}
"""Levels of x86-64, the best first, and what each has beyond the next, as Linux calls it."""


def levels() -> list[str]:
    """Levels of processor that this one has, the best first."""
    if platform.machine() in ("aarch64", "arm64"):
        return ["aarch64"]
    flags = set(" ".join(line for line in _processor() if line.startswith("flags")).split())
    names = list(LEVELS)
    return [name for i, name in enumerate(names) if set().union(*(LEVELS[each] for each in names[i:])) <= flags]


def digest_of(kernels: Sequence[Kernel]) -> str:
    """Name of the source of all that kernels can reach: their modules, what those import, and the compiler's."""
    seen: dict[str, bytes] = {}
    native = (f"dsp.native.{path.stem}" for path in pathlib.Path(__file__).parent.glob("*.py"))
    for module in (*native, *(kernel.py_func.__module__ for kernel in kernels)):
        _read(module, seen)
    digest = hashlib.sha256()
    for module in sorted(seen):
        digest.update(module.encode() + b"\0" + seen[module] + b"\0")
    return digest.hexdigest()[:20]


IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+([\w.]+))", re.M)


def _read(module: str, seen: dict[str, bytes]) -> None:
    """Read a module and what it imports, of `dsp` and of its own package."""
    if module in seen or (path := _file_of(module)) is None:
        return
    seen[module] = path.read_bytes()
    for package, names, whole in IMPORT.findall(seen[module].decode()):
        for name in (whole, package, *(f"{package}.{each}" for each in re.findall(r"\w+", names))):
            if name.partition(".")[0] in ("dsp", module.partition(".")[0]):
                _read(name, seen)


def _file_of(module: str) -> pathlib.Path | None:
    """File of a module, which need not be imported; the first pages of packages say nothing that is compiled."""
    path = pathlib.Path(__file__).parents[2].joinpath(*module.split(".")).with_suffix(".py")
    if path.exists():
        return path
    file = getattr(sys.modules.get(module), "__file__", None)
    return pathlib.Path(file) if file and not file.endswith("__init__.py") else None
