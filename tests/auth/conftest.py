"""What tests of people and keys may ask for besides."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app import create_app
from app.database import db
from tests.conftest import CHEAP_PASSWORDS


@pytest.fixture
def start_worker(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Starts further apps on the same database: other workers, other nodes, or the same after a restart."""
    started = []

    def start(**overrides: int) -> Flask:
        usual = {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, **CHEAP_PASSWORDS}
        started.append(create_app(app.config["SETTINGS"], **usual | overrides))
        return started[-1]

    yield start
    for other in started:
        with other.app_context():
            other.extensions["direct"].close()
            db.engine.dispose()


@pytest.fixture
def another_worker(start_worker: Callable[..., Flask]) -> Flask:
    """One of them."""
    return start_worker()
