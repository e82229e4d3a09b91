"""What the server does before it starts, as a command of its own."""

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
    help="Migrate even though a server seems to run: where a pooler keeps connections of one that is gone.",
)
@with_appcontext
def prepare(*, beside_servers: bool) -> None:
    """Bring the database up to date and make the first Admin; the server does it at each start."""
    log_format.configure()
    try:
        for line in startup.prepare(current_app, beside_servers=beside_servers):
            log_format.get_writer().put(line)
    except (config.BadSetting, CannotStart, OSError) as fault:
        sys.exit(f"Spikecast does not start: {fault}")
    finally:
        log_format.get_writer().flush(log_format.EXIT_FLUSH_TIMEOUT_S)
