"""How migrations reach the database: through the app's own engine, whole or not at all."""

from alembic import context
from flask import current_app

import app.models  # noqa: F401 - fills the metadata
from app.database import Base

engine = current_app.extensions["migrate"].db.engine


def run() -> None:
    """Run the migrations in one transaction, on SQLite too."""
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations are run on a database; there is no offline mode.")
run()
