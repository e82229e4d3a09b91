"""Commands for backup and restore."""

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
from app.backup import restore as restoring
from app.backup import sqlite_files
from app.backup.counters import UnknownCounterPolicy
from app.backup.exclusive import exclusive_access, require_no_other_sessions
from app.backup.reconcile import reconcile
from app.backup.report import format_count
from app.backup.snapshot import Snapshot, take_snapshot
from app.cli.support import with_error_messages
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

file_argument = click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
COUNTED_TABLES = ("users", "collections", "api_keys", "spike_schedules")


def policy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for counters whose progress since the backup is unknown."""
    for option in (
        click.option(
            "--accept-repeats",
            is_flag=True,
            help="Counters whose progress since the backup is unknown may serve values again.",
        ),
        click.option(
            "--counters-on",
            type=click.IntRange(1, 10**9),
            metavar="N",
            help="Counters whose progress since the backup is unknown skip the next N values.",
        ),
    ):
        command = option(command)
    return command


@click.command("backup")
@file_argument
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@with_appcontext
@with_error_messages
def backup(file: Path, overwrite: bool) -> str:
    """Write a backup of the SQLite database to FILE. The server may be running.

    FILE contains the whole database, so it is readable by you alone (mode 0600). It does not contain the
    secret key, which a restore does not need: it ends all sign-ins.
    """
    place = _sqlite_file(f"pg_dump --format=custom --file={file} {{}}")
    _require_file(place)
    settings: config.Settings = current_app.config["SETTINGS"]
    sqlite_files.refuse_to_replace(
        file, [*sqlite_files.list_own_files(place), secret_path(settings.instance)]
    )
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
            for table in COUNTED_TABLES
        ]
    nouns = ("user", "collection", "API key", "spike schedule")
    return f"{', '.join(map(format_count, counts, nouns))}; schema {schema}"


@click.command("restore")
@file_argument
@policy_options
@with_appcontext
@with_error_messages
def restore(file: Path, counters_on: int | None, accept_repeats: bool) -> str:
    """Restore the SQLite database from the backup FILE. Stop the server first.

    The previous database is kept beside the restored one, and its state is carried over: counters continue
    from there, and revoked keys stay revoked. All sign-ins end. FILE may be from an older version.
    """
    place = _sqlite_file(f"pg_restore --exit-on-error --dbname={{}} {file}", "then run after-restore")
    settings: config.Settings = current_app.config["SETTINGS"]
    assert settings.serving_lock
    policy = _get_policy(counters_on, accept_repeats=accept_repeats)
    report = restoring.restore(file, place, lock=settings.serving_lock, policy=policy, now=clock.now())
    return "\n".join(report)


@click.command("after-restore")
@click.option("--previous", metavar="URL", help="URL of the database from before the restore.")
@policy_options
@with_appcontext
@with_error_messages
def after_restore(previous: str | None, counters_on: int | None, accept_repeats: bool) -> str:
    """Finish a restore that was made by other means, such as pg_restore. Run it before the server starts.

    It does what `restore` does itself: it moves counters ahead, ends sign-ins and revokes keys again.
    """
    policy, now = _get_policy(counters_on, accept_repeats=accept_repeats), clock.now()
    before = _take_previous_snapshot(previous, now) if previous else None
    refuse_unusable_files()
    with _exclusive_access(), migration_lock():
        _require_schema()
        migrate(beside_servers=True)
        transactions.begin(writes=True)
        report = reconcile(db.session.connection(), before, policy, now)
        db.session.commit()
    return "\n".join(report or ["There was nothing to do."])


def _require_file(database: Path) -> None:
    """Check that the SQLite file exists.

    Raises:
        Conflict: it does not.
    """
    if not database.exists():
        raise Conflict(f"There is no database {database} yet.")


def _require_schema() -> None:
    """Check that the database has a schema of Spikecast.

    Raises:
        Conflict: it has none.
    """
    if current_revision(db.engine) is None:
        raise Conflict("The database has no tables of Spikecast. Restore it first, then run this command.")


def _get_policy(counters_on: int | None, *, accept_repeats: bool) -> UnknownCounterPolicy:
    """Return the chosen policy.

    Raises:
        UsageError: both options are given.
    """
    if counters_on and accept_repeats:
        raise click.UsageError("--counters-on and --accept-repeats cannot be combined; choose one.")
    return UnknownCounterPolicy(counters_on, accept_repeats)


@contextmanager
def _exclusive_access() -> Iterator[None]:
    settings: config.Settings = current_app.config["SETTINGS"]
    if settings.serving_lock:
        with exclusive_access(settings.serving_lock, Path(str(settings.database_url.database))):
            yield
        return
    with db.engine.connect() as connection:
        require_no_other_sessions(connection)
    yield


def _take_previous_snapshot(previous: str, now: datetime) -> Snapshot:
    """Take the snapshot of the database at the URL `previous`.

    Raises:
        Conflict: it is not a database URL, or the database cannot be read.
    """
    try:
        url = config.load({f"{PREFIX}DATABASE_URL": previous}).database_url
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            raise Conflict(f"There is no database {url.database}.")
        with engine.create_untrusted_engine(url).connect() as connection:
            return take_snapshot(connection, now)
    except config.BadSetting as fault:
        raise Conflict(f"--previous: {fault}.") from None
    except DBAPIError as error:
        raise Conflict(f"The previous database does not answer: {reason(error)}") from None


def _sqlite_file(alternative: str, *more: str) -> Path:
    """Return the SQLite file.

    Raises:
        Conflict: the database is PostgreSQL; the message names the commands to use instead.
    """
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        command = "; ".join([alternative.format(_format_libpq_url(url)), *more])
        raise Conflict(f"The database is PostgreSQL, which has its own tools for this. Use: {command}.")
    return Path(str(url.database))


def _format_libpq_url(url: URL) -> str:
    plain = url._replace(drivername="postgresql", password=None)
    return f"'{redact_url(plain)}'"
