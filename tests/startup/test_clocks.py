"""A node whose clock differs from the database's warns of it, at the start and in `check-config`.

SQLite has no clock of its own.
"""

import logging
from datetime import timedelta

import pytest

from app import startup
from app.core import clock
from tests.support.commands import done
from tests.support.postgres import on_postgresql


@pytest.fixture
def set_database_skew(app, monkeypatch):
    """Return a function that sets the database's clock this many seconds ahead, or behind."""

    def set_skew(seconds):
        monkeypatch.setattr(clock, "from_database", lambda _: clock.now() + timedelta(seconds=seconds))

    return set_skew


SKEWS = [(1.5, "1.5 seconds behind the database's"), (-3600, "3600.0 seconds ahead of the database's")]


@on_postgresql
@pytest.mark.parametrize(("seconds", "skew"), SKEWS)
def test_the_start_warns_of_clock_skew(app, set_database_skew, caplog, seconds, skew):
    set_database_skew(seconds)
    with caplog.at_level(logging.WARNING, logger="app.startup"):
        startup.prepare(app)
    assert any(f"This machine's clock is {skew}" in line for line in caplog.messages)


@on_postgresql
@pytest.mark.parametrize(("seconds", "skew"), SKEWS)
def test_check_config_warns_of_clock_skew_and_succeeds(app, set_database_skew, seconds, skew):
    set_database_skew(seconds)
    result = app.test_cli_runner().invoke(args=["check-config"])
    assert "answers; its schema is up to date" in done(result)
    assert f"Warning: This machine's clock is {skew}" in result.stderr


@on_postgresql
@pytest.mark.parametrize("seconds", [0, 0.9, -0.9])
def test_skew_of_less_than_a_second_gives_no_warning(app, set_database_skew, seconds):
    set_database_skew(seconds)
    with app.app_context():
        assert startup.clock_skew_warning() is None


def test_equal_clocks_give_no_warning(app):
    with app.app_context():
        assert startup.clock_skew_warning() is None
