"""Migration 0008 fills the search text of existing spikes."""

import flask_migrate
import sqlalchemy as sa

from app import create_app, startup
from app.db.session import db
from app.db.transactions import set_mode
from tests.conftest import settings_for
from tests.support.table_rows import fill


def test_migration_0008_fills_the_search_text_with_names_and_overridden_fields(own_database_url, tmp_path):
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    with app.app_context():
        set_mode(writes=True)
        flask_migrate.upgrade(revision="0007")
        with db.engine.begin() as connection:
            fill(connection)
            connection.execute(sa.text("UPDATE spike_schedules SET name = 'ÄNNE' WHERE id = 2"))
            connection.execute(
                sa.text("UPDATE spike_schedule_fields SET overridden_settings = '' WHERE id = 2")
            )
        startup.prepare(app)
        with db.engine.connect() as connection:
            search_texts = (
                connection.execute(sa.text("SELECT searched FROM spike_schedules ORDER BY id"))
                .scalars()
                .all()
            )
        db.engine.dispose()
    assert search_texts == ["1 name of spike_schedules\n1 field_name of spike_schedule_fields", "änne"]
