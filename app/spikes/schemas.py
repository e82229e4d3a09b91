"""Schemas of spike schedules in JSON."""

from typing import Any

from marshmallow import fields

from app.models.mixins import CURRENT, STATUSES
from app.models.spike import CountersAfter
from app.values import CollectionType
from app.web.expectation_fields import external_id_field, rehearsal_field
from app.web.fields import Choice, ListOf, Nested, Status, StrictBool, Timestamp
from app.web.number_fields import Duration, FixedDecimal, Float, Id, Integer
from app.web.pagination import QueryInteger
from app.web.schema import Schema, TolerantSchema
from app.web.setting_fields import SettingsSchema, ValueTypeName, build_setting_fields
from app.web.text_fields import Name, Text

_START = {"description": "ISO 8601, UTC if it has no offset. Default for a new schedule: now."}
_END = {"description": "ISO 8601, UTC if it has no offset. Send either this or `duration`."}
_COUNTERS_AFTER = {
    "description": "Where counters go on after the window: `continue` from the value of the schedule's copy, "
    "or `resume` from the value before the window. Null: copies with an overridden `start_number` resume, "
    "others continue."
}
_LENGTH = {"description": "Seconds from start to end. Send either this or `end_datetime`."}


MAX_OVERRIDES = 10_000


class OverrideIn(SettingsSchema.from_dict(build_setting_fields(), name="Override")):  # type: ignore[misc]
    """The overrides of one field; absent settings stay as in the collection."""

    original_field_id = Id(required=True)


class SpikePatch(TolerantSchema):
    """The changes to a schedule (JSON merge patch)."""

    collection_id = Id(metadata={"description": "Cannot be changed: omit it, or send the current value."})
    name = Name()
    start_datetime = Timestamp(metadata=_START)
    end_datetime = Timestamp(metadata=_END)
    duration = Duration(metadata=_LENGTH)
    counters_after = Choice(CountersAfter, allow_none=True, metadata=_COUNTERS_AFTER)
    spike_fields = ListOf(
        Nested(OverrideIn),
        max_items=MAX_OVERRIDES,
        metadata={"description": "The complete set of overrides."},
    )
    rehearsal = rehearsal_field()
    external_id = external_id_field()


class SpikeIn(SpikePatch):
    """A new schedule."""

    collection_id = Id(required=True)
    name = Name(required=True)


MAX_INTERVAL_S = 86_400
DEFAULT_INTERVAL_S = 60
_INTERVAL = {"description": "Seconds between polls."}


class PreviewIn(SpikePatch):
    """An unsaved schedule: a new one, or changes to the one that is named."""

    collection_id = Id(required=True)
    schedule_id = Id(metadata={"description": "The saved schedule whose changes to preview."})
    interval = Integer(minimum=1, maximum=MAX_INTERVAL_S, load_default=DEFAULT_INTERVAL_S, metadata=_INTERVAL)


class PreviewQuery(Schema):
    """The interval between polls."""

    interval = QueryInteger(1, MAX_INTERVAL_S, load_default=DEFAULT_INTERVAL_S, metadata=_INTERVAL)


class ExtendIn(TolerantSchema):
    """The duration by which to extend a schedule."""

    duration = Duration(required=True, metadata={"description": "Seconds to add to the current end."})


class RunAgainIn(TolerantSchema):
    """When to run a spike again, and what to expect of it instead."""

    start_datetime = Timestamp(metadata={"description": "ISO 8601, UTC if it has no offset. Default: now."})
    duration = Duration(metadata={"description": "Seconds from start to end. Default: as before."})
    rehearsal = rehearsal_field()
    external_id = external_id_field()


class OriginalOut(SettingsSchema.from_dict(build_setting_fields(), name="OriginalSettings")):  # type: ignore[misc]
    """The settings of the collection's own field, which are used outside the window."""

    value_type = ValueTypeName()
    current_number = FixedDecimal(
        allow_none=True, metadata={"description": "Current value of the collection's counter."}
    )


class SpikeFieldOut(SettingsSchema):
    """A schedule's copy of one field."""

    id = Id()
    original_field_id = Id()
    collection_type = Choice(CollectionType)
    field_name = Text()
    value_type = ValueTypeName()
    is_editable = StrictBool()
    is_overridden = StrictBool()
    overridden_settings = ListOf(
        Text(), metadata={"description": "Names of the settings that the spike overrides."}
    )
    vars().update(build_setting_fields())  # here, so that the identifying keys come first in the JSON
    current_number = FixedDecimal(
        allow_none=True, metadata={"description": "Last value served in the window."}
    )
    original = Nested(
        OriginalOut, metadata={"description": "The collection's field, served outside the window."}
    )


class SpikeOut(Schema):
    """A spike schedule with its copies of the collection's fields."""

    id = Id()
    collection_id = Id()
    collection_name = Text()
    name = Text()
    start_datetime = Timestamp()
    end_datetime = Timestamp()
    status = Status(*STATUSES)
    counters_after = Choice(CountersAfter, allow_none=True, metadata=_COUNTERS_AFTER)
    rehearsal_id = Id(
        allow_none=True,
        metadata={"description": "The record of the spike. Null only if it was deleted after the window."},
    )
    spike_fields = ListOf(Nested(SpikeFieldOut))
    warnings = ListOf(
        Text(),
        metadata={
            "description": "What could spoil the rehearsal that was just saved, such as another one at the "
            "same time. Empty in responses to other requests."
        },
    )
    created_at = Timestamp()
    updated_at = Timestamp()


_INSTANT = {"format": "date-time"}


class InTheWayOut(Schema):
    """A schedule whose window overlaps."""

    id = Id()
    name = Text()
    start_datetime = Text(metadata=_INSTANT)
    end_datetime = Text(metadata=_INSTANT)


class MeansOut(Schema):
    """The mean of a field's values before, during and after the window; null where there are none."""

    before = Float(allow_none=True)
    during = Float(allow_none=True)
    after = Float(allow_none=True)


class PhasesOut(Schema):
    """The number of polls before, during and after the window."""

    before = Integer()
    during = Integer()
    after = Integer()


def _numbers(**more: Any) -> ListOf:
    """Return a field for a list of numbers, formatted as the data endpoint does."""
    return ListOf(fields.Raw(metadata={"type": "number"}), **more)


class PreviewFieldOut(Schema):
    """The values of one field that polls would get."""

    original_field_id = Id()
    field_name = Text()
    value_type = ValueTypeName()
    is_overridden = StrictBool()
    values = _numbers(metadata={"description": "One value for each entry of `times`."})
    normal = _numbers(
        allow_none=True,
        metadata={
            "description": "Lowest and highest value of the collection's field. Null if it has no bounds."
        },
    )
    mean = Nested(MeansOut)


class PreviewOut(Schema):
    """The values that polls in and around a window would get."""

    interval = Integer(
        metadata={"description": "Seconds. Larger than requested if the window has more than 300 polls."}
    )
    polls_in_window = Integer(
        metadata={"description": "Number of polls in the window at the requested interval."}
    )
    start_datetime = Timestamp()
    end_datetime = Timestamp()
    times = ListOf(
        Integer(), metadata={"description": "Time of each poll in seconds since 1970-01-01T00:00:00Z."}
    )
    phases = Nested(PhasesOut)
    fields_ = ListOf(Nested(PreviewFieldOut), attribute="fields", data_key="fields")
    conflicts = ListOf(Nested(InTheWayOut))
    next_free_start = Text(allow_none=True, metadata=_INSTANT)


class CountsOut(Schema):
    """The number of schedules of each status."""

    all = Integer()
    active = Integer()
    scheduled = Integer()
    expired = Integer()


class StatusFilter(Text):
    """One of the states of a schedule, or `current`: scheduled or active."""

    CHOICES = (*STATUSES, CURRENT)

    def __init__(self) -> None:
        super().__init__(
            metadata={"enum": list(self.CHOICES), "description": "`current`: scheduled or active."}
        )

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if text not in self.CHOICES:
            raise self.make_error("choice", choices=", ".join(self.CHOICES))
        return text

    default_error_messages = {"choice": "must be one of {choices}"}
