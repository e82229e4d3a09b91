"""Fixtures of the tests of users, sign-ins and API keys."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS
from tests.support.client import Caller
from tests.support.two_factor import SECONDS, Authenticator, turn_on


@pytest.fixture
def start_worker(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Return a function that starts another app on the same database, such as another worker."""
    started = []

    def start(**overrides: int) -> Flask:
        usual = {"TESTING": True, "PROPAGATE_EXCEPTIONS": False, **FAST_SETTINGS}
        started.append(create_app(app.config["SETTINGS"], **usual | overrides))
        return started[-1]

    yield start
    for other in started:
        with other.app_context():
            other.extensions["polls"].close()
            db.engine.dispose()


@pytest.fixture
def another_worker(start_worker: Callable[..., Flask]) -> Flask:
    """Return a second app on the same database."""
    return start_worker()


@pytest.fixture
def authenticator(owner: Caller, clock: time_machine.Traveller) -> Authenticator:
    """Turn on two-factor sign-in for owen, and return his authenticator app."""
    made = turn_on(owner)
    clock.shift(SECONDS)  # the code that turned it on cannot be reused
    return made
