"""The values of a counter during a spike, which come from the spike's copy of the field."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.counter_spikes import DOWN, UP, get_current_number, get_spike_copy

HOUR = timedelta(hours=1)
COUNTER_SETTINGS = {"start_number": 10, "step_number": 5}


@pytest.mark.parametrize(
    ("override", "during"),
    [
        ({"start_number": 1000}, [1000, 1005, 1010]),
        ({"start_number": 1000, "step_number": 2}, [1000, 1002, 1004]),
        ({"start_number": 1000, "reset_number": 1005}, [1000, 1005, 1000]),
        ({"start_number": 10}, [10, 15, 20]),
        (None, [25, 30, 35]),
        ({"step_number": 100}, [120, 220, 320]),
        ({"reset_number": 30}, [25, 30, 10]),
        ({"reset_number": 20}, [10, 15, 20]),
        ({"reset_number": 15}, [10, 15, 10]),
    ],
    ids=[
        "at the overridden start",
        "at the overridden start with the overridden step",
        "at the overridden start up to the overridden reset",
        "at the overridden start even if equal to the field's",
        "continues without overrides",
        "continues with the overridden step",
        "continues up to the overridden reset",
        "restarts if the current number is the overridden reset",
        "restarts if the current number is past the overridden reset",
    ],
)
def test_the_first_values_in_a_spike_follow_from_its_overrides(
    counter, schedule_spike, poll_values, override, during
):
    assert poll_values(3) == [10, 15, 20]
    schedule_spike(override)
    assert poll_values(3) == during


def test_a_counter_first_polled_in_the_spike_starts_at_its_start_number(counter, schedule_spike, poll_values):
    schedule_spike()
    assert poll_values(2) == [10, 15]


def test_a_decrement_continues_downwards_in_the_spike(make):
    field = make.collection("Truck 01", {"value_type": DOWN, "name": "it"})["fields"][0]
    tool = make.key()
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [100, 95]
    make.spike({"id": field["collection_id"]}, {"original_field_id": field["id"], "step_number": 50})
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [45, -5]


def test_the_spike_continues_from_the_current_number_at_its_first_poll(schedule_spike, poll_values, clock):
    schedule_spike(start_datetime=(NOW + HOUR).isoformat())
    assert poll_values(4) == [10, 15, 20, 25]
    clock.move_to(NOW + HOUR)
    assert poll_values(2) == [30, 35]


def test_an_overridden_start_number_is_the_first_value_in_the_spike(schedule_spike, poll_values, clock):
    schedule_spike({"start_number": 1000}, start_datetime=(NOW + HOUR).isoformat())
    assert poll_values(4) == [10, 15, 20, 25]
    clock.move_to(NOW + HOUR)
    assert poll_values(2) == [1000, 1005]


def test_a_counter_that_steps_by_tenths_stays_exact_in_the_spike(make):
    settings = {"start_number": 10**9, "step_number": 0.1}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    tool = make.key()
    before = [tool.data("Truck 01")["it"] for _ in range(3)]
    make.spike({"id": field["collection_id"]})
    during = [tool.data("Truck 01")["it"] for _ in range(8)]
    assert before + during == [(10**10 + n) / 10 for n in range(11)]


def test_each_counter_starts_by_its_own_override(make):
    collection = make.collection("Truck 01", {"value_type": UP, "name": "a"}, {"value_type": UP, "name": "b"})
    tool = make.key()
    tool.data("Truck 01")
    make.spike(collection, {"original_field_id": collection["fields"][1]["id"], "start_number": 500})
    assert [tool.data("Truck 01") for _ in range(2)] == [{"a": 15, "b": 500}, {"a": 20, "b": 505}]


@pytest.mark.parametrize("override", [None, {"start_number": 1000}, {"step_number": 100}])
def test_the_current_number_of_the_collection_does_not_change_during_the_spike(
    make, counter, schedule_spike, poll_values, override
):
    assert poll_values(3) == [10, 15, 20]
    schedule_spike(override)
    poll_values(4)
    assert get_current_number(make, counter) == 20


def test_a_spike_without_a_start_number_override_starts_at_the_latest_start_number_of_the_field(
    make, counter, schedule_spike, poll_values
):
    schedule_spike({"step_number": 7}, start_datetime=(NOW + HOUR).isoformat(), duration=60)
    spike = schedule_spike({"step_number": 7}, duration=60)
    assert make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100}).status_code == 200
    assert get_spike_copy(make, spike)["start_number"] == 10
    assert poll_values(3) == [100, 107, 114]


def test_the_spike_s_copy_shows_its_own_current_number(make, schedule_spike, poll_values):
    poll_values(3)
    spike = schedule_spike()
    assert get_spike_copy(make, spike)["current_number"] is None
    poll_values(2)
    assert get_spike_copy(make, spike)["current_number"] == 30


def test_a_poll_before_the_window_does_not_advance_the_copy(make, schedule_spike, poll_values):
    spike = schedule_spike(start_datetime=(NOW + HOUR).isoformat())
    poll_values(3)
    assert get_spike_copy(make, spike)["current_number"] is None


def test_a_configuration_counter_also_counts_in_the_spike_and_continues_after_it(make, clock):
    field = make.collection(
        "Truck 01", {"value_type": UP, "name": "it", "collection_type": "Configuration", **COUNTER_SETTINGS}
    )["fields"][0]
    tool = make.key()
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [10, 15]
    spike = make.spike({"id": field["collection_id"]})
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [20, 25]
    assert get_current_number(make, field) == 15
    assert get_spike_copy(make, spike)["current_number"] == 25
    clock.shift(HOUR)
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [30, 35]
