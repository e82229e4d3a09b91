"""JSON schemas of collections and fields."""

from typing import Any

from marshmallow import ValidationError

from app.domain.series_notation import parse_series
from app.models.collection import MAX_METRIC_LENGTH
from app.values import CollectionType
from app.web.access import current_actor
from app.web.fields import Choice, ListOf, Nested, StrictBool, Timestamp
from app.web.number_fields import FixedDecimal, Id, Integer
from app.web.schema import Schema, TolerantSchema
from app.web.setting_fields import SettingsSchema, ValueTypeName, build_setting_fields
from app.web.spike_summary import SpikeBriefOut
from app.web.text_fields import Name, Text

SettingsIn = SettingsSchema.from_dict(build_setting_fields(), name="Settings")


class Metric(Text):
    """A series in Prometheus' notation, stored in its canonical form."""

    def __init__(self) -> None:
        super().__init__(
            max_length=MAX_METRIC_LENGTH,
            allow_none=True,
            metadata={
                "description": "Series of Prometheus, such as `node_load1` or "
                '`node_hwmon_temp_celsius{chip="coretemp_0"}`. Null: a name is made from the field\'s name.'
            },
        )

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        try:
            return str(parse_series(text))
        except ValueError as error:
            raise ValidationError(str(error)) from None


class FieldOut(SettingsSchema):
    """A field with its settings and, for a counter, its last value."""

    id = Id()
    collection_id = Id()
    collection_type = Choice(CollectionType)
    field_name = Text()
    value_type = ValueTypeName()
    is_editable = StrictBool(
        metadata={"description": "Whether a spike can override it: Performance and numeric."}
    )
    metric = Metric()
    vars().update(build_setting_fields())  # here, so that JSON begins with the identifying members
    current_number = FixedDecimal(
        allow_none=True, metadata={"description": "Last value served. Null before the first poll."}
    )
    created_at = Timestamp()
    updated_at = Timestamp()


class FieldIn(TolerantSchema, SettingsIn):  # type: ignore[valid-type,misc]
    """A new field: its name, types and the settings of its value type."""

    collection_type = Choice(CollectionType, required=True)
    field_name = Name(required=True)
    value_type = ValueTypeName(required=True)
    metric = Metric()


class FieldPatch(TolerantSchema, SettingsIn):  # type: ignore[valid-type,misc]
    """The changes to a field. A new value type drops the settings of the old one."""

    collection_type = Choice(CollectionType)
    field_name = Name()
    value_type = ValueTypeName()
    metric = Metric()


class CollectionOut(Schema):
    """A collection."""

    id = Id()
    name = Text()
    owner_id = Id()
    owner = Text(attribute="owner.username")
    created_at = Timestamp()
    updated_at = Timestamp()


class LastKeyLabel(Text):
    """The label of the key that polled last. Null for a key of another user, except for Admins."""

    def _serialize(self, value: Any, *args: Any, **_options: Any) -> Any:
        owner_id = args[1].last_poller_id
        return value if owner_id is not None and current_actor().may_read(owner_id) else None


class StateOut(Schema):
    """The current state of a collection: its spike and its last poll."""

    spike = Nested(
        SpikeBriefOut,
        allow_none=True,
        metadata={"description": "The active schedule, otherwise the next one."},
    )
    last_polled_at = Timestamp(allow_none=True, metadata={"description": "Updated at most once a minute."})
    last_polled_by = LastKeyLabel(
        allow_none=True,
        metadata={"description": "Label of the key. Null if the key belongs to another user."},
    )


class CollectionItemOut(StateOut, CollectionOut):
    """A collection in a list."""

    field_count = Integer()


class CollectionDetailOut(StateOut, CollectionOut):
    """A collection with its fields in order of creation."""

    fields_ = ListOf(Nested(FieldOut), attribute="fields", data_key="fields")


class CollectionIn(Schema):
    """A new collection."""

    name = Name(required=True)
    owner_id = Id(metadata={"description": "Admins only. Default: you."})


class CollectionPatch(Schema):
    """The changes to a collection."""

    name = Name()
    owner_id = Id(metadata={"description": "Admins only."})


class CopyIn(Schema):
    """The name of the copy."""

    name = Name(required=True)


class BulkDeleteIn(Schema):
    """The collections to delete."""

    collection_ids = ListOf(
        Id(), required=True, min_items=1, max_items=1000, size_error="must list 1 to 1000 collections"
    )
