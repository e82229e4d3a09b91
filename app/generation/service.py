"""Answering a poll: who asks, what is to be served at this instant, and the values."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core import clock
from app.core.errors import NotFound, Unavailable
from app.db import transactions
from app.db.session import db
from app.domain.counter_handover import hand_back, stands_after
from app.generation import plan_cache
from app.generation.authorization import Ask, Clock, Poller, Pollers, gone, identify
from app.generation.fastpath.connection import Direct
from app.generation.fastpath.counter_update import Move, move
from app.generation.plan import Plan, Spike, moves, values
from app.generation.plan_cache import Plans
from app.models import Actor, Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike import goes_on
from app.values import CollectionType, Exact, State, Value, advance, current_value, first_value

MOST_TRIES = 20


class Reading(NamedTuple):
    """The values of one instant."""

    collection_name: str
    collection_type: CollectionType
    epoch: int
    data: dict[str, Value]
    spike: Spike | None


def read_out(
    direct: Direct, kept: Plans, pollers: Pollers, ask: Ask, *, now: Clock, rng: random.Random
) -> tuple[Reading, Poller]:
    """Fresh values of the wanted collection, for whoever holds this key.

    One query says who asks and which revision the collection has; its plan is read when there is none of
    that revision. Counters move only while all of that is still the same, and otherwise all is asked again:
    so an answer is what the collection serves at one instant, and nothing was locked for it. Where counters
    have been polled before, that they still can be moved says it all, and nothing is asked.
    """
    answer = _served_as_before(direct, kept, pollers.find(ask), ask, now=now(), rng=rng)
    if answer is not None:
        return answer
    for _ in range(MOST_TRIES):
        poller = identify(direct, ask, now)
        collection_id, revision = poller.granted.collection_id, poller.granted.revision
        plan = plan_cache.plan_of(kept, collection_id, ask.collection_type, revision, poller.instant)
        if plan is None:
            raise gone()
        if plan.revision != revision:
            continue  # it was changed since, and the instant is of before
        if plan.has_expired:
            with kept.app.app_context():
                clear_expired(collection_id, poller.instant)
            continue
        if not plan.fixed:
            raise _nothing_to_serve(poller.granted.collection_name, ask.collection_type)
        answer = _served(direct, poller, ask.collection_type, plan, now=poller.instant, rng=rng)
        if answer is not None:
            if plan.counters:
                pollers.keep(ask, poller)
            return answer
    raise Unavailable(
        "The collection is being changed all the time. Try again.", headers={"Retry-After": "1"}
    )


def _served_as_before(
    direct: Direct, kept: Plans, poller: Poller | None, ask: Ask, *, now: datetime, rng: random.Random
) -> tuple[Reading, Poller] | None:
    """The answer by what was known last, if that still holds; counters alone can tell."""
    plan = kept.last((poller.granted.collection_id, ask.collection_type)) if poller else None
    if poller is None or plan is None or plan.has_expired or plan.revision != poller.granted.revision:
        return None
    return _served(direct, poller, ask.collection_type, plan, now=now, rng=rng) if plan.counters else None


def _served(
    direct: Direct,
    poller: Poller,
    collection_type: CollectionType,
    plan: Plan,
    *,
    now: datetime,
    rng: random.Random,
) -> tuple[Reading, Poller] | None:
    """The answer by this plan; None where it does not hold any more, and nothing was done."""
    counted: Mapping[int, Exact] = {}
    if plan.counters:
        since, until = plan.since, min(plan.until, poller.expires_at or plan.until)
        if direct.is_sqlite and not since <= now < until:
            return None
        moved = move(direct, moves(plan, rng), poller.granted, since, until, of_spike=plan.spike is not None)
        if moved is None:
            return None
        counted, instant = moved.numbers, clock.from_database(moved.instant) if moved.instant else now
        poller = poller._replace(instant=instant)
    data = values(plan, counted, rng, poller.instant)
    name = poller.granted.collection_name
    return _reading(name, collection_type, poller.instant, data, plan), poller


def clear_expired(collection_id: int, now: datetime) -> None:
    """Delete the collection's expired schedules: the one place where they go away, no timer does it.

    The collection's counters take over from them in the same transaction, so none counts in between.
    """
    transactions.begin(writes=True)
    locked = sa.select(Collection.id).where(Collection.id == collection_id).with_for_update(key_share=True)
    db.session.execute(locked)
    expired = _expired(collection_id, now)
    hand_back(expired)
    db.session.execute(sa.delete(SpikeSchedule).where(expired))
    db.session.commit()


def _expired(collection_id: int, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(SpikeSchedule.collection_id == collection_id, SpikeSchedule.has_status("expired", now))


def sample(
    actor: Actor, collection_id: int, collection_type: CollectionType, *, now: datetime, rng: random.Random
) -> Reading:
    """What a poll would get at this instant: from one snapshot, with nothing moved and nothing written.

    A poll would first clear expired schedules, and the collection's counters would take over from them.
    """
    transactions.begin(writes=False)
    collection = Collection.get_for(actor, collection_id)
    plan = plan_cache.read(collection.id, collection_type, now)
    if plan is None or not plan.fixed:
        raise _nothing_to_serve(collection.name, collection_type)
    taken_over = stands_after(_expired(collection.id, now)) if plan.has_expired else {}
    stand = _counters_stand(collection.id, plan.spike, taken_over)
    counted = {each.id: _next(stand[each.id], each) for each in moves(plan, rng).each}
    data = values(plan, counted, rng, now)
    return _reading(collection.name, collection_type, now, data, plan)


class _Stand(NamedTuple):
    """Where a counter stands, and where it starts again."""

    last: State
    start: Any
    reset: State


def _counters_stand(
    collection_id: int, spike: Spike | None, taken_over: Mapping[int, Exact]
) -> Mapping[int, _Stand]:
    """Where the counters stand, by the id of what would be served: fields, or copies during a spike.

    `taken_over`: where fields, by id, will stand that take over from an expired schedule.
    """
    if spike is None:
        own = sa.select(Field.id, Field.current_number, Field.start_number, Field.reset_number)
        of_collection = own.where(Field.collection_id == collection_id, Field.start_number.is_not(None))
        return {
            id_: _Stand(taken_over.get(id_, last), start, reset)
            for id_, last, start, reset in db.session.execute(of_collection)
        }
    copy = SpikeScheduleField
    copies = (
        sa.select(
            copy.id,
            copy.overridden_settings,
            Field.id,
            Field.current_number,
            Field.start_number,
            copy.current_number,
            copy.start_number,
            copy.reset_number,
        )
        .join(Field, Field.id == copy.original_field_id)
        .where(copy.spike_schedule_id == spike.id, copy.start_number.is_not(None))
    )
    stand = {}
    for id_, overridden, field_id, collections, collections_start, last, start, reset in db.session.execute(
        copies
    ):
        continues = goes_on(overridden)
        stands = current_value(last, taken_over.get(field_id, collections), continues=continues)
        begins = first_value(stands, start, collections_start, continues=continues)
        stand[id_] = _Stand(stands, begins, reset)
    return stand


def _next(stand: _Stand, move: Move) -> Exact:
    return advance(stand.last, start=stand.start, step=move.step, reset=stand.reset, direction=move.direction)


def _reading(
    name: str, collection_type: CollectionType, now: datetime, data: dict[str, Value], plan: Plan
) -> Reading:
    return Reading(name, collection_type, int(now.timestamp()), data, plan.spike)


def _nothing_to_serve(collection_name: str, collection_type: CollectionType) -> NotFound:
    return NotFound(f"{collection_name!r} has no {collection_type} fields.")
