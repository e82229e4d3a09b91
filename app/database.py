"""The database: its session, its column types, its settings per engine, and what its refusals mean."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import URL, Dialect, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import TypeDecorator

import config
from app.core import clock, file_ownership
from app.values import Exact, advance, exact

BUSY_SECONDS = 15
LARGEST_ID = 2**31 - 1


class Base(DeclarativeBase):
    """Every table; constraints get their names here, and errors are told by them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, given back aware. A naive value is refused, for nobody knows its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number to ten decimals, exact on both engines: NUMERIC, or text where SQLite has none."""

    impl = sa.Numeric(26, 10).with_variant(sa.String(40), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        if value is None:
            return None
        return as_text(exact(value)) if dialect.name == "sqlite" else exact(value)

    def process_result_value(self, value: Decimal | str | None, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Words(TypeDecorator[list[str]]):
    """A few words, kept as one text with spaces between, so that both engines can compare them."""

    impl = sa.String(255)
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> list[str] | None:
        return None if value is None else value.split()


def not_by_index(column: Any) -> Any:
    """The column, for a condition that SQLite shall not look up in an index.

    Without statistics it takes any index for a good one, and then reads most of the table row by row.
    """
    if db.engine.dialect.name != "sqlite":
        return column
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def lowered(text: Any) -> sa.ColumnElement[str]:
    """Return SQL for a text in lower case, alike on every engine and in every locale of PostgreSQL.

    They differ about one capital, which has two characters in lower case: it counts as an i.
    """
    return sa.func.lower(without_dotted_capital(text))


def without_dotted_capital(text: Any) -> sa.ColumnElement[str]:
    """Return SQL for a text with the capital I with a dot above (U+0130) as an i."""
    return sa.func.replace(text, "\u0130", "i")


def as_text(number: Exact) -> str:
    """How SQLite stores an exact number."""
    return str(number) if isinstance(number, int) else format(number.normalize(), "f")


def from_text(text: str) -> Exact:
    """The exact number that SQLite stores so. Whole ones are as exact as integers, and counted faster."""
    return Decimal(text) if "." in text else int(text)


# --- Transactions --------------------------------------------------------------------------------------


class _Mode(NamedTuple):
    writes: bool
    patience: float | None = None


_READS = _Mode(writes=False)
_mode: ContextVar[_Mode] = ContextVar("transaction mode", default=_READS)


def declare(*, writes: bool) -> None:
    """Say whether the transactions of this context write.

    A SQLite transaction that reads first and writes later fails at once when another one wrote in
    between, whatever the timeout; a writer has to take the write lock with its first statement.
    """
    _mode.set(_Mode(writes))


def begin(*, writes: bool, patience: float | None = None) -> None:
    """End the session's transaction and begin one that reads from one snapshot, or one that writes.

    `patience` is how many seconds to wait for a lock, where that is less than usual.
    """
    db.session.rollback()
    _mode.set(_Mode(writes, patience))
    if db.engine.dialect.name == "sqlite":
        db.session.connection()
    elif not writes:
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    elif patience is not None:
        db.session.execute(sa.text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))


def engine_options(url: URL, *, busy_seconds: float = BUSY_SECONDS) -> dict[str, Any]:
    """What `create_engine` is told for this database."""
    if url.get_backend_name() == "sqlite":
        return {
            "connect_args": {"timeout": busy_seconds},
            "pool_size": 5,
            "pool_timeout": busy_seconds,
            "hide_parameters": True,
        }
    return {
        "connect_args": {} if "connect_timeout" in url.query else {"connect_timeout": 5},
        "pool_pre_ping": True,
        "hide_parameters": True,  # errors go into the log, and hashes must not
        "pool_size": 5,
        "pool_timeout": busy_seconds,
    }


def init_app(app: Flask) -> None:
    """Open the database that `app` is configured for."""
    db.init_app(app)
    with app.app_context():
        prepare(db.engine, app)


def prepare(engine: Engine, app: Flask, more: Mapping[str, str] = MappingProxyType({})) -> None:
    """Have each connection of an engine behave as Spikecast expects; `more` are settings of PostgreSQL."""
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])
    else:
        prepare_postgresql(engine, {**session_settings(app.config["BUSY_SECONDS"]), **more})


def session_settings(busy_seconds: float = BUSY_SECONDS) -> dict[str, str]:
    """Return what every session with PostgreSQL is set to."""
    return {
        # What is read and written as text means the same wherever the server, the role or the database say
        # otherwise.
        "timezone": "UTC",
        "datestyle": "ISO, YMD",
        "client_encoding": "UTF8",
        "default_transaction_isolation": "read committed",
        # No jit, no helpers: to compile a statement, or to start processes that share it, takes longer than
        # any of ours runs, and the other processors have requests of their own.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "lock_timeout": str(int(busy_seconds * 1000)),
    }


def prepare_postgresql(engine: Engine, settings: Mapping[str, str]) -> None:
    """Set each new session to these settings, but those that the URL gives in its `options`.

    By a statement: a pooler such as PgBouncer takes no settings with the connection.
    """
    given = config.user_options(engine.url)
    asked = ", ".join(
        f"set_config('{name}', '{value}', false)" for name, value in settings.items() if name not in given
    )

    # Before SQLAlchemy asks a first connection for its isolation level, to which it sets them back.
    @sa.event.listens_for(engine, "connect", insert=True)
    def on_connect(connection: Any, _record: object) -> None:
        former, connection.autocommit = connection.autocommit, True  # or a rollback would undo it
        try:
            connection.execute(f"SELECT {asked}")
        except BaseException:
            connection.close()  # nobody else has it yet
            raise
        connection.autocommit = former


def make_file(engine: Engine) -> None:
    """Make SQLite's file where there is none. Whoever migrates does it, and nobody else."""
    if engine.dialect.name != "sqlite":
        return
    # A file that is there must not even be opened: to close it would release, for this whole process, the
    # locks by which SQLite knows that the database is in use (https://www.sqlite.org/howtocorrupt.html, 2.2).
    with suppress(OSError):  # whoever opens it next is told so
        os.close(file_ownership.create_file(Path(str(engine.url.database)), os.O_RDWR))


def prepare_sqlite(engine: Engine, *, synchronous: str) -> None:
    """Have each connection of a SQLite engine behave as Spikecast expects."""

    @sa.event.listens_for(engine, "do_connect")
    def on_do_connect(_dialect: object, _record: object, arguments: list[str], options: Any) -> None:
        # SQLite would make a file where the database was moved away, and delete the log that belongs to the
        # database: what is in it would be lost, also when the file is put back.
        arguments[0], options["uri"] = f"file:{quote(os.fsencode(arguments[0]))}?mode=rw", True

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")  # a file from elsewhere may hold views and triggers
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.create_function("counter_next", 5, _counter_next, deterministic=True)
        connection.create_function("epoch_now", 0, _epoch_now)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        mode = _mode.get()
        if not mode.writes:
            connection.exec_driver_sql("BEGIN")
        elif mode.patience is None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            _begin_impatiently(connection, mode.patience)


def only_to_read(url: URL) -> Engine:
    """Return an engine for another database than the app's own, whose schema is not trusted."""
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def on_connect(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA trusted_schema=OFF")

    else:
        prepare_postgresql(engine, session_settings())
    return engine


def _begin_impatiently(connection: sa.Connection, patience: float) -> None:
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={usual}")


def _lower(text: str | None) -> str | None:
    """Unicode's lower case as PostgreSQL has it, each character by itself; SQLite's own knows ASCII only."""
    if not isinstance(text, str):
        return text
    # Only of a sigma does Python look at what stands beside it.
    return text.lower() if "Σ" not in text else "".join(map(str.lower, text))


def _counter_next(last: str | None, start: str, step: str, reset: str | None, direction: int) -> str:
    """`values.advance` inside SQLite, so that one statement moves a counter."""
    following = advance(
        None if last is None else from_text(last),
        start=from_text(start),
        step=from_text(step),
        reset=None if reset is None else from_text(reset),
        direction=direction,
    )
    return as_text(following)


def _epoch_now() -> float:
    """Return the time as SQLite asks for it, in seconds since 1970."""
    return clock.now().timestamp()


def is_to_come(instant: datetime) -> bool:
    """Return whether the database's own clock, by which polls go, has not come to this instant yet.

    SQLite has none: it runs on the app's machine and shares its clock.
    """
    if db.engine.dialect.name == "sqlite":
        return False
    of_database = db.session.execute(sa.select(sa.func.statement_timestamp())).scalar_one()
    return instant > clock.of_database(of_database)


# --- Refusals ------------------------------------------------------------------------------------------


def only_reads(error: BaseException) -> bool:
    """Whether a connection refused a write because it may only read."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_READONLY or getattr(error, "sqlstate", None) == "25006"


def reason(error: DBAPIError) -> str:
    """What the database said, in one line."""
    return " ".join(str(error.orig).split())


def violated(error: IntegrityError) -> str:
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


def translate(error: IntegrityError, known: Mapping[str, Callable[[], Exception]]) -> Exception:
    """The domain error for the constraint that refused, or the error itself."""
    make = known.get(violated(error))
    return make() if make else error
