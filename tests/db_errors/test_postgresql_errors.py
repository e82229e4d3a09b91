"""PostgreSQL fails a statement with an error code, or ends the connection."""

import pytest

from tests.support.db_failures import (
    another_session,
    assert_unavailable,
    dump_tables,
    reject_writes,
    trigger_on_writes,
)
from tests.support.postgres import on_postgresql

pytestmark = on_postgresql

TRUCK = {"name": "Truck 02"}

DATABASE_FAILURES = [
    "serialization_failure",
    "deadlock_detected",
    "disk_full",
    "out_of_memory",
    "too_many_connections",
    "lock_not_available",
    "query_canceled",
    "cannot_connect_now",
    "read_only_sql_transaction",
    "io_error",
    "data_corrupted",
    "index_corrupted",
]


@pytest.mark.parametrize("condition", DATABASE_FAILURES)
def test_a_failure_of_the_database_is_503(app, world, condition):
    before = dump_tables(app)
    with reject_writes(app, condition):
        assert_unavailable(world.admin.post("/api/collections", TRUCK))
        assert_unavailable(world.tool.poll("Truck 01"))
    assert dump_tables(app) == before
    assert world.admin.post("/api/collections", TRUCK).status_code == 201


@pytest.mark.parametrize("condition", ["division_by_zero", "undefined_function", "not_null_violation"])
def test_an_error_in_a_statement_is_500(app, world, condition):
    with reject_writes(app, condition):
        response = world.admin.post("/api/collections", TRUCK)
    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert world.admin.post("/api/collections", TRUCK).status_code == 201


def test_a_failed_commit_is_503_and_changes_nothing(app, world):
    before = dump_tables(app)
    with another_session(app) as session:
        session.exec_driver_sql(
            "CREATE FUNCTION fail_commit() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$"
        )
        session.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER fail_commit AFTER INSERT OR UPDATE ON collections "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_commit()"
        )
        assert_unavailable(world.admin.post("/api/collections", TRUCK))
        session.exec_driver_sql("DROP FUNCTION fail_commit CASCADE")
    assert dump_tables(app) == before


# --- Ended connections ---------------------------------------------------------------------------------


def end_connections(app):
    """End all other connections to the database, as a restart of PostgreSQL does."""
    with another_session(app) as session:
        session.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_connections_ended_between_two_requests_are_replaced(app, world):
    first = world.tool.data("Truck 01")["km"]
    end_connections(app)
    assert world.tool.data("Truck 01")["km"] == first + 5
    end_connections(app)
    assert world.admin.post("/api/collections", TRUCK).status_code == 201
    end_connections(app)
    assert world.admin.get("/api/health").status_code == 200


def test_a_connection_ended_during_a_write_is_503_and_the_next_request_works(app, world):
    before = dump_tables(app)
    with trigger_on_writes(app, "PERFORM pg_terminate_backend(pg_backend_pid())"):
        assert_unavailable(world.admin.post("/api/collections", TRUCK))
        assert_unavailable(world.tool.poll("Truck 01"))
        assert world.tool.poll("Bridge").status_code == 200
    assert dump_tables(app) == before
    assert world.admin.post("/api/collections", TRUCK).status_code == 201
    assert world.tool.poll("Truck 01").status_code == 200
