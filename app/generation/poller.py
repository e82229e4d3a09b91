"""Who polls, and what they may read: the key, its collection, and when it was last used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from app import database
from app.database import UTCDateTime, db
from app.errors import DomainError, NotFound, Unauthenticated
from app.models import Actor, ApiKey, ApiKeyCollection, Collection, Field, Poll, SpikeSchedule, User
from app.values import DIRECTIONS, CollectionType

NOTE_USE_AFTER = timedelta(minutes=1)
NOTE_USE_PATIENCE = 0.05


@dataclass(frozen=True)
class Poller:
    """Whose key it is and what it asks for."""

    key_id: int
    last_used_at: datetime | None
    last_polled_at: datetime | None
    collection_id: int
    collection_name: str
    needs_write: bool


def check_key(key_hash: str, now: datetime) -> None:
    """Refuse a key that does not count, before anything else is said about the request."""
    query = sa.select(ApiKey.revoked_at, ApiKey.expires_at).where(ApiKey.key_hash == key_hash)
    _alive(db.session.execute(query).one_or_none(), now)


def _alive(row: Any, now: datetime) -> Any:
    """The row of a key that counts."""
    if row is None:
        raise refused("The API key is not known here.")
    if row.revoked_at is not None:
        raise refused("The API key has been revoked.")
    if row.expires_at is not None and row.expires_at <= now:
        raise refused("The API key has expired.")
    return row


def identify(
    key_hash: str, wanted: sa.ColumnElement[bool], collection_type: CollectionType, now: datetime
) -> Poller:
    """Check key and collection, in one query."""
    found = db.session.execute(_poller_query(wanted, collection_type, now), {"key_hash": key_hash})
    row = _alive(found.one_or_none(), now)
    owner = Actor(row.user_id, row.role)
    if row.collection_id is None or not owner.may_read(row.owner_id) or not row.is_listed:
        raise NotFound("There is no such collection for this API key.")
    return Poller(
        row.key_id,
        row.last_used_at,
        row.polled_at,
        row.collection_id,
        row.collection_name,
        row.needs_write,
    )


def refused(why: str) -> DomainError:
    """The refusal of a key."""
    return Unauthenticated(why, headers={"WWW-Authenticate": 'Bearer realm="Spikecast data"'})


def _poller_query(
    wanted: sa.ColumnElement[bool], collection_type: CollectionType, now: datetime
) -> sa.Select[*tuple[Any, ...]]:
    listed = sa.exists().where(
        ApiKeyCollection.api_key_id == ApiKey.id,
        ApiKeyCollection.collection_id == Collection.id,
        sa.or_(
            ApiKeyCollection.collection_type.is_(None), ApiKeyCollection.collection_type == collection_type
        ),
    )
    counts = sa.exists().where(
        Field.collection_id == Collection.id,
        Field.collection_type == collection_type,
        Field.value_type.in_(tuple(DIRECTIONS)),
    )
    expired = sa.exists().where(
        SpikeSchedule.collection_id == Collection.id, SpikeSchedule.has_status("expired", now)
    )
    return (
        sa.select(
            ApiKey.id.label("key_id"),
            ApiKey.user_id,
            ApiKey.revoked_at,
            ApiKey.expires_at,
            ApiKey.last_used_at,
            Poll.polled_at,
            User.role,
            Collection.id.label("collection_id"),
            Collection.name.label("collection_name"),
            Collection.owner_id,
            sa.or_(sa.not_(ApiKey.is_limited), listed).label("is_listed"),
            sa.or_(counts, expired).label("needs_write"),
        )
        .join(User, User.id == ApiKey.user_id)
        .outerjoin(Collection, wanted)
        .outerjoin(
            Poll,
            sa.and_(
                Poll.api_key_id == ApiKey.id,
                Poll.collection_id == Collection.id,
                Poll.collection_type == collection_type,
            ),
        )
        .where(ApiKey.key_hash == sa.bindparam("key_hash"))
    )


def lock(poller: Poller) -> None:
    """Lock the collection, as everybody does who changes it."""
    locked = (
        sa.select(Collection.id).where(Collection.id == poller.collection_id).with_for_update(key_share=True)
    )
    if db.session.scalar(locked) is None:
        raise NotFound("There is no such collection for this API key.")


# --- When a key was last used, and for what ------------------------------------------------------------


def notes(poller: Poller, collection_type: CollectionType, now: datetime) -> list[sa.Executable]:
    """What is to be noted of this poll: each at most once a minute, or every read would be a write."""
    notes: list[sa.Executable] = []
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


def note_use(poller: Poller, collection_type: CollectionType, now: datetime) -> None:
    """Note a poll that only read; it neither waits nor fails for that."""
    due = notes(poller, collection_type, now)
    if not due:
        return
    try:
        database.begin(writes=True, patience=NOTE_USE_PATIENCE)
        for note in due:
            db.session.execute(note)
        db.session.commit()
    except DBAPIError:
        db.session.rollback()
