"""The current number of a counter: what the API shows of it, and what resets it."""

from decimal import Decimal

import pytest

UP, DOWN = "INCREMENT", "DECREMENT"


def get_field(make, field):
    """Return the field as the API shows it."""
    return make.person.get(f"/api/fields/{field['id']}").json


def test_current_number_is_null_before_the_first_poll(counter, make):
    assert counter()["current_number"] is None


def test_current_number_is_the_value_of_the_last_poll(counter, make, poll_values):
    field = counter(step_number=0.5)
    poll_values(2)
    assert get_field(make, field)["current_number"] == 10.5


def test_current_number_is_shown_exactly(counter, make, poll_values):
    field = counter(start_number=2**53 - 100, step_number=0.1)
    poll_values(2)
    text = make.person.get(f"/api/fields/{field['id']}").text
    assert '"current_number":9007199254740892.1,' in text


def test_a_poll_does_not_change_updated_at_of_the_field(counter, make, poll_values, clock):
    field = counter()
    clock.shift(60)
    poll_values(2)
    assert get_field(make, field)["updated_at"] == field["updated_at"]


@pytest.mark.parametrize("number", [0, 10, None])
def test_current_number_is_read_only(counter, make, poll_values, number):
    field = counter()
    poll_values(3)
    refusal = make.person.patch(f"/api/fields/{field['id']}", {"current_number": number})
    assert refusal.status_code == 422
    assert list(refusal.json["errors"]) == ["current_number"]
    assert poll_values(1) == [25]


def test_a_reset_restarts_the_counter(counter, make, poll_values):
    field = counter()
    poll_values(3)
    answer = make.person.post(f"/api/fields/{field['id']}/reset")
    assert (answer.status_code, answer.json["current_number"]) == (200, None)
    assert poll_values(2) == [10, 15]


@pytest.mark.parametrize(
    ("change", "following"),
    [
        ({"start_number": 100}, [100, 105]),
        ({"start_number": 10.0000000001}, [Decimal("10.0000000001"), Decimal("15.0000000001")]),
        ({"value_type": DOWN, "start_number": 10, "step_number": 5}, [10, 5]),
        ({"value_type": DOWN, "start_number": 100, "step_number": 5, "reset_number": 95}, [100, 95, 100]),
    ],
    ids=["another start", "a start that differs in the tenth decimal", "another value type", "both"],
)
def test_a_new_start_number_or_value_type_restarts_the_counter(counter, make, poll_values, change, following):
    field = counter()
    poll_values(3)
    changed = make.person.patch(f"/api/fields/{field['id']}", change)
    assert (changed.status_code, changed.json["current_number"]) == (200, None)
    assert poll_values(len(following)) == following


@pytest.mark.parametrize(
    ("change", "following"),
    [
        ({"step_number": 1}, [21, 22]),
        ({"start_number": 10}, [25, 30]),
        ({"start_number": 10.0}, [25, 30]),
        ({"value_type": UP}, [25, 30]),
        ({"reset_number": 26}, [25, 10]),
        ({"reset_number": 12}, [10, 10]),
        ({"collection_type": "Performance"}, [25, 30]),
        ({}, [25, 30]),
    ],
    ids=[
        "another step",
        "the same start",
        "the same start with a fraction",
        "the same value type",
        "a reset after the current number",
        "a reset before the current number",
        "the same collection type",
        "nothing",
    ],
)
def test_any_other_change_continues_from_the_current_number(counter, make, poll_values, change, following):
    field = counter()
    poll_values(3)
    changed = make.person.patch(f"/api/fields/{field['id']}", change)
    assert (changed.status_code, changed.json["current_number"]) == (200, 20)
    assert poll_values(2) == following


def test_a_renamed_counter_continues(counter, make, tool, poll_values):
    field = counter()
    poll_values(3)
    make.person.patch(f"/api/fields/{field['id']}", {"field_name": "odometer"})
    assert tool.data("Truck 01") == {"odometer": 25}


def test_a_field_that_becomes_a_counter_starts_at_its_start_number(make, poll_values):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "it"})
    change = {"value_type": UP, "start_number": 3, "step_number": 4}
    make.person.patch(f"/api/fields/{collection['fields'][0]['id']}", change)
    assert poll_values(2) == [3, 7]
