"""What a request refers to goes, or is taken, between the moment it looks and the moment it writes."""

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
def at_the_write(app, *statements):
    """Somebody else runs these statements when a request has signed in and is about to write."""
    met = []

    def on_begin(_connection):
        met.append("begin")
        if len(met) == 2:  # the first is to authenticate
            with another_session(app) as session:
                for statement in statements:
                    session.exec_driver_sql(statement)

    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        with before_the_statement(app, "BEGIN IMMEDIATE", *statements):
            yield
        return
    sa.event.listen(engine, "begin", on_begin)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", on_begin)


@contextmanager
def before_the_statement(app, beginning, *statements):
    """Somebody else runs these statements just before the app runs one that begins like this."""
    waiting = list(statements)

    def on_execute(_connection, _cursor, statement, *_more):
        if statement.startswith(beginning) and waiting:
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


BOB_GOES = "DELETE FROM users WHERE username = 'bob'"


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_somebody_who_is_deleted_at_that_moment_is_told_no_or_was_just_in_time(app, world, bob, write):
    with at_the_write(app, BOB_GOES):
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
def test_nobody_who_is_deleted_at_that_moment_owns_anything(app, world, bob, path, body):
    with at_the_write(app, BOB_GOES):
        problem = refused(bob.post(path.format(**world.ids), body), 409)
    assert "changed concurrently" in problem["detail"]
    assert len(dump_tables(app)["collections"]) == 2
    assert len(dump_tables(app)["api_keys"]) == 1


def test_a_name_that_is_taken_at_that_moment_is_told_as_taken(app, world):
    taken = "UPDATE collections SET name = 'Truck 02' WHERE name = 'Bridge'"
    with at_the_write(app, taken):
        problem = refused(world.admin.post("/api/collections", {"name": "Truck 02"}), 409)
    assert problem["errors"] == {"name": ["is taken by another collection"]}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
@pytest.mark.postgresql
class TestBetweenTwoStatements:
    """PostgreSQL only: SQLite lets nobody write in between."""

    def test_an_owner_who_is_deleted_after_the_look_is_a_conflict(self, app, world):
        gone = "DELETE FROM users WHERE username = 'uma'"
        body = {"name": "Truck 02", "owner_id": world.ids["user"]}
        with before_the_statement(app, "INSERT INTO collections", gone):
            refused(world.admin.post("/api/collections", body), 409)
        assert len(dump_tables(app)["collections"]) == 2

    def test_a_collection_that_is_deleted_after_the_look_is_a_conflict(self, app, world):
        gone = "DELETE FROM collections WHERE name = 'Bridge'"
        body = {"label": "Grafana", "allowed_collections": [{"collection_id": world.ids["other"]}]}
        with before_the_statement(app, "INSERT INTO api_key_collections", gone):
            refused(world.admin.post("/api/api-keys", body), 409)
        assert len(dump_tables(app)["api_keys"]) == 1

    @pytest.mark.parametrize(
        ("beginning", "path", "body", "errors"),
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
    def test_a_name_that_is_taken_after_the_look_is_told_as_taken(
        self, app, world, beginning, path, body, errors
    ):
        taken = [
            "UPDATE collections SET name = 'Truck 02' WHERE name = 'Bridge'",
            "UPDATE users SET username_folded = 'eve' WHERE username = 'uma'",
        ]
        with before_the_statement(app, beginning, *taken):
            assert refused(world.admin.post(path, body), 409)["errors"] == errors
