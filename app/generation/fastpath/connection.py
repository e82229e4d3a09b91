"""The connection of each thread for polls: the driver's own, always in autocommit.

A poll is one or two statements. A session around them, or even a connection from the pool, costs several
times what they cost themselves.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from app.db.errors import is_read_only_error
from app.generation.fastpath.read_only import ReadOnlyRecovery

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]


class DriverSession(Protocol):
    """Runs the statements of polls on one open connection of a driver."""

    def read(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes nothing."""

    def write(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes, once what it wrote is durable."""

    def has_ended(self) -> bool:
        """Return whether the server has closed the connection."""

    def close(self) -> None:
        """Release what belongs to the session besides the connection."""


class Database(Protocol):
    """What differs between the databases: how a connection becomes a session, and what its errors mean."""

    def open_session(self, connection: Any) -> DriverSession:
        """Prepare a new connection of the driver for polls."""

    def is_disconnect(self, error: Exception) -> bool:
        """Return whether an error means that the server is gone, beyond those SQLAlchemy recognizes."""

    def is_usable_after(self, error: Exception) -> bool:
        """Return whether a connection can be used again after an error that is no disconnect."""


class _ThreadState(threading.local):
    connection: PoolProxiedConnection | None = None
    session: DriverSession | None = None
    epoch = 0


class ThreadLocalConnection:
    """Connects each thread when it first runs a statement, and again after its connection broke.

    How statements run, wait for locks and become durable is the business of the `DriverSession`.
    """

    def __init__(self, engine: Engine, database: Database, recovery: ReadOnlyRecovery) -> None:
        """Connect by this engine to this kind of database; `recovery` says when to reconnect."""
        self.engine, self._database, self._recovery = engine, database, recovery
        self._thread = _ThreadState()

    def read(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes nothing; `:name` stands for a parameter.

        A connection that the server has closed meanwhile is replaced, once.
        """
        is_new = self._thread.connection is None
        try:
            return self._run(statement, parameters)
        except DBAPIError as error:
            if is_new or not error.connection_invalidated:
                raise
        return self._run(statement, parameters)

    def write(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """Return the rows of a statement that writes.

        It is never repeated: after a lost connection it is unknown whether it was committed.
        """
        return self._run(statement, parameters, writes=True)

    def connect(self) -> DriverSession:
        """Return this thread's session; connect first if there is none."""
        thread = self._thread
        if thread.epoch != self._recovery.epoch:
            self.close()
            self._recovery.release_files()
        if thread.session is None:
            thread.epoch = self._recovery.epoch
            connection = self.engine.raw_connection()
            thread.session = self._database.open_session(connection.driver_connection)
            thread.connection = connection
        return thread.session

    def close(self) -> None:
        """Close this thread's connection."""
        thread = self._thread
        connection, session = thread.connection, thread.session
        thread.connection = thread.session = None  # a reference to either keeps SQLite's file open
        if connection is not None:
            connection.invalidate()
        if session is not None:
            session.close()

    def _run(self, statement: str, parameters: Parameters, *, writes: bool = False) -> Sequence[Row]:
        try:
            session = self.connect()
            if not writes:
                return session.read(statement, parameters)
            if session.has_ended():
                self.close()
                session = self.connect()
            return session.write(statement, parameters)
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._translate(error, statement) from None

    def _translate(self, error: Exception, statement: str) -> Exception:
        """Return the error that SQLAlchemy would have raised, so that one place handles them all."""
        dialect, connection = self.engine.dialect, self._thread.connection
        driver = connection.driver_connection if connection else None
        is_disconnect = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
        is_disconnect = is_disconnect or self._database.is_disconnect(error)
        if is_read_only_error(error):
            self._recovery.recover()
            self.close()
        elif is_disconnect or not self._database.is_usable_after(error):
            self.close()
        return DBAPIError.instance(
            statement,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_disconnect,
            dialect=dialect,
        )
