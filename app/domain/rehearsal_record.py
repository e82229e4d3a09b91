"""Keep the record of a spike, its rehearsal, in step with the schedule: always in the same transaction.

The caller has locked the collection. What a schedule is deleted with, or loses after its end, stays in its
record.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

import config
from app.db.session import db
from app.db.types import encode_parameters
from app.domain import expectations
from app.domain.rehearsal_retention import prune_at_intervals
from app.models import Actor, Field, Rehearsal, RehearsalPoll, SpikeSchedule, SpikeScheduleField
from app.values import get_spec

_bound = 10_000


def configure(settings: config.Settings) -> None:
    """Set how many rehearsals are kept. Called once, when the app is created."""
    global _bound
    _bound = settings.rehearsals


def on_scheduled(spike: SpikeSchedule, actor: Actor | None, now: datetime) -> None:
    """Record a new schedule, whose fields have been read back."""
    values = {
        "collection_id": spike.collection_id,
        "spike_schedule_id": spike.id,
        "created_by_id": actor and actor.user_id,
        "created_by_name": (actor and actor.name) or None,
        "created_at": now,
        **_describe(spike),
    }
    id_ = db.session.scalars(sa.insert(Rehearsal).returning(Rehearsal.id), [values]).one()
    set_committed_value(spike, "rehearsal_id", id_)
    prune_at_intervals(id_, _bound, now)


def on_changed(spike: SpikeSchedule, now: datetime, *, previous_start: datetime | None = None) -> None:
    """Record the present name, window and overrides of a schedule, whose fields have been read back.

    A record that retention or a user has deleted begins again. If the start was moved past all polls of a
    key, they belong to no window any more and are forgotten.
    """
    update = sa.update(Rehearsal).where(Rehearsal.spike_schedule_id == spike.id).values(_describe(spike))
    options = {"synchronize_session": False}
    returned = update.returning(Rehearsal.id, Rehearsal.decided_by)
    row = db.session.execute(returned, execution_options=options).one_or_none()
    if row is None:
        on_scheduled(spike, None, now)
        return
    set_committed_value(spike, "rehearsal_id", row.id)
    if previous_start is not None and previous_start <= now and previous_start < spike.start_datetime:
        earlier = RehearsalPoll.last_polled_at < spike.start_datetime
        db.session.execute(sa.delete(RehearsalPoll).where(RehearsalPoll.rehearsal_id == row.id, earlier))
    if row.decided_by is not None:
        expectations.on_window_changed(row.id, now)


def on_deleted(spike: SpikeSchedule, now: datetime) -> None:
    """Record that a schedule is deleted; after its end, that is nothing new."""
    if spike.end_datetime > now:
        update = sa.update(Rehearsal).where(Rehearsal.spike_schedule_id == spike.id)
        db.session.execute(update.values(cancelled_at=now), execution_options={"synchronize_session": False})


def on_restored(spike: SpikeSchedule, now: datetime) -> None:
    """Record that a deleted schedule is back, with the polls and all else that its record has."""
    update = sa.update(Rehearsal).where(Rehearsal.spike_schedule_id == spike.id)
    db.session.execute(update.values(cancelled_at=None), execution_options={"synchronize_session": False})
    on_changed(spike, now)


def _describe(spike: SpikeSchedule) -> dict[str, Any]:
    """Return the columns that follow the schedule."""
    overrides = [describe_override(copy, copy.original) for copy in spike.spike_fields if copy.is_overridden]
    return {
        "name": spike.name,
        "start_datetime": spike.start_datetime,
        "end_datetime": spike.end_datetime,
        "spec": {"counters_after": spike.counters_after, "overrides": overrides},
        "unchanged_fields": len(spike.spike_fields) - len(overrides),
    }


def describe_override(copy: SpikeScheduleField, field: Field) -> dict[str, Any]:
    """Return an overridden copy as JSON: the settings of the spike, and those that its field has normally."""
    normal = get_spec(field.value_type).setting_names
    return {
        "field_id": field.id,
        "field_name": field.field_name,
        "value_type": field.value_type,
        "settings": encode_parameters({name: getattr(copy, name) for name in copy.overridden_settings}),
        "normal": encode_parameters({name: getattr(field, name) for name in normal}),
    }


# --- Changes of fields, while the schedule has not ended --------------------------------------------------


def on_field_added(field: Field, now: datetime) -> None:
    """Count a field that was added to the schedules of its collection that have not ended."""
    _count_unchanged(+1, Rehearsal.collection_id == field.collection_id, now)


def on_field_changed(field: Field, overrides: Mapping[int, SpikeScheduleField], now: datetime) -> None:
    """Follow a change of a field that schedules override, or did until now.

    Args:
        field: The changed field.
        overrides: Its copies by schedule, after the change; those that are no longer overridden, too.
        now: The current time.
    """
    schedules = sa.select(SpikeScheduleField.spike_schedule_id).where(
        SpikeScheduleField.original_field_id == field.id
    )
    for rehearsal in db.session.scalars(_open_rehearsals(schedules, now)):
        copy = overrides.get(rehearsal.spike_schedule_id)
        if copy is not None:
            override = describe_override(copy, field) if copy.is_overridden else None
            _replace_override(rehearsal, field.id, override)
            rehearsal.unchanged_fields += override is None


def on_field_deleted(field: Field, overriding: sa.Select[int], others: sa.Select[int], now: datetime) -> None:
    """Forget a field that is about to be deleted.

    Args:
        field: The field.
        overriding: Selects the ids of the schedules that override it.
        others: Selects those that have a copy and do not.
        now: The current time.
    """
    for rehearsal in db.session.scalars(_open_rehearsals(overriding, now)):
        _replace_override(rehearsal, field.id, None)
    _count_unchanged(-1, Rehearsal.spike_schedule_id.in_(others), now)


def _open_rehearsals(schedules: sa.Select[int], now: datetime) -> sa.Select[Rehearsal]:
    return sa.select(Rehearsal).where(
        Rehearsal.spike_schedule_id.in_(schedules), Rehearsal.end_datetime > now
    )


def _replace_override(rehearsal: Rehearsal, field_id: int, override: dict[str, Any] | None) -> None:
    """Put another snapshot of a field's override in its place, or none."""
    overrides = [override if each["field_id"] == field_id else each for each in rehearsal.spec["overrides"]]
    rehearsal.spec = rehearsal.spec | {"overrides": [each for each in overrides if each is not None]}


def _count_unchanged(more: int, which: sa.ColumnElement[bool], now: datetime) -> None:
    update = sa.update(Rehearsal).where(which, Rehearsal.end_datetime > now, Rehearsal.cancelled_at.is_(None))
    db.session.execute(
        update.values(unchanged_fields=Rehearsal.unchanged_fields + more),
        execution_options={"synchronize_session": False},
    )
