"""Integrity checks: whether a database is undamaged and free of contradictions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from app.db.session import Base
from app.models import SpikeSchedule


def find_faults(database_url: str) -> list[str]:
    """Return what is wrong with the database; empty if nothing is. Other sessions are not disturbed."""
    with _connected(database_url) as connection:
        check = _check_sqlite if connection.dialect.name == "sqlite" else _check_postgresql
        return [*check(connection), *_overlaps(connection)]


def describe_check(kind: str) -> str:
    """Return a description of the check for people."""
    if kind == "sqlite":
        return "PRAGMA integrity_check and foreign_key_check, no overlapping windows"
    return "amcheck of every table and B-tree, every foreign key, no overlapping windows"


@contextmanager
def _connected(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def _check_sqlite(connection: sa.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    broken = [f"foreign key: {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return [each for each in found if each != "ok"] + broken


_DAMAGED_TABLES = """
SELECT relname, damage.blkno, damage.offnum, damage.msg
FROM pg_class, LATERAL verify_heapam(oid) AS damage
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_INDEXES = """
SELECT bt_index_check(index.oid, heapallindexed => true)
FROM pg_class AS index JOIN pg_am ON pg_am.oid = index.relam
WHERE index.relkind = 'i' AND index.relnamespace = 'public'::regnamespace AND pg_am.amname = 'btree'
"""


def _check_postgresql(connection: sa.Connection) -> list[str]:
    """Check tables and indexes with amcheck, an extension that PostgreSQL ships, and the foreign keys."""
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
    found = [f"table: {tuple(row)}" for row in connection.exec_driver_sql(_DAMAGED_TABLES)]
    try:
        connection.exec_driver_sql(_INDEXES)
    except sa.exc.DBAPIError as damaged:
        found.append(f"index: {damaged.orig}")
    keys = [key for table in Base.metadata.sorted_tables for key in table.foreign_keys]
    broken = [key for key in keys if connection.scalar(_orphans(key))]
    return found + [f"foreign key: {key.parent} without its {key.target_fullname}" for key in broken]


def _orphans(key: sa.ForeignKey) -> sa.Select[Any]:
    parent = key.column.table.alias("parent")
    is_there = sa.exists().where(parent.c[key.column.name] == key.parent)
    return sa.select(sa.func.count(key.parent)).where(key.parent.is_not(None), ~is_there)


def _overlaps(connection: sa.Connection) -> list[str]:
    one, other = SpikeSchedule.__table__.alias("one"), SpikeSchedule.__table__.alias("other")
    pairs = sa.select(one.c.id, other.c.id).where(
        one.c.id < other.c.id,
        one.c.collection_id == other.c.collection_id,
        one.c.start_datetime < other.c.end_datetime,
        other.c.start_datetime < one.c.end_datetime,
    )
    return [f"overlap: {tuple(row)}" for row in connection.execute(pairs)]
