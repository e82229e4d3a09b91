"""Rehearsals: the record that every spike leaves, and who polled it."""

from collections import Counter
from dataclasses import dataclass, field
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
from app.db.types import CanonicalJson, UtcDateTime, decode_parameters
from app.models.actor import Actor
from app.models.alert import AlertReceiver
from app.models.collection import Collection, CollectionPart
from app.models.expectation import RehearsalExpectation
from app.models.mixins import MAX_NAME_LENGTH, Timestamps, Window
from app.models.spike import CountersAfter, SpikeSchedule

MAX_EXTERNAL_ID_LENGTH = 128


class RehearsalState(StrEnum):
    """What became of a spike: by its window and its deletion, and by the alerts that it expects, if any."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    OBSERVED = "observed"
    """Over, and nothing was expected."""
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    CANCELLED = "cancelled"

    @property
    def passed(self) -> bool | None:
        """Whether the expectations were met; None if that cannot be told, or not yet."""
        return {RehearsalState.PASSED: True, RehearsalState.FAILED: False}.get(self)


@dataclass(frozen=True)
class Outcome:
    """What came of a rehearsal by the time of a request. Texts and numbers are as in JSON."""

    state: RehearsalState
    delay: float | None = None
    false_alarms: int = 0
    timeliness: float | None = None
    expectations: list[dict[str, Any]] = field(default_factory=list)
    unexpected: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    next_deadline: datetime | None = None
    """When it changes if nothing arrives; None if it does not, or nothing is expected."""

    @property
    def passed(self) -> bool | None:
        """Whether the expectations were met; None if that cannot be told, or not yet."""
        return self.state.passed


def get_state(start: datetime, end: datetime, cancelled_at: datetime | None, now: datetime) -> RehearsalState:
    """Return the state of a spike that expects nothing, and was perhaps deleted before its end."""
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
        sa.Index("ix_rehearsals_of_receiver", "receiver_id", "start_datetime"),
        sa.Index(None, "external_id"),
        sa.Index("ix_rehearsals_state", "state", "start_datetime", "id"),
        sa.Index(
            "ix_rehearsals_unsettled",
            "decided_by",
            sqlite_where=sa.text("decided_by IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("decided_by IS NOT NULL AND settled_at IS NULL"),
        ),
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
    external_id: Mapped[str | None] = mapped_column(sa.String(MAX_EXTERNAL_ID_LENGTH))

    # What it expects. Without expectations, all of these are null or false.
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("alert_receivers.id", ondelete="SET NULL"))
    scope: Mapped[dict[str, str] | None] = mapped_column(CanonicalJson)
    fail_on_unexpected: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    decided_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last deadline of its expectations; null if there are none."""

    # What came of it, once it is settled.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[RehearsalState | None] = mapped_column(
        sa.Enum(
            RehearsalState,
            native_enum=False,
            length=16,
            name="rehearsal_state",
            values_callable=lambda members: [member.value for member in members],
        )
    )
    passed: Mapped[bool | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    if TYPE_CHECKING:
        is_scheduled: InstrumentedAttribute[bool]  # mapped below
        poll_count: InstrumentedAttribute[int]
        key_count: InstrumentedAttribute[int]
        outcome: Outcome
    else:
        outcome = None  # set by rehearsals.evaluation.attach_outcomes

    collection: Mapped[Collection] = relationship()
    receiver: Mapped[AlertReceiver | None] = relationship()
    expectations: Mapped[list[RehearsalExpectation]] = relationship(
        back_populates="rehearsal",
        order_by=RehearsalExpectation.position,
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    polls: Mapped[list["RehearsalPoll"]] = relationship(
        back_populates="rehearsal",
        order_by="(RehearsalPoll.first_polled_at, RehearsalPoll.api_key_id)",
        passive_deletes="all",
    )

    @staticmethod
    def expects(spike_schedule_id: int) -> bool:
        """Return whether this schedule expects something."""
        query = sa.select(Rehearsal.decided_by).where(Rehearsal.spike_schedule_id == spike_schedule_id)
        return db.session.scalar(query) is not None

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

    def forget_result(self) -> None:
        """Make it undecided again."""
        self.settled_at = self.state = self.passed = self.result = None

    def compute_state(self, now: datetime) -> RehearsalState:
        """Return the state at `now`, whatever it expects."""
        return get_state(self.start_datetime, self.end_datetime, self.cancelled_at, now)

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
        return query if actor.is_admin else query.where(Rehearsal.is_readable(actor))

    @staticmethod
    def is_readable(actor: Actor) -> sa.ColumnElement[bool]:
        """Return the SQL condition for the rehearsals that this actor may see. Admins see all."""
        if actor.is_admin:
            return sa.true()
        own = sa.select(Collection.id).where(actor.readable(Collection.owner_id))
        return Rehearsal.collection_id.in_(own)


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
