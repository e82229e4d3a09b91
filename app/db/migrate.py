"""Migrations: upgrade the schema, or report why the database cannot be served."""

import os
from pathlib import Path

import alembic.command
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

import config
from app.core import file_ownership
from app.core.errors import CannotStart
from app.db import transactions
from app.db.engine import create_file
from app.db.locks import is_served
from app.db.session import db
from settings.database_url import redact_url

SQLITE_SUFFIXES = ("-wal", "-shm", "-journal", ".migrating", ".serving", ".turn")
"""Endings of the files that SQLite and Spikecast keep beside a SQLite database."""


def database_name() -> str:
    """Return the URL of the app's database for messages, without secrets."""
    return redact_url(db.engine.url)


def refuse_unusable_files() -> None:
    """Check that this user may read and write the files of a SQLite database.

    Raises:
        CannotStart: a file or folder cannot be used; the message says which, and what to do.
    """
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return
    path = Path(str(url.database))
    beside = [path.with_name(path.name + ending) for ending in ("", *SQLITE_SUFFIXES)]
    if why := file_ownership.find_access_problem([path.parent, *beside]):
        raise CannotStart(f"SPIKECAST_DATABASE_URL is {redact_url(url)}, and {why}")


def migrate(*, beside_servers: bool = False) -> None:
    """Migrate the app's database.

    CannotStart is raised if a server runs on it, because that server would not know the new schema. The
    caller holds `locks.migration_lock`.
    """
    present = current_revision(db.engine)
    if present != known_revisions()[0] and not beside_servers:
        refuse_servers(present)
    upgrade(db.engine)


def current_revision(engine: sa.Engine) -> str | None:
    """Return the revision of a database's schema; None if there is no schema, or no file."""
    if engine.dialect.name == "sqlite" and not os.path.exists(f"{engine.url.database}"):
        return None
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_servers(present: str | None) -> None:
    """Check that no server runs on the database, whose schema is `present`.

    Raises:
        CannotStart: one does.
    """
    if is_served():
        raise CannotStart(
            f"A server runs on {database_name()}, whose schema is {present or 'missing'}. This version would "
            f"migrate it to {known_revisions()[0]}, which that server does not support. Stop it on every "
            "node first, then start this version."
        )


def refuse_unready() -> None:
    """Check that the database exists and has the schema of this version.

    Raises:
        CannotStart: it is missing, or its schema is older or newer.
    """
    present = current_revision(db.engine)
    if present is None:
        raise CannotStart(
            f"There is no database of Spikecast at {database_name()}. The first start or the command "
            "`prepare` creates it. If it exists elsewhere, give this command the server's SPIKECAST_ "
            "settings, and run it as the server's user."
        )
    _refuse_newer(db.engine)
    if present != known_revisions()[0]:
        raise CannotStart(
            f"The database {database_name()} has schema {present}, and this version needs "
            f"{known_revisions()[0]}. Stop the server of the older version, then start this one, or run "
            "`prepare`."
        )


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Upgrade the schema of this database to the newest or the given revision: completely, or not at all.

    Raises:
        CannotStart: the migration fails, or the database is not one that this version may migrate.
    """
    settings = current_app.extensions["migrate"].migrate.get_config()
    settings.attributes["engine"] = engine
    transactions.set_mode(writes=True)
    try:
        _refuse_moved(engine)
        create_file(engine)
        _refuse_foreign_schema(engine)
        _refuse_newer(engine)
        alembic.command.upgrade(settings, revision)
    except (CommandError, RuntimeError) as error:
        raise CannotStart(f"The database could not be migrated: {error}") from error
    finally:
        transactions.set_mode(writes=False)


def _refuse_moved(engine: sa.Engine) -> None:
    """Check that there is no log without its database: SQLite would delete the log of a new file.

    Raises:
        CannotStart: there is one.
    """
    file, log_file = f"{engine.url.database}", f"{engine.url.database}-wal"
    if engine.dialect.name == "sqlite" and os.path.exists(log_file) and not os.path.exists(file):
        raise CannotStart(
            f"{file} is missing, but {log_file} exists, which contains the latest changes. Put the file "
            "back, or move the log away, too, to start with an empty database."
        )


def _refuse_foreign_schema(engine: sa.Engine) -> None:
    """Check that the search path finds tables only in the schema in which it creates new ones.

    Raises:
        CannotStart: it finds the tables of another schema.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        here, there = connection.execute(_SCHEMAS).one()
    if there is not None and here != there:
        problem = f"search_path begins with the schema {here}, but finds the tables of Spikecast in {there}"
        raise CannotStart(
            f"{problem}. Name only one schema; otherwise the data of another installation would be used."
        )


_SCHEMAS = sa.text(
    "SELECT current_schema(), (SELECT nspname FROM pg_namespace"
    " JOIN pg_class ON relnamespace = pg_namespace.oid WHERE pg_class.oid = to_regclass('alembic_version'))"
)


def _refuse_newer(engine: sa.Engine) -> None:
    """Check that this version knows the schema.

    Raises:
        CannotStart: the schema is newer.
    """
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known_revisions():
        known = f"its schema is {present}, and this version supports schemas up to {known_revisions()[0]}"
        raise CannotStart(f"The database was made by a newer version of Spikecast: {known}.")


def known_revisions() -> list[str]:
    """Return the revisions that this version knows, the newest first."""
    scripts = ScriptDirectory(str(config.ROOT / "migrations"))
    return [script.revision for script in scripts.walk_revisions()]
