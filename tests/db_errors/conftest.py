"""An app with short lock timeouts, and rows that every request can act on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app, startup
from app.db.engine import engine_options
from app.db.session import db
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.client import Caller
from tests.support.write_catalog import WriteFixtures

LOCK_TIMEOUT_S = 0.1


def short_timeout_app(settings, **more) -> Flask:
    """Return an app that waits 0.1 s for a lock or a connection, instead of 15 s."""
    options = engine_options(settings.database_url, lock_timeout_s=LOCK_TIMEOUT_S) | more
    return create_app(
        settings,
        TESTING=True,
        PROPAGATE_EXCEPTIONS=False,
        SQLALCHEMY_ENGINE_OPTIONS=options,
        LOCK_TIMEOUT_S=LOCK_TIMEOUT_S,
        **FAST_SETTINGS,
    )


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Replace the app of the other tests with one that has short lock timeouts."""
    app = short_timeout_app(settings_for(database_url, tmp_path_factory.mktemp("instance")))
    startup.prepare(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(app: Flask, admin: Caller) -> WriteFixtures:
    """Create one row for each kind of write."""
    return WriteFixtures(app, admin)
