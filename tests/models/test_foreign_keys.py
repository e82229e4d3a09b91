"""Foreign keys hold on every database, and what belongs to a row goes with it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.db.session import Base, db
from tests.support.signing_in import submit
from tests.support.two_factor import equip

KEYS = sorted(
    (table.name, key.parent.name) for table in Base.metadata.tables.values() for key in table.foreign_keys
)
NOBODY = 987_654


@pytest.fixture
def connection(app):
    """A connection whose work is undone at the end."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def populated(app, owner, make):
    """A row in every table that refers to another one."""
    equip(app, owner.user_id)
    submit(app.test_client())  # waits for a code now
    collection = make.collection("Truck 01", {"name": "cpu"}, {"name": "km", "value_type": "INCREMENT"})
    make.spike(collection)
    make.key(allowed_collections=[{"collection_id": collection["id"]}]).data("Truck 01")
    return collection


def table(name):
    return Base.metadata.tables[name]


def count(connection, name):
    return connection.scalar(sa.select(sa.func.count()).select_from(table(name)))


def delete(connection, name):
    connection.execute(sa.delete(table(name)))


@pytest.mark.parametrize(("name", "column"), KEYS, ids=lambda each: each)
def test_no_row_refers_to_one_that_is_not_there(connection, populated, name, column):
    assert count(connection, name), "nothing to try it with"
    with pytest.raises(IntegrityError):
        connection.execute(sa.update(table(name)).values({column: NOBODY}))


def test_deleting_a_collection_takes_all_that_is_its_own(connection, populated):
    delete(connection, "collections")
    for name in ("fields", "spike_schedules", "spike_schedule_fields", "api_key_collections", "polls"):
        assert count(connection, name) == 0
    assert count(connection, "api_keys") == 1


def test_deleting_a_field_takes_its_copies(connection, populated):
    delete(connection, "fields")
    assert (count(connection, "spike_schedule_fields"), count(connection, "spike_schedules")) == (0, 1)


def test_deleting_a_schedule_takes_its_copies_and_leaves_the_fields(connection, populated):
    delete(connection, "spike_schedules")
    assert (count(connection, "spike_schedule_fields"), count(connection, "fields")) == (0, 2)


def test_deleting_a_user_takes_their_keys_and_sign_ins(connection, viewer):
    viewer.post("/api/api-keys", {"label": "tests"})
    delete(connection, "users")
    assert (count(connection, "api_keys"), count(connection, "sign_ins")) == (0, 0)


def test_a_user_who_owns_collections_cannot_be_deleted(connection, populated):
    with pytest.raises(IntegrityError):
        delete(connection, "users")


def test_every_connection_keeps_them(app, populated):
    with app.app_context():
        connections = [db.engine.connect() for _ in range(3)]
        try:
            for connection in connections:
                with pytest.raises(IntegrityError):
                    connection.execute(sa.update(table("fields")).values(collection_id=NOBODY))
                connection.rollback()
        finally:
            for connection in connections:
                connection.close()
