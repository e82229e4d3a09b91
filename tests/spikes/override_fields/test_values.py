"""Which values an override may have."""

import pytest

from tests.support.api_requests import get_copy
from tests.support.numbers import BAD_NUMBERS, VALUE_TYPES
from tests.support.problems import faults, refused
from tests.support.value_types import some, taken


@pytest.mark.any_database
@pytest.mark.parametrize("setting", VALUE_TYPES)
def test_an_invalid_or_out_of_bounds_number_is_refused(owner, make, collection, setting):
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
def test_an_override_is_validated_together_with_the_other_settings_of_its_field(
    send_overrides, make, collection, value_type, settings, override, path, message
):
    field = make.field(collection, value_type, name="cpu", **settings)
    errors = faults(send_overrides({"original_field_id": field["id"]} | override))
    assert errors == {f"spike_fields.0.{path}": [f"cpu: {message}"]}


def test_both_ends_of_a_range_may_be_overridden_together(send_overrides, make, collection):
    field = make.field(collection, "NUMBER_RANGE", range_start_number=5, range_end_number=20)
    entry = {"original_field_id": field["id"], "range_start_number": 90, "range_end_number": 100}
    copy = get_copy(send_overrides(entry), field)
    assert (copy["range_start_number"], copy["range_end_number"]) == (90, 100)


def test_errors_of_all_entries_are_reported_at_once(send_overrides, make, collection):
    fields = [make.field(collection, "NUMBER_RANGE", name=f"cpu {number}") for number in range(4)]
    entries = [{"original_field_id": field["id"], "range_start_number": 21} for field in fields]
    errors = faults(send_overrides(*entries))
    assert list(errors) == [f"spike_fields.{number}.range_start_number" for number in range(4)]
    assert all(messages[0].startswith(f"cpu {number}: ") for number, messages in enumerate(errors.values()))


@pytest.mark.any_database
def test_nan_is_refused_as_invalid_json(owner, make, collection):
    field = make.field(collection, "FLOAT_FIXED")
    body = (
        f'{{"collection_id": {collection["id"]}, "name": "x", "duration": 60, '
        f'"spike_fields": [{{"original_field_id": {field["id"]}, "fixed_value_float": NaN}}]}}'
    )
    refused(owner.post("/api/spike-schedules", data=body, content_type="application/json"), 400)
