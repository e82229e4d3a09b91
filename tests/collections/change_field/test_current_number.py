"""PATCH /api/fields/{id}: the current number of a counter."""

import pytest

from tests.support.api_requests import get_field, patch_field


@pytest.fixture
def tool_after_three_polls(owner, odometer, make):
    """Return a tool that has polled the odometer three times, to 20."""
    tool = make.key()
    assert [tool.data("Truck 01")["km"] for _ in range(3)] == [10, 15, 20]
    assert get_field(owner, odometer)["current_number"] == 20
    return tool


def test_a_poll_changes_only_current_number(owner, odometer, clock, make):
    clock.shift(60)
    make.key().data("Truck 01")
    assert get_field(owner, odometer) == odometer | {"current_number": 10}


@pytest.mark.parametrize(
    ("changes", "next_value"),
    [
        ({"start_number": 0}, 0),
        ({"value_type": "DECREMENT", "start_number": 10, "step_number": 5}, 10),
        ({"start_number": 0, "step_number": 1}, 0),
    ],
    ids=["start", "value type", "start and step"],
)
def test_a_new_start_number_or_value_type_restarts_the_counter(
    owner, odometer, tool_after_three_polls, changes, next_value
):
    assert patch_field(owner, odometer, **changes).json["current_number"] is None
    assert tool_after_three_polls.data("Truck 01")["km"] == next_value


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
def test_any_other_change_continues_from_the_current_number(
    owner, odometer, tool_after_three_polls, changes, next_value
):
    assert patch_field(owner, odometer, **changes).json["current_number"] == 20
    assert tool_after_three_polls.data("Truck 01")["km"] == next_value


def test_a_field_that_becomes_a_counter_again_has_no_current_number(owner, odometer, tool_after_three_polls):
    patch_field(owner, odometer, value_type="NUMBER_FIXED", fixed_value_number=1)
    back = patch_field(owner, odometer, value_type="INCREMENT", start_number=10, step_number=5).json
    assert back["current_number"] is None
