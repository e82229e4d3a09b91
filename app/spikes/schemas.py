"""What spike schedules look like in JSON."""

from typing import Any

from marshmallow import fields

from app.models.mixins import STATUSES
from app.models.spike import CountersAfter
from app.values import CollectionType, ValueType
from app.web.fields import Choice, Flag, Instant, ListOf, Nested, Status
from app.web.number_fields import Duration, Exact, Float, Id, Whole
from app.web.pagination import QueryWhole
from app.web.schema import Schema, TolerantSchema
from app.web.setting_fields import setting_fields
from app.web.text_fields import Name, Text

_START = {"description": "ISO 8601; without an offset it means UTC; without a start, now"}
_END = {"description": "ISO 8601; give this or `duration`"}
_COUNTERS_AFTER = {
    "description": "what counters do after the window: `continue` from where the schedule's copies stood, or "
    "`resume` where they stood before; null: those with a `start_number` of their own resume, others continue"
}
_LENGTH = {"description": "seconds from the start to the end; give this or `end_datetime`"}


MAX_OVERRIDES = 10_000


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
    counters_after = Choice(CountersAfter, allow_none=True, metadata=_COUNTERS_AFTER)
    spike_fields = ListOf(
        Nested(OverrideIn), most=MAX_OVERRIDES, metadata={"description": "the whole set of overrides"}
    )


class SpikeIn(SpikePatch):
    """A new schedule."""

    collection_id = Id(required=True)
    name = Name(required=True)


LONGEST_INTERVAL = 86_400
USUAL_INTERVAL = 60
_INTERVAL = {"description": "seconds from one poll to the next"}


class PreviewIn(SpikePatch):
    """A schedule that is being written: as for creating it, or as for changing the one that is named."""

    collection_id = Id(required=True)
    schedule_id = Id(metadata={"description": "the saved schedule that is being changed"})
    interval = Whole(minimum=1, maximum=LONGEST_INTERVAL, load_default=USUAL_INTERVAL, metadata=_INTERVAL)


class PreviewQuery(Schema):
    """How often to poll."""

    interval = QueryWhole(1, LONGEST_INTERVAL, load_default=USUAL_INTERVAL, metadata=_INTERVAL)


class ExtendIn(TolerantSchema):
    """By how much to extend."""

    duration = Duration(required=True, metadata={"description": "seconds to add to the present end"})


class OriginalOut(Schema.from_dict(setting_fields(), name="OriginalSettings")):  # type: ignore[misc]
    """What the collection's own field is: what is served outside the window."""

    value_type = Choice(ValueType)
    current_number = Exact(allow_none=True, metadata={"description": "where the collection's counter stands"})


class SpikeFieldOut(Schema):
    """A schedule's copy of one field."""

    id = Id()
    original_field_id = Id()
    collection_type = Choice(CollectionType)
    field_name = Text()
    value_type = Choice(ValueType)
    is_editable = Flag()
    is_overridden = Flag()
    overridden_settings = ListOf(Text(), metadata={"description": "the settings that were given"})
    vars().update(setting_fields())  # here, so that JSON begins with what tells a field
    current_number = Exact(allow_none=True, metadata={"description": "the last value served in the window"})
    original = Nested(OriginalOut, metadata={"description": "the collection's own field"})


class SpikeOut(Schema):
    """A spike schedule with its copies of the collection's fields."""

    id = Id()
    collection_id = Id()
    collection_name = Text()
    name = Text()
    start_datetime = Instant()
    end_datetime = Instant()
    status = Status(*STATUSES)
    counters_after = Choice(CountersAfter, allow_none=True, metadata=_COUNTERS_AFTER)
    spike_fields = ListOf(Nested(SpikeFieldOut))
    created_at = Instant()
    updated_at = Instant()


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
    """How many of the polls come before, during and after the window."""

    before = Whole()
    during = Whole()
    after = Whole()


def _numbers(**more: Any) -> ListOf:
    """A list of numbers as the data endpoint serves them."""
    return ListOf(fields.Raw(metadata={"type": "number"}), **more)


class PreviewFieldOut(Schema):
    """The values that polls would get of one field."""

    original_field_id = Id()
    field_name = Text()
    value_type = Choice(ValueType)
    is_overridden = Flag()
    values = _numbers(metadata={"description": "one for each of `times`"})
    normal = _numbers(
        allow_none=True,
        metadata={"description": "lowest and highest value of the collection's own rule; null: no such"},
    )
    mean = Nested(MeansOut)


class PreviewOut(Schema):
    """What polls around and in a window would get."""

    interval = Whole(
        metadata={"description": "seconds; wider than asked for where the window has over 300 polls"}
    )
    polls_in_window = Whole(metadata={"description": "at the interval that was asked for"})
    start_datetime = Instant()
    end_datetime = Instant()
    times = ListOf(Whole(), metadata={"description": "seconds since 1970 of each poll"})
    phases = Nested(PhasesOut)
    fields_ = ListOf(Nested(PreviewFieldOut), attribute="fields", data_key="fields")
    conflicts = ListOf(Nested(InTheWayOut))
    next_free_start = Text(allow_none=True, metadata=_INSTANT)


class CountsOut(Schema):
    """How many schedules there are of each status."""

    all = Whole()
    active = Whole()
    scheduled = Whole()
    expired = Whole()


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
