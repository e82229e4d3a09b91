"""The connection that each thread keeps for polls: the driver's own, always in autocommit.

A poll is one or two statements. A session around them, or even a connection taken from a pool, costs
several times what they cost themselves. Everything else in the product goes through the session.
"""

import random
import re
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from app import database

SHORTEST_PAUSE, LONGEST_PAUSE = 0.0002, 0.002
Row = tuple[Any, ...]


class Direct:
    """One connection for each thread; it is made when it is first needed, and anew when it broke."""

    def __init__(self, engine: Engine, busy_seconds: float) -> None:
        self.engine, self._busy_seconds = engine, busy_seconds
        self._own = threading.local()
        self.is_sqlite = engine.dialect.name == "sqlite"
        """Statements that exist twice are chosen by it."""

    def read(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement that writes nothing; `:name` stands for a parameter.

        A connection that the server has closed meanwhile is replaced, once.
        """
        fresh = getattr(self._own, "connection", None) is None
        try:
            return self._run(statement, parameters)
        except DBAPIError as error:
            if fresh or not error.connection_invalidated:
                raise
        return self._run(statement, parameters)

    def write(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """The same for a statement that writes. Nobody knows whether one that broke off has
        committed, so it is not repeated."""
        return self._run(statement, parameters)

    def instant(self, value: Any) -> datetime | None:
        """An instant as a statement gave it; SQLite has only text."""
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value).replace(tzinfo=UTC)

    def close(self) -> None:
        """Give up this thread's connection."""
        connection: PoolProxiedConnection | None = getattr(self._own, "connection", None)
        self._own.connection = None
        if connection is not None:
            connection.invalidate()

    def _run(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        try:
            if self.is_sqlite:
                return self._patiently(statement, parameters)
            # All rows are fetched: a RETURNING that is left half read keeps its locks.
            return self._driver().execute(_for_psycopg(statement), parameters).fetchall()  # type: ignore[no-any-return]
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._translated(error, statement) from None

    def _patiently(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Wait for a lock by short pauses. SQLite's own waiting backs off to a tenth of a second, and
        whoever has waited longest is the least likely to be next."""
        driver = self._driver()
        deadline = None
        while True:
            try:
                return driver.execute(statement, parameters).fetchall()  # type: ignore[no-any-return]
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                deadline = deadline or now + self._busy_seconds
                if not _is_busy(error) or now >= deadline:
                    raise
            time.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311

    def _driver(self) -> Any:
        connection: PoolProxiedConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self.engine.raw_connection()
            if self.is_sqlite:
                connection.driver_connection.execute("PRAGMA busy_timeout=0")  # type: ignore[union-attr]
            else:
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            self._own.connection = connection
        return connection.driver_connection

    def _translated(self, error: Exception, statement: str) -> Exception:
        """What SQLAlchemy would have raised, so that one place answers all troubles of the database."""
        dialect = self.engine.dialect
        connection: PoolProxiedConnection | None = getattr(self._own, "connection", None)
        driver = connection.driver_connection if connection else None
        broken = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
        if broken or (self.is_sqlite and not _is_busy(error)):
            # A SQLite connection that was opened while the file was read-only would stay so.
            self.close()
        return DBAPIError.instance(
            statement,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=broken,
            dialect=dialect,
        )


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


@lru_cache
def _for_psycopg(statement: str) -> str:
    return re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", statement)


def init_app(app: Flask) -> None:
    """Keep such connections to the database that `app` is configured for."""
    options = dict(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    for of_a_pool in ("pool_size", "max_overflow", "pool_timeout", "pool_pre_ping"):
        options.pop(of_a_pool, None)
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool, **options)
    if engine.dialect.name == "sqlite":
        database.prepare_sqlite(engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])
    app.extensions["direct"] = Direct(engine, options["connect_args"].get("timeout", 0))


def direct() -> Direct:
    """This thread's way to the database of the app at hand."""
    found: Direct = current_app.extensions["direct"]
    return found
