"""Polling a collection: the content of the response."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from tests.conftest import NOW
from tests.support.bulk import insert_fields
from tests.support.factory import SETTINGS

EPOCH = int(NOW.timestamp())


def read_as_written(response, name: str) -> str:
    """Return a value as it is written in the JSON: `number 15`, or the text itself."""
    read = json.loads(response.text, parse_int="number {}".format, parse_float="number {}".format)
    return read["data"][name]


def test_a_poll_has_this_exact_json(make):
    collection = make.collection("Truck 01")
    make.field(collection, "NUMBER_FIXED", name="cpu", fixed_value_number=97)
    make.field(collection, "FLOAT_FIXED", name="fuel", fixed_value_float=8.25)
    make.field(collection, "TEXT_FIXED", name="driver's name", fixed_value_text='Zoë "Z"')
    response = make.key().poll("Truck 01")
    assert response.status_code == 200
    assert response.text == (
        '{"collection":"Truck 01","type":"Performance","generated_at_epoch":1795766400,'
        '"data":{"cpu":97,"fuel":8.25,"driver\'s name":"Zoë \\"Z\\""}}'
    )


def test_a_poll_is_json_with_cache_control_no_store(make):
    make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    response = make.key().poll("Truck 01")
    assert response.content_type == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "text/html",
        "application/xml",
        "image/*;q=0",
    ],
)
def test_a_poll_is_json_unless_another_supported_format_is_accepted(make, accept):
    make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    response = make.key().get("/api/data/Truck%2001/performance", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("value_type", "settings", "text"),
    [
        ("TEXT_FIXED", {"fixed_value_text": "15"}, "15"),
        ("TEXT_FIXED", {"fixed_value_text": ""}, ""),
        ("TEXT_FIXED", {"fixed_value_text": "ﬁn\n\t<b>\u2028"}, "ﬁn\n\t<b>\u2028"),
        ("NUMBER_FIXED", {"fixed_value_number": 0}, "number 0"),
        ("NUMBER_FIXED", {"fixed_value_number": -15}, "number -15"),
        ("NUMBER_FIXED", {"fixed_value_number": 2**53 - 1}, "number 9007199254740991"),
        ("FLOAT_FIXED", {"fixed_value_float": 7.5}, "number 7.5"),
        ("FLOAT_FIXED", {"fixed_value_float": 0.1}, "number 0.1"),
        ("FLOAT_FIXED", {"fixed_value_float": -0.0}, "number 0.0"),
        ("EPOCH_NOW", {}, f"number {EPOCH}"),
        ("NUMBER_RANGE", {"range_start_number": 15, "range_end_number": 15}, "number 15"),
        ("FLOAT_RANGE", {"range_start_float": 1.25, "range_end_float": 1.25}, "number 1.25"),
        ("INCREMENT", {"start_number": 15, "step_number": 1}, "number 15"),
        ("INCREMENT", {"start_number": 15.0, "step_number": 1}, "number 15"),
        ("INCREMENT", {"start_number": 1e3, "step_number": 1}, "number 1000"),
        ("INCREMENT", {"start_number": 0.1, "step_number": 1}, "number 0.1"),
        ("DECREMENT", {"start_number": -0.0, "step_number": 1}, "number 0"),
    ],
)
def test_every_value_type_has_its_json_form(make, value_type, settings, text):
    collection = make.collection("Truck 01")
    more = settings or {"collection_type": "Performance"}
    make.field(collection, value_type, name="it", **more)
    assert read_as_written(make.key().poll("Truck 01"), "it") == text


@pytest.mark.parametrize("number", [1.7976931348623157e308, -1.7976931348623157e308, 5e-324])
def test_the_largest_and_smallest_floats_are_served_exactly(make, number):
    make.collection("Truck 01", {"value_type": "FLOAT_FIXED", "name": "it", "fixed_value_float": number})
    assert make.key().data("Truck 01") == {"it": number}


def test_random_integers_vary_and_stay_within_their_range(make):
    make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "it"})
    tool = make.key()
    seen = {tool.data("Truck 01")["it"] for _ in range(40)}
    assert seen <= set(range(5, 21))
    assert len(seen) > 1
    assert all(type(value) is int for value in seen)


def test_a_random_float_has_two_decimals_by_default(make):
    make.collection("Truck 01", {"value_type": "FLOAT_RANGE", "name": "it"})
    tool = make.key()
    seen = {tool.data("Truck 01")["it"] for _ in range(40)}
    assert all(0.5 <= value <= 1.5 and round(value, 2) == value for value in seen)
    assert len(seen) > 1


def test_precision_0_means_0_decimals(make):
    settings = {"range_start_float": 0, "range_end_float": 1000, "float_precision": 0}
    make.collection("Truck 01", {"value_type": "FLOAT_RANGE", "name": "it", **settings})
    tool = make.key()
    assert all(tool.data("Truck 01")["it"].is_integer() for _ in range(20))


def test_fields_are_served_in_the_order_of_creation(make):
    names = ["zebra", "10", "apple", "9", "Äther", "_"]
    types = ["INCREMENT", "TEXT_FIXED", "EPOCH_NOW", "NUMBER_RANGE", "DECREMENT", "FLOAT_RANGE"]
    collection = make.collection("Truck 01")
    fields = [
        make.field(collection, value_type, name=name) for name, value_type in zip(names, types, strict=True)
    ]
    make.person.patch(f"/api/fields/{fields[1]['id']}", {"field_name": "aardvark"})
    assert list(make.key().data("Truck 01")) == ["zebra", "aardvark", "apple", "9", "Äther", "_"]


def test_one_poll_can_serve_every_value_type(make):
    collection = make.collection("Truck 01")
    for value_type in SETTINGS:
        make.field(collection, value_type, name=value_type)
    assert list(make.key().data("Truck 01")) == list(SETTINGS)


def test_only_fields_of_the_requested_type_are_served(make):
    collection = make.collection("Truck 01")
    make.field(collection, "NUMBER_FIXED", name="cpu")
    make.field(collection, "TEXT_FIXED", name="model", collection_type="Configuration")
    tool = make.key()
    assert tool.poll("Truck 01", "performance").json["type"] == "Performance"
    assert list(tool.data("Truck 01", "performance")) == ["cpu"]
    assert tool.poll("Truck 01", "configuration").json["type"] == "Configuration"
    assert list(tool.data("Truck 01", "configuration")) == ["model"]


def test_two_types_may_have_fields_of_the_same_name(make):
    collection = make.collection("Truck 01")
    make.field(collection, "NUMBER_FIXED", name="state", fixed_value_number=1)
    make.field(
        collection, "NUMBER_FIXED", name="state", collection_type="Configuration", fixed_value_number=2
    )
    tool = make.key()
    assert tool.data("Truck 01", "performance") == {"state": 1}
    assert tool.data("Truck 01", "configuration") == {"state": 2}


@pytest.mark.parametrize("word", ["Performance", "performance", "PERFORMANCE", "pErFoRmAnCe"])
def test_the_type_is_case_insensitive(make, word):
    make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    assert make.key().poll("Truck 01", word).json["type"] == "Performance"


def test_generated_at_epoch_equals_the_epoch_of_the_values(make, clock):
    make.collection("Truck 01", {"value_type": "EPOCH_NOW", "name": "now"})
    tool = make.key()
    clock.shift(timedelta(seconds=61, microseconds=999_999))
    answer = tool.poll("Truck 01").json
    assert answer["generated_at_epoch"] == answer["data"]["now"] == EPOCH + 61


def test_all_values_have_the_same_epoch_however_long_the_poll_takes(make, app):
    collection = make.collection("Truck 01")
    insert_fields(app, collection, 500, "EPOCH_NOW")
    tool = make.key()
    for lead in range(1, 6):
        # Time ticks here: a second ends while the response is built.
        with time_machine.travel(NOW - timedelta(milliseconds=lead), tick=True):
            answer = tool.poll("Truck 01").json
        assert set(answer["data"].values()) == {answer["generated_at_epoch"]}


def test_field_names_are_served_unchanged(make):
    names = ["a.b", "a/b", 'quo"te', "it's", "<b>", "${x}", "día", "日本", "=1+1", "\\", "x" * 255]
    collection = make.collection("Truck 01")
    for name in names:
        make.field(collection, "NUMBER_FIXED", name=name)
    assert list(make.key().data("Truck 01")) == names


def test_a_collection_is_also_served_by_its_id(make):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    tool = make.key()
    by_id = tool.get(f"/api/collections/{collection['id']}/data/performance")
    assert by_id.status_code == 200
    assert by_id.data == tool.poll("Truck 01").data


def test_a_renamed_collection_is_found_by_its_new_name_only(make):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    make.person.patch(f"/api/collections/{collection['id']}", {"name": "Truck 02"})
    tool = make.key()
    assert tool.poll("Truck 01").status_code == 404
    assert tool.poll("Truck 02").json["collection"] == "Truck 02"


def test_a_change_of_a_field_shows_in_the_next_poll(make):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    tool = make.key()
    assert tool.data("Truck 01") == {"cpu": 7}
    make.person.patch(f"/api/fields/{collection['fields'][0]['id']}", {"fixed_value_number": 8})
    assert tool.data("Truck 01") == {"cpu": 8}
    make.field(collection, "NUMBER_FIXED", name="fan")
    assert tool.data("Truck 01") == {"cpu": 8, "fan": 7}
    make.person.delete(f"/api/fields/{collection['fields'][0]['id']}")
    assert tool.data("Truck 01") == {"fan": 7}


def test_a_counter_beyond_float_precision_is_written_exactly(make):
    settings = {"start_number": 2**53 - 100, "step_number": 0.1}
    make.collection("Truck 01", {"value_type": "INCREMENT", "name": "it", **settings})
    tool = make.key()
    seen = [json.loads(tool.poll("Truck 01").text, parse_float=Decimal)["data"]["it"] for _ in range(12)]
    assert seen == [2**53 - 100 + Decimal(n) / 10 for n in range(12)]
    assert str(seen[10]) == "9007199254740893.0", "a decimal counter always has a fraction"
