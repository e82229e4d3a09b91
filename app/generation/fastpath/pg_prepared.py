"""What polls ask of PostgreSQL: statements that are prepared once and run without a cursor around each.

psycopg's cursors look at each statement and parameter anew, for about as long as the statement itself takes.
Beneath them psycopg offers libpq as it is: https://www.psycopg.org/psycopg3/docs/api/pq.html
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


# As a part of a statement: its transaction commits without waiting for the disk, and lets go of its locks.
LATER = "set_config('synchronous_commit', 'off', true)"
# A commit that waits puts onto the disk all that others committed before: the log is one. It has to write
# something for that, or PostgreSQL does not wait.
_FLUSH = "SELECT pg_logical_emit_message(true, 'spikecast', '')"
_FINE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Prepared:
    """The statements of one connection; `:name` in them stands for a parameter, sent as it prints."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._pgconn, self._encoding = connection.pgconn, connection.info.encoding
        self._rows = Transformer(connection)
        self._known: dict[str, tuple[bytes, Sequence[str]]] = {}
        self._readable = select.poll()
        self._readable.register(self._pgconn.socket, select.POLLIN)

    def has_ended(self) -> bool:
        """Whether the server has said something unasked: as a rule, that it ends the connection.

        Nobody knows whether a write that breaks off has happened, so it is worth a look before.
        """
        return bool(self._readable.poll(0))

    def run(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        """All rows of the statement, for a RETURNING that is left half read keeps its locks.

        Raises psycopg's errors.
        """
        name, sent = self._asked(statement, parameters)
        return self._loaded(self._pgconn.exec_prepared(name, sent))  # type: ignore[arg-type] # NULL is None

    def run_durably(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        """The same for a statement that says `LATER`; when this returns, what it wrote is on the disk.

        Both go to the server at once, but as two transactions: nobody who waits for a lock of the first one
        waits for the disk.
        """
        asked = self._asked(statement, parameters), self._asked(_FLUSH, {})
        self._pgconn.enter_pipeline_mode()
        for name, sent in asked:
            self._pgconn.send_query_prepared(name, sent)
            self._pgconn.pipeline_sync()
        results = [self._next_result() for _ in asked]
        self._pgconn.exit_pipeline_mode()
        rows, _ = map(self._loaded, results)
        return rows

    def _asked(self, statement: str, parameters: Mapping[str, object]) -> tuple[bytes, list[bytes | None]]:
        name, order = self._known.get(statement) or self._prepare(statement)
        return name, [self._as_text(parameters[each]) for each in order]

    def _as_text(self, value: object) -> bytes | None:
        return None if value is None else str(value).encode(self._encoding)

    def _prepare(self, statement: str) -> tuple[bytes, Sequence[str]]:
        order = list(dict.fromkeys(_PARAMETER.findall(statement)))
        text = _PARAMETER.sub(lambda found: f"${order.index(found[1]) + 1}", statement)
        name = f"poll_{len(self._known)}".encode()
        self._succeeded(self._pgconn.prepare(name, text.encode(self._encoding)))
        self._known[statement] = name, order
        return name, order

    def _next_result(self) -> pq.abc.PGresult | None:
        """The result of a statement in the pipeline; None and a mark follow it, if the connection holds."""
        result, _, mark = (self._wait_for_result() for _ in range(3))
        return result if mark is not None and mark.status == pq.ExecStatus.PIPELINE_SYNC else None

    def _wait_for_result(self) -> pq.abc.PGresult | None:
        while self._pgconn.is_busy():
            self._readable.poll()  # other threads go on meanwhile; while libpq itself waits, they could not
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _loaded(self, result: pq.abc.PGresult | None) -> list[Row]:
        result = self._succeeded(result)
        self._rows.set_pgresult(result)
        return self._rows.load_rows(0, result.ntuples, tuple)

    def _succeeded(self, result: pq.abc.PGresult | None) -> pq.abc.PGresult:
        if result is None:
            raise psycopg.OperationalError("the connection was lost")
        if result.status in _FINE:
            return result
        error = error_from_result(result, self._encoding)
        # What the server says has a state; what libpq says by itself is that the connection broke.
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
