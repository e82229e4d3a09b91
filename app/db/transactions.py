"""Transactions: whether they read or write, and how long they wait for a lock."""

from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.core import clock
from app.db.session import db


class Mode(NamedTuple):
    """How the next transaction of this context begins; `lock_timeout_s` None means the usual timeout."""

    writes: bool
    lock_timeout_s: float | None = None


_READS = Mode(writes=False)
_mode: ContextVar[Mode] = ContextVar("transaction mode", default=_READS)


def current_mode() -> Mode:
    """Return the mode that `set_mode` or `begin` set last in this context."""
    return _mode.get()


def set_mode(*, writes: bool) -> None:
    """Set whether the transactions of this context write.

    A SQLite transaction that reads first and writes later fails at once if another one wrote in between,
    whatever the timeout. So a transaction that writes takes the write lock with its first statement.
    """
    _mode.set(Mode(writes))


def begin(*, writes: bool, lock_timeout_s: float | None = None) -> None:
    """Roll back the session's transaction and begin one that reads from one snapshot, or one that writes.

    Args:
        writes: whether the transaction may write.
        lock_timeout_s: how many seconds to wait for a lock, if less than usual.
    """
    db.session.rollback()
    _mode.set(Mode(writes, lock_timeout_s))
    if db.engine.dialect.name == "sqlite":
        db.session.connection()
    elif not writes:
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    elif lock_timeout_s is not None:
        db.session.execute(sa.text(f"SET LOCAL lock_timeout = {int(lock_timeout_s * 1000)}"))


def is_ahead_of_database(instant: datetime) -> bool:
    """Return whether `instant` lies ahead of the database's own clock, by which polls go.

    Always False on SQLite, which shares the clock of the app's machine.
    """
    if db.engine.dialect.name == "sqlite":
        return False
    of_database = db.session.execute(sa.select(sa.func.statement_timestamp())).scalar_one()
    return instant > clock.from_database(of_database)
