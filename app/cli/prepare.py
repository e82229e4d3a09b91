"""What the server does before it starts, as a command of its own."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from app import log, startup


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Bring the database up to date and make the first Admin; the server does it at each start."""
    log.configure()
    try:
        startup.prepare(current_app)
    except (config.BadSetting, startup.CannotStart, OSError) as fault:
        sys.exit(f"Spikecast does not start: {fault}")
