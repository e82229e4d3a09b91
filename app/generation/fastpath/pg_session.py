"""How polls run on PostgreSQL: settings of the session, and the lock that says that a server runs."""

from typing import Any

import psycopg

from app.db.locks import SCHEMA_KEY_SQL, SERVING_LOCK
from app.generation.fastpath.pg_prepared import PreparedStatements

SESSION_SETTINGS = {
    # Polls look everything up by indexes. PostgreSQL prefers to read a nearly empty table as a whole, and a
    # prepared statement keeps that plan while the table grows, until it is analyzed.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    # Without it PostgreSQL plans the UPDATE of counters again each time, which takes two thirds of its time:
    # it does not know how many counters there will be, and hopes for a better plan.
    "plan_cache_mode": "force_generic_plan",
}


class PostgreSQL:
    """PostgreSQL, for `ThreadLocalConnection`."""

    def open_session(self, connection: psycopg.Connection[Any]) -> PreparedStatements:
        """Prepare a new connection for polls, and share the lock that says that a server runs."""
        connection.autocommit = True
        connection.execute(f"SELECT pg_try_advisory_lock_shared({SERVING_LOCK}, {SCHEMA_KEY_SQL})")
        return PreparedStatements(connection)

    def is_disconnect(self, error: Exception) -> bool:
        """Return whether an error has no SQLSTATE, and so does not come from the server.

        libpq may not notice at once that the server is gone.
        """
        return getattr(error, "sqlstate", None) is None

    def is_usable_after(self, error: Exception) -> bool:  # noqa: ARG002
        """Return True: in autocommit, a failed statement does not affect the next one."""
        return True
