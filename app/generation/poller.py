"""Who polls, and what they may read: the key and its collection."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from app import clock, keys
from app.direct import STATE, Direct, Row
from app.errors import DomainError, NotFound, Unauthenticated
from app.models import Actor, Role
from app.values import CollectionType


class Wanted(NamedTuple):
    """The collection that a poll asks for: by its name, or by its id."""

    name: str | None = None
    id: int | None = None

    @classmethod
    def by_name(cls, name: str) -> "Wanted":
        """The collection of this name. None holds NUL, and PostgreSQL does not even look for it."""
        return cls(id=0) if "\0" in name else cls(name=name)


class Poller(NamedTuple):
    """Whose key it is, what it asks for, and when: the database's instant, where it has a clock."""

    instant: datetime
    key_id: int
    collection_id: int
    collection_name: str
    revision: int


_COLUMNS = """
SELECT {instant}, api_keys.revoked_at, api_keys.expires_at,
    api_keys.id, api_keys.user_id, users.role"""
_KEY = """
FROM api_keys JOIN users ON users.id = api_keys.user_id"""
_COLLECTION = """,
    collections.id, collections.name, collections.owner_id, collections.revision,
    NOT api_keys.is_limited OR EXISTS (
        SELECT 1 FROM api_key_collections AS listed
        WHERE listed.api_key_id = api_keys.id AND listed.collection_id = collections.id
          AND (listed.collection_type IS NULL OR listed.collection_type = :collection_type)
    )"""
_JOINED = """
LEFT JOIN collections ON collections.{column} = :wanted"""
_WHERE = """
WHERE api_keys.key_hash = :key_hash"""


def _statements(shape: str) -> dict[bool, str]:
    """By whether it is for SQLite, which runs on the app's machine and shares its clock."""
    instant = {True: "NULL, NULL", False: f"{STATE}, statement_timestamp()"}
    return {is_sqlite: shape.format(instant=columns) for is_sqlite, columns in instant.items()}


_FIND_KEY = _statements(_COLUMNS + _KEY + _WHERE)
_FIND = {
    column: _statements(_COLUMNS + _COLLECTION + _KEY + _JOINED.replace("{column}", column) + _WHERE)
    for column in ("id", "name")
}


def check_key(direct: Direct, key: str, now: datetime) -> None:
    """Refuse a key that does not count, before anything else is said about the request."""
    rows = direct.read(_FIND_KEY[direct.is_sqlite], {"key_hash": _hash_of(key)})
    _alive(direct, rows, now, of_database=None)


def _hash_of(key: str) -> str:
    """By what the key is found. What cannot be one is told so without asking the database."""
    if not key:
        raise refused("Send an API key: X-API-Key: <key>")
    if not keys.is_well_formed(key):
        raise refused("This is no API key, or a mistyped one: its checksum is wrong.")
    return keys.hashed(key)


def _alive(
    direct: Direct, rows: Sequence[Row], now: datetime, *, of_database: datetime | None
) -> tuple[datetime, Sequence[Any]]:
    """The instant and the row of a key that counts. `of_database` is its instant, if the row is older."""
    if not rows:
        raise refused("The API key is not known here.")
    _state, of_row, revoked_at, expires, *row = rows[0]
    of_database = of_database or of_row
    instant = clock.of_database(of_database) if of_database else now
    if revoked_at is not None:
        raise refused("The API key has been revoked.")
    if expires is not None and direct.instant(expires) <= instant:
        raise refused("The API key has expired.")
    return instant, row


def identify(
    direct: Direct, key: str, wanted: Wanted, collection_type: CollectionType, now: datetime
) -> Poller:
    """Check key and collection, in one query, or a shorter one where nothing was written since."""
    by_name = wanted.name is not None
    parameters = {
        "key_hash": _hash_of(key),
        "wanted": wanted.name if by_name else wanted.id,
        "collection_type": collection_type.name,
    }
    of_database, rows = direct.read_known(_FIND["name" if by_name else "id"][direct.is_sqlite], parameters)
    instant, row = _alive(direct, rows, now, of_database=of_database)
    key_id, user_id, role, collection_id, name, owner_id, revision, is_listed = row
    if collection_id is None or not is_listed or not _actor(user_id, role).may_read(owner_id):
        raise gone()
    return Poller(instant, key_id, collection_id, name, revision)


@lru_cache
def _actor(user_id: int, role: str) -> Actor:
    return Actor(user_id, Role[role])


def refused(why: str) -> DomainError:
    """The refusal of a key."""
    return Unauthenticated(why, headers={"WWW-Authenticate": 'Bearer realm="Spikecast data"'})


def gone() -> NotFound:
    """The refusal of a collection that does not exist for a key."""
    return NotFound("There is no such collection for this API key.")
