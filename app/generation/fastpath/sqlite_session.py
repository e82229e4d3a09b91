"""How polls run on SQLite: how they wait for locks, and when what they wrote is on the disk."""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence

from app.generation.fastpath.connection import Parameters, Row
from app.generation.fastpath.sqlite_wal import WalFlusher, open_wal
from app.generation.fastpath.sqlite_write_lock import WriteLock

MIN_PAUSE_S, MAX_PAUSE_S = 0.0002, 0.002


class SQLite:
    """The SQLite database of this path, for `ThreadLocalConnection`."""

    def __init__(self, path: str | None, lock_timeout_s: float) -> None:
        self._path, self._lock_timeout_s = path, lock_timeout_s
        self._write_lock = WriteLock(path)

    def open_session(self, connection: sqlite3.Connection) -> "SQLiteSession":
        """Prepare a new connection for polls."""
        connection.execute("PRAGMA busy_timeout=0")  # `SQLiteSession` waits instead
        wal = open_wal(connection, self._path)
        return SQLiteSession(connection, self._write_lock, wal, self._lock_timeout_s)

    def is_disconnect(self, error: Exception) -> bool:  # noqa: ARG002
        """Return False: SQLite has no server."""
        return False

    def is_usable_after(self, error: Exception) -> bool:
        """Return whether it was only a lock; after anything else the file may be another one."""
        return _is_busy(error)


class SQLiteSession:
    """Runs statements on one connection, and waits for locks by short pauses.

    SQLite's own waiting backs off to a tenth of a second, so the longest waiting writer is the least likely
    to be next.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        write_lock: WriteLock,
        wal: WalFlusher | None,
        lock_timeout_s: float,
    ) -> None:
        self._connection, self._write_lock, self._wal = connection, write_lock, wal
        self._lock_timeout_s = lock_timeout_s

    def read(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes nothing."""
        try:  # nearly always enough, and every poll runs through here
            return self._execute(statement, parameters)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
        return self._retry_while_busy(self._execute, statement, parameters)

    def write(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes, once they are on the disk."""
        return self._retry_while_busy(self._execute_and_flush, statement, parameters)

    def has_ended(self) -> bool:
        """Return False: SQLite has no server that could close a connection."""
        return False

    def close(self) -> None:
        """Close the write-ahead log's file."""
        if self._wal is not None:
            self._wal.close()

    def _execute(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        return self._connection.execute(statement, parameters).fetchall()

    def _execute_and_flush(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        with self._write_lock:
            rows: Sequence[Row] = self._connection.execute(statement, parameters).fetchall()
        if self._wal is not None:
            self._wal.flush()
        return rows

    def _retry_while_busy(
        self, execute: Callable[[str, Parameters], Sequence[Row]], statement: str, parameters: Parameters
    ) -> Sequence[Row]:
        deadline = None
        while True:
            try:
                return execute(statement, parameters)
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                deadline = deadline or now + self._lock_timeout_s
                if not _is_busy(error) or now >= deadline:
                    raise
            time.sleep(random.uniform(MIN_PAUSE_S, MAX_PAUSE_S))  # noqa: S311


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
