"""Previews: the values that polls before, in and after a window would get. No counter advances."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import fsum
from typing import Any

import sqlalchemy as sa

from app.core.timestamps import END_TIMESTAMP, MIN_TIMESTAMP
from app.db import transactions
from app.db.session import db
from app.domain import spike_copies
from app.domain.counter_handover import predict_counters_after
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike import CountersAfter
from app.models.spike_field import hands_back
from app.spikes import service
from app.spikes.conflicts import find_conflicts
from app.spikes.schemas import DEFAULT_INTERVAL_S
from app.spikes.windows import Span
from app.values import Phases, SimulatedField, Value, get_bounds, simulate

MAX_POLLS_IN_WINDOW = 300
"""The maximum number of polls in the window. Before and after it together, as many again are shown."""
MIN_POLLS_BESIDE = 5
"""The minimum number of polls before the window, and also after it."""

Preview = Mapping[str, Any]


def preview_draft(actor: Actor, validated: Validated, now: datetime, rng: random.Random) -> Preview:
    """Preview a new schedule, or changes to a saved one, that have not been saved.

    NotFound is raised if the actor has no such collection or schedule, Invalid if the input is invalid.
    """
    values, errors = validated
    raise_if_errors({} if "collection_id" in values else errors)
    transactions.begin(writes=False)
    if "schedule_id" in values:
        spike = SpikeSchedule.get_for(actor, values["schedule_id"])
        collection = _load_detached(spike.collection, now, spike)
        span = service.apply_changes(spike, validated, now, allow_past=True)
    else:
        collection = _load_detached(Collection.get_for(actor, values["collection_id"]), now)
        spike, span = service.build_draft(collection, validated, now, allow_past=True)
    return _simulate(spike, collection.fields, span, values.get("interval", DEFAULT_INTERVAL_S), rng)


def preview_saved(actor: Actor, spike_id: int, interval: int, now: datetime, rng: random.Random) -> Preview:
    """Preview a saved schedule; an expired one is treated as if it were active again."""
    transactions.begin(writes=False)
    spike = SpikeSchedule.get_for(actor, spike_id)
    fields = _load_detached(spike.collection, now, spike).fields
    spike_copies.resync(spike, fields)
    return _simulate(spike, fields, Span(spike.start_datetime, spike.end_datetime), interval, rng)


def _load_detached(collection: Collection, now: datetime, spike: SpikeSchedule | None = None) -> Collection:
    """Load everything that a preview needs, and detach it from the session, so that changes are never saved.

    The collection's counters are set as the next poll would set them: that poll deletes the other expired
    schedules.
    """
    _ = collection.fields, [copy.spike_schedule for copy in spike.spike_fields] if spike else ()
    others = sa.and_(
        SpikeSchedule.collection_id == collection.id,
        SpikeSchedule.has_status("expired", now),
        SpikeSchedule.id != (spike.id if spike else 0),
    )
    taken_over = predict_counters_after(others)
    db.session.expunge_all()
    for field in collection.fields:
        field.current_number = taken_over.get(field.id, field.current_number)
    return collection


# --- The polls -----------------------------------------------------------------------------------------


def _simulate(
    spike: SpikeSchedule, fields: Sequence[Field], span: Span, interval: int, rng: random.Random
) -> Preview:
    length = span.end - span.start
    step = max(interval, _divide_up(length, timedelta(seconds=MAX_POLLS_IN_WINDOW)))
    polls = _schedule_polls(span, timedelta(seconds=step))
    copy_of = {copy.original_field_id: copy for copy in spike.spike_fields}
    return {
        "interval": step,
        "polls_in_window": _divide_up(length, timedelta(seconds=interval)),
        "start_datetime": span.start,
        "end_datetime": span.end,
        "times": [int(poll.timestamp()) for poll in (*polls.before, *polls.during, *polls.after)],
        "phases": Phases(len(polls.before), len(polls.during), len(polls.after)),
        "fields": [
            _simulate_field(field, copy_of[field.id], spike.counters_after, polls, rng)
            for field in fields
            if field.is_editable
        ],
        **find_conflicts(spike.collection_id, span, ignored_id=spike.id),
    }


def _divide_up(length: timedelta, part: timedelta) -> int:
    """Return how many parts cover the length."""
    return -(-length // part)


def _schedule_polls(span: Span, step: timedelta) -> Phases[list[datetime]]:
    """Return polls at equal steps from the window's start, and for half its length before and after it."""
    during = _divide_up(span.end - span.start, step)
    beside = max(_divide_up(span.end - span.start, 2 * step), MIN_POLLS_BESIDE)
    first = -min(beside, (span.start - MIN_TIMESTAMP) // step)
    end = min(during + beside, _divide_up(END_TIMESTAMP - span.start, step))

    def instants(steps: range) -> list[datetime]:
        return [span.start + number * step for number in steps]

    return Phases(instants(range(first, 0)), instants(range(during)), instants(range(during, end)))


def _simulate_field(
    field: Field,
    copy: SpikeScheduleField,
    counters_after: CountersAfter | None,
    polls: Phases[list[datetime]],
    rng: random.Random,
) -> dict[str, Any]:
    """Return the values of one field in each phase, and their means."""
    simulation = simulate(
        SimulatedField(field.value_type, field.settings, field.current_number),
        SimulatedField(copy.value_type, copy.settings, copy.current_number),
        continues=not copy.is_start_overridden,
        hands_over=hands_back(counters_after, copy.overridden_settings),
        polls=polls,
        rng=rng,
    )
    return {
        "original_field_id": field.id,
        "field_name": field.field_name,
        "value_type": field.value_type,
        "is_overridden": copy.is_overridden,
        "values": [*simulation.before, *simulation.during, *simulation.after],
        "normal": get_bounds(field.value_type, field.settings),
        "mean": Phases(_mean(simulation.before), _mean(simulation.during), _mean(simulation.after)),
    }


def _mean(values: Sequence[Value]) -> float | None:
    """Return the mean of the values, or None if there are none."""
    numbers = [float(value) for value in values]
    if not numbers:
        return None
    try:
        return fsum(numbers) / len(numbers)
    except OverflowError:
        return fsum(number / len(numbers) for number in numbers)
