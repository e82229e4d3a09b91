"""Putting a backup in the place of a SQLite database: all of it, or nothing."""

import itertools
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.backup import sqlite_files
from app.backup.exclusive import no_server
from app.backup.reconcile import Choice, put_right
from app.backup.snapshot import Snapshot, taken
from app.core import file_ownership
from app.core.errors import Conflict
from app.db import transactions
from app.db.engine import configure_sqlite, create_untrusted_engine
from app.db.locks import migration_lock
from app.db.migrate import known_revisions, upgrade


def restore(file: Path, place: Path, *, lock: Path, choice: Choice, now: datetime) -> list[str]:
    """Put `file` in the place of the database, which is kept beside it; tell what was done.

    All work is done on a copy, which takes the place in one step at the end: who is interrupted before
    has the database that they had.
    """
    try:
        _refuse_what_is_no_copy(file, place)
        file_ownership.make_folder(place.parent)
        with migration_lock(), sqlite_files.draft_beside(place) as draft:
            shutil.copyfile(file, draft)
            schema = sqlite_files.look_at(draft, file, known_revisions())
            with sqlite_files.draft_beside(place) as fresh:
                upgrade(_engine(fresh), schema)
                sqlite_files.refuse_foreign_schema(draft, file, schema, fresh)
            with no_server(lock, place):
                told = _made_ready(draft, _before(place, now), choice, now)
                sqlite_files.finish(draft, file)
                _own(draft, place)
                kept = _keep(place, now)
                sqlite_files.put(draft, place, overwrite=True)
                _forget_logs(place)
    except (OSError, sqlite3.Error) as error:
        raise Conflict(f"{file} could not be restored to {place}: {sqlite_files.said(error)}.") from error
    return [f"Restored {file} to {place}.", *([_kept(kept)] if kept else []), *told]


def _kept(kept: Path) -> str:
    if kept.exists():
        return f"The database from before is kept as {kept}."
    left = ", ".join(str(each) for each in map(kept.with_name, _logs(kept.name)) if each.exists())
    return f"The database was gone; what was left of it is kept as {left}."


def _refuse_what_is_no_copy(file: Path, place: Path) -> None:
    if not file.is_file():
        raise Conflict(f"There is no file {file}.")
    if place.exists() and file.samefile(place):
        raise Conflict(f"{file} is the database itself.")
    if any(each.exists() and file.samefile(each) for each in sqlite_files.belonging_to(place)):
        raise Conflict(f"{file} belongs to the database itself.")
    for ending in ("-wal", "-journal"):
        log = file.with_name(f"{file.name}{ending}")
        if log.exists() and log.stat().st_size:
            raise Conflict(
                f"{file} was copied while it was in use: part of it is in {log}. Make backups with `backup`."
            )


def _made_ready(draft: Path, before: Snapshot | None, choice: Choice, now: datetime) -> list[str]:
    engine = _engine(draft)
    upgrade(engine)
    with _writing(engine) as connection:
        return put_right(connection, before, choice, now)


def _engine(file: Path) -> sa.Engine:
    url = URL.create("sqlite", database=str(file))  # whatever characters its folder has
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    configure_sqlite(engine, synchronous="FULL")
    return engine


@contextmanager
def _writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    transactions.set_mode(writes=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        transactions.set_mode(writes=False)


def _before(place: Path, now: datetime) -> Snapshot | None:
    """What the present database knows; None where there is none, or none that can be read."""
    if not place.exists() or not place.stat().st_size:
        return None
    try:
        with create_untrusted_engine(URL.create("sqlite", database=str(place))).connect() as connection:
            return taken(connection, now)
    except DBAPIError:  # damaged, or of another program
        return None


def _own(draft: Path, place: Path) -> None:
    """Give the draft the owner and mode of the present database, so that the service can open it."""
    if not place.exists():
        mode = file_ownership.get_new_file_mode(place.parent)
        file_ownership.copy_owner(draft, place.parent)
    else:
        found = place.stat()
        mode = stat.S_IMODE(found.st_mode)
        made = draft.stat()
        if (found.st_uid, found.st_gid) != (made.st_uid, made.st_gid):
            try:
                os.chown(draft, found.st_uid, found.st_gid)
            except OSError:
                owner = file_ownership.get_user_name(found.st_uid)
                raise Conflict(
                    f"{place} belongs to {owner}, and this user cannot give {owner} the restored one. "
                    f"Restore as {owner}, or as root. Nothing was changed."
                ) from None
    draft.chmod(mode)


def _keep(place: Path, now: datetime) -> Path | None:
    """Give the present database, or what is left of it, a second name; its own goes with the last step.

    A log that SQLite would apply to the next database of this name is replaced by an empty one: that
    still keeps a server from beginning an empty database, should this be killed before the last step.
    """
    logs = [log for log in map(place.with_name, _logs(place.name)) if log.exists() and log.stat().st_size]
    if not place.exists() and not logs:
        return None
    name = f"{place.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    kept = next(each for each in map(place.with_name, names) if not _is_taken(each))
    if place.exists():
        _second_name(place, kept)
    for log in logs:
        _second_name(log, kept.with_name(kept.name + log.name.removeprefix(place.name)))
        with sqlite_files.draft_beside(log) as empty:
            _own(empty, log)
            empty.replace(log)
    place.with_name(f"{place.name}-shm").unlink(missing_ok=True)  # an index of the log, made anew from it
    return kept


def _logs(name: str) -> list[str]:
    return [f"{name}-wal", f"{name}-journal"]


def _is_taken(kept: Path) -> bool:
    return any(kept.with_name(each).exists() for each in (kept.name, *_logs(kept.name)))


def _second_name(file: Path, kept: Path) -> None:
    try:
        os.link(file, kept)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(file, kept)
        _own(kept, file)


def _forget_logs(place: Path) -> None:
    """Remove the empty logs that `_keep` has left."""
    for log in map(place.with_name, _logs(place.name)):
        if log.exists() and not log.stat().st_size:
            log.unlink()
