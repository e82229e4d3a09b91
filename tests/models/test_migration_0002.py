"""Migration 0002 creates the table of polls; its downgrade drops it."""

import flask_migrate
import sqlalchemy as sa

from app import create_app, startup
from app.db.session import db
from app.db.transactions import set_mode
from tests.conftest import settings_for


def test_migration_0002_creates_the_table_of_polls_and_its_downgrade_drops_it(own_database_url, tmp_path):
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    startup.prepare(app)
    with app.app_context():
        set_mode(writes=True)
        has_polls = []
        for step in (None, flask_migrate.downgrade, flask_migrate.upgrade):
            if step:
                step(revision="0001" if step is flask_migrate.downgrade else "head")
            has_polls.append("polls" in sa.inspect(db.engine).get_table_names())
        db.engine.dispose()
    assert has_polls == [True, False, True]
