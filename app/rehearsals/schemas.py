"""Schemas of rehearsals in JSON."""

from decimal import Decimal
from typing import Any

from marshmallow import fields

from app.models import RehearsalPoll
from app.models.rehearsal import RehearsalState
from app.models.spike import CountersAfter
from app.values import all_settings, to_json_number
from app.web.access import current_actor
from app.web.fields import Choice, ListOf, Nested, Status, StrictBool, Timestamp
from app.web.number_fields import Float, Id, Integer
from app.web.schema import Schema
from app.web.setting_fields import ValueTypeName
from app.web.text_fields import Text

_OF_KEY = {"description": "Null if the key belongs to another user."}
_VALUE = {"type": ["number", "string", "null"]}


class SettingValues(fields.Dict):
    """Some settings of a field, by name."""

    def __init__(self, description: str) -> None:
        super().__init__(
            keys=fields.String(),
            values=fields.Raw(metadata=_VALUE),
            metadata={"description": description},
        )

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        in_order = [name for name in all_settings() if name in value]
        return {
            name: to_json_number(setting) if isinstance(setting := value[name], Decimal) else setting
            for name in dict.fromkeys((*in_order, *value))
        }


class OverrideOut(Schema):
    """A field that the spike overrides."""

    field_id = Id(metadata={"description": "The collection's field, which may be deleted by now."})
    field_name = Text()
    value_type = ValueTypeName()
    settings = SettingValues("The settings that the spike overrides.")
    normal = SettingValues("The settings of the collection's field.")


class ServedOut(Schema):
    """The lowest, the highest and the last value of a field that a key was served in the window."""

    min = fields.Raw(metadata={"type": "number"})
    max = fields.Raw(metadata={"type": "number"})
    last = fields.Raw(metadata={"type": "number"})


class OwnKeyId(Id):
    """The id of a key. Null for a key of another user, except for Admins."""

    def _serialize(self, value: Any, *args: Any, **_options: Any) -> Any:
        return _if_readable(value, args[1])


class OwnKeyLabel(Text):
    """The label of a key. Null for a key of another user, except for Admins."""

    def _serialize(self, value: Any, *args: Any, **_options: Any) -> Any:
        return _if_readable(value, args[1])


def _if_readable(value: Any, receipt: RehearsalPoll) -> Any:
    return value if current_actor().may_read(receipt.key_owner_id) else None


class PollsOut(Schema):
    """The polls of type Performance by one key in the window."""

    api_key_id = OwnKeyId(allow_none=True, metadata=_OF_KEY)
    label = OwnKeyLabel(attribute="key_label", allow_none=True, metadata=_OF_KEY)
    polls = Integer()
    first_polled_at = Timestamp()
    first_after = Float(metadata={"description": "Seconds from the start to the first poll."})
    last_polled_at = Timestamp()
    times = ListOf(
        Float(),
        attribute="times_in_seconds",
        metadata={"description": "Of the first 200 polls: seconds from the start."},
    )
    minutes = ListOf(
        ListOf(Integer()),
        attribute="polls_by_minute",
        metadata={"description": "Of the polls beyond those: [minute of the window, number of polls]."},
    )
    served = fields.Dict(
        keys=fields.String(),
        values=Nested(ServedOut),
        attribute="served_by_field",
        metadata={"description": "Of up to 20 overridden fields, by their names at the time."},
    )
    after = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": "number"}),
        allow_none=True,
        metadata={
            "description": "The values of the same fields at the first poll after the window. Null: none yet."
        },
    )


class RehearsalListed(Schema):
    """The record of a spike."""

    id = Id()
    collection_id = Id()
    collection_name = Text()
    spike_schedule_id = Id(metadata={"description": "The schedule, which may be deleted by now."})
    name = Text()
    start_datetime = Timestamp()
    end_datetime = Timestamp()
    state = Status(*RehearsalState, attribute="compute_state")
    is_scheduled = StrictBool(metadata={"description": "Whether the schedule still exists."})
    created_by = Text(
        attribute="created_by_name",
        allow_none=True,
        metadata={"description": "Name of the user at that time. Null if it is not known."},
    )
    created_at = Timestamp()
    cancelled_at = Timestamp(
        allow_none=True, metadata={"description": "When the schedule was deleted before its end."}
    )
    poll_count = Integer(metadata={"description": "Number of polls in the window, by all keys."})
    key_count = Integer(metadata={"description": "Number of keys that polled in the window."})
    overrides = ListOf(Nested(OverrideOut))
    unchanged_fields = Integer(
        metadata={"description": "Number of fields of the collection that keep their values."}
    )
    counters_after = Choice(CountersAfter, allow_none=True)


class RehearsalOut(RehearsalListed):
    """The record of a spike, with the polls in its window."""

    polls = ListOf(
        Nested(PollsOut), metadata={"description": "One entry for each key, the first to poll first."}
    )
