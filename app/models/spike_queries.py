"""Queries and updates of many spike schedules at once."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.db.expressions import lower
from app.db.session import db
from app.models.collection import Collection
from app.models.spike import SpikeSchedule
from app.models.spike_field import OVERRIDDEN, SpikeScheduleField


def attach_current_spike(collections: Sequence[Collection], now: datetime) -> None:
    """Set `spike` of each collection to its active schedule, or else to its next one, in one query."""
    first_to_end = (
        sa.func.row_number()
        .over(partition_by=SpikeSchedule.collection_id, order_by=SpikeSchedule.end_datetime)
        .label("place")
    )
    ranked = (
        sa.select(SpikeSchedule.id, first_to_end)
        .where(
            SpikeSchedule.collection_id.in_([collection.id for collection in collections]),
            SpikeSchedule.end_datetime > now,
        )
        .subquery()
    )
    query = sa.select(SpikeSchedule).join(ranked, ranked.c.id == SpikeSchedule.id).where(ranked.c.place == 1)
    spikes = {spike.collection_id: spike for spike in db.session.scalars(query)}
    for collection in collections:
        collection.spike = spikes.get(collection.id)


def refresh_search_text(which: sa.ColumnElement[bool], *, without: int | None = None) -> None:
    """Store the search text of these schedules: their name and the names of the fields that they override.

    Searching one stored text is many times faster than searching the copies of all schedules.

    Args:
        which: The condition that selects the schedules.
        without: The id of a field to leave out, because it is about to be deleted.
    """
    db.session.flush()  # the UPDATE reads the names from the database
    copy = SpikeScheduleField
    overridden = (
        sa.select("\n" + sa.func.aggregate_strings(copy.field_name, "\n"))
        .where(
            copy.spike_schedule_id == SpikeSchedule.id, copy.original_field_id != (without or 0), OVERRIDDEN
        )
        .correlate(SpikeSchedule)
        .scalar_subquery()
    )
    names = lower(SpikeSchedule.name + sa.func.coalesce(overridden, ""))
    update = sa.update(SpikeSchedule).where(which)
    # `updated_at` keeps its value, because users have not changed the schedule.
    update = update.values(searched=names, updated_at=SpikeSchedule.updated_at)
    db.session.execute(update, execution_options={"synchronize_session": False})
