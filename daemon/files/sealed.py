"""Files that know whether they are whole, and what they were before.

    desk.scn      #4.0# "desk" …
                  #sha256 4f1c…           of the first line and of all that follows
                  /config/chlink …
    desk.scn.1    the one before it       desk.scn.2  kept for a minute       desk.scn.3  kept for an hour

To every other program the seal is a comment.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from daemon.files import disk
from daemon.files.reading import SceneError, lines, load

_MARK = b"#sha256 "

AGES_S = (0.0, 60.0, 3600.0)
"""How long a generation is kept at least, the newest first."""


def seal(data: bytes) -> bytes:
    """Content with a seal behind its first line."""
    head, _, rest = data.partition(b"\n")
    return b"\n".join((head, _MARK + _digest(head, rest), rest))


def load_sealed(path: Path) -> bytes:
    """Content of a file whose seal is whole; one without a seal is of an older version, or of a person.

    Raises
    ------
    SceneError
        When it can't be read or is damaged; the message is for people.
    """
    data = load(path)
    head, _, rest = data.partition(b"\n")
    if not rest.startswith(_MARK):
        if not any(lines(data)):
            raise SceneError(f"{path}: it says nothing: it may be cut off")
        return data
    digest, _, rest = rest.removeprefix(_MARK).partition(b"\n")
    if digest != _digest(head, rest):
        raise SceneError(f"{path}: what it says is not what was written there: it is damaged, or somebody edited it")
    return b"\n".join((head, rest))


def replace(path: Path, data: bytes) -> None:
    """Put a file in place under a seal, and keep what was there before.

    Raises
    ------
    OSError
        When the disk refuses; the old file is still there.
    """
    for number in range(len(AGES_S), 0, -1):
        with suppress(OSError):  # what was before is worth keeping, but not worth more than what is now
            _keep(generation(path, number - 1), generation(path, number), AGES_S[number - 1])
    disk.replace(path, seal(data))


def generation(path: Path, number: int) -> Path:
    """File of a generation; 0 is the newest."""
    return path.with_name(f"{path.name}.{number}") if number else path


def generations(path: Path) -> Iterator[Path]:
    """Generations that are there, the newest first."""
    return filter(Path.exists, (generation(path, number) for number in range(len(AGES_S) + 1)))


def _keep(newer: Path, older: Path, age_s: float) -> None:
    """Let what is in a generation be in the one before too, if the two are far enough apart."""
    made = newer.stat().st_mtime
    if older.exists() and abs(made - older.stat().st_mtime) < age_s:
        return
    passing = older.with_name(disk.UNFINISHED.format(older.name))
    passing.unlink(missing_ok=True)
    try:
        os.link(newer, passing)
    except OSError:  # some disks have no second names
        shutil.copy2(newer, passing)
    passing.replace(older)


def _digest(head: bytes, rest: bytes) -> bytes:
    return hashlib.sha256(b"\n".join((head, rest))).hexdigest().encode()
