"""A spike schedule's copies of fields, and whether their counters continue the collection's."""

from collections.abc import Collection as Names
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from app.db.session import Base
from app.db.types import SpaceSeparated
from app.models.collection import Field
from app.models.mixins import ValueColumns
from app.models.spike import CountersAfter, SpikeSchedule


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
        self._apply(field, field.settings, overridden=())

    def override(self, field: Field, settings: dict[str, object], overridden: Names[str]) -> None:
        """Replace the settings.

        Args:
            field: The field that this is a copy of.
            settings: The values of all settings.
            overridden: The names of the settings that the schedule overrides.
        """
        self._apply(field, settings, overridden)

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

    def _apply(self, field: Field, settings: dict[str, Any], overridden: Names[str]) -> None:
        own_start = None if continues_counter(overridden) else settings["start_number"]
        if (field.value_type, own_start) != (self.value_type, self._own_start):
            self.hand_over_and_restart()  # the last value belongs to the old sequence
        last_value = self.current_number
        self.apply_settings(field.value_type, settings)
        # `apply_settings` clears the value if the start differs, which is irrelevant to a copy that continues
        # the collection's counter.
        self.current_number = last_value
        if field.counts_integers:
            self.round_current_number()
        self.overridden_settings = sorted(overridden)

    @property
    def _own_start(self) -> Decimal | None:
        return self.start_number if self.is_start_overridden else None


# The literal matches the condition of the partial index. With a parameter, no query plan would use the index.
OVERRIDDEN = SpikeScheduleField.overridden_settings != sa.literal_column("''")
