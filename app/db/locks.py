"""Locks that keep servers, migrations and restores of one database apart.

SQLite: kernel locks on files beside the database, released when the process ends, even by a crash.
PostgreSQL: advisory locks of the session.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from app.core import file_ownership
from app.core.errors import CannotStart
from app.db.session import db
from settings.database_url import redact_url

MIGRATION_LOCK = 745_500_001
"""Key of the advisory lock of migrations: an arbitrary number that no other program should use."""
SERVING_LOCK = 745_500_002
"""Key of the advisory lock that servers share, so that no migration runs beside them."""
SCHEMA_KEY_SQL = "hashtext(coalesce(current_schema(), ''))"
"""Second key of SERVING_LOCK: installations in several schemas of one database do not block each other."""


def try_lock(file: int, kind: int) -> bool:
    """Try to lock an open file (LOCK_SH or LOCK_EX) without waiting; return whether that succeeded."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_served() -> bool:
    """Return whether a server runs on the app's database: each one holds a shared lock."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            schema: sa.ColumnElement[int] = sa.literal_column(SCHEMA_KEY_SQL)
            lock = SERVING_LOCK, schema
            alone = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(*lock)))
            if alone:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(*lock)))
            connection.rollback()
    else:
        path = Path(str(db.engine.url.database))
        file = file_ownership.open_file(path.with_name(f"{path.name}.serving"), os.O_RDWR, path)
        try:
            alone = try_lock(file, fcntl.LOCK_EX)
        finally:
            os.close(file)
    return not alone


def try_transaction_lock(lock_class: int) -> bool:
    """Try to lock this class until the transaction ends. SQLite, with one writer at a time, needs no lock."""
    if db.session.get_bind().dialect.name != "postgresql":
        return True
    return bool(db.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(lock_class, 0))))


@contextmanager
def migration_lock() -> Iterator[None]:
    """Make every other start and command on this database wait until this context ends.

    Raises:
        CannotStart: no lock file can be created beside a SQLite database.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(sa.text("SET lock_timeout = 0"))
            connection.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(MIGRATION_LOCK)))
                connection.rollback()
    else:
        path = Path(str(db.engine.url.database))
        file = path.with_name(f"{path.name}.migrating")
        try:
            file_ownership.make_folder(path.parent)
            handle = os.fdopen(file_ownership.open_file(file, os.O_RDWR, path), "w")
        except OSError as error:
            why = file_ownership.find_access_problem([path.parent, file]) or error.strerror
            url = redact_url(db.engine.url)
            problem = f"SPIKECAST_DATABASE_URL is {url}, where no file can be created: {why}"
            raise CannotStart(problem) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # released by the kernel, even after a crash
            yield
