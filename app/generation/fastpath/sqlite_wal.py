"""Flush SQLite's write-ahead log outside of its write lock.

With `synchronous=FULL` SQLite waits for the disk in each commit and holds its only write lock meanwhile, so
writers wait for the disk one after the other. With NORMAL it leaves the flush to the next checkpoint. Polls
commit with NORMAL, release the lock, and flush the log themselves before they serve what they wrote. That
promises the same: what was served is on the disk. The log is one file that is written in order, so a flush
includes what others committed before, and several writers can wait at the same time.

https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import os
import sqlite3

_SYNCHRONOUS_FULL = 2


class WalFlusher:
    """Flushes the write-ahead log of a connection, which from now on commits without waiting for the disk.

    SQLite removes the log with the last connection, so the file stays the same while this one is open. It
    takes no locks on the log, so opening and closing the file besides is safe.
    """

    def __init__(self, connection: sqlite3.Connection, database: str) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")
        self._path, self._file = f"{database}-wal", -1

    def flush(self) -> None:
        """Wait until everything that was committed is on the disk.

        Raises:
            sqlite3.OperationalError: the log cannot be opened or flushed.
        """
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            os.fdatasync(self._file)
        except OSError as error:
            raise sqlite3.OperationalError(f"the write-ahead log: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        """Close the file with its thread, in servers whose threads come and go."""
        self.close()


def open_wal(connection: sqlite3.Connection, database: str | None) -> WalFlusher | None:
    """Return a flusher, or None if the connection has no write-ahead log or does not wait for the disk.

    Some file systems allow no write-ahead log.
    """
    modes = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    return WalFlusher(connection, database) if database and modes == ["wal", _SYNCHRONOUS_FULL] else None
