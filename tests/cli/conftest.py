"""Fixtures that run commands of the app."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS, settings_for

Run = Callable[..., Result]


def runner(app: Flask) -> Run:
    """`run("create-user", "ada@example.org", input="…")` runs a command in `app`."""

    def run(*args: str, **options: Any) -> Result:
        return app.test_cli_runner().invoke(args=args, **options)

    return run


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command on the database of the tests."""
    return runner(app)


@pytest.fixture
def new_app(own_database_url: str, tmp_path: Path, clock: object) -> Iterator[Flask]:
    """Yield an app on a database without tables."""
    app = create_app(settings_for(own_database_url, tmp_path / "instance"), TESTING=True, **FAST_SETTINGS)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def run_new(new_app: Flask) -> Run:
    """Run a command on a database without any tables."""
    return runner(new_app)
