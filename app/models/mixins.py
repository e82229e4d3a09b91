"""Columns and SQL conditions that several tables share."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.db.expressions import without_index
from app.db.types import ExactNumber, Parameters, UtcDateTime
from app.values import (
    COLUMN_SETTING_NAMES,
    CollectionType,
    all_settings,
    counts_integers,
    get_direction,
    get_spec,
    is_counter,
    is_editable,
    round_in_direction,
)

MAX_NAME_LENGTH = 255


class Timestamps:
    """The times at which a row was created and last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)


class ValueColumns:
    """The name, type, settings and counter state of a field, in a collection or in a spike."""

    collection_type: Mapped[CollectionType] = mapped_column(
        sa.Enum(CollectionType, native_enum=False, length=20, name="collection_type")
    )
    field_name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    value_type: Mapped[str] = mapped_column(sa.String(20))
    fixed_value_text: Mapped[str | None] = mapped_column(sa.Text)
    fixed_value_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    fixed_value_float: Mapped[float | None] = mapped_column(sa.Double)
    range_start_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    range_end_number: Mapped[int | None] = mapped_column(sa.BigInteger)
    range_start_float: Mapped[float | None] = mapped_column(sa.Double)
    range_end_float: Mapped[float | None] = mapped_column(sa.Double)
    float_precision: Mapped[int | None] = mapped_column(sa.Integer)
    start_number: Mapped[Decimal | None] = mapped_column(ExactNumber)
    step_number: Mapped[Decimal | None] = mapped_column(ExactNumber)
    reset_number: Mapped[Decimal | None] = mapped_column(ExactNumber)
    current_number: Mapped[Decimal | None] = mapped_column(ExactNumber)
    randomization_percentage: Mapped[float | None] = mapped_column(sa.Double)
    # The settings that have no separate column.
    parameters: Mapped[dict[str, Any] | None] = mapped_column(Parameters)

    @property
    def settings(self) -> dict[str, Any]:
        """All settings by name; None for those that are not set."""
        return {name: getattr(self, name) for name in all_settings()}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return a setting that has no separate column."""
            if name in all_settings() and name not in COLUMN_SETTING_NAMES:
                return (self.parameters or {}).get(name)
            return super().__getattribute__(name)  # raises AttributeError

    @property
    def is_editable(self) -> bool:
        """Whether a spike may override the field."""
        return is_editable(self.collection_type, self.value_type)

    @property
    def counts_integers(self) -> bool:
        """Whether the field is a counter of whole numbers, according to its own settings."""
        return is_counter(self.value_type) and counts_integers(self.settings)

    def apply_settings(self, value_type: str, settings: dict[str, Any]) -> bool:
        """Set the value type and the settings; return whether a counter restarts.

        A counter restarts if its value type or start changed: its last value belongs to the old sequence.
        """
        restarts = self.value_type != value_type or self.start_number != settings["start_number"]
        if restarts:
            self.current_number = None
        self.value_type = value_type
        for name in COLUMN_SETTING_NAMES:
            setattr(self, name, settings[name])
        own = [name for name in get_spec(value_type).setting_names if name not in COLUMN_SETTING_NAMES]
        self.parameters = {name: settings[name] for name in own} or None
        if self.counts_integers:
            self.round_current_number()
        return restarts

    def round_current_number(self) -> None:
        """Round the last value of a counter of integers to the next integer in its direction."""
        if self.current_number is not None:
            self.current_number = Decimal(
                round_in_direction(self.current_number, get_direction(self.value_type))
            )


def get_status(start: datetime, end: datetime, now: datetime) -> str:
    """Return `scheduled`, `active` or `expired`: the status of the window at `now`."""
    if now >= end:
        return "expired"
    return "active" if now >= start else "scheduled"


class Window:
    """A half-open interval of time: `[start_datetime, end_datetime)`."""

    start_datetime: Mapped[datetime] = mapped_column(UtcDateTime)
    end_datetime: Mapped[datetime] = mapped_column(UtcDateTime)

    def status(self, now: datetime) -> str:
        """Return `scheduled` before the start, `active` from the start on, `expired` from the end on."""
        return get_status(self.start_datetime, self.end_datetime, now)

    @classmethod
    def has_status(cls, status: str, now: datetime, *, in_passing: bool = False) -> sa.ColumnElement[bool]:
        """Return the SQL condition for rows whose `status()` is `status`.

        Args:
            status: One of `STATUSES`, or `CURRENT`.
            now: The time at which the status applies.
            in_passing: Whether the query reads all rows anyway, so that an index of windows would not help.
        """
        start, end = cls.start_datetime, cls.end_datetime
        if in_passing:
            start, end = without_index(start), without_index(end)
        if status == "expired":
            return end <= now
        if status == CURRENT:
            return end > now
        if status == "scheduled":
            return start > now  # the end is later than the start, so it needs no condition
        return sa.and_(start <= now, end > now)

    @classmethod
    def overlaps(cls, start: datetime, end: datetime) -> sa.ColumnElement[bool]:
        """Return the SQL condition for rows whose window overlaps `[start, end)`.

        Adjacent windows do not overlap. A window that was ended at its start is empty and overlaps none.
        """
        holds_any = cls.start_datetime < cls.end_datetime
        return sa.and_(cls.start_datetime < end, cls.end_datetime > start, holds_any)


STATUSES = ("scheduled", "active", "expired")
CURRENT = "current"
"""Scheduled or active, as a filter of lists."""
