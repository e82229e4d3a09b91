"""Simulated failures of an app's database: locks, a full disk, missing write permission."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from app.db.session import Base, db


@contextmanager
def another_session(app: Flask) -> Iterator[sa.Connection]:
    """Yield a separate connection to the database of `app`, which begins transactions with SQL."""
    with app.app_context():
        url = db.engine.url
    engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
        yield connection


@contextmanager
def write_lock(app: Flask) -> Iterator[None]:
    """Hold a lock that blocks all writes but no reads."""
    with another_session(app) as session:
        if session.dialect.name == "sqlite":
            session.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            tables = ", ".join(Base.metadata.tables)
            session.exec_driver_sql("BEGIN")
            session.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            session.exec_driver_sql("ROLLBACK")


def dump_tables(app: Flask) -> dict[str, list[str]]:
    """Return all rows of all tables."""
    with another_session(app) as session:
        return {
            name: sorted(map(repr, session.execute(sa.select(table)).all()))
            for name, table in Base.metadata.tables.items()
        }


def assert_unavailable(response: TestResponse) -> None:
    """Assert that a response is the 503 of an unavailable database."""
    assert response.status_code == 503, f"{response.status_code}: {response.text[:500]}"
    assert response.content_type == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0
    assert response.json == {
        "type": "about:blank",
        "title": "Temporarily unavailable",
        "status": 503,
        "detail": "The database is busy or unavailable. Try again in a moment.",
    }


@contextmanager
def on_each_connection(app: Flask, statement: str) -> Iterator[None]:
    """Run `statement` on every connection that the app opens in the meantime."""

    def begin(connection: Any, _record: object) -> None:
        connection.execute(statement).close()
        connection.commit()

    polls = app.extensions["polls"]
    with app.app_context():
        engines = [db.engine, polls.database.engine]

    def start_afresh() -> None:
        polls.close()
        for engine in engines:
            engine.dispose()

    start_afresh()
    for engine in engines:
        sa.event.listen(engine, "connect", begin)
    try:
        yield
    finally:
        for engine in engines:
            sa.event.remove(engine, "connect", begin)
        start_afresh()


@contextmanager
def read_only_database(app: Flask) -> Iterator[None]:
    """Make the database read-only: PostgreSQL like a standby, SQLite like a read-only disk."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    with on_each_connection(
        app, "PRAGMA query_only=ON" if is_sqlite else "SET default_transaction_read_only=ON"
    ):
        yield


@contextmanager
def disk_full(app: Flask) -> Iterator[None]:
    """Simulate a full disk of the database."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    with no_file_growth() if is_sqlite else reject_writes(app, "disk_full"):
        yield


@contextmanager
def no_file_growth() -> Iterator[None]:
    """Prevent this process from writing to files."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@contextmanager
def reject_writes(app: Flask, condition: str) -> Iterator[None]:
    """Make PostgreSQL reject every write with this condition, such as `disk_full` or a SQLSTATE."""
    with trigger_on_writes(app, f"RAISE EXCEPTION USING ERRCODE = '{condition}'"):
        yield


@contextmanager
def trigger_on_writes(app: Flask, body: str) -> Iterator[None]:
    """Make PostgreSQL run some PL/pgSQL on every write."""
    with another_session(app) as session:
        function = f"trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        session.exec_driver_sql(f"CREATE FUNCTION {function}")
        for table in Base.metadata.tables:
            at = f"BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            session.exec_driver_sql(f"CREATE TRIGGER trouble {at} EXECUTE FUNCTION trouble()")
        try:
            yield
        finally:
            session.exec_driver_sql("DROP FUNCTION trouble CASCADE")
