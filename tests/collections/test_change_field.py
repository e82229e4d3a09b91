"""PATCH /api/fields/{id}."""

import json
import unicodedata

import pytest

from tests.support.factory import SETTINGS
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults, refused
from tests.support.value_types import DEFAULTS, NEEDED, SOME_VALUE, foreign, some, taken


@pytest.fixture
def collection(make):
    return make.collection("Truck 01")


@pytest.fixture
def cpu(make, collection):
    """A NUMBER_RANGE of 5 to 20."""
    return make.field(collection, "NUMBER_RANGE", "cpu")


@pytest.fixture
def odometer(make, collection):
    """An INCREMENT from 10 by 5 that starts again after 100."""
    return make.field(collection, "INCREMENT", "km", start_number=10, step_number=5, reset_number=100)


def change(caller, field, **changes):
    return caller.patch(f"/api/fields/{field['id']}", changes)


def see(caller, field):
    return caller.get(f"/api/fields/{field['id']}").json


def settings_of(field):
    return {name: field[name] for name in SOME_VALUE if field[name] is not None}


# --- What is given, and what stays ---------------------------------------------------------------------


def test_what_is_absent_stays(owner, cpu, clock):
    clock.shift(60)
    response = change(owner, cpu, range_end_number=30)
    assert response.status_code == 200
    assert response.json == cpu | {"range_end_number": 30, "updated_at": "2026-11-27T08:01:00Z"}
    assert see(owner, cpu) == response.json


def test_nothing_given_changes_nothing(owner, cpu, clock):
    clock.shift(60)
    assert change(owner, cpu).json == cpu


@pytest.mark.parametrize("value_type", NEEDED)
def test_every_setting_may_be_changed_alone(owner, make, collection, value_type):
    field = make.field(collection, value_type, **some(taken(value_type)) or {"name": "x"})
    for name, value in some(taken(value_type)).items():
        assert change(owner, field, **{name: value}).json == field


def test_zero_is_a_value_like_any_other(owner, make, collection):
    field = make.field(
        collection, "FLOAT_RANGE", range_start_float=0.5, range_end_float=1.5, float_precision=3
    )
    assert change(owner, field, range_start_float=0, float_precision=0).json == field | {
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
def test_null_clears_a_setting_that_may_be_absent(owner, make, collection, value_type, setting, becomes):
    field = make.field(collection, value_type, **some(taken(value_type)))
    assert change(owner, field, **{setting: None}).json == field | {setting: becomes}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("value_type", "setting"), [(kind, name) for kind, names in NEEDED.items() for name in names]
)
def test_null_does_not_clear_a_setting_that_is_needed(owner, make, collection, value_type, setting):
    field = make.field(collection, value_type)
    told = faults(change(owner, field, **{setting: None}))
    assert told == {setting: [f"{setting} is required for {value_type}"]}


@pytest.mark.parametrize("value_type", NEEDED)
def test_null_for_a_setting_of_another_type_is_never_refused(owner, make, collection, value_type):
    field = make.field(collection, value_type)
    assert change(owner, field, **dict.fromkeys(foreign(value_type))).json == field


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NEEDED)
def test_a_setting_of_another_type_is_refused(owner, make, collection, value_type):
    field = make.field(collection, value_type)
    told = faults(change(owner, field, **some(foreign(value_type))))
    assert set(told) == set(foreign(value_type))
    assert see(owner, field) == field


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_a_number_that_is_none_or_out_of_bounds_is_refused(owner, make, collection, setting):
    field = make.field(collection, VALUE_TYPES[setting], **some(taken(VALUE_TYPES[setting])))
    for name, written, message in BAD_NUMBERS:
        if name == setting:
            body = f'{{"{setting}": {written}}}'
            response = owner.patch(f"/api/fields/{field['id']}", data=body, content_type="application/json")
            assert faults(response) == {setting: [message]}
    assert see(owner, field) == field


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("changes", "told"),
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
def test_what_is_given_is_checked_together_with_what_stays(owner, cpu, changes, told):
    assert faults(change(owner, cpu, **changes)) == told
    assert see(owner, cpu) == cpu


@pytest.mark.any_database
@pytest.mark.parametrize("changes", [{"start_number": 101}, {"reset_number": 9}])
def test_a_reset_stays_on_the_far_side_of_the_start(owner, odometer, changes):
    assert set(faults(change(owner, odometer, **changes))) == {"reset_number"}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["current_number", "id", "collection_id", "is_editable", "updated_at"])
def test_a_key_that_is_no_input_is_refused(owner, odometer, key):
    assert faults(change(owner, odometer, **{key: 1})) == {key: ["is not a known key"]}


@pytest.mark.any_database
def test_all_faults_are_told_at_once_and_nothing_is_changed(owner, cpu):
    told = faults(
        change(
            owner,
            cpu,
            field_name="a\nb",
            range_start_number="low",
            range_end_number=None,
            step_number=1,
            current_number=None,
        )
    )
    assert told == {
        "field_name": ["must not contain control characters"],
        "range_start_number": ["must be a whole number"],
        "range_end_number": ["range_end_number is required for NUMBER_RANGE"],
        "step_number": [
            "step_number does not belong to NUMBER_RANGE, which takes range_start_number and range_end_number"
        ],
        "current_number": ["is not a known key"],
    }
    assert see(owner, cpu) == cpu


# --- Its name ------------------------------------------------------------------------------------------


def test_a_name_is_kept_trimmed_and_composed(owner, cpu):
    for given, kept in VALID_NAMES:
        assert change(owner, cpu, field_name=given).json["field_name"] == kept


@pytest.mark.any_database
def test_a_name_that_is_none_is_refused(owner, cpu):
    for given, message in INVALID_NAMES:
        assert faults(change(owner, cpu, field_name=given)) == {"field_name": [message]}
    assert see(owner, cpu) == cpu


@pytest.mark.parametrize(
    "more",
    [{"collection_type": "Performance"}, {"range_end_number": 60}, {"value_type": "EPOCH_NOW"}],
    ids=str,
)
def test_a_taken_name_is_told_whatever_else_is_changed(owner, make, collection, cpu, more):
    make.field(collection, "NUMBER_FIXED", name="ram")
    make.spike(collection)
    problem = refused(owner.patch(f"/api/fields/{cpu['id']}", {"field_name": "ram"} | more), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"


@pytest.mark.parametrize("twin", ["Café", unicodedata.normalize("NFD", " Café")])
def test_a_name_that_is_taken_is_refused(owner, make, collection, cpu, twin):
    make.field(collection, name="Café")
    problem = refused(change(owner, cpu, field_name=twin), 409)
    assert problem["errors"] == {"field_name": ["is taken by another field"]}
    assert see(owner, cpu) == cpu


def test_moving_to_the_other_type_where_the_name_is_taken_is_refused(owner, make, collection, cpu):
    make.field(collection, name="cpu", collection_type="Configuration")
    problem = refused(change(owner, cpu, collection_type="Configuration"), 409)
    assert problem["detail"] == "The collection already has a Configuration field named 'cpu'."


def test_moving_to_the_other_type_makes_it_no_longer_editable(owner, cpu):
    moved = change(owner, cpu, collection_type="Configuration").json
    assert (moved["collection_type"], moved["is_editable"]) == ("Configuration", False)


# --- Its value type ------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", NEEDED)
def test_with_a_new_value_type_the_settings_of_the_old_one_fall_away(owner, make, collection, old):
    for new in NEEDED:
        field = make.field(collection, old)
        changed = change(owner, field, value_type=new, **SETTINGS[new])
        assert changed.status_code == 200, changed.text
        assert settings_of(changed.json) == SETTINGS[new] | DEFAULTS.get(new, {})


def test_a_new_value_type_without_its_settings_is_refused(owner, cpu):
    assert faults(change(owner, cpu, value_type="FLOAT_RANGE")) == {
        "range_start_float": ["range_start_float is required for FLOAT_RANGE"],
        "range_end_float": ["range_end_float is required for FLOAT_RANGE"],
    }
    assert see(owner, cpu) == cpu


def test_settings_that_both_value_types_take_fall_away_as_well(owner, odometer):
    given = {"value_type": "DECREMENT", "start_number": 10, "step_number": 5}
    changed = change(owner, odometer | {"reset_number": 30}, **given).json
    assert (changed["value_type"], changed["reset_number"]) == ("DECREMENT", None)
    assert set(faults(change(owner, odometer, value_type="INCREMENT"))) == {"start_number", "step_number"}


def test_the_settings_of_the_old_value_type_are_refused_when_given(owner, cpu):
    given = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1, "range_start_number": 5}
    assert set(faults(change(owner, cpu, **given))) == {"range_start_number"}


def test_repeating_the_value_type_drops_nothing(owner, odometer):
    assert change(owner, odometer, value_type="INCREMENT").json == odometer


# --- Where its counter stands --------------------------------------------------------------------------


@pytest.fixture
def counted(owner, odometer, make):
    """The odometer after three polls: it stands at 20."""
    tool = make.key()
    assert [tool.data("Truck 01")["km"] for _ in range(3)] == [10, 15, 20]
    assert see(owner, odometer)["current_number"] == 20
    return tool


def test_polls_are_no_change_of_the_field(owner, odometer, clock, make):
    clock.shift(60)
    make.key().data("Truck 01")
    assert see(owner, odometer) == odometer | {"current_number": 10}


@pytest.mark.parametrize(
    ("changes", "next_value"),
    [
        ({"start_number": 0}, 0),
        ({"value_type": "DECREMENT", "start_number": 10, "step_number": 5}, 10),
        ({"start_number": 0, "step_number": 1}, 0),
    ],
    ids=["start", "value type", "start and step"],
)
def test_a_new_start_or_value_type_lets_the_counter_begin_anew(owner, odometer, counted, changes, next_value):
    assert change(owner, odometer, **changes).json["current_number"] is None
    assert counted.data("Truck 01")["km"] == next_value


@pytest.mark.parametrize(
    ("changes", "next_value"),
    [
        ({"field_name": "km"}, 25),
        ({"step_number": 1}, 21),
        ({"reset_number": 20}, 10),
        ({"randomization_percentage": 0}, 25),
        ({"start_number": 10}, 25),
        ({"value_type": "INCREMENT"}, 25),
        ({}, 25),
    ],
    ids=["name", "step", "reset", "randomization", "the same start", "the same value type", "nothing"],
)
def test_any_other_change_lets_the_counter_go_on(owner, odometer, counted, changes, next_value):
    assert change(owner, odometer, **changes).json["current_number"] == 20
    assert counted.data("Truck 01")["km"] == next_value


def test_a_field_that_stopped_counting_has_forgotten_where_it_stood(owner, odometer, counted):
    change(owner, odometer, value_type="NUMBER_FIXED", fixed_value_number=1)
    back = change(owner, odometer, value_type="INCREMENT", start_number=10, step_number=5).json
    assert back["current_number"] is None


@pytest.mark.any_database
def test_a_body_that_is_no_object_is_refused(owner, cpu):
    response = owner.patch(f"/api/fields/{cpu['id']}", data=json.dumps([]), content_type="application/json")
    assert faults(response) == {"body": ["must be a JSON object"]}
