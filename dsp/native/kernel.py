"""One set of compiler options for every kernel, and the folder compiled kernels are kept in.

Numba's cache does not notice an edit of an imported file and would run stale code, so the
folder is named after a hash of all of `dsp/` but the table, and of the compiler's version.
"""

import contextlib
import hashlib
import importlib.metadata
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numba
import platformdirs
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "cache": True,
    "boundscheck": False,
    "error_model": "numpy",
}
# No fastmath: the guard against NaN is a comparison that must survive the optimiser, and what one machine
# fuses and another does not would be heard as other bytes.


def fingerprint() -> str:
    """Name of the code as it stands: a hash of the source of what is compiled in `dsp/`, and of numba's version.

    Algorithms of effects are compiled one by one, when they are wanted: of their room only the rack counts.
    """
    rack = {"effects/rack.py", "effects/memory.py"}
    plain = {"table", "parameters", "design", "effects"}
    return _hash(lambda path: path.parts[0] not in plain or path.as_posix() in rack)


def _hash(counts: Callable[[pathlib.PurePath], bool]) -> str:
    """Hash of the files in `dsp/` that count; they are asked by their path in there."""
    digest = hashlib.sha256(importlib.metadata.version("numba").encode())
    dsp = pathlib.Path(__file__).parents[1]
    for path in sorted(dsp.rglob("*.py")):
        if counts(path.relative_to(dsp)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> pathlib.Path:
    """Folder of this version's compiled kernels."""
    return platformdirs.user_cache_path("faderd") / "kernels" / fingerprint()


def effects_folder() -> pathlib.Path:
    """Folder of this version's compiled effects."""
    return cache_folder() / f"effects-{_hash(lambda path: path.parts[0] == 'effects')}"


numba.config.CACHE_DIR = str(cache_folder())


_kernels: list[Any] = []


def count() -> int:
    """How many kernels have been declared so far."""
    return len(_kernels)


class _Listener(event.Listener):
    def __init__(self, finished: Callable[[str], None]) -> None:
        self.finished = finished

    def on_start(self, event: Any) -> None:
        pass

    def on_end(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        if any(kernel.py_func is function for kernel in _kernels):
            self.finished(f"{function.__module__.rpartition('.')[2]}.{function.__name__}")


@contextlib.contextmanager
def watch(finished: Callable[[str], None]) -> Iterator[None]:
    """Call `finished` with the name of each kernel as soon as it is compiled."""
    with event.install_listener("numba:compile", _Listener(finished)):
        yield


def kernel(function: F) -> F:
    """Compile `function` for the audio thread: native, no GIL, no bounds checks, kept on disk."""
    native: F = numba.njit(**OPTIONS)(function)
    _kernels.append(native)
    return native


def part(function: F) -> F:
    """Compile `function` into the effects that call it; only they are kept on disk."""
    native: F = numba.njit(forceinline=True, **{**OPTIONS, "cache": False})(function)
    return native


def effect(function: Callable[..., Any], signature: Any) -> Any:
    """Compile the kernel of an effect, or load it from disk; it has an `address`."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(effects_folder())
    try:
        return numba.cfunc(signature, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before


def inline(function: F) -> F:
    """Compile `function` into each of its callers: the few lines of one frame that two loops share."""
    native: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return native
