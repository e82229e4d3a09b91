"""SQLite files: copied whole while others write, looked at before they are trusted, put in place at once."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core import file_ownership
from app.core.errors import Conflict

HEADER = b"SQLite format 3\0"
OURS = {"alembic_version", "users", "collections", "fields", "api_keys", "spike_schedules"}
COMPANIONS = ("-wal", "-shm", "-journal")
LOCKS = (".serving", ".migrating", ".turn")


def belonging_to(database: Path) -> list[Path]:
    """Return the database file and every file beside it that belongs to it, whether or not it exists."""
    return [database.with_name(database.name + ending) for ending in ("", *COMPANIONS, *LOCKS)]


def refuse_to_replace(place: Path, kept: Iterable[Path]) -> None:
    """Refuse to write to any of the files in `kept`, or to a database that somebody else has open.

    Files are compared by device and inode, so hard links, symbolic links and other spellings of a name on
    a file system that ignores case are the same file; missing ones are compared by folder and name.
    """
    for each in kept:
        if _is_same(place, each):
            raise Conflict(f"{place} belongs to the running installation ({each}); choose another name.")
    for beside in (place.with_name(place.name + ending) for ending in COMPANIONS):
        if beside.exists():
            raise Conflict(
                f"{beside} is there, so {place} is a database that is in use or was not closed; choose "
                "another name."
            )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        pass
    try:
        return one.name.casefold() == other.name.casefold() and one.parent.samefile(other.parent)
    except OSError:
        return False


def save(source: sqlite3.Connection, place: Path, *, overwrite: bool) -> None:
    """Copy the database of `source` to `place`, as it is at one instant; or leave nothing behind."""
    if place.is_dir():
        raise Conflict(f"{place} is a folder; name a file.")
    if place.exists() and not overwrite:
        raise _is_there(place)
    _refuse_without_room(source, place.parent)
    try:
        with draft_beside(place) as draft:
            with closing(_opened(draft)) as target:
                source.backup(target)  # all pages in one step: one instant, and writers need not wait
            finish(draft, place)
            put(draft, place, overwrite=overwrite)
    except FileExistsError:
        raise _is_there(place) from None
    except (OSError, sqlite3.Error) as error:
        raise Conflict(f"{place} could not be written: {said(error)}.") from error


def _is_there(place: Path) -> Conflict:
    return Conflict(f"{place} exists already; choose another name, or say --overwrite.")


def _refuse_without_room(source: sqlite3.Connection, folder: Path) -> None:
    (pages,), (size,) = (source.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Conflict(f"{folder} is no folder that can be written to: {said(error)}.") from None
    if free < pages * size:
        needed = f"{pages * size // 1024} KiB, and {folder} has {free // 1024} KiB free"
        raise Conflict(f"There is no room for the backup: it needs {needed}.")


@contextmanager
def draft_beside(place: Path) -> Iterator[Path]:
    """A new, empty file in the folder of `place`, readable by nobody else; it is gone afterwards."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.draft")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
    finally:
        for ending in ("", *COMPANIONS):
            draft.with_name(draft.name + ending).unlink(missing_ok=True)


def finish(draft: Path, name: Path) -> None:
    """Make it one file without companions, look for damage, and see it onto the disk."""
    with closing(_opened(draft)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        refuse_damaged(connection, name)
    file_ownership.fsync(draft)


def put(draft: Path, place: Path, *, overwrite: bool) -> None:
    """Give the finished draft its name, in one step that a crash cannot halve."""
    if overwrite:
        draft.replace(place)
    else:
        try:
            os.link(draft, place)  # which refuses where there is a file, unlike renaming
        except FileExistsError:
            raise
        except OSError:  # a disk that knows no links, such as a USB stick
            draft.rename(place)
    file_ownership.fsync(place.parent)


def look_at(draft: Path, file: Path, schemas: Collection[str]) -> str:
    """Return the schema of a copy of `file`; refuse what is no whole database of a known Spikecast."""
    with draft.open("rb") as content:
        if content.read(len(HEADER)) != HEADER:
            raise Conflict(f"{file} is no SQLite database.")
    try:
        with closing(_opened(draft)) as connection:
            refuse_damaged(connection, file)
            return _known_schema(connection, file, schemas)
    except sqlite3.Error as error:
        raise Conflict(f"{file} is damaged: {said(error)}.") from None


def refuse_damaged(connection: sqlite3.Connection, name: Path) -> None:
    """Read all of it: every page, every index, every reference."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise Conflict(f"{name} is damaged: {' '.join(found.split())}.")
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise Conflict(
            f"{name} is damaged: a row of {broken[0]} refers to one of {broken[2]} that is not there."
        )


def _known_schema(connection: sqlite3.Connection, file: Path, schemas: Collection[str]) -> str:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = connection.execute("SELECT version_num FROM alembic_version").fetchall() if tables >= OURS else []
    if len(found) != 1:
        raise Conflict(f"{file} is a SQLite database, but none of Spikecast's.")
    [(schema,)] = found
    if schema not in schemas:
        newest = max(schemas)
        raise Conflict(
            f"{file} was made by a newer version of Spikecast: its schema is {schema}, and this version "
            f"knows those up to {newest}. Restore it with that version."
        )
    return str(schema)


def refuse_foreign_schema(draft: Path, file: Path, schema: str, like: Path) -> None:
    """Refuse a copy of `file` whose tables, indexes, triggers and views are not those of the database `like`.

    A trigger or view in a backup would run with every write or read of Spikecast's, and could do anything
    that Spikecast may do to its data.
    """
    found, expected = _objects(draft), _objects(like)
    foreign = sorted(found.keys() - expected.keys())
    missing = sorted(expected.keys() - found.keys())
    changed = sorted(key for key in found.keys() & expected.keys() if found[key] != expected[key])
    for keys, fault in ((foreign, "holds"), (changed, "has another"), (missing, "lacks")):
        for kind, name in keys:
            rule = {
                "holds": "which does not belong to Spikecast",
                "has another": f"than Spikecast's schema {schema}",
                "lacks": f"which belongs to Spikecast's schema {schema}",
            }[fault]
            article = {"holds": _article(kind), "has another": "", "lacks": "the "}[fault]
            raise Conflict(
                f"{file} {fault} {article}{kind} {name!a}, {rule}. Backups made by `backup` can be "
                "restored; drop from a copy of this one what was added to it, if you trust the rest."
            )


def _article(kind: str) -> str:
    return "an " if kind[0] in "aeiou" else "a "


def _objects(path: Path) -> dict[tuple[str, str], str]:
    """Return the SQL of all that a database consists of, by kind and name, without what SQLite adds."""
    with closing(_opened(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {
        (kind, name): f"{table}: {_plain(sql)}"
        for kind, name, table, sql in rows
        if _INTERNAL.get(name) != (kind, _plain(sql))
    }


def _plain(sql: str | None) -> str:
    """Return a statement without what makes no difference: how names are quoted, and spaces."""
    return " ".join((sql or "").replace('"', "").split())


_INTERNAL = {
    "sqlite_sequence": ("table", "CREATE TABLE sqlite_sequence(name,seq)"),
    "sqlite_stat1": ("table", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    "sqlite_stat4": ("table", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
}


def is_in_use(database: Path) -> bool:
    """Whether any program has this database open; if not, what lay beside it is folded into the one file.

    SQLite itself tells: whoever has a database with a write-ahead log open holds a lock on it, and
    leaving that mode needs all of it. A database that is too damaged to tell is nobody's.
    """
    with closing(_opened(database, patience=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorname or "").startswith("SQLITE_BUSY"):
                return True
            if not is_damage(error):
                raise
    return False


def is_damage(error: sqlite3.Error) -> bool:
    """Whether that is what SQLite says of a file that is no database, or no whole one."""
    return (getattr(error, "sqlite_errorname", None) or "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


def said(error: Exception) -> str:
    """What the system or SQLite said, without the path that the sentence names already."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _opened(path: Path, *, patience: float = 5) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=patience)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return connection
