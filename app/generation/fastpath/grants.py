"""Look up who asks and what they may poll, in one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from app.core import clock
from app.db.grants_revision import REVISION_SQL
from app.generation.authorization import (
    Authorization,
    Clock,
    Grant,
    KeyHolder,
    PollRequest,
    collection_not_found,
    key_revoked,
    require_unexpired,
    unknown_key,
)
from app.generation.fastpath.connection import Row, ThreadLocalConnection
from app.models import Actor, Role

IS_LISTED_SQL = """NOT api_keys.is_limited OR EXISTS (
        SELECT 1 FROM api_key_collections AS listed
        WHERE listed.api_key_id = api_keys.id AND listed.collection_id = collections.id
          AND (listed.collection_type IS NULL OR listed.collection_type = :collection_type)
    )"""
"""Whether a key's own list allows a collection; `api_keys` and `collections` belong to the statement."""

_COLUMNS = """
SELECT {instant}, api_keys.revoked_at, api_keys.expires_at,
    api_keys.id, api_keys.user_id, users.role"""
_KEY = """
FROM api_keys JOIN users ON users.id = api_keys.user_id"""
_COLLECTION = f""",
    collections.id, collections.name, collections.owner_id, collections.revision, {IS_LISTED_SQL}"""
_JOINED = """
LEFT JOIN collections ON collections.{column} = :wanted"""
_WHERE = """
WHERE api_keys.key_hash = :key_hash"""
_REVISION_AND_TIME = f"{REVISION_SQL}, statement_timestamp()"
_BY_COLUMN = {
    column: _COLUMNS + _COLLECTION + _KEY + _JOINED.replace("{column}", column) + _WHERE
    for column in ("id", "name")
}


class GrantLookup:
    """Reads keys, owners and collections, and refuses what may not be polled. Caches nothing."""

    def __init__(self, connection: ThreadLocalConnection, *, is_sqlite: bool) -> None:
        self._connection = connection
        # SQLite shares the clock of the app's machine, and has no `grants_revision`.
        instant = "NULL, NULL" if is_sqlite else _REVISION_AND_TIME
        self._find_key = (_COLUMNS + _KEY + _WHERE).format(instant=instant)
        self._look_up = {column: text.format(instant=instant) for column, text in _BY_COLUMN.items()}

    def find_key(self, key_hash: str, now: Clock) -> KeyHolder:
        """Return a valid key and its owner, by the key's hash."""
        rows = self._connection.read(self._find_key, {"key_hash": key_hash})
        _instant, _expires_at, (_expires, key_id, user_id, role) = _check_key(rows, now)
        return KeyHolder(key_id, Actor(user_id, Role[role]))

    def get_revision(self) -> tuple[object, datetime]:
        """Return PostgreSQL's present `grants_revision` and time.

        Reading this number is cheaper than repeating the join of `look_up`.
        """
        [(revision, database_time)] = self._connection.read(f"SELECT {_REVISION_AND_TIME}", {})
        return revision, clock.from_database(database_time)

    def look_up(self, request: PollRequest, now: Clock) -> tuple[object, Authorization]:
        """Return the authorization of a request, and the `grants_revision` as of which it was read.

        Raises:
            NotFound: there is no such collection, or the key may not read it.
        """
        key_hash, (name, id_), collection_type = request
        column, wanted = ("id", id_) if name is None else ("name", name)
        type_name = collection_type.name
        parameters = {"key_hash": key_hash, "wanted": wanted, "collection_type": type_name}
        rows = self._connection.read(self._look_up[column], parameters)
        instant, expires_at, row = _check_key(rows, now)
        expires, key_id, user_id, role, collection_id, *collection, is_listed = row
        if collection_id is None or not is_listed or not Actor(user_id, Role[role]).may_read(collection[1]):
            raise collection_not_found()
        who = (key_hash, key_id, expires, user_id, role)
        grant = Grant(*who, type_name, collection_id, *collection)
        return rows[0][0], Authorization(grant, expires_at, instant)


def _check_key(rows: Sequence[Row], now: Clock) -> tuple[datetime, datetime | None, Row]:
    """Return the time of the check, when the key expires, and the rest of its row.

    SQLite has no clock of its own: there the time is read after the row. A spike that was deleted by then
    because it had expired had expired before.

    Raises:
        Unauthenticated: the key is unknown, revoked or expired.
    """
    if not rows:
        raise unknown_key()
    database_time, revoked_at, expires = rows[0][1:4]
    if revoked_at is not None:
        raise key_revoked()
    instant = clock.from_database(database_time) if database_time else now()
    expires_at = None
    if expires is not None:
        expires_at = _to_datetime(expires)
        require_unexpired(expires_at, instant)
    return instant, expires_at, rows[0][3:]


def _to_datetime(value: Any) -> datetime:
    """Return a timestamp as a datetime in UTC; SQLite's driver returns text."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
