"""The counter after a spike, when its field was changed, reset, moved or deleted in between."""

import pytest

from tests.support.counter_spikes import (
    DOWN,
    OWN_START,
    TEN_MINUTES,
    UP,
    WINDOW,
    get_spike_copy,
    reset_counter,
)


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, {"step_number": 7}])
def test_a_reset_restarts_the_counter_of_a_spike_without_a_start_number_override(
    make, counter, schedule_spike, poll_values, clock, after, override
):
    step = (override or {}).get("step_number", 5)
    poll_values(3)
    spike = schedule_spike(override, counters_after=after)
    poll_values(2)
    reset_counter(make, counter)
    assert get_spike_copy(make, spike)["current_number"] is None
    assert poll_values(2) == [10, 10 + step]
    clock.shift(WINDOW)
    assert poll_values(1) == [10 if after == "resume" else 15 + step]


def test_a_reset_does_not_affect_the_counter_of_a_spike_with_a_start_number_override(
    make, counter, schedule_spike, poll_values, clock
):
    poll_values(3)
    schedule_spike(OWN_START)
    poll_values(2)
    reset_counter(make, counter)
    assert poll_values(2) == [1010, 1015]
    clock.shift(WINDOW)
    assert poll_values(2) == [10, 15]


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_a_reset_after_the_window_applies_even_if_no_poll_has_cleared_the_spike(
    make, counter, schedule_spike, poll_values, clock, after, override
):
    poll_values(3)
    schedule_spike(override, counters_after=after)
    poll_values(2)
    clock.shift(WINDOW)
    reset_counter(make, counter)
    assert poll_values(2) == [10, 15]


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("has_ended", [False, True])
@pytest.mark.parametrize(
    ("change_of_field", "following"),
    [
        ({"start_number": 100}, [100, 105]),
        ({"value_type": DOWN, "start_number": 10, "step_number": 5}, [10, 5]),
        ({"value_type": "NUMBER_FIXED", "fixed_value_number": 3}, [3, 3]),
    ],
)
def test_a_restarted_field_does_not_return_to_its_old_sequence_after_the_spike(
    make, counter, schedule_spike, poll_values, clock, after, has_ended, change_of_field, following
):
    poll_values(3)
    schedule_spike({"step_number": 7}, counters_after=after)
    poll_values(2)
    clock.shift(WINDOW if has_ended else 1)
    answer = make.person.patch(f"/api/fields/{counter['id']}", change_of_field)
    assert answer.status_code == 200, answer.text
    clock.shift(WINDOW)
    assert poll_values(2) == following


def test_a_field_whose_start_number_changes_in_the_window_continues_its_new_sequence(
    make, counter, schedule_spike, poll_values, clock
):
    poll_values(3)
    schedule_spike({"step_number": 7})
    poll_values(2)
    make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100})
    assert poll_values(2) == [100, 107]
    clock.shift(WINDOW)
    assert poll_values(2) == [112, 117]


def test_a_field_whose_step_changes_in_the_window_still_continues_from_the_spike(
    make, counter, schedule_spike, poll_values, clock
):
    poll_values(3)
    schedule_spike()
    assert poll_values(1) == [25]
    make.person.patch(f"/api/fields/{counter['id']}", {"step_number": 2})
    assert poll_values(1) == [27]
    clock.shift(WINDOW)
    assert poll_values(2) == [29, 31]


def test_a_field_changed_to_whole_numbers_does_not_continue_from_a_fraction(make, poll_values, clock):
    settings = {"start_number": 0, "step_number": 0.5}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    make.spike({"id": field["collection_id"]}, **TEN_MINUTES)
    assert poll_values(2) == [0, 0.5]
    clock.shift(WINDOW)  # without a poll, so the schedule is not deleted
    assert make.person.patch(f"/api/fields/{field['id']}", {"step_number": 1}).status_code == 200
    assert poll_values(2) == [2, 3]


def test_a_field_moved_to_the_other_collection_type_in_the_window_still_continues(
    make, counter, poll_values, schedule_spike, clock
):
    schedule_spike({"step_number": 7})
    assert poll_values(2) == [10, 17]
    make.person.patch(f"/api/fields/{counter['id']}", {"collection_type": "Configuration"})
    tool = make.key()
    assert tool.data("Truck 01", "configuration")["it"] == 22
    clock.shift(WINDOW)
    assert tool.data("Truck 01", "configuration")["it"] == 27


def test_deleting_another_field_in_the_window_does_not_affect_the_counter(
    make, counter, poll_values, schedule_spike, clock
):
    other = make.field({"id": counter["collection_id"]}, UP, name="other")
    schedule_spike()
    poll_values(2)
    assert make.person.delete(f"/api/fields/{other['id']}").status_code == 204
    clock.shift(WINDOW)
    assert poll_values(1) == [20]
