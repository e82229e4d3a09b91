"""Rows in every table of any schema, built from the database instead of the models.

Columns that a migration adds are filled automatically. Only values with a meaning are listed here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.core import key_format
from app.db.grants_revision import GRANTS_REVISION_TABLE
from tests.support.timestamps import NOW

Rows = dict[str, list[dict[str, Any]]]

ITS_OWN = {"alembic_version", GRANTS_REVISION_TABLE}
"""Tables in which the database describes itself, with one row each."""

ROWS = 2
"""The number of rows per table: one with a value in every column, and one with as few as possible."""

KEY = "spk_" + "a" * 32 + key_format.checksum("a" * 32)
"""The key of the first row: it may poll the first collection, whose counter goes from 20 to 25."""

MEANINGS: dict[str, Callable[[int], Any]] = {
    "role": lambda n: "ADMIN",
    "collection_type": lambda n: "PERFORMANCE",
    "value_type": lambda n: "INCREMENT",
    "overridden_settings": lambda n: "start_number",
    "counters_after": lambda n: "continue",
    "start_number": lambda n: 10,
    "step_number": lambda n: 5,
    "reset_number": lambda n: 1000,
    "current_number": lambda n: 20,
    "randomization_percentage": lambda n: 0,
    "revoked_at": lambda n: None,
    "key_hash": lambda n: key_format.hash_secret(KEY) if n == 1 else f"{n:064}",
    "labels": lambda n: '{"alertname":"EngineHot"}',
    "ignored": lambda n: "[]",
    "end_datetime": lambda n: NOW + timedelta(days=n, hours=1),
}


def fill(connection: sa.Connection) -> None:
    """Insert rows into every table."""
    made: Rows = {}
    for table in reflected(connection).sorted_tables:
        if table.name in ITS_OWN:
            continue
        made[table.name] = []
        for number in range(1, ROWS + 1):
            row = {
                column.name: value(column, number, made) for column in table.columns if not numbered(column)
            }
            inserted = connection.execute(sa.insert(table).values(row).returning(*table.columns)).one()
            made[table.name].append(dict(inserted._mapping))


def numbered(column: sa.Column[Any]) -> bool:
    """Return whether the database generates the column's number."""
    is_single = len(column.table.primary_key) == 1
    return (
        column.primary_key and is_single and isinstance(column.type, sa.Integer) and not column.foreign_keys
    )


def value(column: sa.Column[Any], number: int, made: Rows) -> Any:
    """Return the column's value in the row of this number."""
    for key in column.foreign_keys:
        return made[key.column.table.name][number - 1][key.column.name]
    if number == ROWS and column.nullable:
        return None
    if column.name in MEANINGS:
        value = MEANINGS[column.name](number)
        is_text = isinstance(column.type, sa.String)
        return str(value) if is_text and value is not None else value
    return OF_TYPE[type(column.type.as_generic())](column, number)


def text(column: sa.Column[Any], number: int) -> str:
    return f"{number} {column.name} of {column.table.name}"[: column.type.length]


OF_TYPE: dict[type, Callable[[sa.Column[Any], int], Any]] = {
    sa.String: text,
    sa.Text: text,
    sa.Integer: lambda column, number: number,
    sa.BigInteger: lambda column, number: 2**40 + number,
    sa.Boolean: lambda column, number: number == 1,
    sa.Double: lambda column, number: number + 0.5,
    sa.Numeric: lambda column, number: Decimal(number) + Decimal("0.1"),
    sa.JSON: lambda column, number: {"number": number},
    sa.DateTime: lambda column, number: NOW + timedelta(days=number),
}


def reflected(connection: sa.Connection) -> sa.MetaData:
    """Return the tables as they are in the database, independent of the models."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata


def content(connection: sa.Connection, like: Rows | None = None) -> Rows:
    """Return all rows; with `like`, only the tables and columns in it that still exist."""
    rows_by_table: Rows = {}
    for name, table in reflected(connection).tables.items():
        if name in ITS_OWN or (like is not None and name not in like):
            continue
        columns = [c for c in table.columns if like is None or c.name in like[name][0]]
        rows = connection.execute(sa.select(*columns).order_by(*table.primary_key.columns))
        rows_by_table[name] = [{key: in_utc(each) for key, each in row._mapping.items()} for row in rows]
    return rows_by_table


def in_utc(each: Any) -> Any:
    """Return the value, with times converted to UTC so that both databases return the same."""
    return each.replace(tzinfo=None) if isinstance(each, datetime) else each
