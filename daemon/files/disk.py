"""Files that are whole at any moment: the old one or the new one, whatever is pulled or killed.

    write ─▶ queue ─▶ (a thread of its own) .name.new ─▶ flush to the disk ─▶ rename ─▶ done

A disk may take its time, an SD card half a second; clients and meters must not wait for it.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

Done = Callable[[OSError | None], None]
"""Called when a file is safe on the disk, or with the reason why not."""

Post = Callable[[Callable[[], None]], object]
"""Lets a call happen on the thread that owns the disk, soon; callable from any thread."""


UNFINISHED = ".{}.new"
"""What a file is called while it is written."""


def replace(path: Path, data: bytes) -> None:
    """Put a file in place so that a power cut leaves either the old one or the new one.

    Raises
    ------
    OSError
        When the disk refuses; the old file is still there.
    """
    temporary = path.with_name(UNFINISHED.format(path.name))
    try:
        _make_folder(path.parent)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take a file away, if it is there.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


def tidy(folder: Path) -> None:
    """Take away what was being written when somebody pulled the plug; to be called before anything is written."""
    for leftover in folder.glob(UNFINISHED.format("*")):
        with suppress(OSError):
            leftover.unlink()


def _make_folder(folder: Path) -> None:
    """Make a folder that is there after a power cut, too."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Disk:
    """Writes files one after the other; who reads meanwhile already reads what is being written.

    Parameters
    ----------
    post : callable, optional
        Brings the answer back to the owner's thread; without it every call waits for the disk.
    """

    def __init__(self, post: Post | None = None) -> None:
        self._post = post
        self._waiting: dict[Path, tuple[int, bytes | None]] = {}
        self._jobs = 0
        # Daemon threads and pools are joined at exit: what was asked for is written.
        self._thread = ThreadPoolExecutor(1, "disk") if post is not None else None
        self._mind = ThreadPoolExecutor(1, "reading") if post is not None else None
        self.thinking = 0
        """How much is being thought about."""

    def write(self, path: Path, data: bytes, done: Done) -> None:
        """Replace a file."""
        self._begin(path, data, lambda: replace(path, data), done)

    def remove(self, path: Path, done: Done) -> None:
        """Take a file away."""
        self._begin(path, None, lambda: remove(path), done)

    def read(self, path: Path) -> bytes:
        """Content of a file, as it will be.

        Raises
        ------
        OSError
            When it can't be read.
        """
        if path in self._waiting:
            data = self._waiting[path][1]
            if data is None:
                raise FileNotFoundError(2, "No such file or directory", str(path))
            return data
        return path.read_bytes()

    def run(self, work: Callable[[], None], done: Done) -> None:
        """Do something else that takes its time, after what has been asked for before."""
        if self._thread is None or self._post is None:
            done(_tried(work))
            return
        post = self._post
        self._thread.submit(_tried, work).add_done_callback(lambda job: post(lambda: done(job.result())))

    def think(self, work: Callable[[], None], done: Callable[[], None]) -> None:
        """Do something that takes its time but not the disk's: a recall must not wait for an SD card."""
        if self._mind is None or self._post is None:
            work()
            done()
            return
        post = self._post
        self.thinking += 1

        def finished() -> None:
            self.thinking -= 1
            done()

        self._mind.submit(work).add_done_callback(lambda _: post(finished))

    def close(self) -> None:
        """Wait until everything is written."""
        for thread in (self._mind, self._thread):
            if thread is not None:
                thread.shutdown()

    def _begin(self, path: Path, data: bytes | None, work: Callable[[], None], done: Done) -> None:
        if self._thread is None or self._post is None:
            done(_tried(work))
            return
        post = self._post
        self._jobs += 1
        job = self._jobs
        self._waiting[path] = (job, data)

        def finish(future: Future[OSError | None]) -> None:
            post(lambda: self._end(path, job, done, future.result()))

        self._thread.submit(_tried, work).add_done_callback(finish)

    def _end(self, path: Path, job: int, done: Done, error: OSError | None) -> None:
        """Back on the owner's thread: from now on the disk itself is asked, unless more is under way."""
        if self._waiting.get(path, (0, None))[0] == job:
            del self._waiting[path]
        done(error)


def _tried(work: Callable[[], None]) -> OSError | None:
    try:
        work()
    except OSError as error:
        return error
    return None
