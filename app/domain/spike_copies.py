"""A schedule's copies keep step with the collection while the schedule has not ended."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db.session import db
from app.models.collection import Field
from app.models.spike import OVERRIDDEN, SpikeSchedule, SpikeScheduleField, note_names


def field_added(field: Field, now: datetime) -> None:
    """Copy a new field to the schedules that have not ended."""
    open_schedules = sa.select(SpikeSchedule.id).where(
        SpikeSchedule.collection_id == field.collection_id, SpikeSchedule.end_datetime > now
    )
    for schedule_id in db.session.scalars(open_schedules):
        copy = SpikeScheduleField.of(field)
        copy.spike_schedule_id = schedule_id
        db.session.add(copy)


def field_changed(field: Field, *, kind_changed: bool, now: datetime) -> None:
    """Carry a field's new name, type and values over to its copies.

    A copy that is overridden keeps its values, unless the field became another kind of thing
    (`kind_changed`: its collection type or value type), for which they no longer mean anything.
    """
    copies = (
        sa.select(SpikeScheduleField)
        .join(SpikeSchedule)
        .where(SpikeScheduleField.original_field_id == field.id, SpikeSchedule.end_datetime > now)
    )
    names_changed = False
    for copy in db.session.scalars(copies):
        before = copy.is_overridden, copy.field_name
        _keep_step(copy, field, kind_changed=kind_changed)
        names_changed |= before[0] and before != (copy.is_overridden, copy.field_name)
    if names_changed:
        note_names(SpikeSchedule.id.in_(_schedules_with(field)))


def counter_begins_anew(field: Field, now: datetime) -> None:
    """Let the copies without a start of their own follow a field whose counter begins anew.

    Of schedules that have ended no copy may hand back any more: what it counted is over.
    """
    counted = (
        sa.select(SpikeScheduleField, SpikeSchedule.end_datetime)
        .join(SpikeSchedule)
        .where(
            SpikeScheduleField.original_field_id == field.id, SpikeScheduleField.current_number.is_not(None)
        )
    )
    for copy, ends in db.session.execute(counted):
        if ends <= now or not copy.is_start_overridden:
            copy.begin_anew()


def fractional_overrides(field: Field) -> list[SpikeScheduleField]:
    """Return the overridden copies of a counter whose start, step or reset has a fraction, by schedule."""
    overridden = (
        sa.select(SpikeScheduleField)
        .where(SpikeScheduleField.original_field_id == field.id, OVERRIDDEN)
        .order_by(SpikeScheduleField.spike_schedule_id)
        .options(joinedload(SpikeScheduleField.spike_schedule))
    )
    with db.session.no_autoflush:
        return [copy for copy in db.session.scalars(overridden) if not copy.counts_integers]


def field_goes(field: Field) -> None:
    """Its copies go with it, by the database; the schedules that override it are no longer found by it."""
    note_names(SpikeSchedule.id.in_(_schedules_with(field).where(OVERRIDDEN)), without=field.id)


def _schedules_with(field: Field) -> sa.Select[int]:
    return sa.select(SpikeScheduleField.spike_schedule_id).where(
        SpikeScheduleField.original_field_id == field.id
    )


def catch_up(schedule: SpikeSchedule, fields: Sequence[Field]) -> None:
    """Bring a schedule that had ended and comes back into step: it missed what changed meanwhile."""
    present = {copy.original_field_id: copy for copy in schedule.spike_fields}
    for field in fields:
        copy = present.get(field.id)
        if copy is None:
            schedule.spike_fields.append(SpikeScheduleField.of(field))
        else:
            was, kind = (copy.value_type, copy.collection_type), (field.value_type, field.collection_type)
            _keep_step(copy, field, kind_changed=was != kind)


def _keep_step(copy: SpikeScheduleField, field: Field, *, kind_changed: bool) -> None:
    if kind_changed or not copy.is_overridden:
        copy.follow(field)
    elif field.counts_integers:
        copy.round_current_number()
    copy.field_name = field.field_name
