"""Migrations: bring the schema up to date, or say why it cannot be served."""

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
    """Return the app's database as messages name it, without secrets."""
    return redact_url(db.engine.url)


def refuse_unusable_files() -> None:
    """Refuse, in words, files of a SQLite database that this user may not read and write."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return
    place = Path(str(url.database))
    beside = [place.with_name(place.name + ending) for ending in ("", *SQLITE_SUFFIXES)]
    if why := file_ownership.find_access_problem([place.parent, *beside]):
        raise CannotStart(f"SPIKECAST_DATABASE_URL is {redact_url(url)}, and {why}")


SQLITE_SUFFIXES = ("-wal", "-shm", "-journal", ".migrating", ".serving", ".turn")


def migrate(*, beside_servers: bool = False) -> None:
    """Migrate the app's database, unless a server runs on it: that one would not know the new schema.

    Nobody else may migrate or start meanwhile: see `locks.migration_lock`.
    """
    present = current_revision(db.engine)
    if present != known_revisions()[0] and not beside_servers:
        refuse_servers(present)
    upgrade(db.engine)


def current_revision(engine: sa.Engine) -> str | None:
    """Return the revision of the schema of a database; None where there is no schema, or no file."""
    if engine.dialect.name == "sqlite" and not os.path.exists(f"{engine.url.database}"):
        return None
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_servers(present: str | None) -> None:
    """Raise CannotStart while a server runs on the database, whose schema is `present`."""
    if is_served():
        raise CannotStart(
            f"A server runs on {database_name()}, whose schema is {present or 'not there'}. This version "
            f"would migrate it to {known_revisions()[0]}, which that server does not know. Stop it first, on "
            "every node; then start this version."
        )


def refuse_unready() -> None:
    """Raise CannotStart where the database is not there, or has another schema than this version's."""
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
    """Bring the schema of this database up to date, or to `revision`: whole, or not at all."""
    settings = current_app.extensions["migrate"].migrate.get_config()
    settings.attributes["engine"] = engine
    transactions.set_mode(writes=True)
    try:
        _refuse_moved(engine)
        create_file(engine)
        _refuse_others_schema(engine)
        _refuse_newer(engine)
        alembic.command.upgrade(settings, revision)
    except (CommandError, RuntimeError) as error:
        raise CannotStart(f"The database could not be migrated: {error}") from error
    finally:
        transactions.set_mode(writes=False)


def _refuse_moved(engine: sa.Engine) -> None:
    """A log without its database: a new file in its place would make SQLite delete the log, too."""
    file, log_file = f"{engine.url.database}", f"{engine.url.database}-wal"
    if engine.dialect.name == "sqlite" and os.path.exists(log_file) and not os.path.exists(file):
        raise CannotStart(
            f"{file} is not there, but {log_file} is, which holds what was written last. Put the file back; "
            "or move the log away, too, to begin with an empty database."
        )


def _refuse_others_schema(engine: sa.Engine) -> None:
    """Refuse tables that a search path finds beyond the schema in which it makes new ones."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        here, there = connection.execute(_SCHEMAS).one()
    if there is not None and here != there:
        said = f"search_path begins with the schema {here}, but finds the tables of Spikecast in {there}"
        raise CannotStart(
            f"{said}. Name one schema alone, or the data of another installation would be used."
        )


_SCHEMAS = sa.text(
    "SELECT current_schema(), (SELECT nspname FROM pg_namespace"
    " JOIN pg_class ON relnamespace = pg_namespace.oid WHERE pg_class.oid = to_regclass('alembic_version'))"
)


def _refuse_newer(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known_revisions():
        known = f"its schema is {present}, and this version knows those up to {known_revisions()[0]}"
        raise CannotStart(f"The database was made by a newer version of Spikecast: {known}.")


def known_revisions() -> list[str]:
    """The known_revisions that this version knows, the newest first."""
    scripts = ScriptDirectory(str(config.ROOT / "migrations"))
    return [script.revision for script in scripts.walk_revisions()]
