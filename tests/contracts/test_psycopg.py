"""What app/generation/fastpath/pg_prepared.py relies on inside psycopg."""

import inspect

import pytest
from psycopg import Connection, pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    "name",
    [
        "consume_input",
        "enter_pipeline_mode",
        "exec_prepared",
        "exit_pipeline_mode",
        "get_result",
        "is_busy",
        "pipeline_sync",
        "prepare",
        "send_query_prepared",
    ],
)
def test_libpq_connections_have_the_prepared_statement_and_pipeline_methods(name):
    assert callable(getattr(pq.PGconn, name))


def test_a_connection_keeps_its_libpq_connection_as_pgconn():
    assert "self.pgconn = pgconn" in inspect.getsource(Connection.__mro__[1])


def test_a_transformer_loads_rows_of_a_result():
    assert parameters(Transformer.set_pgresult)[:2] == ["self", "result"]
    assert parameters(Transformer.load_rows) == ["self", "row0", "row1", "make_row"]


def test_error_from_result_takes_a_result_and_an_encoding():
    assert parameters(error_from_result)[:2] == ["result", "encoding"]
