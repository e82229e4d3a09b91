"""Answering a poll: spike or not, expired or not, and the values of one instant."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from app import database
from app.database import db
from app.errors import NotFound
from app.generation.poller import Poller, identify, lock, note_use, notes
from app.models import (
    Actor,
    Collection,
    Field,
    SpikeSchedule,
    SpikeScheduleField,
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
    poller = identify(key_hash, wanted, collection_type, now)
    if not poller.needs_write:
        try:
            reading = _read(poller, collection_type, now, rng, may_write=False)
        except _MustWrite:
            pass
        else:
            note_use(poller, collection_type, now)
            return reading
    database.begin(writes=True)
    lock(poller)
    reading = _read(poller, collection_type, now, rng, may_write=True)
    for note in notes(poller, collection_type, now):
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
