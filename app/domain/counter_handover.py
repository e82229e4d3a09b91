"""Handover of counters after a spike: the collection's counters continue those of the schedule's copies.

`models.spike_field.hands_back` decides which copies are handed over. The caller of `hand_over_counters` holds
the lock of the collection. Polls take the same lock to advance counters, so no copy advances until the
transaction ends.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.session import db
from app.models.collection import Field, counts_backwards
from app.models.spike import SpikeSchedule
from app.models.spike_field import SpikeScheduleField, hands_back
from app.values import (
    EXACT_SETTING_NAMES,
    counts_integers,
    get_direction,
    round_in_direction,
)


class _Takeover(NamedTuple):
    number: Decimal
    is_backwards: bool


def predict_counters_after(deleted: sa.ColumnElement[bool]) -> Mapping[int, Decimal]:
    """Return by field id the values that counters will have once these schedules are deleted.

    Counters that keep their value are left out.
    """
    return {id_: takeover.number for id_, takeover in _find_takeovers(deleted).items()}


def hand_over_counters(deleted: sa.ColumnElement[bool]) -> None:
    """Set the collection's counters from the copies in these schedules, which are about to be deleted."""
    forwards: list[dict[str, Any]] = []
    backwards: list[dict[str, Any]] = []
    for id_, (number, is_backwards) in _find_takeovers(deleted).items():
        (backwards if is_backwards else forwards).append({"field": id_, "number": number})
    fields: Any = Field.__table__
    taken_over = (
        sa.update(fields)
        .where(fields.c.id == sa.bindparam("field"))
        .values(current_number=sa.bindparam("number"))
    )
    if forwards:
        # `updated_at` keeps its value, because users have not changed the fields.
        db.session.execute(taken_over.values(updated_at=fields.c.updated_at), forwards)
    if backwards:
        db.session.execute(taken_over, backwards)


def _find_takeovers(deleted: sa.ColumnElement[bool]) -> dict[int, _Takeover]:
    copy, schedule = SpikeScheduleField, SpikeSchedule
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Field.id,
            Field.value_type,
            Field.current_number,
            copy.current_number,
            schedule.counters_after,
            copy.overridden_settings,
            *(getattr(Field, name) for name in EXACT_SETTING_NAMES),
        )
        .select_from(copy)
        .join(schedule, schedule.id == copy.spike_schedule_id)
        .join(Field, Field.id == copy.original_field_id)
        .where(deleted, copy.current_number.is_not(None), copy.value_type == Field.value_type)
        # Sorted by window, so that the latest schedule determines the value.
        .order_by(schedule.end_datetime, schedule.start_datetime, schedule.id)
    )
    takeovers = {}
    for id_, value_type, before, number, counters_after, overridden, *counting in db.session.execute(query):
        if hands_back(counters_after, overridden):
            # The field may count in whole numbers by now; then it takes no fraction.
            if counts_integers(dict(zip(EXACT_SETTING_NAMES, counting, strict=True))):
                number = Decimal(round_in_direction(number, get_direction(value_type)))
            takeovers[id_] = _Takeover(number, counts_backwards(value_type, before, number))
    return takeovers
