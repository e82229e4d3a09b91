"""The connection that each thread keeps for polls: the driver's own, always in autocommit.

A poll is one or two statements. A session around them, or even a connection taken from a pool, costs
several times what they cost themselves. Everything else in the product goes through the session.
"""

import gc
import random
import sqlite3
import threading
import time
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from app.db.engine import configure
from app.db.errors import is_read_only_error
from app.db.locks import SCHEMA_KEY_SQL, SERVING_LOCK
from app.db.session import db
from app.generation.fastpath.grants_cache import STATE, Known
from app.generation.fastpath.pg_prepared import Prepared
from app.generation.fastpath.sqlite_wal import WriteAheadLog, log_of
from app.generation.fastpath.sqlite_write_lock import Turns

_ASK = f"SELECT {STATE}, statement_timestamp()"
# All that polls ask is looked up by indexes. PostgreSQL would rather read a table whole that is nearly empty,
# and keeps to that plan while it grows, until it is analyzed: so long each poll would read all of it.
_BY_INDEX = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
# And it would plan the UPDATE of counters anew each time, for two thirds of the time that it takes: it knows
# nothing about how many there will be, and hopes for a better plan.
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
SHORTEST_PAUSE, LONGEST_PAUSE = 0.0002, 0.002
Row = tuple[Any, ...]


class _Own(threading.local):
    """What a thread has for itself."""

    connection: PoolProxiedConnection | None = None
    driver: Any = None
    """What runs statements: a connection of sqlite3, or what is prepared on one of psycopg."""
    log: WriteAheadLog | None = None
    known = Known()
    made_after = 0


class Direct:
    """One connection for each thread; it is made when it is first needed, and anew when it broke."""

    def __init__(self, engine: Engine, pooled: Engine, lock_timeout_s: float) -> None:
        self.engine, self._pooled, self._lock_timeout_s = engine, pooled, lock_timeout_s
        self._own = _Own()
        self._times_given_up = 0
        self._turns = Turns(engine.url.database)
        sa.event.listen(pooled, "handle_error", self._look_at)
        self.is_sqlite = engine.dialect.name == "sqlite"
        """Statements that exist twice are chosen by it."""

    def read(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement that writes nothing; `:name` stands for a parameter.

        A connection that the server has closed meanwhile is replaced, once.
        """
        fresh = self._own.connection is None
        try:
            return self._run(statement, parameters)
        except DBAPIError as error:
            if fresh or not error.connection_invalidated:
                raise
        return self._run(statement, parameters)

    def recall(self, key: Hashable) -> tuple[datetime, Any] | None:
        """What is kept under this key, if none of it can have changed, and the database's instant.

        On PostgreSQL, where a way to the server costs less the shorter the question is.
        """
        if key not in self._own.known:
            return None
        [(state, instant)] = self.read(_ASK, {})
        known = self._own.known  # another one, if the connection was lost meanwhile
        known.stands_at(state)
        kept = known.find(key)
        return None if kept is None else (instant, kept)

    def keep(self, key: Hashable, state: object, made: Any) -> None:
        """Keep what was made of rows that were read together with this `STATE`."""
        if not self.is_sqlite:
            self._own.known.stands_at(state)
            self._own.known.keep(key, made)

    def write(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """The same for a statement that writes. Nobody knows whether one that broke off has
        committed, so it is not repeated."""
        return self._run(statement, parameters, writes=True)

    def instant(self, value: Any) -> datetime:
        """An instant as a statement gave it; SQLite has only text."""
        return _from_text(value) if isinstance(value, str) else value

    def connect(self) -> None:
        """Connect this thread, if it is not. On PostgreSQL that also says that a server runs."""
        self._driver()

    def close(self) -> None:
        """Give up this thread's connection."""
        connection, log = self._own.connection, self._own.log
        self._own.connection = self._own.driver = None  # whichever is kept keeps the file open
        if connection is not None:
            connection.invalidate()
        if log is not None:
            log.close()

    def _look_at(self, context: sa.engine.ExceptionContext) -> None:
        """What went wrong with a connection of the pool."""
        if is_read_only_error(context.original_exception):
            context.is_disconnect = True
            self._give_up_all()

    def _give_up_all(self) -> None:
        """Give up every connection of this process. One that was opened while the database could only be read
        stays so afterwards; on SQLite so does every other, as long as a single one is open."""
        self._times_given_up += 1  # the other threads give up theirs when they need it next
        self._pooled.dispose()
        self.close()

    def _run(self, statement: str, parameters: Mapping[str, Any], *, writes: bool = False) -> Sequence[Row]:
        try:
            if self.is_sqlite:
                return self._patiently(statement, parameters, writes=writes)
            prepared: Prepared = self._driver()
            if not writes:
                return prepared.run(statement, parameters)
            if prepared.has_ended():
                self.close()
                prepared = self._driver()
            return prepared.run_durably(statement, parameters)
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._translated(error, statement) from None

    def _patiently(self, statement: str, parameters: Mapping[str, Any], *, writes: bool) -> Sequence[Row]:
        """Wait for a lock by short pauses. SQLite's own waiting backs off to a tenth of a second, and
        whoever has waited longest is the least likely to be next."""
        driver = self._driver()
        deadline = None
        while True:
            try:
                if writes:
                    return self._written(driver, statement, parameters)
                return driver.execute(statement, parameters).fetchall()  # type: ignore[no-any-return]
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                deadline = deadline or now + self._lock_timeout_s
                if not _is_busy(error) or now >= deadline:
                    raise
            time.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311

    def _written(self, driver: Any, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        with self._turns:
            rows: Sequence[Row] = driver.execute(statement, parameters).fetchall()
        if self._own.log is not None:
            self._own.log.flush()
        return rows

    def _driver(self) -> Any:
        own = self._own
        if own.made_after != self._times_given_up:
            self.close()
            gc.collect()  # an error that is still about holds what it came from, and so the file
        if own.connection is None:
            own.made_after = self._times_given_up
            connection = self.engine.raw_connection()
            driver: Any = connection.driver_connection
            if self.is_sqlite:
                driver.execute("PRAGMA busy_timeout=0")
                own.log = log_of(driver, self.engine.url.database)
            else:
                driver.autocommit = True
                driver.execute(f"SELECT pg_try_advisory_lock_shared({SERVING_LOCK}, {SCHEMA_KEY_SQL})")
            own.driver = driver if self.is_sqlite else Prepared(driver)
            own.connection, own.known = connection, Known()
        return own.driver

    def _translated(self, error: Exception, statement: str) -> Exception:
        """What SQLAlchemy would have raised, so that one place answers all troubles of the database."""
        dialect = self.engine.dialect
        connection = self._own.connection
        driver = connection.driver_connection if connection else None
        broken = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
        # What has no state does not come from the server: libpq may not notice at once that it is gone
        broken = broken or (not self.is_sqlite and getattr(error, "sqlstate", None) is None)
        if is_read_only_error(error):
            self._give_up_all()
        elif broken or (self.is_sqlite and not _is_busy(error)):
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


@lru_cache(maxsize=1024)  # one that was noted a moment ago is read with each poll
def _from_text(instant: str) -> datetime:
    return datetime.fromisoformat(instant).replace(tzinfo=UTC)


def init_app(app: Flask) -> None:
    """Keep such connections to the database that `app` is configured for."""
    options = dict(app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    for of_a_pool in ("pool_size", "max_overflow", "pool_timeout", "pool_pre_ping"):
        options.pop(of_a_pool, None)
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool, **options)
    configure(engine, app, _BY_INDEX | _PLANNED_ONCE)
    with app.app_context():
        pooled = db.engine
    app.extensions["direct"] = Direct(engine, pooled, options["connect_args"].get("timeout", 0))


def direct() -> Direct:
    """This thread's way to the database of the app at hand."""
    found: Direct = current_app.extensions["direct"]
    return found
