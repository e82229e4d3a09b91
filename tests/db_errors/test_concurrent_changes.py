"""What a request refers to is deleted, or its name is taken, between its check and its write."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import Role
from tests.conftest import add_user
from tests.support.db_failures import another_session, dump_tables
from tests.support.problems import refused
from tests.support.write_catalog import NEW_USER, WRITES


@contextmanager
def changed_before_write(app, *statements):
    """Run the statements in another session when a request has authenticated and is about to write."""
    begins = []

    def on_begin(_connection):
        begins.append("begin")
        if len(begins) == 2:  # the first one authenticates
            with another_session(app) as session:
                for statement in statements:
                    session.exec_driver_sql(statement)

    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        with changed_before_statement(app, "BEGIN IMMEDIATE", *statements):
            yield
        return
    sa.event.listen(engine, "begin", on_begin)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", on_begin)


@contextmanager
def changed_before_statement(app, prefix, *statements):
    """Run the statements in another session just before the app runs one with this prefix."""
    waiting = list(statements)

    def on_execute(_connection, _cursor, statement, *_more):
        if statement.startswith(prefix) and waiting:
            with another_session(app) as session:
                while waiting:
                    session.exec_driver_sql(waiting.pop(0))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", on_execute)
    assert not waiting


@pytest.fixture
def bob(app, world):
    """A second Admin, who owns nothing."""
    return add_user(app, Role.ADMIN, "bob")


DELETE_BOB = "DELETE FROM users WHERE username = 'bob'"


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_a_write_by_a_user_deleted_meanwhile_succeeds_or_is_refused(app, world, bob, write):
    with changed_before_write(app, DELETE_BOB):
        response = world.do(write, bob)
    if response.status_code != write.status:
        refused(response, 401, 403, 404, 409)
    assert bob.get("/api/auth/me").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/collections", {"name": "Truck 02"}),
        ("/api/collections/{collection}/copy", {"name": "Truck 02"}),
        ("/api/api-keys", {"label": "Grafana"}),
    ],
)
def test_a_user_deleted_meanwhile_owns_nothing_new(app, world, bob, path, body):
    with changed_before_write(app, DELETE_BOB):
        problem = refused(bob.post(path.format(**world.ids), body), 409)
    assert "changed concurrently" in problem["detail"]
    assert len(dump_tables(app)["collections"]) == 2
    assert len(dump_tables(app)["api_keys"]) == 1


def test_a_collection_name_taken_meanwhile_is_reported_as_taken(app, world):
    taken = "UPDATE collections SET name = 'Truck 02' WHERE name = 'Bridge'"
    with changed_before_write(app, taken):
        problem = refused(world.admin.post("/api/collections", {"name": "Truck 02"}), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
@pytest.mark.postgresql
class TestBetweenTwoStatements:
    """PostgreSQL only: SQLite has no other writer in between."""

    def test_an_owner_deleted_after_the_check_is_a_conflict(self, app, world):
        gone = "DELETE FROM users WHERE username = 'uma'"
        body = {"name": "Truck 02", "owner_id": world.ids["user"]}
        with changed_before_statement(app, "INSERT INTO collections", gone):
            refused(world.admin.post("/api/collections", body), 409)
        assert len(dump_tables(app)["collections"]) == 2

    def test_a_collection_deleted_after_the_check_is_a_conflict(self, app, world):
        gone = "DELETE FROM collections WHERE name = 'Bridge'"
        body = {"label": "Grafana", "allowed_collections": [{"collection_id": world.ids["other"]}]}
        with changed_before_statement(app, "INSERT INTO api_key_collections", gone):
            refused(world.admin.post("/api/api-keys", body), 409)
        assert len(dump_tables(app)["api_keys"]) == 1

    @pytest.mark.parametrize(
        ("prefix", "path", "body", "errors"),
        [
            pytest.param(
                "INSERT INTO collections",
                "/api/collections",
                {"name": "Truck 02"},
                {"name": ["is taken by another collection"]},
                id="collection",
            ),
            pytest.param(
                "INSERT INTO users",
                "/api/users",
                NEW_USER,
                {"username": ["is taken by another user"]},
                id="user",
            ),
        ],
    )
    def test_a_name_taken_after_the_check_is_reported_as_taken(self, app, world, prefix, path, body, errors):
        taken = [
            "UPDATE collections SET name = 'Truck 02' WHERE name = 'Bridge'",
            "UPDATE users SET username_folded = 'eve' WHERE username = 'uma'",
        ]
        with changed_before_statement(app, prefix, *taken):
            assert refused(world.admin.post(path, body), 409)["errors"] == errors
