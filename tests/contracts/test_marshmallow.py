"""What app/web/schema.py and app/web/*fields.py rely on inside marshmallow."""

import inspect

import marshmallow
import pytest
from marshmallow import fields
from marshmallow.error_store import ErrorStore


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_a_schema_serializes_with_the_private_method_that_spikecast_overrides():
    class Loud(marshmallow.Schema):
        name = fields.String()

        def _serialize(self, obj, *, many=False):
            return {"seen": obj["name"], "many": many}

    assert parameters(marshmallow.Schema._serialize) == ["self", "obj", "many"]
    assert Loud().dump({"name": "Truck"}) == {"seen": "Truck", "many": False}


def test_a_schema_deserializes_with_the_private_method_that_spikecast_overrides():
    seen = {}

    class Loud(marshmallow.Schema):
        name = fields.String()

        def _deserialize(self, data, *, error_store, many=False, partial=None, unknown=None, index=None):
            seen.update(data=data, many=many, unknown=unknown, index=index, store=type(error_store))
            return super()._deserialize(
                data, error_store=error_store, many=many, partial=partial, unknown=unknown, index=index
            )

    expected = ["self", "data", "error_store", "many", "partial", "unknown", "index"]
    assert parameters(marshmallow.Schema._deserialize) == expected
    assert Loud().load({"name": "Truck"}, unknown=marshmallow.RAISE) == {"name": "Truck"}
    assert seen == {
        "data": {"name": "Truck"},
        "many": False,
        "unknown": marshmallow.RAISE,
        "index": None,
        "store": ErrorStore,
    }


def test_a_schema_that_excludes_unknown_keys_reports_no_error():
    """Spikecast lets marshmallow exclude unknown keys and reports them itself, up to a limit."""

    class Known(marshmallow.Schema):
        name = fields.String()

    store = ErrorStore()
    given = {"name": "Truck", "colour": "red"}
    loaded = Known()._deserialize(given, error_store=store, unknown=marshmallow.EXCLUDE)
    assert (loaded, store.errors) == ({"name": "Truck"}, {})


def test_the_error_store_merges_messages_by_key_and_by_index():
    store = ErrorStore()
    store.store_error({"a": ["one"]})
    store.store_error({"a": ["two"], "b": ["three"]})
    assert store.errors == {"a": ["one", "two"], "b": ["three"]}
    indexed = ErrorStore()
    indexed.store_error({"a": ["one"]}, index=3)
    assert indexed.errors == {3: {"a": ["one"]}}


def test_the_error_store_accepts_a_key_that_is_not_a_string():
    """Spikecast counts the messages beyond the limit under such a key."""
    key = object()
    store = ErrorStore()
    store.store_error({key: [7]})
    store.store_error({"a": ["one"]})
    assert store.errors == {key: [7], "a": ["one"]}


def test_the_base_field_serializes_a_value_unchanged():
    """Therefore `dump_unchanged` can replace the conversions of its subclasses."""
    value = object()
    assert parameters(fields.Field._serialize) == ["self", "value", "attr", "obj", "kwargs"]
    assert fields.Field()._serialize(value, "name", None) is value


@pytest.mark.parametrize(
    "kind", [fields.String, fields.Integer, fields.Float, fields.Boolean, fields.Enum, fields.List]
)
def test_a_field_has_the_private_deserialize_method_that_spikecast_overrides(kind):
    assert parameters(kind._deserialize) == ["self", "value", "attr", "data", "kwargs"]


def test_a_nested_field_has_the_methods_that_spikecast_overrides():
    assert parameters(fields.Nested._serialize)[:4] == ["self", "nested_obj", "attr", "obj"]
    assert parameters(fields.Nested.deserialize) == ["self", "value", "attr", "data", "kwargs"]
    assert isinstance(fields.Nested(marshmallow.Schema).schema, marshmallow.Schema)


def test_a_list_field_has_its_entry_field_as_inner():
    assert isinstance(fields.List(fields.Integer()).inner, fields.Integer)


def test_a_validation_error_keeps_what_was_valid():
    class Two(marshmallow.Schema):
        good = fields.Integer()
        bad = fields.Integer()

    with pytest.raises(marshmallow.ValidationError) as caught:
        Two().load({"good": 1, "bad": "x"})
    assert caught.value.valid_data == {"good": 1}
    assert caught.value.normalized_messages() == {"bad": ["Not a valid integer."]}


def test_a_schema_has_its_dump_fields_and_load_fields_by_name():
    class Both(marshmallow.Schema):
        shown = fields.Integer(dump_only=True, attribute="inner", data_key="outer")
        given = fields.Integer(load_only=True)

    schema = Both()
    assert (list(schema.dump_fields), list(schema.load_fields)) == (["shown"], ["given"])
    shown = schema.dump_fields["shown"]
    assert (shown.attribute, shown.data_key) == ("inner", "outer")


def test_make_error_formats_the_messages_of_a_field():
    field = fields.Integer(error_messages={"invalid": "must be {what}"})
    assert field.make_error("invalid", what="a number").messages == ["must be a number"]


def test_an_enum_field_has_its_choices_as_one_string():
    from app.values import CollectionType

    assert fields.Enum(CollectionType, by_value=fields.String).choices_text == ", ".join(CollectionType)
