"""POST /api/collections/{id}/fields: the settings of each value type, and their values."""

import json

import pytest

from tests.support.field_bodies import FIELD_HEAD, build_field_body
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults, refused
from tests.support.value_types import (
    DEFAULTS,
    MAX_FLOAT,
    MAX_INTEGER,
    NEEDED,
    SOME_VALUE,
    foreign,
    some,
    taken,
    takes,
)

# --- Required, optional and foreign settings -----------------------------------------------------------


@pytest.mark.parametrize("value_type", NEEDED)
def test_a_field_stores_all_settings_of_its_value_type(owner, path, value_type):
    response = owner.post(path, FIELD_HEAD | {"value_type": value_type} | some(taken(value_type)))
    assert response.status_code == 201, response.text
    stored = owner.get(response.headers["Location"]).json
    assert {name: stored[name] for name in SOME_VALUE} == dict.fromkeys(SOME_VALUE) | some(taken(value_type))


@pytest.mark.parametrize("value_type", NEEDED)
def test_omitted_settings_get_their_defaults(owner, path, value_type):
    response = owner.post(path, FIELD_HEAD | {"value_type": value_type} | some(NEEDED[value_type]))
    expected = dict.fromkeys(SOME_VALUE) | some(NEEDED[value_type]) | DEFAULTS.get(value_type, {})
    assert {name: response.json[name] for name in SOME_VALUE} == expected


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_a_missing_setting_is_an_error(owner, path, value_type):
    response = owner.post(path, FIELD_HEAD | {"value_type": value_type})
    if not NEEDED[value_type]:
        assert response.status_code == 201
        return
    assert faults(response) == {name: [f"{name} is required for {value_type}"] for name in NEEDED[value_type]}


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_null_for_a_required_setting_is_an_error(owner, path, value_type):
    response = owner.post(path, FIELD_HEAD | {"value_type": value_type} | dict.fromkeys(NEEDED[value_type]))
    assert response.status_code == 201 or set(faults(response)) == set(NEEDED[value_type])


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_settings_of_other_value_types_are_refused(owner, path, value_type):
    given = some(NEEDED[value_type]) | some(foreign(value_type))
    errors = faults(owner.post(path, FIELD_HEAD | {"value_type": value_type} | given))
    assert errors == {
        name: [f"{name} does not belong to {value_type}, which takes {takes(value_type)}"]
        for name in foreign(value_type)
    }


@pytest.mark.parametrize("value_type", NEEDED)
def test_null_for_an_optional_setting_is_accepted(owner, path, value_type):
    others = dict.fromkeys(name for name in SOME_VALUE if name not in NEEDED[value_type])
    response = owner.post(path, FIELD_HEAD | {"value_type": value_type} | some(NEEDED[value_type]) | others)
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
def test_zeros_and_empty_texts_are_stored(owner, path, value_type, settings):
    response = owner.post(path, build_field_body(value_type, **settings))
    assert response.status_code == 201, response.text
    stored = owner.get(response.headers["Location"]).json
    assert {name: stored[name] for name in settings} == settings


# --- Values of settings --------------------------------------------------------------------------------


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
def test_values_at_the_bounds_are_stored_exactly(owner, path, value_type, settings):
    response = owner.post(path, build_field_body(value_type, **settings))
    assert response.status_code == 201, response.text
    stored = owner.get(response.headers["Location"]).json
    assert {name: stored[name] for name in settings} == settings


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("3.0", 3),
        ("1e3", 1000),
        ("300E-2", 3),
        ("-0", 0),
        ("-0.0", 0),
        ("9007199254740991.0", MAX_INTEGER),
    ],
)
def test_a_whole_number_may_have_a_zero_fraction(owner, path, written, stored):
    text = json.dumps(build_field_body("NUMBER_FIXED", fixed_value_number="?")).replace('"?"', written)
    response = owner.post(path, data=text, content_type="application/json")
    assert response.status_code == 201, response.text
    assert isinstance(response.json["fixed_value_number"], int)
    assert response.json["fixed_value_number"] == stored


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_an_invalid_or_out_of_bounds_number_is_refused(owner, path, setting):
    given = build_field_body(VALUE_TYPES[setting], **some(taken(VALUE_TYPES[setting])) | {setting: "?"})
    for name, written, message in BAD_NUMBERS:
        if name == setting:
            text = json.dumps(given).replace('"?"', written)
            response = owner.post(path, data=text, content_type="application/json")
            assert faults(response) == {setting: [message]}, written


@pytest.mark.any_database
@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_malformed_json(owner, path, word):
    text = json.dumps(build_field_body("FLOAT_FIXED", fixed_value_float="?")).replace('"?"', word)
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
    assert faults(owner.post(path, build_field_body(value_type, **settings))) == {path_: [message]}


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
    ids=["number", "boolean", "list", "NUL", "65,536 characters"],
)
def test_an_invalid_text_is_refused(owner, path, text, message):
    response = owner.post(path, build_field_body("TEXT_FIXED", fixed_value_text=text))
    assert faults(response) == {"fixed_value_text": [message]}
