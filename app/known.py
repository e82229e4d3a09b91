"""What one connection to PostgreSQL has read, for as long as nothing at all is written to the database.

A poll has to know at its very instant whether its key still counts. To ask whether anything was written
costs a part of what it costs to look that up, and whatever is written makes all that is kept here void.
"""

from collections.abc import Hashable, Sequence
from typing import Any

MOST = 20_000
"""Results that are kept, of a poll each: some 20 MB of a worker's memory."""
PAUSE = 0.01
"""Seconds. Where the database is written to all the time, asking is in vain: so long nobody asks again."""

Rows = Sequence[tuple[Any, ...]]


class Known:
    """Results of one connection, all read while the database was in one state. `at` is in seconds."""

    def __init__(self) -> None:
        self.rows: dict[Hashable, Rows] = {}
        self._state: object = None
        self._not_before = 0.0

    def is_worth_asking(self, at: float) -> bool:
        """Whether to find out which state the database is in, rather than to read at once."""
        return at >= self._not_before

    def stands_at(self, state: object, at: float) -> None:
        """The database is in this state: what was read in another one is void."""
        if state != self._state:
            if self.rows:
                self.rows.clear()
                self._not_before = at + PAUSE
            self._state = state

    def keep(self, key: Hashable, rows: Rows) -> None:
        """Keep what was read in the state at which the database stands, or after that."""
        if len(self.rows) >= MOST:
            self.rows.clear()
        self.rows[key] = rows
