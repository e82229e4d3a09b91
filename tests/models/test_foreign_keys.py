"""Foreign keys are enforced on every database, and deletions cascade to dependent rows."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.db.session import Base, db
from tests.support.alerts import alert
from tests.support.signing_in import submit
from tests.support.two_factor import equip

FOREIGN_KEYS = sorted(
    (table.name, key.parent.name) for table in Base.metadata.tables.values() for key in table.foreign_keys
)
MISSING_ID = 987_654


@pytest.fixture
def connection(app):
    """Return a connection whose changes are rolled back after the test."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def populated(app, owner, make):
    """Create a row in every table that has a foreign key."""
    equip(app, owner.user_id)
    submit(app.test_client())  # a pending sign-in, which waits for a code
    collection = make.collection("Truck 01", {"name": "cpu"}, {"name": "km", "value_type": "INCREMENT"})
    receiver = make.receiver()
    make.spike(collection, rehearsal={"receiver_id": receiver.id, "expectations": [{}]})
    make.key(allowed_collections=[{"collection_id": collection["id"]}]).data("Truck 01")
    receiver.accept(alert())
    return collection


def table(name):
    return Base.metadata.tables[name]


def count(connection, name):
    return connection.scalar(sa.select(sa.func.count()).select_from(table(name)))


def delete(connection, name):
    connection.execute(sa.delete(table(name)))


@pytest.mark.parametrize(("name", "column"), FOREIGN_KEYS, ids=lambda each: each)
def test_a_foreign_key_to_a_missing_row_is_refused(connection, populated, name, column):
    assert count(connection, name), f"{name} has no rows to update"
    with pytest.raises(IntegrityError):
        connection.execute(sa.update(table(name)).values({column: MISSING_ID}))


def test_deleting_a_collection_deletes_all_rows_that_depend_on_it(connection, populated):
    delete(connection, "collections")
    for name in (
        "fields",
        "spike_schedules",
        "spike_schedule_fields",
        "rehearsals",
        "rehearsal_polls",
        "api_key_collections",
        "polls",
    ):
        assert count(connection, name) == 0
    assert count(connection, "api_keys") == 1


def test_deleting_a_field_deletes_its_copies(connection, populated):
    delete(connection, "fields")
    assert (count(connection, "spike_schedule_fields"), count(connection, "spike_schedules")) == (0, 1)


def test_deleting_a_spike_deletes_its_copies_and_not_the_fields(connection, populated):
    delete(connection, "spike_schedules")
    assert (count(connection, "spike_schedule_fields"), count(connection, "fields")) == (0, 2)


def test_deleting_a_spike_and_its_key_keeps_their_record(connection, populated):
    delete(connection, "spike_schedules")
    delete(connection, "api_keys")
    assert (count(connection, "rehearsals"), count(connection, "rehearsal_polls")) == (1, 1)


def test_deleting_a_user_deletes_their_keys_and_sign_ins(connection, viewer):
    viewer.post("/api/api-keys", {"label": "tests"})
    delete(connection, "users")
    assert (count(connection, "api_keys"), count(connection, "sign_ins")) == (0, 0)


def test_a_user_who_owns_collections_cannot_be_deleted(connection, populated):
    with pytest.raises(IntegrityError):
        delete(connection, "users")


def test_every_connection_enforces_foreign_keys(app, populated):
    with app.app_context():
        connections = [db.engine.connect() for _ in range(3)]
        try:
            for connection in connections:
                with pytest.raises(IntegrityError):
                    connection.execute(sa.update(table("fields")).values(collection_id=MISSING_ID))
                connection.rollback()
        finally:
            for connection in connections:
                connection.close()
