"""A queue for those who write to a SQLite database with each poll.

SQLite has one writer at a time, and a writer that finds it busy looks again after a pause. Under load most
of the time passes between one writer's commit and the next look of the others, and some look at the wrong
moments again and again. The kernel's lock on a file beside the database wakes a waiting writer at once, and
it is released with its process, however that ends.
"""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from app.core import file_ownership

SUFFIX = ".turn"
SPIN_TRIES = 30


class WriteLock:
    """A context that one thread of all processes is in at a time.

    Advisory only: it queues cooperating writers, and others may write meanwhile. Never block on the database
    while holding it.
    """

    def __init__(self, database: str | None) -> None:
        """Create the lock for the SQLite file of this name.

        Without a name, or where no file can be created, it locks nothing.
        """
        self._database = database or ""
        self._path = f"{database}{SUFFIX}" if database and database != ":memory:" else None
        self._thread = threading.local()

    def __enter__(self) -> None:
        """Wait for the lock."""
        if not hasattr(self._thread, "file"):
            self._thread.file = self._open()
        if self._thread.file is not None:
            _acquire(self._thread.file.descriptor)

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Release the lock."""
        if self._thread.file is not None:
            fcntl.flock(self._thread.file.descriptor, fcntl.LOCK_UN)

    def _open(self) -> "_LockFile | None":
        """Open the file for this thread: the kernel's lock belongs to the open file."""
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


def _acquire(file: int) -> None:
    """Spin a few times before sleeping.

    A holder needs the lock for some 30 µs, which is less than to sleep and be woken; and two that sleep and
    wake each other with every write keep doing so.
    """
    for _ in range(SPIN_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.sched_yield()
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX)
