"""Exclusive access: a database is restored only while no server runs and no other program uses it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from app.backup.sqlite_checks import is_in_use
from app.core import file_ownership
from app.core.errors import Conflict

STOP = "Stop Spikecast first"
_OTHER_SESSIONS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_MAX_TRIES = 20
"""The number of times, 0.1 seconds apart, to count other sessions: closed ones vanish with a delay."""


@contextmanager
def exclusive_access(lock: Path, database: Path) -> Iterator[None]:
    """Keep servers off a SQLite database: gunicorn's first process and its workers share this lock.

    Raises:
        Conflict: A server or another program uses the database.
    """
    with os.fdopen(file_ownership.open_file(lock, os.O_RDWR, database), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"A server is running on {database}. {STOP}.") from None
        # For an empty file SQLite would delete the log beside it, which may hold all the data.
        if database.exists() and database.stat().st_size and is_in_use(database):
            raise Conflict(
                f"Another program has {database} open. {STOP}, and every other program that uses it."
            )
        yield


def require_no_other_sessions(connection: sa.Connection) -> None:
    """Check that no other session of the same role is connected to this PostgreSQL database.

    Raises:
        Conflict: There are some, and they do not end within 2 seconds.
    """
    for _ in range(_MAX_TRIES):
        others = connection.scalar(_OTHER_SESSIONS)
        if not others:
            return
        connection.execute(sa.text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)"))
    raise Conflict(f"{others} other connections use this database. {STOP}, on every node.")
