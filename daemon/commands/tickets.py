"""Tickets: what a page keeps in place of a PIN, so that a reload, or the next rehearsal, asks for nothing.

    1796000000-5f0c…   the second at which it ends, and a hash over that, name and PIN with a key of this machine

Another PIN, another name or another machine makes it worthless, and nobody finds the PIN by it.
"""

import contextlib
import hmac
import os
import pathlib
import re
import secrets
import time

LASTS_S = 7 * 24 * 3600
KEY_BYTES, HASH_LETTERS = 32, 32
LOOKS = re.compile(rf"(\d{{10}})-[0-9a-f]{{{HASH_LETTERS}}}")


class Tickets:
    """Writes and reads them.

    Parameters
    ----------
    folder : Path, optional
        Where the key is kept; without it tickets end with the process.
    """

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._key = secrets.token_bytes(KEY_BYTES) if folder is None else _kept(folder / "tickets.key")

    def write(self, name: str, pin: str, now_s: float | None = None) -> str:
        """Write one for whoever has said a PIN."""
        return self._signed(int(time.time() if now_s is None else now_s) + LASTS_S, name, pin)

    def proves(self, ticket: str, name: str, pin: str, now_s: float | None = None) -> bool:
        """Whether somebody has said this PIN of this name in the last seven days."""
        match = LOOKS.fullmatch(ticket)
        if match is None or int(match[1]) < (time.time() if now_s is None else now_s):
            return False
        return hmac.compare_digest(ticket, self._signed(int(match[1]), name, pin))

    def _signed(self, ends_s: int, name: str, pin: str) -> str:
        said = "\0".join((str(ends_s), name, pin)).encode()
        return f"{ends_s:010}-{hmac.digest(self._key, said, 'sha256').hex()[:HASH_LETTERS]}"


def _kept(path: pathlib.Path) -> bytes:
    """The key of this machine, made where there is none."""
    with contextlib.suppress(OSError, ValueError):
        if len(key := bytes.fromhex(path.read_text("ascii"))) == KEY_BYTES:
            return key
    key = secrets.token_bytes(KEY_BYTES)
    with contextlib.suppress(OSError):  # a folder that can't be written: PINs are typed anew after a restart
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{key.hex()}\n")
    return key
