"""Migrations are refused while a server runs, and reported in the log."""

import logging

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app, startup
from app.core.errors import CannotStart
from app.db.locks import migration_lock
from app.db.migrate import known_revisions, refuse_servers
from app.db.session import db
from app.db.transactions import set_mode
from tests.cli.conftest import runner
from tests.conftest import settings_for
from tests.support.server import kill_all, running_server
from tests.support.wait import wait_until


@pytest.fixture
def app(own_database_url, tmp_path):
    app = create_app(settings_for(own_database_url, tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


def set_revision(app, revision):
    """Make the database look like one of another version."""
    with app.app_context():
        set_mode(writes=True)
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        set_mode(writes=False)
        db.engine.dispose()


def no_server_runs(app, revision) -> bool:
    with app.app_context(), migration_lock():
        try:
            refuse_servers(revision)
        except CannotStart:
            return False
        return True


def test_neither_a_command_nor_a_start_migrates_while_a_server_runs(app, own_database_url):
    newest, older = known_revisions()[:2]
    with running_server(own_database_url) as server:
        set_revision(app, older)
        with pytest.raises(CannotStart, match=f"A server runs on .* schema is {older}"):
            startup.prepare(app)
        upgrade = runner(app)("db", "upgrade")
        assert upgrade.exit_code == 1
        assert "A server runs on " in f"{upgrade.stderr}{upgrade.exception}"
        set_revision(app, newest)
        startup.prepare(app)  # another node of the same version may start
        kill_all(server.process)
        # The kernel releases the locks of a killed worker only when it has removed the process.
        wait_until(lambda: no_server_runs(app, older), "the locks of the killed server are released")


def test_each_migrated_revision_is_logged_with_its_name_and_duration(app, caplog):
    with app.app_context():
        set_mode(writes=True)
        flask_migrate.upgrade(revision="0005")
        set_mode(writes=False)
    with caplog.at_level(logging.INFO):
        startup.prepare(app)
    logged = [line for line in caplog.messages if line.startswith("Migrated ")]
    assert len(logged) == len(known_revisions()) - 5
    assert " to schema 0006 (" in logged[0]
    assert logged[0].endswith(" s")


def test_creating_a_database_is_logged_in_one_line(app, caplog):
    with caplog.at_level(logging.INFO):
        startup.prepare(app)
    assert not [line for line in caplog.messages if line.startswith("Migrated ")]
    assert sum("has the current schema" in line for line in caplog.messages) == 1
