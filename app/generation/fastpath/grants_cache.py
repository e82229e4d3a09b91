"""Authorizations of earlier polls. One cache per process, shared by its threads."""

from typing import NamedTuple

from app.generation.authorization import Authorization, PollRequest
from app.generation.lru import LRU

MAX_ENTRIES = 20_000
"""Each entry takes about 1 kB: some 20 MB of a worker's memory."""


class _Entry(NamedTuple):
    authorization: Authorization
    revision: object


class GrantsCache:
    """The last authorization of each poll request, stamped with the `grants_revision` it was read at.

    Nothing is invalidated: an entry is stale as soon as the database has another revision. The database
    replaces this random number whenever a key, a role, an owner, a name or a collection changes (migration
    0010), so an entry of an earlier revision, or of another server's, never matches. SQLite has no
    `grants_revision`: its entries never count as fresh.
    """

    def __init__(self) -> None:
        self._entries: LRU[PollRequest, _Entry] = LRU(MAX_ENTRIES)

    def get(self, request: PollRequest) -> Authorization | None:
        """Return the last authorization of a request, stale or not, or None."""
        entry = self._entries.get(request)
        return None if entry is None else entry.authorization

    def get_fresh(self, request: PollRequest, revision: object) -> Authorization | None:
        """Return the authorization of a request if it was read at this revision. None never matches."""
        entry = self._entries.get(request)
        if entry is None or revision is None or entry.revision != revision:
            return None
        return entry.authorization

    def put(self, request: PollRequest, authorization: Authorization, revision: object) -> None:
        """Store what was read at this revision."""
        self._entries.put(request, _Entry(authorization, revision))

    def __contains__(self, request: PollRequest) -> bool:
        return self._entries.get(request) is not None

    def __len__(self) -> int:
        return len(self._entries)
