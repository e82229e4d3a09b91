"""The configuration, from the command line."""

import click
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

import config
from app.database import db


@click.command("check-config")
@with_appcontext
def check_config() -> None:
    """Check the settings and the database, and show what is in force. Changes nothing."""
    settings: config.Settings = current_app.config["SETTINGS"]
    secret = "from the environment" if settings.secret_key else f"kept in {settings.instance}"
    first = settings.first_admin.username if settings.first_admin else "not set"
    for name, value in (
        ("DATABASE_URL", settings.database_url.render_as_string(hide_password=True)),
        ("INSTANCE", settings.instance),
        ("SECRET_KEY", secret),
        ("BIND", settings.bind),
        ("WORKERS", settings.workers),
        ("SQLITE_SYNCHRONOUS", settings.sqlite_synchronous),
        ("TRUSTED_PROXIES", settings.trusted_proxies),
        ("ADMIN_USERNAME", first),
    ):
        click.echo(f"{config.PREFIX}{name:<20} {value}")
    click.echo(f"{'database':<30} {_state_of_the_database()}")


def _state_of_the_database() -> str:
    newest = ScriptDirectory(str(config.HERE / "migrations")).get_current_head()
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            version = connection.scalar(sa.text(_VERSION[connection.dialect.name]))
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from None
    if present == newest:
        state = "its schema is up to date"
    else:
        state = f"its schema is {present or 'not there yet'}; the next start brings it to {newest}"
    return f"{connection.dialect.name} {version} answers; {state}"


_VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
