"""PostgreSQL replaces one number with whatever decides who may poll what, and with nothing else."""

import pytest
import sqlalchemy as sa

from app.db.grants_revision import REVISION_SQL
from app.db.session import db
from tests.support.postgres import on_postgresql

pytestmark = on_postgresql

LOOKED_UP = [
    "api_keys SET key_hash = 'f' || substr(key_hash, 2)",
    "api_keys SET user_id = (SELECT max(id) FROM users)",
    "api_keys SET is_limited = NOT is_limited",
    "api_keys SET expires_at = created_at",
    "api_keys SET revoked_at = created_at",
    "api_key_collections SET collection_id = (SELECT max(id) FROM collections)",
    "api_key_collections SET collection_type = 'CONFIGURATION'",
    "users SET role = 'VIEWER'",
    "collections SET name = 'Lorry ' || id",
    "collections SET owner_id = (SELECT max(id) FROM users)",
    "collections SET revision = revision + 1",
    "fields SET field_name = 'another'",
]
UNRELATED = [
    "api_keys SET last_used_at = created_at",
    "api_keys SET label = 'another'",
    "users SET password_hash = '-'",
    "users SET two_factor_step = 1",
    "fields SET current_number = 1",
]


@pytest.fixture
def revision(app):
    """The number, as another connection sees it."""

    def read():
        with app.app_context(), db.engine.connect() as connection:
            return connection.scalar(sa.text(f"SELECT {REVISION_SQL}"))

    return read


@pytest.fixture
def run(app):
    """Run a statement in a transaction of its own."""

    def run(statement):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text(statement))

    return run


@pytest.fixture(autouse=True)
def rows(make, stranger):
    """Rows in every table that is looked at, of somebody who is not the last user."""
    truck = make.collection("Truck", {"value_type": "INCREMENT"})
    make.collection("Bridge")
    make.key(allowed_collections=[{"collection_id": truck["id"]}])


@pytest.mark.parametrize("update", LOOKED_UP)
def test_an_update_of_what_is_looked_up_replaces_it(run, revision, update):
    before = revision()
    run(f"UPDATE {update}")
    assert revision() != before


@pytest.mark.parametrize("update", UNRELATED)
def test_an_update_of_anything_else_leaves_it(run, revision, update):
    before = revision()
    run(f"UPDATE {update}")
    assert revision() == before


@pytest.mark.parametrize("table", ["api_key_collections", "api_keys", "fields", "collections"])
def test_a_deletion_replaces_it(run, revision, table):
    before = revision()
    run(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})")
    assert revision() != before


@pytest.mark.parametrize("new", ["collection", "key"])
def test_something_new_replaces_it(make, revision, new):
    before = revision()
    getattr(make, new)()
    assert revision() != before


def test_it_is_replaced_at_the_moment_of_the_commit(app, revision):
    before = revision()
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE users SET role = 'VIEWER'"))
        assert revision() == before
        connection.commit()
        assert revision() != before


def test_what_is_rolled_back_leaves_it(app, revision):
    before = revision()
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE users SET role = 'VIEWER'"))
        connection.rollback()
    assert revision() == before


def test_a_transaction_replaces_it_once_however_much_it_changes(app):
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        seen = set()
        for _ in range(3):
            connection.execute(sa.text("UPDATE collections SET revision = revision + 1"))
            seen.add(connection.scalar(sa.text(f"SELECT {REVISION_SQL}")))
        connection.rollback()
    assert len(seen) == 1


def test_nobody_waits_for_another_change_that_is_not_committed(app, run):
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE collections SET revision = 1 WHERE name = 'Truck'"))
        run("SET LOCAL lock_timeout = 1; UPDATE collections SET revision = 1 WHERE name = 'Bridge'")
        connection.commit()
