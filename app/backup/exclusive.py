"""Nobody else: a database is put back only while no server runs and nobody writes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from app.backup.sqlite_files import is_in_use
from app.core import file_ownership
from app.core.errors import Conflict

STOP = "Stop Spikecast first"
_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_TRIES = 20


@contextmanager
def no_server(lock: Path, database: Path) -> Iterator[None]:
    """Hold off servers of a SQLite database: gunicorn's first process shares this lock with its workers."""
    with os.fdopen(file_ownership.open_file(lock, os.O_RDWR, database), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"A server is running on {database}. {STOP}.") from None
        # An empty file is nobody's, and SQLite would delete the log that lies beside it.
        if database.exists() and database.stat().st_size and is_in_use(database):
            raise Conflict(f"Another program has {database} open. {STOP}, and whatever else uses it.")
        yield


def refuse_company(connection: sa.Connection) -> None:
    """Refuse where anybody else is connected to this PostgreSQL database as the same role.

    Connections that have just been closed may take a moment to go.
    """
    for _ in range(_TRIES):
        others = connection.scalar(_OTHERS)
        if not others:
            return
        connection.execute(sa.text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)"))
    raise Conflict(f"{others} other connections use this database. {STOP}, on every node.")
