"""Migration 0020 records the schedules that exist."""

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.db.session import db
from app.db.transactions import set_mode
from app.models import Rehearsal
from tests.conftest import settings_for
from tests.support.table_rows import fill


@pytest.fixture
def old_database(own_database_url, tmp_path):
    """Create the app with rows in every table of the schema before, and enter its context."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    with app.app_context():
        set_mode(writes=True)
        flask_migrate.upgrade(revision="0019")
        with db.engine.begin() as connection:
            fill(connection)
            connection.execute(
                sa.text("UPDATE spike_schedule_fields SET overridden_settings = '' WHERE id = 2")
            )
            connection.execute(
                sa.text(
                    "UPDATE spike_schedule_fields SET start_number = 0.5, "
                    "overridden_settings = 'randomization_percentage start_number' WHERE id = 1"
                )
            )
        yield app
        set_mode(writes=False)
        db.session.remove()
        db.engine.dispose()


def test_every_schedule_gets_its_record(old_database):
    flask_migrate.upgrade(revision="0020")
    columns = (Rehearsal.spike_schedule_id, Rehearsal.name, Rehearsal.spec, Rehearsal.unchanged_fields)
    first, second = db.session.execute(sa.select(*columns).order_by(Rehearsal.id)).all()
    assert first[:2] == (1, "1 name of spike_schedules")
    assert first.unchanged_fields == 0
    assert first.spec == {
        "counters_after": "continue",
        "overrides": [
            {
                "field_id": 1,
                "field_name": "1 field_name of fields",
                "value_type": "INCREMENT",
                "settings": {"randomization_percentage": 0.0, "start_number": "0.5"},
                "normal": {
                    "number": 1,
                    "randomization_percentage": 0.0,
                    "reset_number": "1000",
                    "start_number": "10",
                    "step_number": "5",
                },
            }
        ],
    }
    assert second[:2] == (2, "2 name of spike_schedules")
    assert (second.unchanged_fields, second.spec) == (1, {"counters_after": None, "overrides": []})


def test_windows_and_times_of_records_are_those_of_the_schedules(old_database):
    flask_migrate.upgrade(revision="0020")
    times = "start_datetime, end_datetime, created_at, updated_at, collection_id"
    with db.engine.connect() as connection:
        schedules = connection.execute(sa.text(f"SELECT {times} FROM spike_schedules ORDER BY id")).all()
        records = connection.execute(sa.text(f"SELECT {times} FROM rehearsals ORDER BY id")).all()
    assert records == schedules


def test_a_downgrade_drops_the_records_and_keeps_the_schedules(old_database):
    flask_migrate.upgrade(revision="0020")
    flask_migrate.downgrade(revision="0019")
    tables = sa.inspect(db.engine).get_table_names()
    assert not {"rehearsals", "rehearsal_polls"} & set(tables)
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM spike_schedules")) == 2
