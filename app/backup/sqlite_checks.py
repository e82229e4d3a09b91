"""Checks of a SQLite file that may be a backup: undamaged, of a known schema, with nothing added."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from app.core.errors import Conflict

HEADER = b"SQLite format 3\0"
OWN_TABLES = {"alembic_version", "users", "collections", "fields", "api_keys", "spike_schedules"}
"""The tables that every schema of Spikecast has had."""
_INTERNAL = {
    "sqlite_sequence": ("table", "CREATE TABLE sqlite_sequence(name,seq)"),
    "sqlite_stat1": ("table", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    "sqlite_stat4": ("table", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
}
"""The tables that SQLite adds by itself: kind and SQL by name."""


def open_untrusted(path: Path, *, timeout_s: float = 5) -> sqlite3.Connection:
    """Open a SQLite file whose schema must not run code, and whose pages may be damaged."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=timeout_s)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return connection


def verify(draft: Path, file: Path, schemas: Collection[str]) -> str:
    """Return the schema of `draft`, a copy of `file`.

    Raises:
        Conflict: It is not a SQLite database, is damaged, or has none of these schemas.
    """
    with draft.open("rb") as content:
        if content.read(len(HEADER)) != HEADER:
            raise Conflict(f"{file} is not a SQLite database.")
    try:
        with closing(open_untrusted(draft)) as connection:
            refuse_damaged(connection, file)
            return _read_schema(connection, file, schemas)
    except sqlite3.Error as error:
        raise Conflict(f"{file} is damaged: {get_reason(error)}.") from None


def refuse_damaged(connection: sqlite3.Connection, name: Path) -> None:
    """Read the whole database, to check every page, every index and every reference.

    Raises:
        Conflict: Some part is damaged.
    """
    (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if result != "ok":
        raise Conflict(f"{name} is damaged: {' '.join(result.split())}.")
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise Conflict(f"{name} is damaged: a row in {broken[0]} refers to a missing row in {broken[2]}.")


def _read_schema(connection: sqlite3.Connection, file: Path, schemas: Collection[str]) -> str:
    """Return the schema's revision.

    Raises:
        Conflict: It is not a database of Spikecast, or its schema is too new.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    is_own = tables >= OWN_TABLES
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall() if is_own else []
    if len(rows) != 1:
        raise Conflict(f"{file} is a SQLite database, but not one of Spikecast.")
    [(schema,)] = rows
    if schema not in schemas:
        newest = max(schemas)
        raise Conflict(
            f"{file} was made by a newer version of Spikecast: its schema is {schema}, and this version "
            f"supports schemas up to {newest}. Restore it with the newer version."
        )
    return str(schema)


def refuse_foreign_schema(draft: Path, file: Path, schema: str, reference: Path) -> None:
    """Check that `draft`, a copy of `file`, has the tables, indexes, triggers and views of `reference`.

    A trigger or view in a backup would run with every write or read of Spikecast, with the same rights to the
    data.

    Raises:
        Conflict: The schemas differ.
    """
    actual, expected = _read_objects(draft), _read_objects(reference)
    foreign = sorted(actual.keys() - expected.keys())
    missing = sorted(expected.keys() - actual.keys())
    changed = sorted(key for key in actual.keys() & expected.keys() if actual[key] != expected[key])
    differences = [
        *(f"contains the {kind} {name!a}, which does not belong to Spikecast" for kind, name in foreign),
        *(f"has a {kind} {name!a} that differs from Spikecast's schema {schema}" for kind, name in changed),
        *(f"lacks the {kind} {name!a} of Spikecast's schema {schema}" for kind, name in missing),
    ]
    if differences:
        raise Conflict(
            f"{file} {differences[0]}. Only backups made by `backup` can be restored. If you trust the rest, "
            "copy the file, remove from the copy what was added, and restore the copy."
        )


def _read_objects(path: Path) -> dict[tuple[str, str], str]:
    """Return the SQL of all objects of a database by kind and name, except those that SQLite adds."""
    with closing(open_untrusted(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {
        (kind, name): f"{table}: {_normalize(sql)}"
        for kind, name, table, sql in rows
        if _INTERNAL.get(name) != (kind, _normalize(sql))
    }


def _normalize(sql: str | None) -> str:
    """Return a statement without quotes around names and without extra spaces."""
    return " ".join((sql or "").replace('"', "").split())


def is_in_use(database: Path) -> bool:
    """Return whether any program has this database open; if not, fold its write-ahead log into the file.

    A program that has a database in WAL mode open holds a lock on it, and leaving that mode needs an
    exclusive lock. A database that is too damaged to tell counts as not in use.

    Raises:
        DatabaseError: SQLite cannot open the file for another reason.
    """
    with closing(open_untrusted(database, timeout_s=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorname or "").startswith("SQLITE_BUSY"):
                return True
            if not is_damage(error):
                raise
    return False


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the error means that the file is not a database, or is damaged."""
    return (getattr(error, "sqlite_errorname", None) or "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


def get_reason(error: Exception) -> str:
    """Return what the system or SQLite reports, without a path, which the messages name already."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
