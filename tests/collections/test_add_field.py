"""POST /api/collections/{id}/fields."""

import json
import unicodedata

import pytest

from tests.support.factory import SETTINGS
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults, refused
from tests.support.value_types import (
    DEFAULTS,
    MAX_FLOAT,
    MAX_INTEGER,
    NEEDED,
    NUMERIC,
    SOME_VALUE,
    foreign,
    some,
    taken,
    takes,
)

HEAD = {"collection_type": "Performance", "field_name": "cpu"}


@pytest.fixture
def path(make):
    return f"/api/collections/{make.collection('Truck 01')['id']}/fields"


def body(value_type, **settings):
    return HEAD | {"value_type": value_type} | (settings or SETTINGS[value_type])


def test_the_answer_is_the_field_and_says_where_it_is(owner, path):
    response = owner.post(path, body("INCREMENT", start_number=10, step_number=0.5, reset_number=12))
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"] == f"/api/fields/{made['id']}"
    assert owner.get(response.headers["Location"]).json == made
    assert made == dict.fromkeys(SOME_VALUE) | {
        "id": made["id"],
        "collection_id": int(path.split("/")[3]),
        "collection_type": "Performance",
        "field_name": "cpu",
        "value_type": "INCREMENT",
        "is_editable": True,
        "metric": None,
        "start_number": 10,
        "step_number": 0.5,
        "reset_number": 12,
        "randomization_percentage": 0,
        "current_number": None,
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
    }


# --- Which settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value_type", NEEDED)
def test_a_field_keeps_every_setting_that_its_type_takes(owner, path, value_type):
    response = owner.post(path, HEAD | {"value_type": value_type} | some(taken(value_type)))
    assert response.status_code == 201, response.text
    kept = owner.get(response.headers["Location"]).json
    assert {name: kept[name] for name in SOME_VALUE} == dict.fromkeys(SOME_VALUE) | some(taken(value_type))


@pytest.mark.parametrize("value_type", NEEDED)
def test_what_is_not_given_gets_its_default(owner, path, value_type):
    response = owner.post(path, HEAD | {"value_type": value_type} | some(NEEDED[value_type]))
    expected = dict.fromkeys(SOME_VALUE) | some(NEEDED[value_type]) | DEFAULTS.get(value_type, {})
    assert {name: response.json[name] for name in SOME_VALUE} == expected


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_every_needed_setting_is_asked_for(owner, path, value_type):
    response = owner.post(path, HEAD | {"value_type": value_type})
    if not NEEDED[value_type]:
        assert response.status_code == 201
        return
    assert faults(response) == {name: [f"{name} is required for {value_type}"] for name in NEEDED[value_type]}


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_a_needed_setting_that_is_null_is_asked_for(owner, path, value_type):
    response = owner.post(path, HEAD | {"value_type": value_type} | dict.fromkeys(NEEDED[value_type]))
    assert response.status_code == 201 or set(faults(response)) == set(NEEDED[value_type])


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_every_setting_of_another_type_is_refused(owner, path, value_type):
    given = some(NEEDED[value_type]) | some(foreign(value_type))
    told = faults(owner.post(path, HEAD | {"value_type": value_type} | given))
    assert told == {
        name: [f"{name} does not belong to {value_type}, which takes {takes(value_type)}"]
        for name in foreign(value_type)
    }


@pytest.mark.parametrize("value_type", NEEDED)
def test_null_says_that_there_is_no_such_setting_and_is_never_refused(owner, path, value_type):
    others = dict.fromkeys(name for name in SOME_VALUE if name not in NEEDED[value_type])
    response = owner.post(path, HEAD | {"value_type": value_type} | some(NEEDED[value_type]) | others)
    assert response.status_code == 201, response.text
    assert {name: response.json[name] for name in DEFAULTS.get(value_type, {})} == DEFAULTS.get(
        value_type, {}
    )


@pytest.mark.parametrize(
    ("value_type", "settings"),
    [
        ("NUMBER_FIXED", {"fixed_value_number": 0}),
        ("FLOAT_FIXED", {"fixed_value_float": 0}),
        ("NUMBER_RANGE", {"range_start_number": 0, "range_end_number": 0}),
        ("FLOAT_RANGE", {"range_start_float": 0, "range_end_float": 0, "float_precision": 0}),
        (
            "INCREMENT",
            {"start_number": 0, "step_number": 1, "reset_number": 0, "randomization_percentage": 0},
        ),
        (
            "DECREMENT",
            {"start_number": 0, "step_number": 1, "reset_number": 0, "randomization_percentage": 0},
        ),
        ("TEXT_FIXED", {"fixed_value_text": ""}),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_zero_stays_zero_and_an_empty_text_stays_empty(owner, path, value_type, settings):
    response = owner.post(path, body(value_type, **settings))
    assert response.status_code == 201, response.text
    kept = owner.get(response.headers["Location"]).json
    assert {name: kept[name] for name in settings} == settings


# --- Which values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_type", "settings"),
    [
        ("NUMBER_FIXED", {"fixed_value_number": MAX_INTEGER}),
        ("NUMBER_FIXED", {"fixed_value_number": -MAX_INTEGER}),
        ("FLOAT_FIXED", {"fixed_value_float": MAX_FLOAT}),
        ("FLOAT_FIXED", {"fixed_value_float": -MAX_FLOAT}),
        ("FLOAT_FIXED", {"fixed_value_float": 5e-324}),
        ("FLOAT_FIXED", {"fixed_value_float": 0.1}),
        ("NUMBER_RANGE", {"range_start_number": -MAX_INTEGER, "range_end_number": MAX_INTEGER}),
        ("NUMBER_RANGE", {"range_start_number": 7, "range_end_number": 7}),
        ("FLOAT_RANGE", {"range_start_float": -MAX_FLOAT, "range_end_float": MAX_FLOAT}),
        ("FLOAT_RANGE", {"range_start_float": 1.5, "range_end_float": 1.5, "float_precision": 15}),
        ("INCREMENT", {"start_number": 0.1, "step_number": 0.0000000001}),
        ("INCREMENT", {"start_number": -MAX_INTEGER, "step_number": MAX_INTEGER}),
        ("INCREMENT", {"start_number": 5, "step_number": 1, "reset_number": 5}),
        ("INCREMENT", {"start_number": 5, "step_number": 1, "reset_number": MAX_INTEGER}),
        ("INCREMENT", {"start_number": 5, "step_number": 1, "randomization_percentage": 500}),
        ("INCREMENT", {"start_number": 5, "step_number": 1, "randomization_percentage": 0.5}),
        ("DECREMENT", {"start_number": 5, "step_number": 1, "reset_number": 5}),
        ("DECREMENT", {"start_number": 5, "step_number": 1, "reset_number": -MAX_INTEGER}),
        ("TEXT_FIXED", {"fixed_value_text": "x" * 65_535}),
        ("TEXT_FIXED", {"fixed_value_text": " a\n\tb \u202e🚚 "}),
    ],
)
def test_the_bounds_themselves_are_allowed_and_kept_exactly(owner, path, value_type, settings):
    response = owner.post(path, body(value_type, **settings))
    assert response.status_code == 201, response.text
    kept = owner.get(response.headers["Location"]).json
    assert {name: kept[name] for name in settings} == settings


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("3.0", 3),
        ("1e3", 1000),
        ("300E-2", 3),
        ("-0", 0),
        ("-0.0", 0),
        ("9007199254740991.0", MAX_INTEGER),
    ],
)
def test_a_whole_number_may_be_written_with_a_fraction_of_nothing(owner, path, written, kept):
    text = json.dumps(body("NUMBER_FIXED", fixed_value_number="?")).replace('"?"', written)
    response = owner.post(path, data=text, content_type="application/json")
    assert response.status_code == 201, response.text
    assert isinstance(response.json["fixed_value_number"], int)
    assert response.json["fixed_value_number"] == kept


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_a_number_that_is_none_or_out_of_bounds_is_refused(owner, path, setting):
    given = body(VALUE_TYPES[setting], **some(taken(VALUE_TYPES[setting])) | {setting: "?"})
    for name, written, message in BAD_NUMBERS:
        if name == setting:
            text = json.dumps(given).replace('"?"', written)
            response = owner.post(path, data=text, content_type="application/json")
            assert faults(response) == {setting: [message]}, written


@pytest.mark.any_database
@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_no_json(owner, path, word):
    text = json.dumps(body("FLOAT_FIXED", fixed_value_float="?")).replace('"?"', word)
    problem = refused(owner.post(path, data=text, content_type="application/json"), 400)
    assert problem["detail"] == f"{word} is not a JSON number."


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("value_type", "settings", "path_", "message"),
    [
        (
            "NUMBER_RANGE",
            {"range_start_number": 6, "range_end_number": 5},
            "range_start_number",
            "range_start_number must not be greater than range_end_number (6 > 5)",
        ),
        (
            "FLOAT_RANGE",
            {"range_start_float": 1.5, "range_end_float": -1.5},
            "range_start_float",
            "range_start_float must not be greater than range_end_float (1.5 > -1.5)",
        ),
        (
            "INCREMENT",
            {"start_number": 10, "step_number": 1, "reset_number": 9.5},
            "reset_number",
            "reset_number must not be less than start_number (9.5 < 10)",
        ),
        (
            "DECREMENT",
            {"start_number": 10, "step_number": 1, "reset_number": 11},
            "reset_number",
            "reset_number must not be greater than start_number (11 > 10)",
        ),
    ],
    ids=["NUMBER_RANGE", "FLOAT_RANGE", "INCREMENT", "DECREMENT"],
)
def test_settings_that_contradict_each_other_are_refused(owner, path, value_type, settings, path_, message):
    assert faults(owner.post(path, body(value_type, **settings))) == {path_: [message]}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (7, "must be a string"),
        (True, "must be a string"),
        (["a"], "must be a string"),
        ("a\0b", "must not contain NUL characters"),
        ("x" * 65_536, "must have at most 65535 characters, not 65536"),
    ],
    ids=["a number", "a truth value", "a list", "NUL", "65,536 characters"],
)
def test_a_text_that_is_none_is_refused(owner, path, text, message):
    response = owner.post(path, body("TEXT_FIXED", fixed_value_text=text))
    assert faults(response) == {"fixed_value_text": [message]}


# --- Names and types -----------------------------------------------------------------------------------


def test_a_name_is_kept_trimmed_and_composed(owner, path):
    for given, kept in VALID_NAMES:
        response = owner.post(path, body("EPOCH_NOW") | {"field_name": given})
        assert response.json["field_name"] == kept
        owner.delete(response.headers["Location"])


@pytest.mark.any_database
def test_a_name_that_is_none_is_refused(owner, path):
    for given, message in INVALID_NAMES:
        response = owner.post(path, body("EPOCH_NOW") | {"field_name": given})
        assert faults(response) == {"field_name": [message]}


@pytest.mark.parametrize("twin", ["Café", " Café\t", unicodedata.normalize("NFD", "Café")])
def test_a_name_is_unique_within_its_collection_and_type(owner, path, twin):
    owner.post(path, body("EPOCH_NOW") | {"field_name": "Café"})
    problem = refused(owner.post(path, body("NUMBER_RANGE") | {"field_name": twin}), 409)
    assert problem["errors"] == {"field_name": ["is taken by another field"]}
    assert problem["detail"] == "The collection already has a Performance field named 'Café'."


def test_the_other_type_and_other_collections_may_use_the_name_too(owner, path, make):
    other = make.collection("Truck 02")
    assert owner.post(path, body("EPOCH_NOW")).status_code == 201
    configuration = body("EPOCH_NOW") | {"collection_type": "Configuration"}
    assert owner.post(path, configuration).status_code == 201
    assert owner.post(f"/api/collections/{other['id']}/fields", body("EPOCH_NOW")).status_code == 201


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_editable_is_what_is_numeric_and_of_performance(owner, path, collection_type, value_type):
    made = owner.post(path, body(value_type) | {"collection_type": collection_type}).json
    assert made["is_editable"] is (collection_type == "Performance" and value_type in NUMERIC)


@pytest.mark.any_database
@pytest.mark.parametrize("given", ["performance", "PERFORMANCE", "Speed", "", None, 1, []])
def test_a_collection_type_is_one_of_two_words(owner, path, given):
    told = faults(owner.post(path, body("EPOCH_NOW") | {"collection_type": given}))
    said = "must not be null" if given is None else "must be one of Performance, Configuration"
    assert told == {"collection_type": [said]}


@pytest.mark.any_database
@pytest.mark.parametrize("given", ["number_range", "RANDOM", "", None, 4, {}])
def test_a_value_type_is_one_of_eight_words(owner, path, given):
    told = faults(owner.post(path, HEAD | {"value_type": given}))
    said = "must not be null" if given is None else f"must be one of {', '.join(NEEDED)}"
    assert told == {"value_type": [said]}


# --- The input as a whole ------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize(
    "key", ["current_number", "id", "collection_id", "is_editable", "created_at", "colour"]
)
def test_a_key_that_is_no_input_is_refused(owner, path, key):
    told = faults(owner.post(path, body("INCREMENT") | {key: None}))
    assert told == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_faults_are_told_at_once_by_their_path(owner, path):
    given = {
        "field_name": "\n",
        "collection_type": "Speed",
        "value_type": "FLOAT_RANGE",
        "range_start_float": "low",
        "float_precision": 16,
        "step_number": 5,
        "fixed_value_text": "diesel",
        "current_number": 3,
    }
    told = faults(owner.post(path, given))
    belongs = f"does not belong to FLOAT_RANGE, which takes {takes('FLOAT_RANGE')}"
    assert told == {
        "field_name": ["must not be empty"],
        "collection_type": ["must be one of Performance, Configuration"],
        "range_start_float": ["must be a number"],
        "range_end_float": ["range_end_float is required for FLOAT_RANGE"],
        "float_precision": ["must be 15 or less"],
        "step_number": [f"step_number {belongs}"],
        "fixed_value_text": [f"fixed_value_text {belongs}"],
        "current_number": ["is not a known key"],
    }


@pytest.mark.any_database
def test_everything_that_is_required_is_asked_for(owner, path):
    told = faults(owner.post(path, {}))
    assert told == {key: ["is required"] for key in ("collection_type", "field_name", "value_type")}


def test_a_refused_field_is_not_there(owner, path):
    faults(owner.post(path, body("NUMBER_RANGE", range_start_number=6, range_end_number=5)))
    assert owner.get(path).json["total"] == 0
