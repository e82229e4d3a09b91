"""The value of a counter after a spike: it continues from the spike's last value, or resumes its own."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.counter_spikes import (
    DOWN,
    ENDINGS,
    OWN_START,
    TEN_MINUTES,
    UP,
    WINDOW,
    build_overrides,
    get_current_number,
    move_spike_to_tomorrow,
    set_copy_number,
)
from tests.support.statements import get_writes


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize(
    ("override", "after", "during", "following"),
    [
        (None, None, [25, 30], [35, 40]),
        ({"step_number": 100}, None, [120, 220], [225, 230]),
        ({"reset_number": 25}, None, [25, 10], [15, 20]),
        ({"randomization_percentage": 0}, None, [25, 30], [35, 40]),
        (OWN_START, None, [1000, 1005], [25, 30]),
        ({"start_number": 10}, None, [10, 15], [25, 30]),
        (None, "continue", [25, 30], [35, 40]),
        (OWN_START, "continue", [1000, 1005], [1010, 1015]),
        ({"start_number": 0}, "continue", [0, 5], [10, 15]),
        (None, "resume", [25, 30], [25, 30]),
        ({"step_number": 100}, "resume", [120, 220], [25, 30]),
        (OWN_START, "resume", [1000, 1005], [25, 30]),
    ],
)
def test_the_counter_continues_or_resumes_after_the_spike(
    make, counter, schedule_spike, poll_values, clock, end, override, after, during, following
):
    assert poll_values(3) == [10, 15, 20]
    spike = schedule_spike(override, counters_after=after)
    assert poll_values(2) == during
    end(make, spike, clock)
    assert poll_values(2) == following


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("after", [None, "continue", "resume"])
def test_a_spike_that_was_never_polled_leaves_the_counter_unchanged(
    make, schedule_spike, poll_values, clock, end, after
):
    poll_values(3)
    spike = schedule_spike(OWN_START if after else None, counters_after=after)
    end(make, spike, clock)
    assert poll_values(2) == [25, 30]


def test_a_counter_first_polled_in_the_spike_continues_from_its_last_value(
    make, counter, schedule_spike, poll_values, clock
):
    schedule_spike()
    assert poll_values(2) == [10, 15]
    assert get_current_number(make, counter) is None
    clock.shift(WINDOW)
    assert poll_values(2) == [20, 25]


def test_a_resuming_counter_first_polled_in_the_spike_starts_at_its_start_number(
    schedule_spike, poll_values, clock
):
    schedule_spike(counters_after="resume")
    poll_values(2)
    clock.shift(WINDOW)
    assert poll_values(2) == [10, 15]


def test_the_next_spike_continues_from_the_last_value_of_the_previous_one(schedule_spike, poll_values, clock):
    poll_values(3)
    schedule_spike(duration=60)
    schedule_spike(start_datetime=(NOW + timedelta(seconds=60)).isoformat(), duration=60)
    assert poll_values(2) == [25, 30]
    clock.shift(60)
    assert poll_values(2) == [35, 40]
    clock.shift(60)
    assert poll_values(2) == [45, 50]


def test_after_two_expired_spikes_the_counter_continues_from_the_later_one(
    app, make, counter, schedule_spike, poll_values, clock
):
    """Only a restore can leave two: otherwise a poll clears the first before the second one counts."""
    first = schedule_spike(duration=60)
    second = schedule_spike(start_datetime=(NOW + timedelta(seconds=60)).isoformat(), duration=60)
    set_copy_number(app, first, 100)
    set_copy_number(app, second, 50)
    clock.shift(120)
    assert poll_values(1) == [55]


def test_each_counter_of_a_collection_continues_or_resumes_by_its_own_override(make, clock):
    collection = make.collection(
        "Truck 01",
        {"value_type": UP, "name": "left alone"},
        {"value_type": DOWN, "name": "steeper"},
        {"value_type": UP, "name": "own start"},
        {
            "value_type": UP,
            "name": "configured",
            "collection_type": "Configuration",
            "start_number": 0,
            "step_number": 1,
        },
    )
    tool = make.key()
    poll_both = lambda: tool.data("Truck 01") | tool.data("Truck 01", "configuration")  # noqa: E731
    poll_both()
    ids = {field["field_name"]: field["id"] for field in collection["fields"]}
    make.spike(
        collection,
        {"original_field_id": ids["steeper"], "step_number": 50},
        {"original_field_id": ids["own start"], "start_number": 500},
        **TEN_MINUTES,
    )
    assert poll_both() == {"left alone": 15, "steeper": 50, "own start": 500, "configured": 1}
    assert poll_both() == {"left alone": 20, "steeper": 0, "own start": 505, "configured": 2}
    clock.shift(WINDOW)
    assert poll_both() == {"left alone": 25, "steeper": -5, "own start": 15, "configured": 3}


def test_a_poll_of_the_other_collection_type_also_clears_the_expired_spike(make, clock):
    make.collection(
        "Truck 01",
        {"value_type": UP, "name": "it"},
        {"value_type": "TEXT_FIXED", "collection_type": "Configuration"},
    )
    tool = make.key()
    collection = make.person.get("/api/collections").json["items"][0]
    make.spike(collection, **TEN_MINUTES)
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [10, 15]
    clock.shift(WINDOW)
    tool.data("Truck 01", "configuration")
    assert make.person.get("/api/spike-schedules").json["total"] == 0
    assert tool.data("Truck 01")["it"] == 20


def test_a_counter_that_steps_by_tenths_stays_exact_across_spikes(make, clock):
    settings = {"start_number": 10**9, "step_number": 0.1}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    tool = make.key()
    served = [tool.data("Truck 01")["it"] for _ in range(3)]
    for _ in range(3):
        make.spike({"id": field["collection_id"]}, duration=60)
        served += [tool.data("Truck 01")["it"] for _ in range(4)]
        clock.shift(60)
        served += [tool.data("Truck 01")["it"] for _ in range(3)]
    assert served == [(10**10 + n) / 10 for n in range(len(served))]


def test_a_counter_that_is_past_its_reset_after_the_spike_restarts(make, poll_values, clock):
    settings = {"start_number": 0, "step_number": 5, "reset_number": 12}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    poll_values(2)
    make.spike({"id": field["collection_id"]}, *build_overrides(field, {"reset_number": 100}), **TEN_MINUTES)
    assert poll_values(3) == [10, 15, 20]
    clock.shift(WINDOW)
    assert poll_values(2) == [0, 5]


def test_continuing_after_the_spike_changes_only_current_number(
    make, counter, schedule_spike, poll_values, clock
):
    before = make.person.get(f"/api/fields/{counter['id']}").json
    schedule_spike()
    poll_values(2)
    clock.shift(WINDOW)
    poll_values(1)
    assert make.person.get(f"/api/fields/{counter['id']}").json == before | {"current_number": 20}


def test_rescheduling_an_active_spike_changes_only_current_number(
    make, counter, schedule_spike, poll_values, clock
):
    before = make.person.get(f"/api/fields/{counter['id']}").json
    spike = schedule_spike()
    poll_values(2)
    clock.shift(60)
    move_spike_to_tomorrow(make, spike, clock)
    assert make.person.get(f"/api/fields/{counter['id']}").json == before | {"current_number": 15}


def test_clearing_a_spike_takes_as_many_writes_for_twelve_counters_as_for_one(make, queries, clock):
    def count_writes(number_of_counters):
        name = f"With {number_of_counters}"
        collection = make.collection(name, *[{"value_type": UP}] * number_of_counters)
        tool = make.key()
        make.spike(collection, duration=60)
        tool.data(name)
        clock.shift(60)
        with queries() as seen:
            tool.data(name)
        return len(get_writes(seen))

    assert count_writes(1) == count_writes(12)
