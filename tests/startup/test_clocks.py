"""A node whose clock differs from the database's is told of it, at the start and by `check-config`.

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
def database_is_ahead(app, monkeypatch):
    """`database_is_ahead(seconds)`, or behind."""

    def be(seconds):
        monkeypatch.setattr(clock, "from_database", lambda _: clock.now() + timedelta(seconds=seconds))

    return be


APART = [(1.5, "1.5 seconds behind the database's"), (-3600, "3600.0 seconds ahead of the database's")]


@on_postgresql
@pytest.mark.parametrize(("seconds", "said"), APART)
def test_the_start_warns(app, database_is_ahead, caplog, seconds, said):
    database_is_ahead(seconds)
    with caplog.at_level(logging.WARNING, logger="app.startup"):
        startup.prepare(app)
    assert any(f"This machine's clock is {said}" in line for line in caplog.messages)


@on_postgresql
@pytest.mark.parametrize(("seconds", "said"), APART)
def test_check_config_warns_and_ends_well(app, database_is_ahead, seconds, said):
    database_is_ahead(seconds)
    result = app.test_cli_runner().invoke(args=["check-config"])
    assert "answers; its schema is up to date" in done(result)
    assert f"Warning: This machine's clock is {said}" in result.stderr


@on_postgresql
@pytest.mark.parametrize("seconds", [0, 0.9, -0.9])
def test_less_than_a_second_is_nothing_to_tell_of(app, database_is_ahead, seconds):
    database_is_ahead(seconds)
    with app.app_context():
        assert startup.clock_skew_warning() is None


def test_nothing_is_told_where_both_are_one_clock(app):
    with app.app_context():
        assert startup.clock_skew_warning() is None
