"""Spike schedules and their copies of the collection's fields."""

from collections.abc import Collection as Names
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from app.core.errors import NotFound
from app.db.expressions import lower
from app.db.session import Base, db
from app.db.types import SpaceSeparated
from app.models.actor import Actor
from app.models.collection import Collection, Field
from app.models.mixins import MAX_NAME_LENGTH, Timestamps, ValueColumns, Window

OVERLAP = "spike_no_overlap"
"""The exclusion constraint on PostgreSQL and the triggers on SQLite that keep windows apart."""


class CountersAfter(StrEnum):
    """What a schedule says about all counters of its collection after the window."""

    CONTINUE = "continue"
    """They continue from where the schedule's copies stood."""
    RESUME = "resume"
    """They resume where they stood before the window."""


class SpikeSchedule(Timestamps, Window, Base):
    """A window in which a collection is served from copies of its fields, some of them overridden."""

    __tablename__ = "spike_schedules"
    __table_args__ = (
        # Equal only where a schedule was ended at the instant of its start; nobody can ask for that.
        sa.CheckConstraint("start_datetime <= end_datetime", name="window"),
        sa.Index(None, "collection_id", "start_datetime", "end_datetime"),
        sa.Index("ix_spike_schedules_window", "start_datetime", "end_datetime"),
        # For lists: what they are sorted by, and the id, which tells apart what sorts alike.
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
    # Names of the schedule and of the fields that it overrides, in lower case: see `refresh_search_text`.
    searched: Mapped[str] = mapped_column(sa.Text, server_default="", deferred=True)

    collection: Mapped[Collection] = relationship()
    spike_fields: Mapped[list["SpikeScheduleField"]] = relationship(
        back_populates="spike_schedule",
        order_by="SpikeScheduleField.original_field_id",
        passive_deletes="all",
    )

    @property
    def collection_name(self) -> str:
        """The collection's name, for people."""
        return self.collection.name

    @staticmethod
    def get_for(actor: Actor, schedule_id: int, *, locked: bool = False) -> "SpikeSchedule":
        """The schedule, if its collection exists for this actor; `locked` locks the collection."""
        schedule = db.session.get(SpikeSchedule, schedule_id)
        try:
            if schedule is None:
                raise NotFound("")
            Collection.get_for(actor, schedule.collection_id, locked=locked)
            if locked:
                db.session.refresh(schedule)  # it may have changed, or gone, while the lock was awaited
        except (NotFound, sa.exc.InvalidRequestError):
            raise NotFound(f"There is no spike schedule {schedule_id}.") from None
        return schedule

    @staticmethod
    def readable(query: sa.Select[*tuple[Any, ...]], actor: Actor) -> sa.Select[*tuple[Any, ...]]:
        """The query, of the schedules that this actor may see; of an Admin nothing is asked."""
        if actor.is_admin:
            return query
        own = sa.select(Collection.id).where(actor.readable(Collection.owner_id))
        return query.where(SpikeSchedule.collection_id.in_(own))

    @staticmethod
    def conflicts(
        collection_id: int, start: datetime, end: datetime, *, but: int | None = None
    ) -> list["SpikeSchedule"]:
        """The collection's schedules that share an instant with `[start, end)`, earliest first."""
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
        """The earliest start at or after `start` at which a window of this length is free.

        Raises OverflowError where the calendar ends first.
        """
        windows = db.session.execute(
            sa.select(SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
            .where(SpikeSchedule.collection_id == collection_id, SpikeSchedule.end_datetime > start)
            .where(SpikeSchedule.id != (but or 0))
            .order_by(SpikeSchedule.start_datetime)
        )
        return first_gap([(row.start_datetime, row.end_datetime) for row in windows], start, length)


def attach_current_spike(collections: Sequence[Collection], now: datetime) -> None:
    """Set `spike` of each collection to its active schedule, or else its next one, in one query."""
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
    found = {spike.collection_id: spike for spike in db.session.scalars(query)}
    for collection in collections:
        collection.spike = found.get(collection.id)


def first_gap(windows: list[tuple[datetime, datetime]], start: datetime, length: timedelta) -> datetime:
    """Return the first instant from `start` on at which `length` fits between the sorted `windows`."""
    for taken_from, taken_until in windows:
        if start + length <= taken_from:
            break
        start = max(start, taken_until)
    return start


def continues_counter(overridden_settings: Names[str]) -> bool:
    """Return whether a copy's counter continues the collection's: no start is overridden."""
    return "start_number" not in overridden_settings


def hands_back(counters_after: CountersAfter | None, overridden_settings: Names[str]) -> bool:
    """Return whether the collection's counter takes over where a copy stands once the copy is gone.

    Where the schedule does not say, a copy does that went on from the collection's counter.
    """
    if counters_after is None:
        return continues_counter(overridden_settings)
    return counters_after is CountersAfter.CONTINUE


class SpikeScheduleField(ValueColumns, Base):
    """A schedule's copy of one field, with a counter state of its own."""

    __tablename__ = "spike_schedule_fields"
    __table_args__ = (
        sa.UniqueConstraint("spike_schedule_id", "original_field_id", name="uq_spike_schedule_fields"),
        # The few among many that lists show.
        sa.Index(
            "ix_spike_schedule_fields_overridden",
            "spike_schedule_id",
            sqlite_where=sa.text("overridden_settings != ''"),
            postgresql_where=sa.text("overridden_settings != ''"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    spike_schedule_id: Mapped[int] = mapped_column(sa.ForeignKey("spike_schedules.id", ondelete="CASCADE"))
    original_field_id: Mapped[int] = mapped_column(sa.ForeignKey("fields.id", ondelete="CASCADE"), index=True)
    overridden_settings: Mapped[list[str]] = mapped_column(SpaceSeparated, default=list)

    spike_schedule: Mapped[SpikeSchedule] = relationship(back_populates="spike_fields")
    original: Mapped[Field] = relationship(viewonly=True, lazy="joined", innerjoin=True)

    @property
    def is_overridden(self) -> bool:
        """Whether the spike's author gave it a value of its own."""
        return bool(self.overridden_settings)

    @property
    def is_start_overridden(self) -> bool:
        """Whether its counter begins at its own start, not where the collection's stands."""
        return not continues_counter(self.overridden_settings)

    @property
    def _hands_back(self) -> bool:
        return hands_back(self.spike_schedule.counters_after, self.overridden_settings)

    @classmethod
    def of(cls, field: Field) -> "SpikeScheduleField":
        """A copy of `field`: its settings, not its state."""
        copy = cls(original_field_id=field.id, overridden_settings=[])
        copy.follow(field)
        return copy

    def follow(self, field: Field) -> None:
        """Be what the collection's field is: nothing overridden."""
        self.collection_type = field.collection_type
        self.field_name = field.field_name
        self._use(field, field.settings, given=())

    def override(self, field: Field, settings: dict[str, object], given: Names[str]) -> None:
        """Take these settings, of which the author gave those in `given`; `field` is what it is a copy of."""
        self._use(field, settings, given)

    def hand_over_and_restart(self) -> None:
        """Begin anew, after the collection's counter has taken over if it is to.

        The caller has locked the collection: no poll is moving either counter.
        """
        if self.current_number is None:
            return
        if self._hands_back and self.original.value_type == self.value_type:
            self.original.take_over(self.current_number)
        self.restart_counter()

    def restart_counter(self) -> None:
        """Forget the last value of the counter, so that it starts again."""
        self.current_number = None
        # Replaces the collection's revision (migration 0004): a poll that has begun must not move the
        # counter by what it read before.
        flag_modified(self, "overridden_settings")

    def _use(self, field: Field, settings: dict[str, Any], given: Names[str]) -> None:
        own_start = None if continues_counter(given) else settings["start_number"]
        if (field.value_type, own_start) != (self.value_type, self._own_start):
            self.hand_over_and_restart()  # it counts from elsewhere now
        stands = self.current_number
        self.apply_settings(field.value_type, settings)
        self.current_number = stands  # one that continues the collection's counter has no start to change
        if field.counts_integers:
            self.round_current_number()
        self.overridden_settings = sorted(given)

    @property
    def _own_start(self) -> Decimal | None:
        return self.start_number if self.is_start_overridden else None


# As it stands in the index of such copies, not as a parameter: else no plan would use it.
OVERRIDDEN = SpikeScheduleField.overridden_settings != sa.literal_column("''")


def refresh_search_text(which: sa.ColumnElement[bool], *, without: int | None = None) -> None:
    """Let a search find these schedules by their name and by the fields that they override now.

    `without` is the id of a field that is about to go. A search looks at this one text; to look through the
    copies of all schedules takes many times as long.
    """
    db.session.flush()  # what is noted is what the database has
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
    noted = sa.update(SpikeSchedule).where(which)
    # It is no change of the schedule: `updated_at` stays.
    noted = noted.values(searched=names, updated_at=SpikeSchedule.updated_at)
    db.session.execute(noted, execution_options={"synchronize_session": False})
