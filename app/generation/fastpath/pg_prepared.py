"""Run prepared statements on PostgreSQL by libpq, without a cursor around each.

psycopg's cursors inspect each statement and parameter again, which takes about as long as the statement
itself. Beneath them psycopg offers libpq as it is: https://www.psycopg.org/psycopg3/docs/api/pq.html
"""

import re
import select
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
Row = tuple[Any, ...]

ASYNC_COMMIT = "set_config('synchronous_commit', 'off', true)"
"""SQL fragment: makes the current transaction commit asynchronously, releasing its locks before the flush."""
# A synchronous commit flushes everything that was committed before it, because there is one write-ahead log.
# It has to write something for that, or PostgreSQL does not wait for the flush.
_FLUSH = "SELECT pg_logical_emit_message(true, 'spikecast', '')"
_OK_STATUSES = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class PreparedStatements:
    """The prepared statements of one connection; `:name` stands for a parameter, sent as its `str`.

    A statement is prepared when it is first run. Errors are psycopg's. Committing is not its business: the
    connection is in autocommit.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._pgconn, self._encoding = connection.pgconn, connection.info.encoding
        self._transformer = Transformer(connection)
        self._prepared: dict[str, tuple[bytes, Sequence[str]]] = {}
        self._readable = select.poll()
        self._readable.register(self._pgconn.socket, select.POLLIN)

    def has_ended(self) -> bool:
        """Return whether unsolicited data is waiting on the socket, normally a shutdown notice.

        It is unknown whether a write that breaks off was committed, so callers look before they write.
        """
        return bool(self._readable.poll(0))

    def close(self) -> None:
        """Do nothing: the statements end with the connection."""

    def execute(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        """Return all rows of a statement. A RETURNING that is read only in part would keep its locks."""
        name, values = self._bind(statement, parameters)
        return self._load_rows(self._pgconn.exec_prepared(name, values))  # type: ignore[arg-type] # NULL is None

    def execute_and_flush(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        """Return all rows of a statement that contains `ASYNC_COMMIT`, once what it wrote is on the disk.

        The statement and the flush are sent together, as two transactions: others who wait for a lock of
        the first do not wait for the disk.
        """
        bound = self._bind(statement, parameters), self._bind(_FLUSH, {})
        self._pgconn.enter_pipeline_mode()
        for name, values in bound:
            self._pgconn.send_query_prepared(name, values)
            self._pgconn.pipeline_sync()
        results = [self._get_pipeline_result() for _ in bound]
        self._pgconn.exit_pipeline_mode()
        rows, _ = map(self._load_rows, results)
        return rows

    read = execute
    write = execute_and_flush

    def _bind(self, statement: str, parameters: Mapping[str, object]) -> tuple[bytes, list[bytes | None]]:
        name, order = self._prepared.get(statement) or self._prepare(statement)
        return name, [self._to_text(parameters[each]) for each in order]

    def _to_text(self, value: object) -> bytes | None:
        return None if value is None else str(value).encode(self._encoding)

    def _prepare(self, statement: str) -> tuple[bytes, Sequence[str]]:
        order = list(dict.fromkeys(_PARAMETER.findall(statement)))
        text = _PARAMETER.sub(lambda match: f"${order.index(match[1]) + 1}", statement)
        name = f"poll_{len(self._prepared)}".encode()
        self._raise_unless_ok(self._pgconn.prepare(name, text.encode(self._encoding)))
        self._prepared[statement] = name, order
        return name, order

    def _get_pipeline_result(self) -> pq.abc.PGresult | None:
        """Return one statement's result; after it come None and a sync mark, if the connection holds."""
        result, _, mark = (self._wait_for_result() for _ in range(3))
        return result if mark is not None and mark.status == pq.ExecStatus.PIPELINE_SYNC else None

    def _wait_for_result(self) -> pq.abc.PGresult | None:
        while self._pgconn.is_busy():
            self._readable.poll()  # releases the GIL, which waiting inside libpq would hold
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _load_rows(self, result: pq.abc.PGresult | None) -> list[Row]:
        result = self._raise_unless_ok(result)
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def _raise_unless_ok(self, result: pq.abc.PGresult | None) -> pq.abc.PGresult:
        if result is None:
            raise psycopg.OperationalError("the connection was lost")
        if result.status in _OK_STATUSES:
            return result
        error = error_from_result(result, self._encoding)
        # An error of the server has an SQLSTATE. One of libpq has none: the connection broke.
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
