"""What polls around and in a window would get, drawn as the data endpoint draws, with nothing moved."""

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
from app.domain.counter_handover import stands_after
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike import CountersAfter, hands_back
from app.spikes import service
from app.spikes.conflicts import find_conflicts
from app.spikes.schemas import USUAL_INTERVAL
from app.spikes.windows import Span
from app.values import Phases, SimulatedField, Value, get_bounds, simulate

MOST_IN_WINDOW = 300  # and as many before and after it together
LEAST_ASIDE = 5

Preview = Mapping[str, Any]


def of_draft(actor: Actor, given: Validated, now: datetime, rng: random.Random) -> Preview:
    """A schedule that is being written, or a saved one as it is being changed."""
    values, faults = given
    raise_if_errors({} if "collection_id" in values else faults)
    transactions.begin(writes=False)
    if "schedule_id" in values:
        spike = SpikeSchedule.get_for(actor, values["schedule_id"])
        collection = _detached(spike.collection, now, spike)
        span = service.apply_changes(spike, given, now, allow_past=True)
    else:
        collection = _detached(Collection.get_for(actor, values["collection_id"]), now)
        spike, span = service.build_draft(collection, given, now, allow_past=True)
    return _played(spike, collection.fields, span, values.get("interval", USUAL_INTERVAL), rng)


def of_saved(actor: Actor, spike_id: int, interval: int, now: datetime, rng: random.Random) -> Preview:
    """A schedule as it is; one that has ended, as it would be if it came back."""
    transactions.begin(writes=False)
    spike = SpikeSchedule.get_for(actor, spike_id)
    fields = _detached(spike.collection, now, spike).fields
    spike_copies.catch_up(spike, fields)
    return _played(spike, fields, Span(spike.start_datetime, spike.end_datetime), interval, rng)


def _detached(collection: Collection, now: datetime, spike: SpikeSchedule | None = None) -> Collection:
    """Read all that a preview needs and take it out of the session: what is done to it is never written.

    The next poll clears the other schedules that have expired, and the collection's counters take over.
    """
    _ = collection.fields, [copy.spike_schedule for copy in spike.spike_fields] if spike else ()
    others = sa.and_(
        SpikeSchedule.collection_id == collection.id,
        SpikeSchedule.has_status("expired", now),
        SpikeSchedule.id != (spike.id if spike else 0),
    )
    taken_over = stands_after(others)
    db.session.expunge_all()
    for field in collection.fields:
        field.current_number = taken_over.get(field.id, field.current_number)
    return collection


# --- The polls -----------------------------------------------------------------------------------------


def _played(
    spike: SpikeSchedule, fields: Sequence[Field], span: Span, interval: int, rng: random.Random
) -> Preview:
    length = span.end - span.start
    step = max(interval, _parts(length, timedelta(seconds=MOST_IN_WINDOW)))
    polls = _polls(span, timedelta(seconds=step))
    copy_of = {copy.original_field_id: copy for copy in spike.spike_fields}
    return {
        "interval": step,
        "polls_in_window": _parts(length, timedelta(seconds=interval)),
        "start_datetime": span.start,
        "end_datetime": span.end,
        "times": [int(poll.timestamp()) for poll in (*polls.before, *polls.during, *polls.after)],
        "phases": Phases(len(polls.before), len(polls.during), len(polls.after)),
        "fields": [
            _line(field, copy_of[field.id], spike.counters_after, polls, rng)
            for field in fields
            if field.is_editable
        ],
        **find_conflicts(spike.collection_id, span, ignored_id=spike.id),
    }


def _parts(length: timedelta, part: timedelta) -> int:
    """How many parts it takes to cover the length."""
    return -(-length // part)


def _polls(span: Span, step: timedelta) -> Phases[list[datetime]]:
    """Polls at a steady pace, one of them at the start: the window, and half as long before and after it."""
    during = _parts(span.end - span.start, step)
    aside = max(_parts(span.end - span.start, 2 * step), LEAST_ASIDE)
    first = -min(aside, (span.start - MIN_TIMESTAMP) // step)
    end = min(during + aside, _parts(END_TIMESTAMP - span.start, step))

    def at(places: range) -> list[datetime]:
        return [span.start + place * step for place in places]

    return Phases(at(range(first, 0)), at(range(during)), at(range(during, end)))


def _line(
    field: Field,
    copy: SpikeScheduleField,
    counters_after: CountersAfter | None,
    polls: Phases[list[datetime]],
    rng: random.Random,
) -> dict[str, Any]:
    """The values of one field."""
    found = simulate(
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
        "values": [*found.before, *found.during, *found.after],
        "normal": get_bounds(field.value_type, field.settings),
        "mean": Phases(_mean(found.before), _mean(found.during), _mean(found.after)),
    }


def _mean(values: Sequence[Value]) -> float | None:
    """The mean of numbers; of none there is none."""
    numbers = [float(value) for value in values]
    if not numbers:
        return None
    try:
        return fsum(numbers) / len(numbers)
    except OverflowError:
        return fsum(number / len(numbers) for number in numbers)
