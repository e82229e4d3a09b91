"""The command that checks the configuration."""

from pathlib import Path

import click
import sqlalchemy as sa
from alembic.migration import MigrationContext
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

import config
from app import startup
from app.db import transactions
from app.db.errors import reason
from app.db.migrate import known_revisions
from app.db.session import db
from settings.database_url import redact_url
from settings.errors import PREFIX


@click.command("check-config")
@with_appcontext
def check_config() -> None:
    """Check the settings and the database, and show them. Changes nothing."""
    settings: config.Settings = current_app.config["SETTINGS"]
    secret = "given" if settings.secret_key else f"stored in {settings.instance}"
    for name, value in (
        ("DATABASE_URL", redact_url(settings.database_url)),
        ("INSTANCE", settings.instance),
        ("SECRET_KEY", secret),
        ("BIND", settings.bind),
        ("WORKERS", settings.workers),
        ("SQLITE_SYNCHRONOUS", settings.sqlite_synchronous),
        ("CACHED_FIELDS", settings.cached_fields),
        ("FAST_POLLS", settings.fast_polls),
        ("TRUSTED_PROXIES", settings.trusted_proxies),
        ("URL_PREFIX", settings.url_prefix or "none"),
        ("COOKIE_NAME", settings.cookie_name or "spikecast and the port"),
        ("CORS_ORIGINS", " ".join(settings.cors_origins) or "none"),
        ("AUDIT_ENTRIES", settings.audit_entries),
        ("AUDIT_PEOPLE_ENTRIES", settings.audit_people_entries),
        ("AUDIT_REFUSALS", settings.audit_refusals),
        ("ALERTS", settings.alerts),
        ("REHEARSALS", settings.rehearsals),
        ("ADMIN_USERNAME", _check_first_admin(settings.first_admin)),
    ):
        click.echo(f"{PREFIX}{name:<20} {value}")
    click.echo(f"{'database':<30} {_check_database()}")


def _check_first_admin(first_admin: config.FirstAdmin | None) -> str:
    """Return the user name of the first Admin.

    Raises:
        ClickException: one of the settings of the first Admin is invalid.
    """
    if first_admin is None:
        return "not set"
    try:
        return str(startup.validate_first_admin(first_admin)["username"])
    except config.BadSetting as error:
        raise click.ClickException(f"Spikecast does not start: {error}") from None


def _check_database() -> str:
    """Return a description of the database and its schema.

    Raises:
        ClickException: it does not answer.
    """
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return "sqlite, does not exist yet; the next start creates it"
    transactions.set_mode(writes=False)
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            version = connection.scalar(sa.text(_VERSION[connection.dialect.name]))
        if warning := startup.clock_skew_warning():
            click.echo(f"Warning: {warning}", err=True)
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {reason(error)}") from None
    return f"{connection.dialect.name} {version} answers; {_describe_schema(present)}"


def _describe_schema(present: str | None) -> str:
    """Return a description of the schema.

    Raises:
        ClickException: it is unknown to this version.
    """
    newest, *older = known_revisions()
    if present == newest:
        return "its schema is up to date"
    if present not in {None, *older}:
        raise click.ClickException(
            f"The database's schema is {present}, which this version of Spikecast does not know."
        )
    return f"its schema is {present or 'missing'}; the next start upgrades it to {newest}"


_VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
