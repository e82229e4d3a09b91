"""What spike schedules look like in JSON."""

from typing import Any

from app.models.mixins import STATUSES
from app.values import CollectionType, ValueType
from app.web.fields import (
    Choice,
    Duration,
    Exact,
    Flag,
    Id,
    Instant,
    ListOf,
    Name,
    Nested,
    Status,
    Text,
    setting_fields,
)
from app.web.schema import Schema, TolerantSchema

_START = {"description": "ISO 8601; without an offset it means UTC; without a start, now"}
_END = {"description": "ISO 8601; give this or `duration`"}
_LENGTH = {"description": "seconds from the start to the end; give this or `end_datetime`"}


class OverrideIn(Schema.from_dict(setting_fields(), name="Override")):  # type: ignore[misc]
    """What a spike overrides of one field; what is absent stays as in the collection."""

    original_field_id = Id(required=True)


class SpikePatch(TolerantSchema):
    """What changes about a schedule (JSON merge patch)."""

    collection_id = Id(metadata={"description": "cannot be changed: leave it out, or give the same"})
    name = Name()
    start_datetime = Instant(metadata=_START)
    end_datetime = Instant(metadata=_END)
    duration = Duration(metadata=_LENGTH)
    spike_fields = ListOf(Nested(OverrideIn), metadata={"description": "the whole set of overrides"})


class SpikeIn(SpikePatch):
    """A new schedule."""

    collection_id = Id(required=True)
    name = Name(required=True)


class ExtendIn(TolerantSchema):
    """By how much to extend."""

    duration = Duration(required=True, metadata={"description": "seconds to add to the present end"})


class SpikeFieldOut(Schema.from_dict(setting_fields(), name="SpikeSettings")):  # type: ignore[misc]
    """A schedule's copy of one field."""

    id = Id()
    original_field_id = Id()
    collection_type = Choice(CollectionType)
    field_name = Text()
    value_type = Choice(ValueType)
    is_editable = Flag()
    is_overridden = Flag()
    overridden_settings = ListOf(Text(), metadata={"description": "the settings that were given"})
    current_number = Exact(allow_none=True, metadata={"description": "the last value served in the window"})


class SpikeOut(Schema):
    """A spike schedule with its copies of the collection's fields."""

    id = Id()
    collection_id = Id()
    collection_name = Text()
    name = Text()
    start_datetime = Instant()
    end_datetime = Instant()
    status = Status(*STATUSES)
    spike_fields = ListOf(Nested(SpikeFieldOut))
    created_at = Instant()
    updated_at = Instant()


class StatusFilter(Text):
    """One of the states of a schedule."""

    def __init__(self) -> None:
        super().__init__(metadata={"enum": list(STATUSES)})

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if text not in STATUSES:
            raise self.make_error("choice", choices=", ".join(STATUSES))
        return text

    default_error_messages = {"choice": "must be one of {choices}"}
