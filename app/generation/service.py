"""Answering a poll: which key, which collection, spike or not, and the values of one instant."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from app import database
from app.database import UTCDateTime, db
from app.errors import DomainError, NotFound, Unauthenticated
from app.models import (
    Actor,
    ApiKey,
    ApiKeyCollection,
    Collection,
    Field,
    Poll,
    SpikeSchedule,
    SpikeScheduleField,
    User,
)
from app.models.counters import Move, move
from app.values import (
    DIRECTIONS,
    SETTING_NAMES,
    CollectionType,
    Settings,
    State,
    Value,
    draw,
    plain,
    random_step,
    standing,
)

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


@dataclass(frozen=True)
class Spike:
    """The schedule that is active at the instant of a poll."""

    id: int
    ends: datetime


@dataclass(frozen=True)
class Reading:
    """The values of one instant."""

    collection_name: str
    collection_type: CollectionType
    epoch: int
    data: dict[str, Value]
    spike: Spike | None


class _MustWrite(Exception):
    """What was to be read only has a counter to move or a schedule to clear away after all."""


def read_out(
    key_hash: str,
    wanted: sa.ColumnElement[bool],
    collection_type: CollectionType,
    *,
    now: datetime,
    rng: random.Random,
) -> Reading:
    """Fresh values of the collection that `wanted` tells, for whoever holds this key.

    A poll that moves no counter and meets no expired schedule only reads, from one snapshot. Any other
    locks the collection first, as everybody does who changes it: so what it reads stays true until it
    commits. Either way the number of queries is the same for any number of fields and schedules.
    """
    database.begin(writes=False)
    poller = _poller(key_hash, wanted, collection_type, now)
    if not poller.needs_write:
        try:
            reading = _read(poller, collection_type, now, rng, may_write=False)
        except _MustWrite:
            pass
        else:
            _note_use(poller, collection_type, now)
            return reading
    database.begin(writes=True)
    _lock(poller)
    reading = _read(poller, collection_type, now, rng, may_write=True)
    for note in _notes(poller, collection_type, now):
        db.session.execute(note)
    return reading


def sample(
    actor: Actor, collection_id: int, collection_type: CollectionType, *, now: datetime, rng: random.Random
) -> Reading:
    """What a poll would get at this instant: from one snapshot, with nothing moved and nothing written."""
    database.begin(writes=False)
    collection = Collection.get_for(actor, collection_id)
    spike, _ = _spike_at(collection.id, now)
    rows = _rows(collection.id, collection_type, spike)
    if not rows:
        raise _nothing_to_serve(collection.name, collection_type)
    states = _states(collection.id, spike)
    data = {
        row.field_name: draw(row.value_type, cast(Settings, row._mapping), states.get(row.id), rng, now)[0]
        for row in rows
    }
    return Reading(collection.name, collection_type, int(now.timestamp()), data, spike)


# --- Who asks for what ---------------------------------------------------------------------------------


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


def _poller(
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


def _lock(poller: Poller) -> None:
    locked = (
        sa.select(Collection.id).where(Collection.id == poller.collection_id).with_for_update(key_share=True)
    )
    if db.session.scalar(locked) is None:
        raise NotFound("There is no such collection for this API key.")


# --- The values ----------------------------------------------------------------------------------------


def _read(
    poller: Poller, collection_type: CollectionType, now: datetime, rng: random.Random, *, may_write: bool
) -> Reading:
    """The values at `now`; raises _MustWrite where it may not write but would have to."""
    spike, has_expired = _spike_at(poller.collection_id, now)
    rows = _rows(poller.collection_id, collection_type, spike)
    if not may_write and (has_expired or any(row.value_type in DIRECTIONS for row in rows)):
        raise _MustWrite
    if has_expired:
        # The one place where expired schedules go away: no timer does it.
        db.session.execute(
            sa.delete(SpikeSchedule).where(
                SpikeSchedule.collection_id == poller.collection_id, SpikeSchedule.has_status("expired", now)
            )
        )
    if not rows:
        if has_expired:
            db.session.commit()  # the refusal must not bring them back
        raise _nothing_to_serve(poller.collection_name, collection_type)
    data = _values(rows, now, rng, of_spike=spike is not None)
    return Reading(poller.collection_name, collection_type, int(now.timestamp()), data, spike)


def _nothing_to_serve(collection_name: str, collection_type: CollectionType) -> NotFound:
    return NotFound(f"{collection_name!r} has no {collection_type} fields.")


def _spike_at(collection_id: int, now: datetime) -> tuple[Spike | None, bool]:
    """The schedule that is active at `now`, and whether there are expired ones to clear away.

    The active one and one expired one are all that is asked for, however many there are.
    """
    columns = (SpikeSchedule.id, SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
    of_collection = SpikeSchedule.collection_id == collection_id
    last_to_end = (
        sa.select(*columns)
        .where(of_collection, SpikeSchedule.start_datetime <= now)
        .order_by(SpikeSchedule.end_datetime.desc())
        .limit(2)
    )
    begun = db.session.execute(last_to_end).all()
    active = next((row for row in begun if row.end_datetime > now), None)
    return Spike(active.id, active.end_datetime) if active else None, any(
        row.end_datetime <= now for row in begun
    )


def _rows(collection_id: int, collection_type: CollectionType, spike: Spike | None) -> Sequence[sa.Row[Any]]:
    """The fields to serve, in the order in which they were created: the copies during a spike."""
    if spike is None:
        table: Any = Field
        query = sa.select(sa.literal(value=False).label("goes_on"))
        query = query.where(Field.collection_id == collection_id).order_by(Field.id)
    else:
        table = SpikeScheduleField
        query = sa.select(SpikeScheduleField.overridden_settings)
        query = query.where(SpikeScheduleField.spike_schedule_id == spike.id)
        query = query.order_by(SpikeScheduleField.original_field_id)
    columns = [getattr(table, name) for name in ("id", "field_name", "value_type", *SETTING_NAMES)]
    query = query.add_columns(*columns).where(table.collection_type == collection_type)
    return db.session.execute(query).all()


def _states(collection_id: int, spike: Spike | None) -> Mapping[int, State]:
    """Where the counters stand, by the id of what would be served: fields, or copies during a spike."""
    own = sa.select(Field.id, Field.current_number).where(Field.collection_id == collection_id)
    if spike is None:
        return dict(db.session.execute(own).all())
    copy = SpikeScheduleField
    copies = (
        sa.select(copy.id, copy.overridden_settings, copy.current_number, Field.current_number)
        .join(Field, Field.id == copy.original_field_id)
        .where(copy.spike_schedule_id == spike.id)
    )
    return {
        copy_id: standing(state, collections, goes_on="start_number" not in overridden)
        for copy_id, overridden, state, collections in db.session.execute(copies)
    }


def _values(
    rows: Sequence[sa.Row[Any]], now: datetime, rng: random.Random, *, of_spike: bool
) -> dict[str, Value]:
    """The value of each field; the counters among them move in one statement."""
    moves = [
        Move(
            id=row.id,
            step=random_step(row.step_number, row.randomization_percentage, rng),
            direction=DIRECTIONS[row.value_type],
            goes_on=of_spike and "start_number" not in row.overridden_settings,
        )
        for row in rows
        if row.value_type in DIRECTIONS
    ]
    counted = move(db.session.connection(), moves, of_spike=of_spike)
    return {
        row.field_name: plain(counted[row.id])
        if row.id in counted
        else draw(row.value_type, cast(Settings, row._mapping), None, rng, now)[0]
        for row in rows
    }


# --- When a key was last used, and for what ------------------------------------------------------------


def _notes(poller: Poller, collection_type: CollectionType, now: datetime) -> list[sa.Executable]:
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


def _note_use(poller: Poller, collection_type: CollectionType, now: datetime) -> None:
    """Note a poll that only read; it neither waits nor fails for that."""
    notes = _notes(poller, collection_type, now)
    if not notes:
        return
    try:
        database.begin(writes=True, patience=NOTE_USE_PATIENCE)
        for note in notes:
            db.session.execute(note)
        db.session.commit()
    except DBAPIError:
        db.session.rollback()
