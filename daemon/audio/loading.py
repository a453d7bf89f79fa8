"""Kernels of effects as they are chosen: nobody waits while one is compiled.

    type ─▶ compiled before? ─▶ its address, at once
            ╰─ no: by another process, one after the other ─▶ the slot is made anew; until then what was there sounds on
"""

import logging
import subprocess
import threading
from collections.abc import Callable

from daemon.audio import kernels
from dsp.effects import library

log = logging.getLogger("faderd")

Code = Callable[[str], int | None]
Post = Callable[[Callable[[], None]], object]


class Loader:
    """Tells where the kernel of an effect is, and has it compiled first if it has to be.

    Parameters
    ----------
    code : callable
        Address of a compiled kernel in the process that plays; None while that can't be told.
    post : callable
        Lets a call happen on the owner's thread, soon; callable from any thread.
    arrived : callable
        Called there once a kernel has come.
    """

    def __init__(self, code: Code, post: Post, arrived: Callable[[], None]) -> None:
        self._code, self._post, self._arrived = code, post, arrived
        self._coming: set[str] = set()
        self._turn = threading.Lock()
        self._impossible: set[str] = set()

    def code(self, effect: str) -> int | None:
        """Address of the kernel of a type of effect; None as long as it is being compiled."""
        if effect not in library.TYPES:
            return 0
        module = library.TYPES[effect].module
        if library.unit(module).path() is not None:
            return self._code(effect)
        if module not in self._coming | self._impossible:
            self._coming.add(module)
            threading.Thread(target=self._compile, args=(module,), daemon=True).start()
        return None

    def _compile(self, module: str) -> None:
        """Let another process compile: it has an interpreter of its own, and a small machine no room for several."""
        command, environment = kernels.compiler("--effect", module)
        try:
            with self._turn:
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            problem = kernels.last_line(done.stderr) if done.returncode else ""
        except OSError as error:
            problem = error.strerror or str(error)
        self._post(lambda: self._compiled(module, problem))

    def _compiled(self, module: str, problem: str) -> None:
        self._coming.discard(module)
        if problem:
            self._impossible.add(module)
            names = " ".join(name for name, kind in library.TYPES.items() if kind.module == module)
            log.error("effects %s can't be compiled here, and slots keep what they have: %s", names, problem)
        else:
            self._arrived()
