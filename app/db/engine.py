"""Engines: how each connection to SQLite or PostgreSQL is set up."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool

from app.core import clock, file_ownership
from app.db.session import db
from app.db.transactions import current_mode
from app.db.types import number_from_text, number_to_text
from app.values import advance
from settings.database_url import parse_options

LOCK_TIMEOUT_S = 15


def engine_options(
    url: URL, *, lock_timeout_s: float = LOCK_TIMEOUT_S, keeps_session_state: bool = True
) -> dict[str, Any]:
    """Return the options of `create_engine` for this database.

    `keeps_session_state`: settings and prepared statements live as long as a connection to PostgreSQL, which
    they do not behind a pooler in transaction mode.
    """
    if url.get_backend_name() == "sqlite":
        return {
            "connect_args": {"timeout": lock_timeout_s},
            "pool_size": 5,
            "pool_timeout": lock_timeout_s,
            "hide_parameters": True,
        }
    connect_args: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": 5}
    stateless = {} if keeps_session_state else {"isolation_level": "READ COMMITTED"}
    if not keeps_session_state:
        connect_args["prepare_threshold"] = None
    return {
        **stateless,
        "connect_args": connect_args,
        "pool_pre_ping": True,
        "hide_parameters": True,  # errors go into the log, and hashes must not
        "pool_size": 5,
        "pool_timeout": lock_timeout_s,
    }


def init_app(app: Flask) -> None:
    """Connect the app to its database."""
    db.init_app(app)
    with app.app_context():
        configure(db.engine, app)


def configure(engine: Engine, app: Flask, more: Mapping[str, str] = MappingProxyType({})) -> None:
    """Set up each connection of an engine; `more` are further settings of PostgreSQL sessions."""
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine, synchronous=app.config["SQLITE_SYNCHRONOUS"])
    else:
        settings = {**session_settings(app.config["LOCK_TIMEOUT_S"]), **more}
        if app.config["FAST_POLLS"]:
            configure_postgresql(engine, settings)
        else:
            configure_each_transaction(engine, settings)


def session_settings(lock_timeout_s: float = LOCK_TIMEOUT_S) -> dict[str, str]:
    """Return the settings of every PostgreSQL session."""
    return {
        # Text forms of values must mean the same, whatever the server, the role or the database set.
        "timezone": "UTC",
        "datestyle": "ISO, YMD",
        "client_encoding": "UTF8",
        "default_transaction_isolation": "read committed",
        # No JIT and no parallel workers: to start them takes longer than any of these statements runs, and
        # other requests need the other processors.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "lock_timeout": str(int(lock_timeout_s * 1000)),
    }


def configure_postgresql(engine: Engine, settings: Mapping[str, str]) -> None:
    """Apply these settings to each new session, except those that the URL gives in its `options`.

    They are applied by a statement, because poolers such as PgBouncer accept none with the connection.
    """
    statement = _set_config(settings, engine.url, is_local=False)

    # Inserted first: SQLAlchemy then reads the isolation level, which it restores later.
    @sa.event.listens_for(engine, "connect", insert=True)
    def on_connect(connection: Any, _record: object) -> None:
        former, connection.autocommit = connection.autocommit, True  # a rollback would undo the settings
        try:
            connection.execute(statement)
        except BaseException:
            connection.close()  # nothing else refers to it yet
            raise
        connection.autocommit = former


def configure_each_transaction(engine: Engine, settings: Mapping[str, str]) -> None:
    """Apply these settings to each transaction, except those that the URL gives in its `options`.

    Behind a pooler in transaction mode each transaction may run in another session. The isolation level is
    part of the BEGIN that the driver sends (`engine_options`), for no transaction can change its default.
    """
    statement = _set_config(settings, engine.url, is_local=True)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)


def _set_config(settings: Mapping[str, str], url: URL, *, is_local: bool) -> str:
    """Return the statement that sets these settings, for the session or for the transaction alone."""
    options = parse_options(url)
    calls = (
        f"set_config('{name}', '{value}', {str(is_local).lower()})"
        for name, value in settings.items()
        if name not in options
    )
    return f"SELECT {', '.join(calls)}"


def create_file(engine: Engine) -> None:
    """Create the SQLite file if it is missing. Only migrations do that."""
    if engine.dialect.name != "sqlite":
        return
    # An existing file must not even be opened: closing it would release all locks that SQLite holds on it in
    # this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    with suppress(OSError):  # reported when the file is opened
        os.close(file_ownership.create_file(Path(str(engine.url.database)), os.O_RDWR))


def configure_sqlite(engine: Engine, *, synchronous: str) -> None:
    """Set up each connection of a SQLite engine: its file, pragmas, SQL functions and transactions."""

    @sa.event.listens_for(engine, "do_connect")
    def on_do_connect(_dialect: object, _record: object, arguments: list[str], options: Any) -> None:
        # mode=rw creates no file. If the database was moved away, SQLite would create an empty one and delete
        # the write-ahead log, whose content would be lost even if the file came back.
        arguments[0], options["uri"] = f"file:{quote(os.fsencode(arguments[0]))}?mode=rw", True

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(
            "PRAGMA trusted_schema=OFF"
        )  # a restored file may contain foreign views and triggers
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.create_function("counter_next", 5, _counter_next, deterministic=True)
        connection.create_function("epoch_now", 0, _epoch_now)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        mode = current_mode()
        if not mode.writes:
            connection.exec_driver_sql("BEGIN")
        elif mode.lock_timeout_s is None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            _begin_with_timeout(connection, mode.lock_timeout_s)


def create_untrusted_engine(url: URL) -> Engine:
    """Return an engine for another database than the app's own, whose schema is not trusted."""
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def on_connect(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA trusted_schema=OFF")

    else:
        configure_postgresql(engine, session_settings())
    return engine


def _begin_with_timeout(connection: sa.Connection, lock_timeout_s: float) -> None:
    previous = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(lock_timeout_s * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={previous}")


def _lower(text: str | None) -> str | None:
    """Return the text in lower case, each character by itself, as PostgreSQL does it for all of Unicode."""
    if not isinstance(text, str):
        return text
    # Sigma is the only character whose lower case depends on its neighbours in Python.
    return text.lower() if "Σ" not in text else "".join(map(str.lower, text))


def _counter_next(last: str | None, start: str, step: str, reset: str | None, direction: int) -> str:
    """Call `values.advance` from SQL, so that one statement advances a counter."""
    following = advance(
        None if last is None else number_from_text(last),
        start=number_from_text(start),
        step=number_from_text(step),
        reset=None if reset is None else number_from_text(reset),
        direction=direction,
    )
    return number_to_text(following)


def _epoch_now() -> float:
    """Return the current time in seconds since 1970, for SQL."""
    return clock.now().timestamp()
