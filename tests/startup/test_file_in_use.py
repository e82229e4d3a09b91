"""Whoever prepares a SQLite database that is in use leaves the locks alone by which SQLite knows that."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app, startup
from tests.conftest import settings_for

COME_AND_GO = (
    "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM users').close()"
)


@pytest.fixture
def app(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'one.db'}", tmp_path))
    startup.prepare(app)
    return app


@pytest.fixture
def log_file(tmp_path):
    """SQLite removes it with the last connection, and with it what only it holds."""
    return tmp_path / "one.db-wal"


def somebody_else_comes_and_goes(log_file: Path) -> None:
    file = log_file.with_name("one.db")
    subprocess.run([sys.executable, "-c", COME_AND_GO, str(file)], check=True)


def test_the_log_stays_while_this_process_has_the_database_open(app, log_file):
    with closing(sqlite3.connect(log_file.with_name("one.db"))) as connection:
        connection.execute("SELECT count(*) FROM users").close()
        startup.prepare(app)
        somebody_else_comes_and_goes(log_file)
        assert log_file.exists()


def test_the_log_goes_with_the_last_one(app, log_file):
    somebody_else_comes_and_goes(log_file)
    assert not log_file.exists()
