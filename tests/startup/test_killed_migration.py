"""A start that is killed during its migration leaves the database unchanged; the next start migrates it."""

import os
import subprocess
import sys
from textwrap import dedent

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.db.migrate import known_revisions
from app.db.session import db
from app.db.transactions import set_mode
from tests.conftest import settings_for
from tests.support.forked import REPOSITORY
from tests.support.table_rows import content, fill

FIRST = "0001"

# Run starts one after another, each in its own process. The first ones kill themselves before their 1st, 2nd,
# 4th, … statement, until one reaches its first commit, where it kills itself too. The last one is not killed.
STARTS = """
    import os, signal, sys
    import sqlalchemy as sa
    import config
    from app import create_app, startup
    from app.db.session import db

    app = create_app(config.load())

    def start(statements_at_most, may_commit):
        seen = []

        def on_statement(*_more):
            seen.append(1)
            if len(seen) == statements_at_most:
                os.kill(os.getpid(), signal.SIGKILL)

        def on_commit(_connection):
            if not may_commit:
                os.kill(os.getpid(), signal.SIGUSR1)

        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", on_statement)
            sa.event.listen(db.engine, "commit", on_commit)
        startup.prepare(app)

    def ended(*how):
        child = os.fork()
        if child == 0:
            start(*how)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    statements, killed = 1, 0
    while (status := ended(statements, False)) == -signal.SIGKILL:
        statements, killed = statements * 2, killed + 1
    assert status == -signal.SIGUSR1, status
    print(killed, flush=True)
    sys.stdin.readline()
    assert ended(0, True) == 0
"""


@pytest.fixture
def app(own_database_url, tmp_path):
    """Yield the app on a database of the first schema, with rows in every table."""
    app = create_app(settings_for(own_database_url, tmp_path))
    with app.app_context():
        set_mode(writes=True)
        flask_migrate.upgrade(revision=FIRST)
        with db.engine.begin() as connection:
            fill(connection)
        set_mode(writes=False)
        db.engine.dispose()
    yield app
    with app.app_context():
        db.engine.dispose()


def read_database(app, like=None):
    """Return the revision of the schema, and all rows."""
    with app.app_context(), db.engine.connect() as connection:
        schema = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return schema, content(connection, like)


def test_the_next_start_finishes_a_killed_migration(app, own_database_url, tmp_path):
    before = read_database(app)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SPIKECAST_")}
    settings = {"SPIKECAST_DATABASE_URL": own_database_url, "SPIKECAST_INSTANCE": str(tmp_path)}
    starts = subprocess.Popen(
        [sys.executable, "-c", dedent(STARTS)],
        cwd=REPOSITORY,
        env=outside | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with starts:
        killed = starts.stdout.readline()
        assert killed, starts.stderr.read()
        assert int(killed) > 4
        assert read_database(app) == before
        _, errors = starts.communicate("go on\n", timeout=60)
    assert starts.returncode == 0, errors
    newest = known_revisions()[0]
    assert read_database(app, like=before[1]) == (newest, before[1])
