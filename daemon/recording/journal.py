"""What happened during a gig: JSON, a blank and its CRC-32 on each line; reading stops at the first torn one."""

import errno
import json
import os
import pathlib
import zlib
from typing import Any

Event = dict[str, Any]


def line(event: Event) -> bytes:
    """Return the line of an event."""
    text = json.dumps(event, ensure_ascii=False).encode()
    return text + b" %08x\n" % zlib.crc32(text)


def append(path: pathlib.Path, *events: Event) -> None:
    """Add events that are on the disk when this returns: all, or none."""
    with path.open("ab", buffering=0) as file:
        before, data = file.tell(), b"".join(map(line, events))
        try:
            if file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)  # nothing may follow a torn line
            raise


def read(path: pathlib.Path) -> tuple[list[Event], int]:
    """Return the events up to the first torn line, and the bytes they take."""
    events: list[Event] = []
    good = 0
    for each in path.read_bytes().splitlines(keepends=True):
        text, _, crc = each.rpartition(b" ")
        if crc != b"%08x\n" % zlib.crc32(text):
            break
        events.append(json.loads(text))
        good += len(each)
    return events, good
