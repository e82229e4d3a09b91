"""Prepared statements by libpq return what psycopg's cursors would."""

from decimal import Decimal

import psycopg
import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation.fastpath.pg_prepared import ASYNC_COMMIT, PreparedStatements
from tests.support.postgres import on_postgresql
from tests.support.wait import wait_until

pytestmark = on_postgresql

POSITION = "pg_current_wal_insert_lsn()"


@pytest.fixture
def prepared(app):
    with app.app_context():
        connection = app.extensions["polls"].database.engine.raw_connection()
        connection.driver_connection.autocommit = True
        yield PreparedStatements(connection.driver_connection)
        connection.close()


def test_rows_have_the_types_of_their_columns(prepared):
    [row] = prepared.execute("SELECT 1, 'a', 1.50::numeric, true, NULL::int", {})
    assert row == (1, "a", Decimal("1.50"), True, None)
    assert type(row[0]) is int


def test_parameters_are_sent_as_text_and_none_as_null(prepared):
    statement = "SELECT :number::int + :number::int, :text::text, :nothing::text"
    given = {"number": 7, "text": "it's :number", "nothing": None}
    assert prepared.execute(statement, given) == [(14, "it's :number", None)]


def test_a_statement_can_be_run_again_with_other_parameters(prepared):
    assert [prepared.execute("SELECT :n::int", {"n": n}) for n in range(3)] == [[(0,)], [(1,)], [(2,)]]


@pytest.mark.parametrize("how", ["execute", "execute_and_flush"])
def test_a_server_error_raises_psycopgs_exception_and_the_next_statement_runs(prepared, how):
    with pytest.raises(psycopg.errors.DivisionByZero):
        getattr(prepared, how)("SELECT 1 / :n::int", {"n": 0})
    assert getattr(prepared, how)("SELECT 1 / :n::int", {"n": 1}) == [(1,)]


def test_execute_and_flush_returns_after_the_wal_is_flushed(make, prepared):
    make.collection("Truck")
    prepared.execute("SET synchronous_commit = on", {})
    rename = f"UPDATE collections SET name = :name RETURNING {POSITION}::text, {ASYNC_COMMIT}"
    [(position, setting)] = prepared.execute_and_flush(rename, {"name": "Lorry"})
    assert setting == "off"
    assert prepared.execute(
        "SELECT pg_current_wal_flush_lsn() > :position::pg_lsn", {"position": position}
    ) == [(True,)]
    assert prepared.execute("SHOW synchronous_commit", {}) == [("on",)]


def test_a_connection_ended_by_the_server_is_noticed_without_a_query(prepared):
    assert not prepared.has_ended()
    [(pid,)] = prepared.execute("SELECT pg_backend_pid()", {})
    db.session.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_until(prepared.has_ended, "the connection has ended")
    with pytest.raises(psycopg.OperationalError):
        prepared.execute("SELECT 1", {})
