"""What tests of people and keys may ask for besides."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from app.database import db
from tests.conftest import CHEAP_PASSWORDS


@pytest.fixture
def another_worker(app: Flask) -> Iterator[Flask]:
    """A second app on the same database: another worker, another node, or the same after a restart."""
    other = create_app(app.config["SETTINGS"], TESTING=True, PROPAGATE_EXCEPTIONS=False, **CHEAP_PASSWORDS)
    yield other
    with other.app_context():
        db.engine.dispose()
