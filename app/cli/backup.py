"""Backup and restore, from the command line."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

import config
from app.backup import sqlite_files
from app.backup.exclusive import no_server, refuse_company
from app.backup.reconcile import Choice, counted, put_right
from app.backup.restore import restore as put_in_place
from app.backup.snapshot import Snapshot, taken
from app.cli.support import tells_refusals
from app.core import clock
from app.core.errors import Conflict
from app.core.secret_key import secret_path
from app.db import engine, transactions
from app.db.errors import reason
from app.db.locks import migration_lock
from app.db.migrate import current_revision, migrate, refuse_unusable_files
from app.db.session import db
from settings.database_url import redact_url
from settings.errors import PREFIX

a_file = click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
COUNTED = ("users", "collections", "api_keys", "spike_schedules")


def chooses(command: Callable[..., Any]) -> Callable[..., Any]:
    """What to do with counters of which nobody knows how far they went since the backup."""
    for option in (
        click.option(
            "--accept-repeats",
            is_flag=True,
            help="Serve values again that were served since the backup, where that is not known.",
        ),
        click.option(
            "--counters-on",
            type=click.IntRange(1, 10**9),
            metavar="N",
            help="Leave out the next N values of counters of which it is not known how far they have gone.",
        ),
    ):
        command = option(command)
    return command


@click.command("backup")
@a_file
@click.option("--overwrite", is_flag=True, help="Replace FILE where it exists.")
@with_appcontext
@tells_refusals
def backup(file: Path, overwrite: bool) -> str:
    """Write the whole SQLite database to FILE, while the server runs.

    FILE holds what the database holds, so nobody but you may read it: mode 0600. The secret key is not in
    it, and need not be: a restore ends all sign-ins.
    """
    place = _sqlite_file(f"pg_dump --format=custom --file={file} {{}}")
    if not place.exists():
        raise Conflict(f"There is no database {place} yet.")
    settings: config.Settings = current_app.config["SETTINGS"]
    sqlite_files.refuse_to_replace(file, [*sqlite_files.belonging_to(place), secret_path(settings.instance)])
    with db.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        sqlite_files.save(source, file, overwrite=overwrite)
    return f"Wrote {file}, {file.stat().st_size / 2**20:.1f} MiB: {_contents(file)}."


def _contents(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA trusted_schema=OFF")
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names from above
            for table in COUNTED
        ]
    nouns = ("user", "collection", "API key", "spike schedule")
    return f"{', '.join(map(counted, counts, nouns))}; schema {schema}"


@click.command("restore")
@a_file
@chooses
@with_appcontext
@tells_refusals
def restore(file: Path, counters_on: int | None, accept_repeats: bool) -> str:
    """Put the backup FILE in the place of the SQLite database, while no server runs.

    The present database is kept beside it. What it knows still holds afterwards: counters go on from where
    they stand there, keys that were revoked stay revoked. All sign-ins end. FILE may be of an older version.
    """
    place = _sqlite_file(f"pg_restore --exit-on-error --dbname={{}} {file}", "then run after-restore")
    settings: config.Settings = current_app.config["SETTINGS"]
    assert settings.serving_lock
    choice = _choice(counters_on, accept_repeats=accept_repeats)
    return "\n".join(put_in_place(file, place, lock=settings.serving_lock, choice=choice, now=clock.now()))


@click.command("after-restore")
@click.option("--previous", metavar="URL", help="The database from before the restore, which was kept aside.")
@chooses
@with_appcontext
@tells_refusals
def after_restore(previous: str | None, counters_on: int | None, accept_repeats: bool) -> str:
    """Make a database ready that was restored by other means, such as pg_restore, before it is served.

    Does what `restore` does by itself: moves counters on, ends sign-ins, revokes again what was revoked.
    """
    choice, now = _choice(counters_on, accept_repeats=accept_repeats), clock.now()
    before = _snapshot(previous, now) if previous else None
    refuse_unusable_files()
    with _unserved(), migration_lock():
        if current_revision(db.engine) is None:
            raise Conflict("The database holds nothing of Spikecast's. Restore it first, then run this.")
        migrate(beside_servers=True)
        transactions.begin(writes=True)
        told = put_right(db.session.connection(), before, choice, now)
        db.session.commit()
    return "\n".join(told or ["There was nothing to do."])


def _choice(counters_on: int | None, *, accept_repeats: bool) -> Choice:
    if counters_on and accept_repeats:
        raise click.UsageError("--counters-on and --accept-repeats are two ways; choose one.")
    return Choice(counters_on, accept_repeats)


@contextmanager
def _unserved() -> Iterator[None]:
    settings: config.Settings = current_app.config["SETTINGS"]
    if settings.serving_lock:
        with no_server(settings.serving_lock, Path(str(settings.database_url.database))):
            yield
        return
    with db.engine.connect() as connection:
        refuse_company(connection)
    yield


def _snapshot(previous: str, now: datetime) -> Snapshot:
    try:
        url = config.load({f"{PREFIX}DATABASE_URL": previous}).database_url
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            raise Conflict(f"There is no database {url.database}.")
        with engine.create_untrusted_engine(url).connect() as connection:
            return taken(connection, now)
    except config.BadSetting as fault:
        raise Conflict(f"--previous: {fault}.") from None
    except DBAPIError as error:
        raise Conflict(f"The database from before the restore does not answer: {reason(error)}") from None


def _sqlite_file(instead: str, *more: str) -> Path:
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        command = "; ".join([instead.format(_for_postgresql(url)), *more])
        raise Conflict(f"The database is PostgreSQL, which has its own tools for this: {command}.")
    return Path(str(url.database))


def _for_postgresql(url: URL) -> str:
    plain = url._replace(drivername="postgresql", password=None)
    return f"'{redact_url(plain)}'"
