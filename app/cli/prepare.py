"""The command that prepares the database, as every start of the server does."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from app import startup
from app.core import log_format
from app.core.errors import CannotStart


@click.command("prepare")
@click.option(
    "--beside-servers",
    is_flag=True,
    help="Migrate even if a server seems to be running: a pooler may keep connections of a stopped one.",
)
@with_appcontext
def prepare(*, beside_servers: bool) -> None:
    """Upgrade the database and create the first Admin. The server does the same at every start."""
    log_format.configure()
    try:
        for line in startup.prepare(current_app, beside_servers=beside_servers):
            log_format.get_writer().put(line)
    except (config.BadSetting, CannotStart, OSError) as error:
        sys.exit(f"Spikecast does not start: {error}")
    finally:
        log_format.get_writer().flush(log_format.EXIT_FLUSH_TIMEOUT_S)
