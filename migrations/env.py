"""How migrations reach the database: through the app's own engine, whole or not at all."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click
import sqlalchemy as sa
from alembic import context
from flask import current_app

import app.models  # noqa: F401 - fills the metadata
from app.core.errors import CannotStart
from app.db.engine import create_file
from app.db.grants_revision import GRANTS_REVISION_TABLE
from app.db.locks import migration_lock
from app.db.migrate import current_revision, refuse_servers
from app.db.session import Base
from settings.database_url import redact_url

# A start and a restore say which database; `flask db …` means the app's own.
given = context.config.attributes.get("engine")
engine = given or current_app.extensions["migrate"].db.engine
log = logging.getLogger("app.migrations")


class Progress:
    """Says in the log which revisions were applied, and how long each took."""

    def __init__(self, *, is_new: bool) -> None:
        self._is_new, self._since = is_new, time.monotonic()

    def __call__(self, *, step: Any, **_more: Any) -> None:
        """Say it of one step; a new database comes with the first of many, and they are no news."""
        now = time.monotonic()
        revision = step.up_revision
        if not self._is_new:
            how = "Migrated" if step.is_upgrade else "Took back the migration of"
            name = (revision.doc or "").splitlines()[0].rstrip(".")
            log.info(
                "%s %s to schema %s (%s) in %.2f s",
                how,
                redact_url(engine.url),
                revision.revision,
                name,
                now - self._since,
            )
        self._since = now


@contextmanager
def foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """On SQLite a batch migration drops the table that it rebuilds, and every row that refers to it would go.

    The switch does nothing inside a transaction, so it is turned before one begins; what was broken shows.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The migration left rows without what they refer to: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def is_a_move() -> bool:
    """Whether the command changes the schema, as `upgrade` and `downgrade` do, and `current` does not."""
    return "destination_rev" in context._proxy.context_opts


@contextmanager
def alone() -> Iterator[None]:
    """Hold off starts, and refuse servers, while a command changes the schema of the app's database."""
    with ExitStack() as stack:
        if given is None and is_a_move():
            click.echo(f"Database: {redact_url(engine.url)}", err=True)
            stack.enter_context(migration_lock())
            refuse_servers(current_revision(engine))
        yield


def run() -> None:
    """Run the migrations in one transaction, on SQLite too."""
    if given is not None or is_a_move():
        create_file(engine)
    elif engine.dialect.name == "sqlite" and not os.path.exists(f"{engine.url.database}"):
        raise SystemExit(f"There is no database {engine.url.database} yet.")
    with engine.connect() as connection, foreign_keys_off(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=lambda name, kind, _parents: (kind, name) != ("table", GRANTS_REVISION_TABLE),
            transactional_ddl=True,
            on_version_apply=Progress(is_new=current_revision(engine) is None),
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations are run on a database; there is no offline mode.")
try:
    with alone():
        run()
except CannotStart as fault:
    if given is not None:
        raise
    raise SystemExit(f"Error: {fault}") from None
