"""What was looked up on one connection to PostgreSQL, for as long as nobody's right to poll changes.

A poll has to know at its very instant whether its key still counts. The database replaces a number with every
change of what decides that (migration 0010). To ask for the number costs a part of what it costs to look all
up, and where it is another one, all that is kept here is void.
"""

from collections.abc import Hashable
from typing import Any

TABLE = "grants_revision"
"""It holds the number, and belongs to no model: SQLite has none."""
STATE = "(SELECT revision FROM grants_revision)"
"""The number, as part of a statement: what the same statement reads belongs to it."""
MOST = 20_000
"""What is kept, of a poll each: some 20 MB of a worker's memory."""


class Known:
    """What was made of rows that one connection has read while the database was in one state."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._state: object = None

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable) -> Any:
        """What is kept under this key, or None."""
        return self._kept.get(key)

    def stands_at(self, state: object) -> None:
        """The database is in this state: what was read in another one is void. None is like no other."""
        if state != self._state or state is None:
            self._kept.clear()
            self._state = state

    def keep(self, key: Hashable, made: Any) -> None:
        """Keep what was read in the state at which the database stands."""
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = made
