"""Putting what was committed onto the disk without keeping SQLite's writers waiting for it.

With `synchronous=FULL` SQLite waits for the disk in each commit, and keeps its only write lock meanwhile:
writers wait one after the other. With NORMAL it leaves that to the next checkpoint. Here a writer commits
like that, lets the next one write, and then waits for the disk by itself before it tells anybody what
it wrote. That promises the same: what was told is on the disk. The log is one file that is written in order,
so whoever puts it onto the disk takes along what others wrote before, and several can wait at the same time.

https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import os
import sqlite3


class WriteAheadLog:
    """The log of a connection, which commits without waiting for the disk from now on.

    SQLite removes the log with the last connection only, so the file stays the same while this one is open.
    It takes no locks on it, so the file may be opened and closed beside it.
    """

    def __init__(self, connection: sqlite3.Connection, database: str) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")
        self._path, self._file = f"{database}-wal", -1

    def flush(self) -> None:
        """Wait until all that was written is on the disk."""
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            os.fdatasync(self._file)
        except OSError as error:
            raise sqlite3.OperationalError(f"the write-ahead log: {error.strerror}") from error

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        """Close the file with the thread whose log this is, in servers whose threads come and go."""
        self.close()


def log_of(connection: sqlite3.Connection, database: str | None) -> WriteAheadLog | None:
    """The log, if the connection has one and would wait for it; some file systems allow none."""
    asked = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    return WriteAheadLog(connection, database) if database and asked == ["wal", FULL] else None


FULL = 2
