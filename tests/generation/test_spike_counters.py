"""Counters during a spike: copies count for themselves; `counters_after_spike/` has what follows."""

from datetime import timedelta

import pytest

from tests.conftest import NOW

HOUR = timedelta(hours=1)
UP, DOWN = "INCREMENT", "DECREMENT"


@pytest.fixture
def counter(make):
    """A field that counts 10, 15, 20 …, alone in its collection."""
    return make.collection("Truck 01", {"value_type": UP, "name": "it"})["fields"][0]


@pytest.fixture
def spike(make, counter):
    """Schedules a spike; by default for an hour from now on. `override` are settings of the counter."""

    def scheduled(override=None, **window):
        entries = [{"original_field_id": counter["id"]} | override] if override else []
        return make.spike({"id": counter["collection_id"]}, *entries, **window)

    return scheduled


@pytest.fixture
def polled(make):
    """Polls so many times; answers with the values."""
    tool = make.key()
    return lambda times: [tool.data("Truck 01")["it"] for _ in range(times)]


def stands(make, field) -> float | None:
    return make.person.get(f"/api/fields/{field['id']}").json["current_number"]


def copy_of(make, spike):
    return make.person.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"][0]


# --- Where a copy begins -------------------------------------------------------------------------------


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
        "at its own start",
        "at its own start with its own step",
        "at its own start up to its own reset",
        "at its own start though it is the collection's too",
        "goes on where nothing is overridden",
        "goes on with its own step",
        "goes on to its own reset",
        "starts again where the collection stands at its own reset",
        "starts again where the collection stands beyond its own reset",
    ],
)
def test_a_copy_begins(counter, spike, polled, override, during):
    assert polled(3) == [10, 15, 20]
    spike(override)
    assert polled(3) == during


def test_a_copy_of_a_counter_that_was_never_polled_begins_at_the_start(counter, spike, polled):
    spike()
    assert polled(2) == [10, 15]


def test_a_copy_goes_on_downwards_too(make):
    field = make.collection("Truck 01", {"value_type": DOWN, "name": "it"})["fields"][0]
    tool = make.key()
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [100, 95]
    make.spike({"id": field["collection_id"]}, {"original_field_id": field["id"], "step_number": 50})
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [45, -5]


def test_a_copy_goes_on_from_where_the_collection_stands_at_its_first_value(spike, polled, clock):
    spike(start_datetime=(NOW + HOUR).isoformat())
    assert polled(4) == [10, 15, 20, 25]
    clock.move_to(NOW + HOUR)
    assert polled(2) == [30, 35]


def test_a_copy_whose_start_is_overridden_begins_there_however_far_the_collection_got(spike, polled, clock):
    spike({"start_number": 1000}, start_datetime=(NOW + HOUR).isoformat())
    assert polled(4) == [10, 15, 20, 25]
    clock.move_to(NOW + HOUR)
    assert polled(2) == [1000, 1005]


def test_a_copy_goes_on_exactly_in_tenths(make):
    settings = {"start_number": 10**9, "step_number": 0.1}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    tool = make.key()
    before = [tool.data("Truck 01")["it"] for _ in range(3)]
    make.spike({"id": field["collection_id"]})
    during = [tool.data("Truck 01")["it"] for _ in range(8)]
    assert before + during == [(10**10 + n) / 10 for n in range(11)]


def test_two_counters_begin_each_in_its_own_way(make):
    collection = make.collection("Truck 01", {"value_type": UP, "name": "a"}, {"value_type": UP, "name": "b"})
    tool = make.key()
    tool.data("Truck 01")
    make.spike(collection, {"original_field_id": collection["fields"][1]["id"], "start_number": 500})
    assert [tool.data("Truck 01") for _ in range(2)] == [{"a": 15, "b": 500}, {"a": 20, "b": 505}]


# --- The collection's own ------------------------------------------------------------------------------


@pytest.mark.parametrize("override", [None, {"start_number": 1000}, {"step_number": 100}])
def test_the_collection_s_counter_does_not_move_during_the_spike(make, counter, spike, polled, override):
    assert polled(3) == [10, 15, 20]
    spike(override)
    polled(4)
    assert stands(make, counter) == 20


def test_a_copy_without_a_start_of_its_own_begins_at_the_start_that_the_field_has_now(
    make, counter, spike, polled
):
    spike({"step_number": 7}, start_datetime=(NOW + HOUR).isoformat(), duration=60)
    made = spike({"step_number": 7}, duration=60)
    assert make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100}).status_code == 200
    assert copy_of(make, made)["start_number"] == 10
    assert polled(3) == [100, 107, 114]


# --- What is shown -------------------------------------------------------------------------------------


def test_a_copy_shows_where_it_stands_itself(make, spike, polled):
    polled(3)
    made = spike()
    assert copy_of(make, made)["current_number"] is None
    polled(2)
    assert copy_of(make, made)["current_number"] == 30


def test_a_poll_outside_the_window_does_not_move_the_copy(make, spike, polled):
    made = spike(start_datetime=(NOW + HOUR).isoformat())
    polled(3)
    assert copy_of(make, made)["current_number"] is None


# --- Configuration -------------------------------------------------------------------------------------


def test_configuration_is_served_from_copies_too_so_its_counters_stand_still_and_then_take_over(make, clock):
    field = make.collection(
        "Truck 01", {"value_type": UP, "name": "it", "collection_type": "Configuration", **COUNTING}
    )["fields"][0]
    tool = make.key()
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [10, 15]
    made = make.spike({"id": field["collection_id"]})
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [20, 25]
    assert stands(make, field) == 15
    assert copy_of(make, made)["current_number"] == 25
    clock.shift(HOUR)
    assert [tool.data("Truck 01", "configuration")["it"] for _ in range(2)] == [30, 35]


COUNTING = {"start_number": 10, "step_number": 5}
