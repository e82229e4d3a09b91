"""Errors of the database: their reasons, and the constraints that were violated."""

import sqlite3
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db.session import Base


def is_read_only_error(error: BaseException) -> bool:
    """Return whether a write failed because the connection is read-only."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_READONLY or getattr(error, "sqlstate", None) == "25006"


def reason(error: DBAPIError) -> str:
    """Return the message of the database in one line."""
    return " ".join(str(error.orig).split())


def constraint_name(error: IntegrityError) -> str:
    """Return the name of the violated constraint, on both engines."""
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
    """Return the domain error for the violated constraint, or the error itself if there is no handler."""
    handler = handlers.get(constraint_name(error))
    return handler() if handler else error
