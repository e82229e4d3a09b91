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
"""The name of the PostgreSQL exclusion constraint and of the SQLite triggers that refuse overlaps."""


class CountersAfter(StrEnum):
    """The rule for all counters of a collection after a schedule's window."""

    CONTINUE = "continue"
    """Continue from the last values of the schedule's copies."""
    RESUME = "resume"
    """Resume from the values before the window."""


class SpikeSchedule(Timestamps, Window, Base):
    """A window in which polls of a collection are served from copies of its fields, some overridden."""

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
    # The lower-case names of the schedule and of the fields that it overrides, set by `refresh_search_text`.
    searched: Mapped[str] = mapped_column(sa.Text, server_default="", deferred=True)

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
    def get_for(actor: Actor, schedule_id: int, *, locked: bool = False) -> "SpikeSchedule":
        """Return the schedule if its collection exists for this actor.

        Args:
            actor: The user who asks for the schedule.
            schedule_id: The id of the schedule.
            locked: Whether to lock the collection until the transaction ends, and to reload the schedule.

        Raises:
            NotFound: there is no such schedule, or its collection belongs to another user.
        """
        schedule = db.session.get(SpikeSchedule, schedule_id)
        try:
            if schedule is None:
                raise NotFound("")
            Collection.get_for(actor, schedule.collection_id, locked=locked)
            if locked:
                db.session.refresh(schedule)  # another transaction may have changed or deleted it meanwhile
        except (NotFound, sa.exc.InvalidRequestError):
            raise NotFound(f"There is no spike schedule {schedule_id}.") from None
        return schedule

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
    found = {spike.collection_id: spike for spike in db.session.scalars(query)}
    for collection in collections:
        collection.spike = found.get(collection.id)


def first_gap(windows: list[tuple[datetime, datetime]], start: datetime, length: timedelta) -> datetime:
    """Return the first time from `start` on at which `length` fits between the sorted `windows`."""
    for taken_from, taken_until in windows:
        if start + length <= taken_from:
            break
        start = max(start, taken_until)
    return start


def continues_counter(overridden_settings: Names[str]) -> bool:
    """Return whether a copy's counter continues the collection's: its start is not overridden."""
    return "start_number" not in overridden_settings


def hands_back(counters_after: CountersAfter | None, overridden_settings: Names[str]) -> bool:
    """Return whether the collection's counter continues from the copy's value after the copy is deleted.

    By default (None), it does if the copy continued the collection's counter.
    """
    if counters_after is None:
        return continues_counter(overridden_settings)
    return counters_after is CountersAfter.CONTINUE


class SpikeScheduleField(ValueColumns, Base):
    """A schedule's copy of a field, with its own counter state."""

    __tablename__ = "spike_schedule_fields"
    __table_args__ = (
        sa.UniqueConstraint("spike_schedule_id", "original_field_id", name="uq_spike_schedule_fields"),
        # Lists show overridden copies only, and most copies are not overridden.
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
        """Whether the schedule overrides any setting of the field."""
        return bool(self.overridden_settings)

    @property
    def is_start_overridden(self) -> bool:
        """Whether the copy's counter begins at its own start instead of continuing the collection's."""
        return not continues_counter(self.overridden_settings)

    @property
    def _hands_back(self) -> bool:
        return hands_back(self.spike_schedule.counters_after, self.overridden_settings)

    @classmethod
    def of(cls, field: Field) -> "SpikeScheduleField":
        """Return a copy of the settings of `field`, without its counter state."""
        copy = cls(original_field_id=field.id, overridden_settings=[])
        copy.follow(field)
        return copy

    def follow(self, field: Field) -> None:
        """Copy the type, name and settings of the collection's field, and drop all overrides."""
        self.collection_type = field.collection_type
        self.field_name = field.field_name
        self._apply(field, field.settings, given=())

    def override(self, field: Field, settings: dict[str, object], given: Names[str]) -> None:
        """Replace the settings.

        Args:
            field: The field that this is a copy of.
            settings: The values of all settings.
            given: The names of the settings that the schedule overrides.
        """
        self._apply(field, settings, given)

    def hand_over_and_restart(self) -> None:
        """Restart the counter, after handing its value to the collection's counter if the schedule says so.

        The caller has locked the collection, so no poll advances either counter meanwhile.
        """
        if self.current_number is None:
            return
        if self._hands_back and self.original.value_type == self.value_type:
            self.original.take_over(self.current_number)
        self.restart_counter()

    def restart_counter(self) -> None:
        """Clear the last value of the counter, so that it starts again."""
        self.current_number = None
        # This update makes a trigger replace the collection's revision (migration 0004). Polls that read the
        # old value then cannot advance the counter from it.
        flag_modified(self, "overridden_settings")

    def _apply(self, field: Field, settings: dict[str, Any], given: Names[str]) -> None:
        own_start = None if continues_counter(given) else settings["start_number"]
        if (field.value_type, own_start) != (self.value_type, self._own_start):
            self.hand_over_and_restart()  # the last value belongs to the old sequence
        stands = self.current_number
        self.apply_settings(field.value_type, settings)
        # `apply_settings` clears the value if the start differs, which is irrelevant to a copy that continues
        # the collection's counter.
        self.current_number = stands
        if field.counts_integers:
            self.round_current_number()
        self.overridden_settings = sorted(given)

    @property
    def _own_start(self) -> Decimal | None:
        return self.start_number if self.is_start_overridden else None


# The literal matches the condition of the partial index. With a parameter, no query plan would use the index.
OVERRIDDEN = SpikeScheduleField.overridden_settings != sa.literal_column("''")


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
    noted = sa.update(SpikeSchedule).where(which)
    # `updated_at` keeps its value, because users have not changed the schedule.
    noted = noted.values(searched=names, updated_at=SpikeSchedule.updated_at)
    db.session.execute(noted, execution_options={"synchronize_session": False})
