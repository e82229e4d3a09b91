"""Spike schedules."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from app.db.session import Base, db
from app.models.actor import Actor
from app.models.collection import Collection, CollectionPart
from app.models.mixins import MAX_NAME_LENGTH, Timestamps, Window

if TYPE_CHECKING:
    from app.models.spike_field import SpikeScheduleField

OVERLAP = "spike_no_overlap"
"""The name of the PostgreSQL exclusion constraint and of the SQLite triggers that refuse overlaps."""


class CountersAfter(StrEnum):
    """The rule for all counters of a collection after a schedule's window."""

    CONTINUE = "continue"
    """Continue from the last values of the schedule's copies."""
    RESUME = "resume"
    """Resume from the values before the window."""


class SpikeSchedule(CollectionPart, Timestamps, Window, Base):
    """A window in which polls of a collection are served from copies of its fields, some overridden."""

    NOUN = "spike schedule"

    __tablename__ = "spike_schedules"
    __table_args__ = (
        # Only a schedule that was ended at its start has an empty window. The API accepts none.
        sa.CheckConstraint("start_datetime <= end_datetime", name="window"),
        sa.Index(None, "collection_id", "start_datetime", "end_datetime"),
        sa.Index("ix_spike_schedules_window", "start_datetime", "end_datetime"),
        # For lists: the columns they are sorted by, and the id as a tie-breaker.
        *(sa.Index(None, column, "id") for column in ("end_datetime", "name", "created_at")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(sa.ForeignKey("collections.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    counters_after: Mapped[CountersAfter | None] = mapped_column(
        sa.Enum(
            CountersAfter,
            native_enum=False,
            length=20,
            name="counters_after",
            values_callable=lambda members: [member.value for member in members],
        )
    )
    # The lower-case names of the schedule and of the fields that it overrides. It is set by
    # `spike_queries.refresh_search_text`.
    searched: Mapped[str] = mapped_column(sa.Text, server_default="", deferred=True)

    if TYPE_CHECKING:
        rehearsal_id: InstrumentedAttribute[int | None]  # mapped in models.rehearsal
        warnings: list[str]
    else:
        warnings = ()  # about what was just saved, set by spikes.service

    collection: Mapped[Collection] = relationship()
    spike_fields: Mapped[list["SpikeScheduleField"]] = relationship(
        back_populates="spike_schedule",
        order_by="SpikeScheduleField.original_field_id",
        passive_deletes="all",
    )

    @property
    def collection_name(self) -> str:
        """The collection's name."""
        return self.collection.name

    @staticmethod
    def readable(query: sa.Select[*tuple[Any, ...]], actor: Actor) -> sa.Select[*tuple[Any, ...]]:
        """Return the query, limited to the schedules that this actor may see. Admins see all."""
        if actor.is_admin:
            return query
        own = sa.select(Collection.id).where(actor.readable(Collection.owner_id))
        return query.where(SpikeSchedule.collection_id.in_(own))

    @staticmethod
    def conflicts(
        collection_id: int, start: datetime, end: datetime, *, but: int | None = None
    ) -> list["SpikeSchedule"]:
        """Return the collection's schedules that overlap `[start, end)`, earliest first.

        `but` is the id of a schedule to ignore.
        """
        query = (
            sa.select(SpikeSchedule)
            .where(SpikeSchedule.collection_id == collection_id, SpikeSchedule.overlaps(start, end))
            .where(SpikeSchedule.id != (but or 0))
            .order_by(SpikeSchedule.start_datetime)
        )
        return list(db.session.scalars(query))

    @staticmethod
    def next_free_start(
        collection_id: int, start: datetime, length: timedelta, *, but: int | None = None
    ) -> datetime:
        """Return the earliest time from `start` on at which a window of this length is free.

        `but` is the id of a schedule to ignore. If the window would end after year 9999, OverflowError is
        raised.
        """
        windows = db.session.execute(
            sa.select(SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
            .where(SpikeSchedule.collection_id == collection_id, SpikeSchedule.end_datetime > start)
            .where(SpikeSchedule.id != (but or 0))
            .order_by(SpikeSchedule.start_datetime)
        )
        return first_gap([(row.start_datetime, row.end_datetime) for row in windows], start, length)


def first_gap(windows: list[tuple[datetime, datetime]], start: datetime, length: timedelta) -> datetime:
    """Return the first time from `start` on at which `length` fits between the sorted `windows`."""
    for taken_from, taken_until in windows:
        if start + length <= taken_from:
            break
        start = max(start, taken_until)
    return start
