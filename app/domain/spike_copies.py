"""Synchronization of copies, in schedules that have not ended, with the fields of the collection."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db.session import db
from app.domain import rehearsal_record
from app.models.collection import Field
from app.models.spike import SpikeSchedule
from app.models.spike_field import OVERRIDDEN, SpikeScheduleField
from app.models.spike_queries import refresh_search_text


def on_field_added(field: Field, now: datetime) -> None:
    """Copy a new field to the schedules that have not ended."""
    open_schedules = sa.select(SpikeSchedule.id).where(
        SpikeSchedule.collection_id == field.collection_id, SpikeSchedule.end_datetime > now
    )
    schedule_ids = db.session.scalars(open_schedules).all()
    for schedule_id in schedule_ids:
        copy = SpikeScheduleField.of(field)
        copy.spike_schedule_id = schedule_id
        db.session.add(copy)
    if schedule_ids:
        rehearsal_record.on_field_added(field, now)


def on_field_changed(field: Field, *, kind_changed: bool, now: datetime) -> None:
    """Update a field's copies in schedules that have not ended with its name, type and settings.

    Args:
        field: The changed field.
        kind_changed: Whether its collection type or value type changed. If so, overrides no longer apply and
            are dropped; otherwise they are kept.
        now: The current time.
    """
    copies = (
        sa.select(SpikeScheduleField)
        .join(SpikeSchedule)
        .where(SpikeScheduleField.original_field_id == field.id, SpikeSchedule.end_datetime > now)
    )
    names_changed = False
    overrides: dict[int, SpikeScheduleField] = {}
    for copy in db.session.scalars(copies):
        before = copy.is_overridden, copy.field_name
        _sync_copy(copy, field, kind_changed=kind_changed)
        names_changed |= before[0] and before != (copy.is_overridden, copy.field_name)
        if before[0]:
            overrides[copy.spike_schedule_id] = copy
    if names_changed:
        refresh_search_text(SpikeSchedule.id.in_(_schedules_with(field)))
    if overrides:
        rehearsal_record.on_field_changed(field, overrides, now)


def on_counter_restarted(field: Field, now: datetime) -> None:
    """Restart the copies of a restarted counter that do not override its start.

    All copies in ended schedules are cleared, too: they must not hand back values of the old sequence.
    """
    query = (
        sa.select(SpikeScheduleField, SpikeSchedule.end_datetime)
        .join(SpikeSchedule)
        .where(
            SpikeScheduleField.original_field_id == field.id, SpikeScheduleField.current_number.is_not(None)
        )
    )
    for copy, ends in db.session.execute(query):
        if ends <= now or not copy.is_start_overridden:
            copy.restart_counter()


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


def on_field_deleted(field: Field, now: datetime) -> None:
    """Remove a field from search texts and records of schedules; the database deletes its copies."""
    overriding = _schedules_with(field).where(OVERRIDDEN)
    refresh_search_text(SpikeSchedule.id.in_(overriding), without=field.id)
    rehearsal_record.on_field_deleted(field, overriding, _schedules_with(field).where(~OVERRIDDEN), now)


def _schedules_with(field: Field) -> sa.Select[int]:
    return sa.select(SpikeScheduleField.spike_schedule_id).where(
        SpikeScheduleField.original_field_id == field.id
    )


def resync(schedule: SpikeSchedule, fields: Sequence[Field]) -> None:
    """Update the copies of a reopened schedule, which missed all changes of fields since it ended."""
    present = {copy.original_field_id: copy for copy in schedule.spike_fields}
    for field in fields:
        copy = present.get(field.id)
        if copy is None:
            schedule.spike_fields.append(SpikeScheduleField.of(field))
        else:
            was, kind = (copy.value_type, copy.collection_type), (field.value_type, field.collection_type)
            _sync_copy(copy, field, kind_changed=was != kind)


def _sync_copy(copy: SpikeScheduleField, field: Field, *, kind_changed: bool) -> None:
    if kind_changed or not copy.is_overridden:
        copy.follow(field)
    elif field.counts_integers:
        copy.round_current_number()
    copy.field_name = field.field_name
