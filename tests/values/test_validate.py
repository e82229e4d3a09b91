"""Validation of a field's settings: which are required, optional and refused per value type."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import all_settings, all_specs, validate_settings

TYPES = [spec.name for spec in all_specs()]
VALID = {
    "TEXT_FIXED": {"fixed_value_text": "diesel"},
    "NUMBER_FIXED": {"fixed_value_number": 7},
    "FLOAT_FIXED": {"fixed_value_float": 7.5},
    "EPOCH_NOW": {},
    "NUMBER_RANGE": {"range_start_number": 5, "range_end_number": 20},
    "FLOAT_RANGE": {"range_start_float": 0.5, "range_end_float": 1.5},
    "INCREMENT": {"start_number": Decimal(10), "step_number": Decimal(5)},
    "DECREMENT": {"start_number": Decimal(100), "step_number": Decimal(5)},
}
OPTIONAL = {
    "FLOAT_RANGE": {"float_precision": 0},
    "INCREMENT": {"reset_number": Decimal(20), "randomization_percentage": 50.0},
    "DECREMENT": {"reset_number": Decimal(0), "randomization_percentage": 50.0},
}
SOME_VALUE = {
    "fixed_value_text": "diesel",
    "fixed_value_number": 7,
    "fixed_value_float": 7.5,
    "range_start_number": 5,
    "range_end_number": 20,
    "range_start_float": 0.5,
    "range_end_float": 1.5,
    "float_precision": 3,
    "start_number": Decimal(10),
    "step_number": Decimal(5),
    "reset_number": Decimal(20),
    "randomization_percentage": 50.0,
}


def get_allowed_settings(value_type: str) -> set[str]:
    return {*VALID[value_type], *OPTIONAL.get(value_type, {})}


REQUIRED = [(value_type, name) for value_type, settings in VALID.items() for name in settings]
FOREIGN = [
    (each, name) for each in TYPES for name in all_settings() if name not in get_allowed_settings(each)
]


def test_the_test_data_covers_every_value_type_and_setting():
    assert set(VALID) == set(TYPES)
    assert set(SOME_VALUE) == set(all_settings())


@pytest.mark.parametrize("value_type", TYPES)
def test_the_required_settings_are_sufficient(value_type):
    validated, errors = validate_settings(value_type, VALID[value_type])
    assert errors == {}
    assert VALID[value_type].items() <= validated.items()


@pytest.mark.parametrize("value_type", OPTIONAL)
def test_optional_settings_are_accepted_unchanged(value_type):
    validated, errors = validate_settings(value_type, VALID[value_type] | OPTIONAL[value_type])
    assert errors == {}
    assert OPTIONAL[value_type].items() <= validated.items()


@pytest.mark.parametrize("value_type", TYPES)
def test_validated_settings_contain_all_settings_and_foreign_ones_are_none(value_type):
    validated, _ = validate_settings(value_type, VALID[value_type])
    assert set(validated) == set(all_settings())
    assert {name for name, value in validated.items() if value is not None} <= get_allowed_settings(
        value_type
    )


@pytest.mark.parametrize(("value_type", "name"), REQUIRED)
def test_a_missing_required_setting_is_refused(value_type, name):
    _, errors = validate_settings(
        value_type, {key: value for key, value in VALID[value_type].items() if key != name}
    )
    assert errors == {name: [f"{name} is required for {value_type}"]}


@pytest.mark.parametrize(("value_type", "name"), REQUIRED)
def test_null_for_a_required_setting_is_refused(value_type, name):
    _, errors = validate_settings(value_type, VALID[value_type] | {name: None})
    assert errors == {name: [f"{name} is required for {value_type}"]}


@pytest.mark.parametrize(("value_type", "name"), FOREIGN)
def test_a_setting_of_another_value_type_is_refused(value_type, name):
    _, errors = validate_settings(value_type, VALID[value_type] | {name: SOME_VALUE[name]})
    assert list(errors) == [name]
    assert errors[name][0].startswith(f"{name} does not belong to {value_type}, which takes ")


@pytest.mark.parametrize(
    ("value_type", "taken"),
    [
        ("TEXT_FIXED", "fixed_value_text"),
        ("EPOCH_NOW", "no settings"),
        ("NUMBER_RANGE", "range_start_number and range_end_number"),
        ("FLOAT_RANGE", "range_start_float, range_end_float and float_precision"),
        ("DECREMENT", "start_number, step_number, reset_number and randomization_percentage"),
    ],
)
def test_the_error_of_a_foreign_setting_lists_the_settings_of_the_value_type(value_type, taken):
    _, errors = validate_settings(value_type, VALID[value_type] | {"fixed_value_float": 1.0})
    assert errors == {
        "fixed_value_float": [f"fixed_value_float does not belong to {value_type}, which takes {taken}"]
    }


@pytest.mark.parametrize("value_type", TYPES)
def test_null_is_accepted_for_optional_settings_and_those_of_other_value_types(value_type):
    nulls = {name: None for name in all_settings() if name not in VALID[value_type]}
    assert validate_settings(value_type, VALID[value_type] | nulls)[1] == {}


@pytest.mark.parametrize(
    ("value_type", "name", "default"),
    [
        ("FLOAT_RANGE", "float_precision", 2),
        ("INCREMENT", "randomization_percentage", 0),
        ("DECREMENT", "randomization_percentage", 0),
        ("INCREMENT", "reset_number", None),
    ],
)
@pytest.mark.parametrize("absent", [{}, None], ids=["absent", "null"])
def test_an_optional_setting_has_a_default(value_type, name, default, absent):
    given = VALID[value_type] | ({} if absent == {} else {name: None})
    assert validate_settings(value_type, given)[0][name] == default


@pytest.mark.parametrize(
    ("value_type", "name"),
    [("FLOAT_RANGE", "float_precision"), ("INCREMENT", "randomization_percentage")],
)
def test_a_given_zero_is_not_replaced_by_the_default(value_type, name):
    assert validate_settings(value_type, VALID[value_type] | {name: 0})[0][name] == 0


@pytest.mark.parametrize(
    ("value_type", "start", "end", "shown"),
    [
        ("NUMBER_RANGE", 100, 5, "100 > 5"),
        ("NUMBER_RANGE", 0, -1, "0 > -1"),
        ("FLOAT_RANGE", 1.5, 0.5, "1.5 > 0.5"),
        ("FLOAT_RANGE", 5e-324, 0.0, "5e-324 > 0.0"),
    ],
)
def test_a_range_that_starts_after_its_end_is_refused(value_type, start, end, shown):
    first, last = VALID[value_type]
    _, errors = validate_settings(value_type, {first: start, last: end})
    assert errors == {first: [f"{first} must not be greater than {last} ({shown})"]}


@pytest.mark.parametrize("value_type", ["NUMBER_RANGE", "FLOAT_RANGE"])
def test_a_range_may_contain_a_single_number(value_type):
    first, last = VALID[value_type]
    assert validate_settings(value_type, {first: 5, last: 5})[1] == {}


@pytest.mark.parametrize(
    ("value_type", "start", "reset", "message"),
    [
        ("INCREMENT", "10", "9", "reset_number must not be less than start_number (9 < 10)"),
        ("INCREMENT", "0.5", "-0.25", "reset_number must not be less than start_number (-0.25 < 0.5)"),
        ("DECREMENT", "10", "11", "reset_number must not be greater than start_number (11 > 10)"),
        ("DECREMENT", "1000", "1E+4", "reset_number must not be greater than start_number (10000 > 1000)"),
        ("DECREMENT", "0", "1E-10", "reset_number must not be greater than start_number (0.0000000001 > 0)"),
    ],
)
def test_a_reset_number_on_the_wrong_side_of_the_start_number_is_refused(value_type, start, reset, message):
    settings = {"start_number": Decimal(start), "step_number": Decimal(1), "reset_number": Decimal(reset)}
    assert validate_settings(value_type, settings)[1] == {"reset_number": [message]}


@pytest.mark.parametrize("value_type", ["INCREMENT", "DECREMENT"])
def test_a_reset_number_may_equal_the_start_number(value_type):
    settings = {"start_number": Decimal(7), "step_number": Decimal(1), "reset_number": Decimal(7)}
    assert validate_settings(value_type, settings)[1] == {}


def test_all_errors_are_reported_at_once():
    _, errors = validate_settings(
        "INCREMENT",
        {"start_number": Decimal(10), "fixed_value_text": "diesel", "range_end_float": 1.0},
    )
    assert set(errors) == {"step_number", "fixed_value_text", "range_end_float"}


def test_a_foreign_setting_and_a_reversed_range_are_reported_together():
    _, errors = validate_settings(
        "NUMBER_RANGE", {"range_start_number": 9, "range_end_number": 1, "float_precision": 2}
    )
    assert set(errors) == {"range_start_number", "float_precision"}


def test_settings_are_not_compared_if_one_of_them_is_missing():
    _, errors = validate_settings("INCREMENT", {"step_number": Decimal(1), "reset_number": Decimal(-5)})
    assert list(errors) == ["start_number"]


@given(
    st.sampled_from(TYPES),
    st.fixed_dictionaries({}, optional={name: st.just(value) for name, value in SOME_VALUE.items()}),
)
def test_settings_are_valid_exactly_if_all_required_and_no_foreign_ones_are_given(value_type, settings):
    is_valid = set(VALID[value_type]) <= set(settings) <= get_allowed_settings(value_type)
    if value_type == "DECREMENT":
        settings = settings | ({"reset_number": Decimal(1)} if "reset_number" in settings else {})
    assert (validate_settings(value_type, settings)[1] == {}) == is_valid


@given(st.sampled_from(TYPES))
def test_validating_validated_settings_changes_nothing(value_type):
    validated, _ = validate_settings(value_type, VALID[value_type])
    assert validate_settings(value_type, validated) == (validated, {})
