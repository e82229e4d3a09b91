"""Which settings of a field a spike can override."""

import pytest

from tests.support.api_requests import get_copy, get_settings
from tests.support.problems import faults
from tests.support.value_types import DEFAULTS, NEEDED, NUMERIC, SOME_VALUE, foreign, some, taken, takes


@pytest.mark.parametrize("value_type", NUMERIC)
def test_overriding_one_setting_keeps_the_others(send_overrides, make, collection, value_type):
    wide = {"range_end_number": 900, "range_end_float": 900.5, "reset_number": None}
    wide_settings = {name: value for name, value in wide.items() if name in taken(value_type)}
    field = make.field(collection, value_type, **some(taken(value_type)) | wide_settings)
    for name in taken(value_type):
        value = SOME_VALUE[name] + 1 if value_type != "DECREMENT" or name != "reset_number" else 9
        entry = {"original_field_id": field["id"], name: value}
        response = send_overrides(entry)
        copy = get_copy(response, field)
        assert get_settings(copy) == get_settings(field) | {name: value}
        assert (copy["is_overridden"], copy["overridden_settings"]) == (True, [name])
        make.person.delete(f"/api/spike-schedules/{response.json['id']}")


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NUMERIC)
def test_a_setting_of_another_value_type_is_refused_and_the_error_names_the_field(
    send_overrides, make, collection, value_type
):
    field = make.field(collection, value_type, name="Fuel %")
    errors = faults(send_overrides({"original_field_id": field["id"]} | some(foreign(value_type))))
    assert errors == {
        f"spike_fields.0.{name}": [
            f"Fuel %: {name} does not belong to {value_type}, which takes {takes(value_type)}"
        ]
        for name in foreign(value_type)
    }


@pytest.mark.parametrize("value_type", NUMERIC)
def test_null_for_a_setting_of_another_value_type_overrides_nothing(
    send_overrides, make, collection, value_type
):
    field = make.field(collection, value_type)
    response = send_overrides({"original_field_id": field["id"]} | dict.fromkeys(foreign(value_type)))
    copy = get_copy(response, field)
    assert (copy["is_overridden"], get_settings(copy)) == (False, get_settings(field))


def test_an_entry_without_settings_overrides_nothing(send_overrides, make, collection):
    field = make.field(collection)
    assert not get_copy(send_overrides({"original_field_id": field["id"]}), field)["is_overridden"]


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NUMERIC)
def test_null_is_refused_for_a_required_setting(send_overrides, make, collection, value_type):
    field = make.field(collection, value_type, name="cpu")
    errors = faults(send_overrides({"original_field_id": field["id"]} | dict.fromkeys(NEEDED[value_type])))
    assert errors == {
        f"spike_fields.0.{name}": [f"cpu: {name} is required for {value_type}"] for name in NEEDED[value_type]
    }


@pytest.mark.parametrize(
    ("value_type", "setting", "becomes"),
    [
        ("INCREMENT", "reset_number", None),
        ("DECREMENT", "reset_number", None),
        ("INCREMENT", "randomization_percentage", DEFAULTS["INCREMENT"]["randomization_percentage"]),
        ("FLOAT_RANGE", "float_precision", DEFAULTS["FLOAT_RANGE"]["float_precision"]),
    ],
)
def test_null_clears_an_optional_setting(send_overrides, make, collection, value_type, setting, becomes):
    field = make.field(collection, value_type, **some(taken(value_type)))
    copy = get_copy(send_overrides({"original_field_id": field["id"], setting: None}), field)
    assert (copy["is_overridden"], copy["overridden_settings"]) == (True, [setting])
    assert get_settings(copy) == get_settings(field) | {setting: becomes}


def test_a_value_equal_to_that_of_the_field_is_still_an_override(send_overrides, make, collection):
    field = make.field(collection, "NUMBER_RANGE", range_start_number=5, range_end_number=20)
    copy = get_copy(send_overrides({"original_field_id": field["id"], "range_start_number": 5}), field)
    assert copy["overridden_settings"] == ["range_start_number"]


def test_zero_is_a_valid_override(send_overrides, make, collection):
    zeros = {
        "NUMBER_FIXED": {"fixed_value_number": 0},
        "FLOAT_FIXED": {"fixed_value_float": 0},
        "NUMBER_RANGE": {"range_start_number": 0, "range_end_number": 0},
        "FLOAT_RANGE": {"range_start_float": 0, "range_end_float": 0, "float_precision": 0},
        "INCREMENT": {"start_number": 0, "reset_number": 0, "randomization_percentage": 0},
        "DECREMENT": {"start_number": 0, "reset_number": 0, "randomization_percentage": 0},
    }
    fields = {
        value_type: make.field(collection, value_type, **some(taken(value_type))) for value_type in zeros
    }
    response = send_overrides(
        *({"original_field_id": fields[value_type]["id"]} | zeros[value_type] for value_type in zeros)
    )
    for value_type, field in fields.items():
        assert get_settings(get_copy(response, field)) == get_settings(field) | zeros[value_type]
