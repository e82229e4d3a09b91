"""Turns at writing to a SQLite database, for those who write with each poll.

SQLite has one writer at a time, and its way to wait for it is to look again after a pause. Under load most
of the time goes by between the moment when a writer has finished and the next look of the others, and some
look at the wrong moments again and again. The kernel's lock on a file beside the database wakes whoever
waits for it at once, and is released with the process that holds it, however that ends.
"""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from app.core import file_ownership

SUFFIX = ".turn"
LOOKS = 30


class Turns:
    """A context in which its thread is the only one, of all processes, that is in it.

    It orders those who ask for it and protects nothing: others may write to the database meanwhile. So nobody
    may wait for the database in it, or all the others would wait too.
    """

    def __init__(self, database: str | None) -> None:
        """For the SQLite file of this name; without one, or where no file can be made, nobody waits."""
        self._database = database or ""
        self._path = f"{database}{SUFFIX}" if database and database != ":memory:" else None
        self._own = threading.local()

    def __enter__(self) -> None:
        """Wait for the turn."""
        if not hasattr(self._own, "file"):
            self._own.file = self._opened()
        if self._own.file is not None:
            _take(self._own.file.descriptor)

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Let the next one have it."""
        if self._own.file is not None:
            fcntl.flock(self._own.file.descriptor, fcntl.LOCK_UN)

    def _opened(self) -> "_LockFile | None":
        """Each thread opens the file for itself: the kernel's lock belongs to what was opened."""
        if self._path is not None:
            with suppress(OSError):
                return _LockFile(
                    file_ownership.open_file(Path(self._path), os.O_RDONLY, Path(self._database))
                )
        return None


class _LockFile:
    """An open file that is closed with the thread that opened it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)


def _take(file: int) -> None:
    """Look a few times before going to sleep. Whoever has the turn needs it for some 30 µs: it takes longer
    to sleep and be woken, and two that sleep and wake each other with every write keep doing so."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.sched_yield()
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX)
