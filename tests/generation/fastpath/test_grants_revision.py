"""PostgreSQL changes the grants revision whenever a change affects who may poll what, and only then."""

import pytest
import sqlalchemy as sa

from app.db.grants_revision import REVISION_SQL
from app.db.session import db
from tests.support.postgres import on_postgresql

pytestmark = on_postgresql

AFFECTS_GRANTS = [
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
    """Return a function that reads the revision on another connection."""

    def read():
        with app.app_context(), db.engine.connect() as connection:
            return connection.scalar(sa.text(f"SELECT {REVISION_SQL}"))

    return read


@pytest.fixture
def run(app):
    """Return a function that runs a statement in its own transaction."""

    def run(statement):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text(statement))

    return run


@pytest.fixture(autouse=True)
def rows(make, stranger):
    """Create rows in every table of the grant lookup, owned by a user who is not the last one."""
    truck = make.collection("Truck", {"value_type": "INCREMENT"})
    make.collection("Bridge")
    make.key(allowed_collections=[{"collection_id": truck["id"]}])


@pytest.mark.parametrize("update", AFFECTS_GRANTS)
def test_an_update_that_affects_grants_changes_the_revision(run, revision, update):
    before = revision()
    run(f"UPDATE {update}")
    assert revision() != before


@pytest.mark.parametrize("update", UNRELATED)
def test_an_unrelated_update_keeps_the_revision(run, revision, update):
    before = revision()
    run(f"UPDATE {update}")
    assert revision() == before


@pytest.mark.parametrize("table", ["api_key_collections", "api_keys", "fields", "collections"])
def test_a_deletion_changes_the_revision(run, revision, table):
    before = revision()
    run(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})")
    assert revision() != before


@pytest.mark.parametrize("new", ["collection", "key"])
def test_a_new_collection_or_key_changes_the_revision(make, revision, new):
    before = revision()
    getattr(make, new)()
    assert revision() != before


def test_the_revision_changes_at_commit(app, revision):
    before = revision()
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE users SET role = 'VIEWER'"))
        assert revision() == before
        connection.commit()
        assert revision() != before


def test_a_rolled_back_change_keeps_the_revision(app, revision):
    before = revision()
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE users SET role = 'VIEWER'"))
        connection.rollback()
    assert revision() == before


def test_a_transaction_changes_the_revision_once_for_several_updates(app):
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        seen = set()
        for _ in range(3):
            connection.execute(sa.text("UPDATE collections SET revision = revision + 1"))
            seen.add(connection.scalar(sa.text(f"SELECT {REVISION_SQL}")))
        connection.rollback()
    assert len(seen) == 1


def test_a_change_does_not_wait_for_an_uncommitted_change_of_another_collection(app, run):
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("UPDATE collections SET revision = 1 WHERE name = 'Truck'"))
        run("SET LOCAL lock_timeout = 1; UPDATE collections SET revision = 1 WHERE name = 'Bridge'")
        connection.commit()
