"""What a poll would return now, without polling: for previews in pages and API."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.domain.counter_handover import predict_counters_after
from app.generation.authorization import nothing_to_serve
from app.generation.counter_steps import CounterStep
from app.generation.expired_spikes import is_expired
from app.generation.plan import Spike, generate_values, get_steps
from app.generation.plan_loader import load_plan
from app.generation.poll_result import PollResult
from app.models import Actor, Collection, Field, SpikeScheduleField
from app.models.spike_field import continues_counter
from app.values import CollectionType, Exact, State, advance, current_value, first_value


class CounterState(NamedTuple):
    """The present value of a counter, its start, and its reset."""

    last: State
    start: Any
    reset: State


def sample(
    actor: Actor, collection_id: int, collection_type: CollectionType, *, now: datetime, rng: random.Random
) -> PollResult:
    """Return what a poll would return at `now`, from one snapshot. Nothing is written and no counter moves.

    A poll would first delete expired schedules, and the collection's counters would take over from them.

    Raises:
        NotFound: this type of the collection has no fields.
    """
    transactions.begin(writes=False)
    collection = Collection.get_for(actor, collection_id)
    plan = load_plan(collection.id, collection_type, now)
    if plan is None or not plan.fixed:
        raise nothing_to_serve(collection.name, collection_type)
    taken_over = predict_counters_after(is_expired(collection.id, now)) if plan.has_expired else {}
    states = load_counter_states(collection.id, plan.spike, taken_over)
    counters = {each.id: get_next_value(states[each.id], each) for each in get_steps(plan, rng).steps}
    data = generate_values(plan, counters, rng, now)
    return PollResult(collection.name, collection_type, int(now.timestamp()), data, plan.spike, plan.layout)


def load_counter_states(
    collection_id: int, spike: Spike | None, taken_over: Mapping[int, Exact]
) -> Mapping[int, CounterState]:
    """Return the counter states by the ids of what is served: fields, or the copies of an active spike.

    Args:
        collection_id: the collection.
        spike: the active spike, or None.
        taken_over: the values, by field id, that counters take over from expired schedules.
    """
    if spike is None:
        return _load_field_states(collection_id, taken_over)
    return _load_copy_states(spike, taken_over)


def _load_field_states(collection_id: int, taken_over: Mapping[int, Exact]) -> Mapping[int, CounterState]:
    counters = sa.select(Field.id, Field.current_number, Field.start_number, Field.reset_number).where(
        Field.collection_id == collection_id, Field.start_number.is_not(None)
    )
    return {
        id_: CounterState(taken_over.get(id_, last), start, reset)
        for id_, last, start, reset in db.session.execute(counters)
    }


def _load_copy_states(spike: Spike, taken_over: Mapping[int, Exact]) -> Mapping[int, CounterState]:
    copy = SpikeScheduleField
    query = (
        sa.select(copy, Field)
        .join(Field, Field.id == copy.original_field_id)
        .where(copy.spike_schedule_id == spike.id, copy.start_number.is_not(None))
    )
    return {row.id: _get_copy_state(row, field, taken_over) for row, field in db.session.execute(query)}


def _get_copy_state(copy: SpikeScheduleField, field: Field, taken_over: Mapping[int, Exact]) -> CounterState:
    """Return a copy's state; one that has not counted yet may continue the collection's counter."""
    continues = continues_counter(copy.overridden_settings)
    field_value = taken_over.get(field.id, field.current_number)
    last = current_value(copy.current_number, field_value, continues=continues)
    start = first_value(last, copy.start_number, field.start_number, continues=continues)
    return CounterState(last, start, copy.reset_number)


def get_next_value(state: CounterState, step: CounterStep) -> Exact:
    """Return the counter's value after this step."""
    return advance(state.last, start=state.start, step=step.step, reset=state.reset, direction=step.direction)
