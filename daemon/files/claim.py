"""One daemon to a folder: two that write the same files would undo each other's work.

The claim is the system's: it ends with the process, however that ends.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from daemon import errors

NAME = "faderd.lock"


class TakenError(errors.Refusal):
    """Another daemon has the folder, or nobody can; the message says what to do."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder for this process, against all others.

    Raises
    ------
    TakenError
        When another process has it, or it can't be written.
    """
    handle = _claim(folder)
    try:
        yield
    finally:
        os.close(handle)


def _claim(folder: Path) -> int:
    """Handle of a file that is locked."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise TakenError(f"state folder {folder}: {error.strerror or error}: name another with --state") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(handle, 20).decode("ascii", "replace").strip()
        os.close(handle)
        who = f" (process {other})" if other else ""
        raise TakenError(
            f"state folder {folder}: another faderd uses it{who}: stop that one, or name another folder with --state"
        ) from None
    except OSError:
        return handle  # some network disks have no claims: then there is nobody to ask
    os.truncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle
