"""Who polls, and what they may read: the key, its collection, and when it was last used."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from app import clock, database
from app.database import UTCDateTime, db
from app.direct import Direct, Row
from app.errors import DomainError, NotFound, Unauthenticated
from app.models import Actor, ApiKey, Poll, Role
from app.values import CollectionType

NOTE_USE_AFTER = timedelta(minutes=1)
NOTE_USE_PATIENCE = 0.05


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
    last_used_at: datetime | None
    last_polled_at: datetime | None
    collection_id: int
    collection_name: str
    revision: int


_COLUMNS = """
SELECT {instant}, api_keys.revoked_at, api_keys.expires_at,
    api_keys.id, api_keys.user_id, api_keys.last_used_at, users.role"""
_KEY = """
FROM api_keys JOIN users ON users.id = api_keys.user_id"""
_COLLECTION = """,
    collections.id, collections.name, collections.owner_id, collections.revision, polls.polled_at,
    NOT api_keys.is_limited OR EXISTS (
        SELECT 1 FROM api_key_collections AS listed
        WHERE listed.api_key_id = api_keys.id AND listed.collection_id = collections.id
          AND (listed.collection_type IS NULL OR listed.collection_type = :collection_type)
    )"""
_JOINED = """
LEFT JOIN collections ON collections.{column} = :wanted
LEFT JOIN polls ON polls.api_key_id = api_keys.id AND polls.collection_id = collections.id
    AND polls.collection_type = :collection_type"""
_WHERE = """
WHERE api_keys.key_hash = :key_hash"""


def _statements(shape: str) -> dict[bool, str]:
    """By whether it is for SQLite, which runs on the app's machine and shares its clock."""
    return {True: shape.format(instant="NULL"), False: shape.format(instant="statement_timestamp()")}


_FIND_KEY = _statements(_COLUMNS + _KEY + _WHERE)
_FIND = {
    column: _statements(_COLUMNS + _COLLECTION + _KEY + _JOINED.replace("{column}", column) + _WHERE)
    for column in ("id", "name")
}


def check_key(direct: Direct, key_hash: str, now: datetime) -> None:
    """Refuse a key that does not count, before anything else is said about the request."""
    _alive(direct, direct.read(_FIND_KEY[direct.is_sqlite], {"key_hash": key_hash}), now)


def _alive(direct: Direct, rows: Sequence[Row], now: datetime) -> tuple[datetime, Row]:
    """The instant and the row of a key that counts."""
    if not rows:
        raise refused("The API key is not known here.")
    of_database, revoked_at, expires = rows[0][:3]
    instant = clock.of_database(of_database) if of_database else now
    expires_at = direct.instant(expires)
    if revoked_at is not None:
        raise refused("The API key has been revoked.")
    if expires_at is not None and expires_at <= instant:
        raise refused("The API key has expired.")
    return instant, rows[0][3:]


def identify(
    direct: Direct, key_hash: str, wanted: Wanted, collection_type: CollectionType, now: datetime
) -> Poller:
    """Check key and collection, in one query. Nothing of it is kept: the next poll asks again."""
    by_name = wanted.name is not None
    parameters = {
        "key_hash": key_hash,
        "wanted": wanted.name if by_name else wanted.id,
        "collection_type": collection_type.name,
    }
    rows = direct.read(_FIND["name" if by_name else "id"][direct.is_sqlite], parameters)
    instant, row = _alive(direct, rows, now)
    key_id, user_id, used_at, role, collection_id, name, owner_id, revision, polled_at, is_listed = row
    if collection_id is None or not is_listed or not Actor(user_id, Role[role]).may_read(owner_id):
        raise gone()
    return Poller(
        instant,
        key_id,
        direct.instant(used_at),
        direct.instant(polled_at),
        collection_id,
        name,
        revision,
    )


def refused(why: str) -> DomainError:
    """The refusal of a key."""
    return Unauthenticated(why, headers={"WWW-Authenticate": 'Bearer realm="Spikecast data"'})


def gone() -> NotFound:
    """The refusal of a collection that does not exist for a key."""
    return NotFound("There is no such collection for this API key.")


# --- When a key was last used, and for what ------------------------------------------------------------


def is_due(poller: Poller) -> bool:
    """Whether there is anything to note of this poll: at most once a minute, or every read would be a
    write."""
    return _is_long_ago(poller.last_used_at, poller.instant) or _is_long_ago(
        poller.last_polled_at, poller.instant
    )


def notes(poller: Poller, collection_type: CollectionType) -> list[sa.Executable]:
    """What is to be noted of this poll: of the key, and of the key with this collection."""
    notes: list[sa.Executable] = []
    now = poller.instant
    if _is_long_ago(poller.last_used_at, now):
        notes.append(sa.update(ApiKey).where(ApiKey.id == poller.key_id).values(last_used_at=now))
    if _is_long_ago(poller.last_polled_at, now):
        notes.append(_poll(poller, collection_type, now))
    return notes


def _is_long_ago(noted_at: datetime | None, now: datetime) -> bool:
    return noted_at is None or now - noted_at >= NOTE_USE_AFTER


def _poll(poller: Poller, collection_type: CollectionType, now: datetime) -> sa.Executable:
    """The row of this poll, unless the key is gone: a row that names it could not be written then."""
    of_dialect = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = (
        sa.select(
            ApiKey.id,
            sa.literal(poller.collection_id),
            sa.literal(collection_type, Poll.collection_type.type),
            sa.literal(now, UTCDateTime),
        )
        .where(ApiKey.id == poller.key_id)
        .with_for_update(read=True, key_share=True)
    )
    return (
        of_dialect(Poll)
        .from_select(["api_key_id", "collection_id", "collection_type", "polled_at"], row)
        .on_conflict_do_update(
            index_elements=["api_key_id", "collection_id", "collection_type"], set_={"polled_at": now}
        )
    )


def note_use(poller: Poller, collection_type: CollectionType) -> None:
    """Note a poll, where that is due; it neither waits nor fails for that."""
    try:
        database.begin(writes=True, patience=NOTE_USE_PATIENCE)
        for note in notes(poller, collection_type):
            db.session.execute(note)
        db.session.commit()
    except DBAPIError:
        db.session.rollback()
