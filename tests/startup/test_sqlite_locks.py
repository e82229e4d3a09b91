"""Preparing a SQLite database that this process has open does not release SQLite's locks on it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app, startup
from tests.conftest import settings_for

OPEN_AND_CLOSE = (
    "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM users').close()"
)


@pytest.fixture
def app(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'one.db'}", tmp_path))
    startup.prepare(app)
    return app


@pytest.fixture
def wal_file(tmp_path):
    """Return the path of the WAL, which SQLite deletes when the last connection closes."""
    return tmp_path / "one.db-wal"


def open_and_close_in_another_process(wal_file: Path) -> None:
    file = wal_file.with_name("one.db")
    subprocess.run([sys.executable, "-c", OPEN_AND_CLOSE, str(file)], check=True)


def test_the_wal_stays_while_this_process_has_the_database_open(app, wal_file):
    with closing(sqlite3.connect(wal_file.with_name("one.db"))) as connection:
        connection.execute("SELECT count(*) FROM users").close()
        startup.prepare(app)
        open_and_close_in_another_process(wal_file)
        assert wal_file.exists()


def test_the_wal_is_deleted_with_the_last_connection(app, wal_file):
    open_and_close_in_another_process(wal_file)
    assert not wal_file.exists()
