"""What a spike may override, and how an override is checked: alike when creating and when changing."""

import pytest

from tests.support.factory import SETTINGS
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults, refused
from tests.support.value_types import DEFAULTS, NEEDED, NUMERIC, SOME_VALUE, foreign, some, taken, takes

ONLY = "only numeric Performance fields can"


@pytest.fixture
def collection(make):
    return make.collection("Truck 01")


@pytest.fixture(params=["create", "change"])
def spike_with(request, owner, collection):
    """Ask for a spike with these overrides: a new one, or one that was there without any."""

    def create(*entries, **options):
        body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 3600}
        return owner.post("/api/spike-schedules", body | {"spike_fields": list(entries)}, **options)

    def change(*entries, **options):
        made = create()
        assert made.status_code == 201, made.text
        return owner.patch(made.headers["Location"], {"spike_fields": list(entries)}, **options)

    return {"create": create, "change": change}[request.param]


def copy_of(response, field):
    assert response.status_code in (200, 201), response.text
    (copy,) = [copy for copy in response.json["spike_fields"] if copy["original_field_id"] == field["id"]]
    return copy


def settings_of(field):
    return {name: field[name] for name in SOME_VALUE}


# --- Which fields --------------------------------------------------------------------------------------


@pytest.mark.parametrize("collection_type", ["Performance", "Configuration"])
@pytest.mark.parametrize("value_type", NEEDED)
def test_exactly_the_numeric_performance_fields_may_be_overridden(
    spike_with, make, collection, collection_type, value_type
):
    field = make.field(collection, value_type, name="cpu", collection_type=collection_type)
    response = spike_with({"original_field_id": field["id"]} | SETTINGS[value_type])
    if collection_type == "Performance" and value_type in NUMERIC:
        assert copy_of(response, field)["is_overridden"]
    else:
        said = f"cpu cannot be overridden: {ONLY}"
        assert faults(response) == {"spike_fields.0.original_field_id": [said]}


def test_a_field_of_another_collection_is_refused(spike_with, make, collection):
    make.field(collection, name="cpu")
    other = make.field(make.collection("Truck 02"), name="cpu")
    told = faults(spike_with({"original_field_id": other["id"], "range_start_number": 1}))
    said = f"this collection has no field {other['id']}"
    assert told == {"spike_fields.0.original_field_id": [said]}


def test_a_field_that_does_not_exist_is_refused(spike_with, make, collection):
    make.field(collection, name="cpu")
    told = faults(spike_with({"original_field_id": 987654, "range_start_number": 1}))
    assert told == {"spike_fields.0.original_field_id": ["this collection has no field 987654"]}


def test_a_field_that_is_listed_twice_is_refused(spike_with, make, collection):
    cpu, ram = make.field(collection, name="cpu"), make.field(collection, name="ram")
    told = faults(
        spike_with(
            {"original_field_id": cpu["id"], "range_start_number": 1},
            {"original_field_id": ram["id"], "range_start_number": 1},
            {"original_field_id": cpu["id"], "range_start_number": 1},
        )
    )
    assert told == {"spike_fields.2.original_field_id": ["cpu is listed twice"]}


@pytest.mark.parametrize(
    ("id_", "message"),
    [
        (None, "must not be null"),
        ("1", "must be a whole number"),
        (True, "must be a whole number"),
        (0, "must be 1 or more"),
        (2**31, "must be 2147483647 or less"),
    ],
)
def test_a_field_is_told_by_its_id(spike_with, make, collection, id_, message):
    make.field(collection)
    assert faults(spike_with({"original_field_id": id_})) == {"spike_fields.0.original_field_id": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["id", "field_name", "value_type", "current_number", "is_overridden"])
def test_a_key_that_is_no_setting_is_refused(spike_with, make, collection, key):
    field = make.field(collection)
    told = faults(spike_with({"original_field_id": field["id"], key: None}))
    assert told == {f"spike_fields.0.{key}": ["is not a known key"]}


@pytest.mark.any_database
@pytest.mark.parametrize("given", [None, {}, "cpu", 1])
def test_overrides_are_a_list(owner, make, collection, given):
    make.field(collection)
    body = {"collection_id": collection["id"], "name": "Black Friday", "duration": 60}
    told = faults(owner.post("/api/spike-schedules", body | {"spike_fields": given}))
    assert told == {"spike_fields": ["must not be null" if given is None else "must be a list"]}


# --- Which settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value_type", NUMERIC)
def test_each_setting_may_be_overridden_alone_and_the_others_stay(spike_with, make, collection, value_type):
    wide = {"range_end_number": 900, "range_end_float": 900.5, "reset_number": None}
    kept = {name: value for name, value in wide.items() if name in taken(value_type)}
    field = make.field(collection, value_type, **some(taken(value_type)) | kept)
    for name in taken(value_type):
        value = SOME_VALUE[name] + 1 if value_type != "DECREMENT" or name != "reset_number" else 9
        entry = {"original_field_id": field["id"], name: value}
        response = spike_with(entry)
        copy = copy_of(response, field)
        assert settings_of(copy) == settings_of(field) | {name: value}
        assert (copy["is_overridden"], copy["overridden_settings"]) == (True, [name])
        make.person.delete(f"/api/spike-schedules/{response.json['id']}")


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NUMERIC)
def test_a_setting_of_another_type_is_refused_and_names_the_field(spike_with, make, collection, value_type):
    field = make.field(collection, value_type, name="Fuel %")
    told = faults(spike_with({"original_field_id": field["id"]} | some(foreign(value_type))))
    assert told == {
        f"spike_fields.0.{name}": [
            f"Fuel %: {name} does not belong to {value_type}, which takes {takes(value_type)}"
        ]
        for name in foreign(value_type)
    }


@pytest.mark.parametrize("value_type", NUMERIC)
def test_null_for_a_setting_of_another_type_overrides_nothing(spike_with, make, collection, value_type):
    field = make.field(collection, value_type)
    response = spike_with({"original_field_id": field["id"]} | dict.fromkeys(foreign(value_type)))
    copy = copy_of(response, field)
    assert (copy["is_overridden"], settings_of(copy)) == (False, settings_of(field))


def test_an_entry_without_settings_overrides_nothing(spike_with, make, collection):
    field = make.field(collection)
    assert not copy_of(spike_with({"original_field_id": field["id"]}), field)["is_overridden"]


@pytest.mark.any_database
@pytest.mark.parametrize("value_type", NUMERIC)
def test_null_does_not_clear_a_setting_that_is_needed(spike_with, make, collection, value_type):
    field = make.field(collection, value_type, name="cpu")
    told = faults(spike_with({"original_field_id": field["id"]} | dict.fromkeys(NEEDED[value_type])))
    assert told == {
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
def test_null_clears_a_setting_that_may_be_absent(spike_with, make, collection, value_type, setting, becomes):
    field = make.field(collection, value_type, **some(taken(value_type)))
    copy = copy_of(spike_with({"original_field_id": field["id"], setting: None}), field)
    assert (copy["is_overridden"], copy["overridden_settings"]) == (True, [setting])
    assert settings_of(copy) == settings_of(field) | {setting: becomes}


def test_a_value_that_is_the_same_as_the_fields_is_an_override_too(spike_with, make, collection):
    field = make.field(collection, "NUMBER_RANGE", range_start_number=5, range_end_number=20)
    copy = copy_of(spike_with({"original_field_id": field["id"], "range_start_number": 5}), field)
    assert copy["overridden_settings"] == ["range_start_number"]


def test_zero_is_a_value_like_any_other(spike_with, make, collection):
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
    response = spike_with(
        *({"original_field_id": fields[value_type]["id"]} | zeros[value_type] for value_type in zeros)
    )
    for value_type, field in fields.items():
        assert settings_of(copy_of(response, field)) == settings_of(field) | zeros[value_type]


# --- Which values --------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_a_number_that_is_none_or_out_of_bounds_is_refused(owner, make, collection, setting):
    field = make.field(collection, VALUE_TYPES[setting], **some(taken(VALUE_TYPES[setting])))
    for name, text, message in BAD_NUMBERS:
        if name == setting:
            body = (
                f'{{"collection_id": {collection["id"]}, "name": "x", "duration": 60, '
                f'"spike_fields": [{{"original_field_id": {field["id"]}, "{setting}": {text}}}]}}'
            )
            response = owner.post("/api/spike-schedules", data=body, content_type="application/json")
            assert faults(response) == {f"spike_fields.0.{setting}": [message]}
    assert owner.get("/api/spike-schedules").json["total"] == 0


@pytest.mark.parametrize(
    ("value_type", "settings", "override", "path", "message"),
    [
        pytest.param(
            "NUMBER_RANGE",
            {"range_start_number": 5, "range_end_number": 20},
            {"range_start_number": 21},
            "range_start_number",
            "range_start_number must not be greater than range_end_number (21 > 20)",
            id="only the start of a range",
        ),
        pytest.param(
            "NUMBER_RANGE",
            {"range_start_number": 5, "range_end_number": 20},
            {"range_end_number": 4},
            "range_start_number",
            "range_start_number must not be greater than range_end_number (5 > 4)",
            id="only the end of a range",
        ),
        pytest.param(
            "FLOAT_RANGE",
            {"range_start_float": 0.5, "range_end_float": 1.5},
            {"range_end_float": 0},
            "range_start_float",
            "range_start_float must not be greater than range_end_float (0.5 > 0.0)",
            id="only the end of a range of floats",
        ),
        pytest.param(
            "INCREMENT",
            {"start_number": 10, "step_number": 5, "reset_number": 100},
            {"start_number": 101},
            "reset_number",
            "reset_number must not be less than start_number (100 < 101)",
            id="only the start of an increment",
        ),
        pytest.param(
            "DECREMENT",
            {"start_number": 100, "step_number": 5, "reset_number": 10},
            {"reset_number": 100.5},
            "reset_number",
            "reset_number must not be greater than start_number (100.5 > 100)",
            id="only the reset of a decrement",
        ),
    ],
)
def test_an_override_is_checked_together_with_the_values_that_it_leaves_alone(
    spike_with, make, collection, value_type, settings, override, path, message
):
    field = make.field(collection, value_type, name="cpu", **settings)
    told = faults(spike_with({"original_field_id": field["id"]} | override))
    assert told == {f"spike_fields.0.{path}": [f"cpu: {message}"]}


def test_a_range_that_is_moved_as_a_whole_is_allowed(spike_with, make, collection):
    field = make.field(collection, "NUMBER_RANGE", range_start_number=5, range_end_number=20)
    entry = {"original_field_id": field["id"], "range_start_number": 90, "range_end_number": 100}
    copy = copy_of(spike_with(entry), field)
    assert (copy["range_start_number"], copy["range_end_number"]) == (90, 100)


def test_the_collections_own_field_stays_as_it_is(spike_with, owner, make, collection):
    field = make.field(collection, "NUMBER_RANGE")
    spike_with({"original_field_id": field["id"], "range_start_number": 6})
    assert owner.get(f"/api/fields/{field['id']}").json == field


def test_many_entries_are_checked_all_at_once(spike_with, make, collection):
    fields = [make.field(collection, "NUMBER_RANGE", name=f"cpu {number}") for number in range(4)]
    entries = [{"original_field_id": field["id"], "range_start_number": 21} for field in fields]
    told = faults(spike_with(*entries))
    assert list(told) == [f"spike_fields.{number}.range_start_number" for number in range(4)]
    assert all(messages[0].startswith(f"cpu {number}: ") for number, messages in enumerate(told.values()))


@pytest.mark.any_database
def test_what_is_no_json_number_is_no_json(owner, make, collection):
    field = make.field(collection, "FLOAT_FIXED")
    body = (
        f'{{"collection_id": {collection["id"]}, "name": "x", "duration": 60, '
        f'"spike_fields": [{{"original_field_id": {field["id"]}, "fixed_value_float": NaN}}]}}'
    )
    refused(owner.post("/api/spike-schedules", data=body, content_type="application/json"), 400)
