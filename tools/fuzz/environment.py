"""Environment of a run: the app in this process, with its own database and a stopped clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import time_machine
from flask import Flask

from app import create_app, startup
from app.core import clock
from app.db.session import db
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.timestamps import NOW, to_database_time
from tools.fuzz.fixtures import FuzzFixtures, create_fixtures


@contextmanager
def prepared_app(database_url: str, instance: Path) -> Iterator[Flask]:
    """Yield the app on an empty database."""
    settings = settings_for(database_url, instance, SPIKECAST_SQLITE_SYNCHRONOUS="NORMAL")
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS)
    startup.prepare(app)
    try:
        yield app
    finally:
        with app.app_context():
            app.extensions["polls"].close()
            db.engine.dispose()


@contextmanager
def fuzz_environment(database_url: str, instance: Path) -> Iterator[FuzzFixtures]:
    """Yield fixtures in an empty database with a stopped clock, so that every run sees the same data."""
    with (
        time_machine.travel(NOW, tick=False),
        patch.object(clock, "from_database", lambda _instant: clock.now()),
        patch.object(clock, "to_database", to_database_time),
        prepared_app(database_url, instance) as app,
        create_fixtures(app) as made,
    ):
        yield made
