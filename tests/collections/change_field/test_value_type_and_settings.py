"""PATCH /api/fields/{id}: the value type and its settings, as a JSON merge patch."""

import json

import pytest

from tests.support.api_requests import get_field, get_settings, patch_field
from tests.support.factory import SETTINGS
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults
from tests.support.value_types import DEFAULTS, NEEDED, foreign, some, taken


def test_absent_keys_keep_their_values(owner, cpu, clock):
    clock.shift(60)
    response = patch_field(owner, cpu, range_end_number=30)
    assert response.status_code == 200
    assert response.json == cpu | {"range_end_number": 30, "updated_at": "2026-11-27T08:01:00Z"}
    assert get_field(owner, cpu) == response.json


def test_an_empty_patch_changes_nothing(owner, cpu, clock):
    clock.shift(60)
    assert patch_field(owner, cpu).json == cpu


@pytest.mark.parametrize("value_type", NEEDED)
def test_every_setting_may_be_changed_alone(owner, make, collection, value_type):
    field = make.field(collection, value_type, **some(taken(value_type)) or {"name": "x"})
    for name, value in some(taken(value_type)).items():
        assert patch_field(owner, field, **{name: value}).json == field


def test_zero_is_a_valid_setting(owner, make, collection):
    field = make.field(
        collection, "FLOAT_RANGE", range_start_float=0.5, range_end_float=1.5, float_precision=3
    )
    assert patch_field(owner, field, range_start_float=0, float_precision=0).json == field | {
        "range_start_float": 0,
        "float_precision": 0,
    }


@pytest.mark.parametrize(
    ("value_type", "setting", "becomes"),
    [
        ("INCREMENT", "reset_number", None),
        ("INCREMENT", "randomization_percentage", 0),
        ("DECREMENT", "reset_number", None),
        ("FLOAT_RANGE", "float_precision", 2),
    ],
)
def test_null_clears_an_optional_setting(owner, make, collection, value_type, setting, becomes):
    field = make.field(collection, value_type, **some(taken(value_type)))
    assert patch_field(owner, field, **{setting: None}).json == field | {setting: becomes}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("value_type", "setting"), [(kind, name) for kind, names in NEEDED.items() for name in names]
)
def test_null_is_refused_for_a_required_setting(owner, make, collection, value_type, setting):
    field = make.field(collection, value_type)
    errors = faults(patch_field(owner, field, **{setting: None}))
    assert errors == {setting: [f"{setting} is required for {value_type}"]}


@pytest.mark.parametrize("value_type", NEEDED)
def test_null_is_accepted_for_settings_of_other_value_types(owner, make, collection, value_type):
    field = make.field(collection, value_type)
    assert patch_field(owner, field, **dict.fromkeys(foreign(value_type))).json == field


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_settings_of_other_value_types_are_refused(owner, make, collection, value_type):
    field = make.field(collection, value_type)
    errors = faults(patch_field(owner, field, **some(foreign(value_type))))
    assert set(errors) == set(foreign(value_type))
    assert get_field(owner, field) == field


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_an_invalid_or_out_of_bounds_number_is_refused(owner, make, collection, setting):
    field = make.field(collection, VALUE_TYPES[setting], **some(taken(VALUE_TYPES[setting])))
    for name, written, message in BAD_NUMBERS:
        if name == setting:
            body = f'{{"{setting}": {written}}}'
            response = owner.patch(f"/api/fields/{field['id']}", data=body, content_type="application/json")
            assert faults(response) == {setting: [message]}
    assert get_field(owner, field) == field


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            {"range_start_number": 21},
            {
                "range_start_number": [
                    "range_start_number must not be greater than range_end_number (21 > 20)"
                ]
            },
        ),
        (
            {"range_end_number": 4},
            {"range_start_number": ["range_start_number must not be greater than range_end_number (5 > 4)"]},
        ),
    ],
)
def test_given_settings_are_validated_together_with_stored_ones(owner, cpu, changes, errors):
    assert faults(patch_field(owner, cpu, **changes)) == errors
    assert get_field(owner, cpu) == cpu


@pytest.mark.any_database
@pytest.mark.parametrize("changes", [{"start_number": 101}, {"reset_number": 9}])
def test_a_reset_number_before_the_start_number_is_refused(owner, odometer, changes):
    assert set(faults(patch_field(owner, odometer, **changes))) == {"reset_number"}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["current_number", "id", "collection_id", "is_editable", "updated_at"])
def test_a_read_only_key_is_refused(owner, odometer, key):
    assert faults(patch_field(owner, odometer, **{key: 1})) == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_errors_are_reported_at_once_and_nothing_is_changed(owner, cpu):
    errors = faults(
        patch_field(
            owner,
            cpu,
            field_name="a\nb",
            range_start_number="low",
            range_end_number=None,
            step_number=1,
            current_number=None,
        )
    )
    assert errors == {
        "field_name": ["must not contain control characters"],
        "range_start_number": ["must be a whole number"],
        "range_end_number": ["range_end_number is required for NUMBER_RANGE"],
        "step_number": [
            "step_number does not belong to NUMBER_RANGE, which takes range_start_number and range_end_number"
        ],
        "current_number": ["is not a known key"],
    }
    assert get_field(owner, cpu) == cpu


@pytest.mark.any_database
def test_a_body_that_is_not_an_object_is_refused(owner, cpu):
    response = owner.patch(f"/api/fields/{cpu['id']}", data=json.dumps([]), content_type="application/json")
    assert faults(response) == {"body": ["must be a JSON object"]}


@pytest.mark.parametrize("old", NEEDED)
def test_a_new_value_type_removes_the_settings_of_the_old_one(owner, make, collection, old):
    for new in NEEDED:
        field = make.field(collection, old)
        changed = patch_field(owner, field, value_type=new, **SETTINGS[new])
        assert changed.status_code == 200, changed.text
        settings = {name: value for name, value in get_settings(changed.json).items() if value is not None}
        assert settings == SETTINGS[new] | DEFAULTS.get(new, {})


def test_a_new_value_type_without_its_required_settings_is_refused(owner, cpu):
    assert faults(patch_field(owner, cpu, value_type="FLOAT_RANGE")) == {
        "range_start_float": ["range_start_float is required for FLOAT_RANGE"],
        "range_end_float": ["range_end_float is required for FLOAT_RANGE"],
    }
    assert get_field(owner, cpu) == cpu


def test_a_new_value_type_also_removes_settings_that_both_take(owner, odometer):
    given = {"value_type": "DECREMENT", "start_number": 10, "step_number": 5}
    changed = patch_field(owner, odometer | {"reset_number": 30}, **given).json
    assert (changed["value_type"], changed["reset_number"]) == ("DECREMENT", None)
    assert set(faults(patch_field(owner, odometer, value_type="INCREMENT"))) == {
        "start_number",
        "step_number",
    }


def test_settings_of_the_old_value_type_are_refused_with_a_new_one(owner, cpu):
    given = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1, "range_start_number": 5}
    assert set(faults(patch_field(owner, cpu, **given))) == {"range_start_number"}


def test_sending_the_same_value_type_removes_no_setting(owner, odometer):
    assert patch_field(owner, odometer, value_type="INCREMENT").json == odometer
