"""Restore of a backup over a SQLite database: completely, or not at all."""

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

from app.backup import sqlite_checks, sqlite_files
from app.backup.counters import UnknownCounterPolicy
from app.backup.exclusive import exclusive_access
from app.backup.reconcile import reconcile
from app.backup.snapshot import Snapshot, take_snapshot
from app.core import file_ownership
from app.core.errors import Conflict
from app.db import transactions
from app.db.engine import configure_sqlite, create_untrusted_engine
from app.db.locks import migration_lock
from app.db.migrate import known_revisions, upgrade

LOG_SUFFIXES = ("-wal", "-journal")


def restore(
    file: Path, database: Path, *, lock: Path, policy: UnknownCounterPolicy, now: datetime
) -> list[str]:
    """Replace the database by the backup `file`, keep the previous one, and return lines that report it.

    All work is done on a copy, which replaces the database in one step at the end. If the process is killed
    before that, the database is unchanged.

    Args:
        file: The backup, with the schema of this version or an older one.
        database: The file to replace, which may be missing.
        lock: The file that a server keeps locked.
        policy: What to do with counters whose progress since the backup is unknown.
        now: The time of the restore, in UTC.

    Raises:
        Conflict: The restore is not possible; the message says why. Nothing was changed.
    """
    try:
        _refuse_unusable_backup(file, database)
        file_ownership.make_folder(database.parent)
        with migration_lock(), sqlite_files.create_draft(database) as draft:
            shutil.copyfile(file, draft)
            schema = sqlite_checks.verify(draft, file, known_revisions())
            with sqlite_files.create_draft(database) as reference:
                upgrade(_create_engine(reference), schema)
                sqlite_checks.refuse_foreign_schema(draft, file, schema, reference)
            with exclusive_access(lock, database):
                report = _upgrade_and_reconcile(draft, _snapshot_previous(database, now), policy, now)
                sqlite_files.finalize(draft, file)
                _copy_ownership(draft, database)
                previous = _keep_previous(database, now)
                sqlite_files.publish(draft, database, overwrite=True)
                _remove_empty_logs(database)
    except (OSError, sqlite3.Error) as error:
        reason = sqlite_checks.get_reason(error)
        raise Conflict(f"{file} could not be restored to {database}: {reason}.") from error
    return [
        f"Restored {file} to {database}.",
        *([_describe_kept(previous)] if previous else []),
        *report,
    ]


def _describe_kept(previous: Path) -> str:
    if previous.exists():
        return f"The previous database is kept as {previous}."
    logs = ", ".join(map(str, _list_logs(previous)))
    return f"The previous database was missing; its remaining files are kept as {logs}."


def _refuse_unusable_backup(file: Path, database: Path) -> None:
    """Check that `file` exists, is a complete copy, and does not belong to the database.

    Raises:
        Conflict: One of these is not the case.
    """
    if not file.is_file():
        raise Conflict(f"There is no file {file}.")
    if database.exists() and file.samefile(database):
        raise Conflict(f"{file} is the database itself.")
    if any(own.exists() and file.samefile(own) for own in sqlite_files.list_own_files(database)):
        raise Conflict(f"{file} belongs to the database itself.")
    for log in _list_logs(file):
        if log.stat().st_size:
            raise Conflict(
                f"{file} was copied while it was in use: part of it is in {log}. Make backups with `backup`."
            )


def _upgrade_and_reconcile(
    draft: Path, previous: Snapshot | None, policy: UnknownCounterPolicy, now: datetime
) -> list[str]:
    engine = _create_engine(draft)
    upgrade(engine)
    with _begin_writing(engine) as connection:
        return reconcile(connection, previous, policy, now)


def _create_engine(file: Path) -> sa.Engine:
    url = URL.create("sqlite", database=str(file))  # not from a string: the path may contain any character
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    configure_sqlite(engine, synchronous="FULL")
    return engine


@contextmanager
def _begin_writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    transactions.set_mode(writes=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        transactions.set_mode(writes=False)


def _snapshot_previous(database: Path, now: datetime) -> Snapshot | None:
    """Return the snapshot of the database to replace, or None if it is missing or unreadable."""
    if not database.exists() or not database.stat().st_size:
        return None
    try:
        with create_untrusted_engine(URL.create("sqlite", database=str(database))).connect() as connection:
            return take_snapshot(connection, now)
    except DBAPIError:  # it is damaged, or not a database of Spikecast
        return None


def _copy_ownership(draft: Path, database: Path) -> None:
    """Give the draft the owner and mode of the database, so that the service can open it.

    Raises:
        Conflict: This user may not give files to that owner.
    """
    if not database.exists():
        mode = file_ownership.get_new_file_mode(database.parent)
        file_ownership.copy_owner(draft, database.parent)
    else:
        previous, new = database.stat(), draft.stat()
        mode = stat.S_IMODE(previous.st_mode)
        if (previous.st_uid, previous.st_gid) != (new.st_uid, new.st_gid):
            try:
                os.chown(draft, previous.st_uid, previous.st_gid)
            except OSError:
                owner = file_ownership.get_user_name(previous.st_uid)
                raise Conflict(
                    f"{database} belongs to {owner}, and this user cannot make {owner} the owner of the "
                    f"restored file. Restore as {owner}, or as root. Nothing was changed."
                ) from None
    draft.chmod(mode)


def _keep_previous(database: Path, now: datetime) -> Path | None:
    """Keep the previous database, or what is left of it, under a second name, and return that name.

    SQLite would apply a leftover log to the next database of this name, so an empty file replaces each log.
    If the process is killed before the last step, these files keep a server from creating an empty database.
    """
    logs = [log for log in _list_logs(database) if log.stat().st_size]
    if not database.exists() and not logs:
        return None
    name = f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    previous = next(path for path in map(database.with_name, names) if not _is_used(path))
    if database.exists():
        _link_or_copy(database, previous)
    for log in logs:
        _link_or_copy(log, previous.with_name(previous.name + log.name.removeprefix(database.name)))
        with sqlite_files.create_draft(log) as empty:
            _copy_ownership(empty, log)
            empty.replace(log)
    # The index of the log is rebuilt from it.
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
    return previous


def _list_logs(database: Path) -> list[Path]:
    """Return the logs that lie beside a database."""
    logs = [database.with_name(f"{database.name}{suffix}") for suffix in LOG_SUFFIXES]
    return [log for log in logs if log.exists()]


def _is_used(previous: Path) -> bool:
    return previous.exists() or bool(_list_logs(previous))


def _link_or_copy(file: Path, previous: Path) -> None:
    """Give the file a second name, or copy it if its file system has no hard links.

    Raises:
        FileExistsError: There is a file of that name.
    """
    try:
        os.link(file, previous)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(file, previous)
        _copy_ownership(previous, file)


def _remove_empty_logs(database: Path) -> None:
    """Remove the empty logs that `_keep_previous` has created."""
    for log in _list_logs(database):
        if not log.stat().st_size:
            log.unlink()
