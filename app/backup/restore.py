"""Putting a backup in the place of a SQLite database: all of it, or nothing."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app import database, startup
from app.backup import files
from app.backup.afterwards import Choice, put_right
from app.backup.alone import no_server
from app.backup.snapshot import Snapshot, taken
from app.errors import Conflict


def restore(file: Path, place: Path, *, lock: Path, choice: Choice, now: datetime) -> list[str]:
    """Put `file` in the place of the database, which is kept beside it; tell what was done.

    All work is done on a copy, which takes the place in one step at the end: who is interrupted before
    has the database that they had.
    """
    _refuse_what_is_no_copy(file, place)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with startup.one_at_a_time(), files.draft_beside(place) as draft:
            shutil.copyfile(file, draft)
            files.look_at(draft, file, startup.schemas())
            with no_server(lock, place):
                told = _made_ready(draft, _before(place, now), choice, now)
                files.finish(draft, file)
                kept = _keep(place, now)
                files.put(draft, place, overwrite=True)
    except (OSError, sqlite3.Error) as error:
        raise Conflict(f"{file} could not be restored to {place}: {files.said(error)}.") from error
    return [f"Restored {file}.", *([f"The database from before is kept as {kept}."] if kept else []), *told]


def _refuse_what_is_no_copy(file: Path, place: Path) -> None:
    if not file.is_file():
        raise Conflict(f"There is no file {file}.")
    if place.exists() and file.samefile(place):
        raise Conflict(f"{file} is the database itself.")
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        raise Conflict(
            f"{file} was copied while it was in use: part of it is in {log}. Make backups with `backup`."
        )


def _made_ready(draft: Path, before: Snapshot | None, choice: Choice, now: datetime) -> list[str]:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(draft)), poolclass=NullPool, hide_parameters=True
    )
    database.prepare_sqlite(engine, synchronous="FULL")
    startup.upgrade(engine)
    with _writing(engine) as connection:
        return put_right(connection, before, choice, now)


@contextmanager
def _writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    database.declare(writes=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        database.declare(writes=False)


def _before(place: Path, now: datetime) -> Snapshot | None:
    """What the present database knows; None where there is none, or none that can be read."""
    if not place.exists():
        return None
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(place)), poolclass=NullPool, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            return taken(connection, now)
    except DBAPIError:  # damaged, or of another program
        return None


def _keep(place: Path, now: datetime) -> Path | None:
    """Give the present database a second name; until the last step it has its own, too."""
    if not place.exists():
        return None
    name = f"{place.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    kept = next(each for each in map(place.with_name, names) if not each.exists())
    try:
        os.link(place, kept)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(place, kept)
    for ending in files.COMPANIONS:  # only where it is too damaged to be closed properly
        with suppress(FileNotFoundError):
            place.with_name(place.name + ending).replace(kept.with_name(kept.name + ending))
    return kept
