"""What polls ask of PostgreSQL: statements that are prepared once and run without a cursor around each.

psycopg's cursors look at each statement and parameter anew, for about as long as the statement itself takes.
Beneath them psycopg offers libpq as it is: https://www.psycopg.org/psycopg3/docs/api/pq.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
Row = tuple[Any, ...]


class Prepared:
    """The statements of one connection; in each, `:name` stands for a parameter: a text or a whole number."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._pgconn, self._encoding = connection.pgconn, connection.info.encoding
        self._rows = Transformer(connection)
        self._known: dict[str, tuple[bytes, Sequence[str]]] = {}

    def run(self, statement: str, parameters: Mapping[str, str | int]) -> list[Row]:
        """All rows of the statement, for a RETURNING that is left half read keeps its locks.

        Raises psycopg's errors.
        """
        name, order = self._known.get(statement) or self._prepare(statement)
        sent = [str(parameters[name]).encode(self._encoding) for name in order]
        result = self._succeeded(self._pgconn.exec_prepared(name, sent))
        self._rows.set_pgresult(result)
        return self._rows.load_rows(0, result.ntuples, tuple)

    def _prepare(self, statement: str) -> tuple[bytes, Sequence[str]]:
        order = list(dict.fromkeys(_PARAMETER.findall(statement)))
        text = _PARAMETER.sub(lambda found: f"${order.index(found[1]) + 1}", statement)
        name = f"poll_{len(self._known)}".encode()
        self._succeeded(self._pgconn.prepare(name, text.encode(self._encoding)))
        self._known[statement] = name, order
        return name, order

    def _succeeded(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return result
        error = error_from_result(result, self._encoding)
        # What the server says has a state; what libpq says by itself is that the connection broke.
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
