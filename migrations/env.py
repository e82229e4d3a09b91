"""How migrations reach the database: through the app's own engine, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

import app.models  # noqa: F401 - fills the metadata
from app.database import Base, make_file
from app.known import TABLE

# A start and a restore say which database; `flask db …` means the app's own.
engine = context.config.attributes.get("engine") or current_app.extensions["migrate"].db.engine


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


def run() -> None:
    """Run the migrations in one transaction, on SQLite too."""
    make_file(engine)
    with engine.connect() as connection, foreign_keys_off(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=lambda name, kind, _parents: (kind, name) != ("table", TABLE),
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations are run on a database; there is no offline mode.")
run()
