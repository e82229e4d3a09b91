"""Schemas of rehearsals in JSON."""

from decimal import Decimal
from typing import Any

from marshmallow import fields

from app.models import RehearsalPoll
from app.models.rehearsal import RehearsalState
from app.models.spike import CountersAfter
from app.rehearsals.verdict import State
from app.values import all_settings, to_json_number
from app.values.expectations import Kind
from app.web.access import current_actor
from app.web.expectation_fields import RehearsalIn, external_id_field
from app.web.fields import Choice, ListOf, Nested, StrictBool, Timestamp
from app.web.matcher_fields import MatchersField
from app.web.number_fields import Float, Id, Integer
from app.web.schema import Schema, TolerantSchema
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


class ReceiverBriefOut(Schema):
    """An alert receiver."""

    id = Id()
    name = Text()


class FiredOut(Schema):
    """One time that an alert fired."""

    labels = fields.Dict(keys=fields.String(), values=fields.String())
    received_after = Float(metadata={"description": "Seconds from the start of the window."})
    resolved_after = Float(allow_none=True, metadata={"description": "Null: it had not resolved."})


class SplitOut(Schema):
    """Where the time went, in seconds."""

    poll = Float(metadata={"description": "Until the data was polled."})
    rule = Float(metadata={"description": "From then until the rule fired, by the sender's clock."})
    notification = Float(metadata={"description": "From then until the alert arrived here."})


class ExpectationOut(Schema):
    """An expectation, and what came of it. Settings of the other kind are null."""

    id = Id()
    kind = Choice(Kind)
    match = MatchersField()
    within = Integer(allow_none=True)
    counts_from = Integer(allow_none=True)
    resolve_within = Integer(allow_none=True)
    at_most = Integer(allow_none=True)
    holds = StrictBool(allow_none=True)
    until = Integer(allow_none=True)
    expects = Text(metadata={"description": "The expectation as a sentence."})
    state = Choice(State, allow_none=True, metadata={"description": "Null: cancelled, so not judged."})
    says = Text(metadata={"description": "What came of it, as the end of a sentence about the alert."})
    delay = Float(
        allow_none=True, metadata={"description": "Seconds from the start plus `counts_from` to the alert."}
    )
    split = Nested(
        SplitOut, allow_none=True, metadata={"description": "Null: the sender's times do not tell."}
    )
    clock_skew = Float(
        allow_none=True,
        metadata={
            "description": "Seconds by which the sender's clock is ahead at least, where its time "
            "contradicts ours."
        },
    )
    resolve_delay = Float(
        allow_none=True, metadata={"description": "Seconds from the end to the last resolution."}
    )
    times = Integer(metadata={"description": "How often it fired in the window."})
    deliveries = Integer(metadata={"description": "How many messages told so, repeats included."})
    episodes = ListOf(Nested(FiredOut), metadata={"description": "The first 20."})


class RehearsalListed(Schema):
    """The record of a spike."""

    id = Id()
    collection_id = Id()
    collection_name = Text()
    spike_schedule_id = Id(metadata={"description": "The schedule, which may be deleted by now."})
    name = Text()
    start_datetime = Timestamp()
    end_datetime = Timestamp()
    state = Choice(
        RehearsalState,
        attribute="outcome.state",
        metadata={"description": "`observed` is a spike that is over and expected nothing."},
    )
    passed = StrictBool(
        attribute="outcome.passed",
        allow_none=True,
        metadata={"description": "Null while that is open, and where it cannot be told."},
    )
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
    external_id = Text(allow_none=True, metadata={"description": "What the run is called elsewhere."})
    receiver = Nested(
        ReceiverBriefOut,
        allow_none=True,
        metadata={"description": "Where the alerts come in. Null: nothing is expected, or it was deleted."},
    )
    scope = MatchersField(allow_none=True)
    fail_on_unexpected = StrictBool()
    decided_by = Timestamp(
        allow_none=True, metadata={"description": "The last deadline. Null: nothing is expected."}
    )
    settled_at = Timestamp(
        allow_none=True,
        metadata={"description": "When the result was frozen. From then on nothing changes it."},
    )
    delay = Float(
        attribute="outcome.delay",
        allow_none=True,
        metadata={"description": "Seconds until the last of the expected alerts had arrived."},
    )
    false_alarms = Integer(
        attribute="outcome.false_alarms",
        metadata={"description": "How many alerts fired unexpectedly, or should have stayed quiet."},
    )
    timeliness = Float(
        attribute="outcome.timeliness",
        allow_none=True,
        metadata={"description": "From 1, at once, to 0, at the deadline: the mean of the alerts."},
    )


class RehearsalOut(RehearsalListed):
    """The record of a spike: the polls in its window, and what came of its expectations."""

    expectations = ListOf(Nested(ExpectationOut), attribute="outcome.expectations")
    unexpected = ListOf(
        Nested(FiredOut),
        attribute="outcome.unexpected",
        metadata={"description": "Alerts in scope that no expectation names: the first 50."},
    )
    warnings = ListOf(Text(), attribute="outcome.warnings")

    polls = ListOf(
        Nested(PollsOut), metadata={"description": "One entry for each key, the first to poll first."}
    )


class RehearsalPatch(TolerantSchema, RehearsalIn):
    """What a rehearsal that is not settled is to expect instead (JSON merge patch)."""

    external_id = external_id_field()
