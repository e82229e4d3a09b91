"""What one connection to PostgreSQL has read, for as long as nobody's right to poll changes.

A poll has to know at its very instant whether its key still counts. The database replaces a number with every
change of what decides that (migration 0010). To ask for the number costs a part of what it costs to look all
up, and where it is another one, all that is kept here is void.
"""

from collections.abc import Hashable, Sequence
from typing import Any

TABLE = "grants_revision"
"""It holds the number, and belongs to no model: SQLite has none."""
STATE = "(SELECT revision FROM grants_revision)"
"""The number, as part of a statement: what the same statement reads belongs to it."""
MOST = 20_000
"""Results that are kept, of a poll each: some 20 MB of a worker's memory."""

Rows = Sequence[tuple[Any, ...]]


class Known:
    """Results of one connection, all read while the database was in one state."""

    def __init__(self) -> None:
        self.rows: dict[Hashable, Rows] = {}
        self._state: object = None

    def stands_at(self, state: object) -> None:
        """The database is in this state: what was read in another one is void. None is like no other."""
        if state != self._state or state is None:
            self.rows.clear()
            self._state = state

    def keep(self, key: Hashable, rows: Rows) -> None:
        """Keep what was read in the state at which the database stands."""
        if len(self.rows) >= MOST:
            self.rows.clear()
        self.rows[key] = rows
