"""Migration 0021 adds expectations to the rehearsals that exist, and takes them back."""

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.db.session import db
from app.db.transactions import set_mode
from app.models import AlertReceiver, Rehearsal
from tests.conftest import settings_for
from tests.support.table_rows import fill


@pytest.fixture
def old_database(own_database_url, tmp_path):
    """Create the app with rows in every table of the schema before, and enter its context."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    with app.app_context():
        set_mode(writes=True)
        flask_migrate.upgrade(revision="0020")
        with db.engine.begin() as connection:
            fill(connection)
            connection.execute(sa.text("DELETE FROM rehearsals WHERE id = 2"))
            connection.execute(sa.text("UPDATE rehearsals SET receiver_id = NULL"))
        yield app
        set_mode(writes=False)
        db.session.remove()
        db.engine.dispose()


def read(statement):
    with db.engine.begin() as connection:
        return connection.execute(sa.text(statement)).all()


def test_rehearsals_that_exist_expect_nothing(old_database):
    before = read("SELECT id, name, start_datetime FROM rehearsals")
    polls = read("SELECT rehearsal_id, api_key_id, polls FROM rehearsal_polls")
    assert before
    assert polls
    flask_migrate.upgrade()
    (record,) = db.session.scalars(sa.select(Rehearsal))
    expected = (record.receiver_id, record.scope, record.decided_by, record.settled_at, record.result)
    assert {*expected, record.fail_on_unexpected} == {None, False}
    assert record.expectations == []
    db.session.rollback()
    assert read("SELECT rehearsal_id, api_key_id, polls FROM rehearsal_polls") == polls
    flask_migrate.downgrade(revision="0020")
    assert read("SELECT id, name, start_datetime FROM rehearsals") == before
    assert read("SELECT rehearsal_id, api_key_id, polls FROM rehearsal_polls") == polls


def test_the_id_of_a_deleted_rehearsal_is_not_used_again(old_database):
    columns = (
        "collection_id, name, start_datetime, end_datetime, spec, unchanged_fields, created_at, updated_at"
    )
    for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0020")):
        move()
        with db.engine.begin() as connection:
            connection.execute(
                sa.text(
                    f"INSERT INTO rehearsals ({columns}, spike_schedule_id) "
                    f"SELECT {columns}, 100 FROM rehearsals WHERE id = 1"
                )
            )
            assert connection.scalar(sa.text("SELECT max(id) FROM rehearsals")) > 2
            connection.execute(sa.text("DELETE FROM rehearsals WHERE id > 1"))


def test_a_rehearsal_outlives_its_receiver(old_database):
    flask_migrate.upgrade()
    receiver_id = db.session.scalar(sa.select(AlertReceiver.id).limit(1))
    db.session.execute(sa.update(Rehearsal).values(receiver_id=receiver_id))
    db.session.execute(sa.delete(AlertReceiver))
    assert db.session.scalars(sa.select(Rehearsal.receiver_id)).all() == [None]
    db.session.rollback()
