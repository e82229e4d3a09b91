"""Errors of the database: what they mean, and which constraint refused."""

import sqlite3
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db.session import Base


def is_read_only_error(error: BaseException) -> bool:
    """Whether a connection refused a write because it may only read."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_READONLY or getattr(error, "sqlstate", None) == "25006"


def reason(error: DBAPIError) -> str:
    """What the database said, in one line."""
    return " ".join(str(error.orig).split())


def constraint_name(error: IntegrityError) -> str:
    """The name of the constraint that refused a statement, on both engines."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    message = str(error.orig)
    prefix = "UNIQUE constraint failed: "
    if message.startswith(prefix):
        return _unique_over(frozenset(message.removeprefix(prefix).split(", ")))
    return message.rpartition(": ")[2]


def _unique_over(columns: frozenset[str]) -> str:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                names = frozenset(f"{table.name}.{column.name}" for column in constraint.columns)
                if names == columns:
                    return str(constraint.name)
    return ", ".join(sorted(columns))


def to_domain_error(error: IntegrityError, handlers: Mapping[str, Callable[[], Exception]]) -> Exception:
    """The domain error for the constraint that refused, or the error itself."""
    make = handlers.get(constraint_name(error))
    return make() if make else error
