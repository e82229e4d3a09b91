"""Rehearsals: the record that every spike leaves, and who polled it."""

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    column_property,
    joinedload,
    mapped_column,
    relationship,
)

from app.core.errors import NotFound
from app.db.session import Base, db
from app.db.types import UtcDateTime, decode_parameters
from app.models.actor import Actor
from app.models.collection import Collection, CollectionPart
from app.models.mixins import MAX_NAME_LENGTH, Timestamps, Window
from app.models.spike import CountersAfter, SpikeSchedule


class RehearsalState(StrEnum):
    """What became of a spike, as far as its window and its deletion tell."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    OBSERVED = "observed"
    CANCELLED = "cancelled"


def get_state(start: datetime, end: datetime, cancelled_at: datetime | None, now: datetime) -> RehearsalState:
    """Return the state of a spike at `now`; `cancelled_at` is when it was deleted before its end."""
    if cancelled_at is not None:
        return RehearsalState.CANCELLED
    if now >= end:
        return RehearsalState.OBSERVED
    return RehearsalState.RUNNING if now >= start else RehearsalState.SCHEDULED


class Rehearsal(CollectionPart, Timestamps, Window, Base):
    """The record of one spike. It outlives the schedule, and goes with the collection."""

    NOUN = "rehearsal"

    __tablename__ = "rehearsals"
    __table_args__ = (
        sa.UniqueConstraint("spike_schedule_id"),
        sa.Index("ix_rehearsals_of_collection", "collection_id", "name", "start_datetime"),
        # For lists: the columns they are sorted by, and the id as a tie-breaker.
        *(sa.Index(None, column, "id") for column in ("start_datetime", "end_datetime", "name")),
        sa.Index("ix_rehearsals_of_collection_by_start", "collection_id", "start_datetime", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(sa.ForeignKey("collections.id", ondelete="CASCADE"))
    # No foreign keys: the record outlives the schedule, and whoever created it. Ids are never used again.
    spike_schedule_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    spec: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    """What makes the schedule again: `counters_after`, and `overrides` by field names."""
    unchanged_fields: Mapped[int]
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str | None] = mapped_column(sa.String(MAX_NAME_LENGTH))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    if TYPE_CHECKING:
        is_scheduled: InstrumentedAttribute[bool]  # mapped below
        poll_count: InstrumentedAttribute[int]
        key_count: InstrumentedAttribute[int]

    collection: Mapped[Collection] = relationship()
    polls: Mapped[list["RehearsalPoll"]] = relationship(
        back_populates="rehearsal",
        order_by="(RehearsalPoll.first_polled_at, RehearsalPoll.api_key_id)",
        passive_deletes="all",
    )

    @property
    def collection_name(self) -> str:
        """The collection's name."""
        return self.collection.name

    @property
    def counters_after(self) -> CountersAfter | None:
        """Where counters went on after the window."""
        rule = self.spec.get("counters_after")
        return CountersAfter(rule) if rule else None

    @property
    def overrides(self) -> list[dict[str, Any]]:
        """The overridden fields: the settings of the spike, and those of the collection's field."""
        return [
            override | {part: decode_parameters(override[part]) for part in ("settings", "normal")}
            for override in self.spec.get("overrides", ())
        ]

    def compute_state(self, now: datetime) -> RehearsalState:
        """Return the state at `now`."""
        return get_state(self.start_datetime, self.end_datetime, self.cancelled_at, now)

    @classmethod
    def has_state(cls, state: RehearsalState, now: datetime) -> sa.ColumnElement[bool]:
        """Return the SQL condition for rows whose `compute_state()` is `state`."""
        if state is RehearsalState.CANCELLED:
            return cls.cancelled_at.is_not(None)
        return sa.and_(cls.cancelled_at.is_(None), cls.has_status(_STATUSES[state], now))

    @classmethod
    def is_over(cls, now: datetime) -> sa.ColumnElement[bool]:
        """Return the SQL condition for spikes that have ended or were deleted before their end."""
        return sa.or_(cls.cancelled_at.is_not(None), cls.end_datetime <= now)

    @staticmethod
    def get_of_schedule(actor: Actor, spike_schedule_id: int) -> "Rehearsal":
        """Return the record of this schedule, which may be deleted by now.

        Raises:
            NotFound: there is no such record, or it belongs to another user.
        """
        query = sa.select(Rehearsal).where(Rehearsal.spike_schedule_id == spike_schedule_id)
        query = query.options(joinedload(Rehearsal.collection))
        record: Rehearsal | None = db.session.scalar(Rehearsal.readable(query, actor))
        if record is None:
            raise NotFound(f"There is no spike schedule {spike_schedule_id}.")
        return record

    @staticmethod
    def readable(query: sa.Select[*tuple[Any, ...]], actor: Actor) -> sa.Select[*tuple[Any, ...]]:
        """Return the query, limited to the rehearsals that this actor may see. Admins see all."""
        if actor.is_admin:
            return query
        own = sa.select(Collection.id).where(actor.readable(Collection.owner_id))
        return query.where(Rehearsal.collection_id.in_(own))


_STATUSES = {
    RehearsalState.SCHEDULED: "scheduled",
    RehearsalState.RUNNING: "active",
    RehearsalState.OBSERVED: "expired",
}


class RehearsalPoll(Base):
    """What one API key polled of a spike: how often, when, and what it was served."""

    __tablename__ = "rehearsal_polls"

    rehearsal_id: Mapped[int] = mapped_column(
        sa.ForeignKey("rehearsals.id", ondelete="CASCADE"), primary_key=True
    )
    # A plain number, and the label and the owner of that time: a receipt outlives the key.
    api_key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_label: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    key_owner_id: Mapped[int]
    first_polled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_polled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    polls: Mapped[int]
    times: Mapped[list[int]] = mapped_column(sa.JSON)
    """Of the first polls: milliseconds since 1970, so that a window may be moved."""
    minutes: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    """Of the polls beyond those: how many there were in which minute since 1970."""
    served: Mapped[dict[str, list[Any]]] = mapped_column(sa.JSON)
    """The lowest, the highest and the last value served, by the name of the overridden field."""
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """The values of the same fields at the first poll after the window."""

    rehearsal: Mapped[Rehearsal] = relationship(back_populates="polls")

    @property
    def first_after(self) -> float:
        """Seconds from the start of the window to the first poll."""
        return round((self.first_polled_at - self.rehearsal.start_datetime).total_seconds(), 3)

    @property
    def times_in_seconds(self) -> list[float]:
        """The times of the first polls, in seconds since the start of the window."""
        start = self.rehearsal.start_datetime.timestamp()
        return [round(time / 1000 - start, 3) for time in self.times]

    @property
    def polls_by_minute(self) -> list[tuple[int, int]]:
        """The minutes of the window with polls beyond the first ones, and how many those are.

        A minute since 1970 counts as the minute of the window in which its middle is.
        """
        start = self.rehearsal.start_datetime.timestamp()
        by_minute: Counter[int] = Counter()
        for minute, polls in self.minutes.items():
            by_minute[max(0, int((int(minute) * 60 + 30 - start) // 60))] += polls
        return sorted(by_minute.items())

    @property
    def served_by_field(self) -> dict[str, dict[str, Any]]:
        """The lowest, the highest and the last value served, by the name of the overridden field."""
        return {
            name: dict(zip(("min", "max", "last"), values, strict=True))
            for name, values in self.served.items()
        }


Rehearsal.is_scheduled = column_property(  # type: ignore[assignment]
    sa.exists().where(SpikeSchedule.id == Rehearsal.spike_schedule_id).correlate_except(SpikeSchedule),
    deferred=True,
    expire_on_flush=False,
)
_POLLS = sa.select(sa.func.coalesce(sa.func.sum(RehearsalPoll.polls), 0))
_KEYS = sa.select(sa.func.count()).select_from(RehearsalPoll)
for _name, _counted in (("poll_count", _POLLS), ("key_count", _KEYS)):
    _of_rehearsal = _counted.where(RehearsalPoll.rehearsal_id == Rehearsal.id).correlate_except(RehearsalPoll)
    setattr(
        Rehearsal,
        _name,
        column_property(
            _of_rehearsal.scalar_subquery(),
            deferred=True,
            group="counts",
            expire_on_flush=False,
        ),
    )
SpikeSchedule.rehearsal_id = column_property(  # type: ignore[assignment]
    sa.select(Rehearsal.id)
    .where(Rehearsal.spike_schedule_id == SpikeSchedule.id)
    .correlate_except(Rehearsal)
    .scalar_subquery(),
    deferred=True,
    expire_on_flush=False,
)
