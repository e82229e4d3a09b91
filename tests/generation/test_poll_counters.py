"""Counters move with every poll, and with nothing else."""

import itertools
import json
from decimal import Decimal

import pytest

from app.core.rng import rng

UP, DOWN = "INCREMENT", "DECREMENT"


@pytest.fixture
def counter(make):
    """Makes a collection with one counter, named `it`; answers with the field."""

    def made(value_type: str = UP, **settings):
        settings = {"start_number": 10, "step_number": 5} | settings
        return make.collection("Truck 01", {"value_type": value_type, "name": "it", **settings})["fields"][0]

    return made


@pytest.fixture
def tool(make):
    return make.key()


def polled(tool, times: int) -> list:
    """The next values, to their last digit."""
    return [json.loads(tool.poll("Truck 01").text, parse_float=Decimal)["data"]["it"] for _ in range(times)]


def shown(make, field):
    return make.person.get(f"/api/fields/{field['id']}").json


# --- The sequence --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_type", "settings", "values"),
    [
        (UP, {}, [10, 15, 20, 25]),
        (DOWN, {}, [10, 5, 0, -5]),
        (UP, {"reset_number": 20}, [10, 15, 20, 10, 15]),
        (UP, {"reset_number": 19}, [10, 15, 10, 15]),
        (DOWN, {"reset_number": 0}, [10, 5, 0, 10, 5]),
        (DOWN, {"reset_number": 1}, [10, 5, 10, 5]),
        (UP, {"reset_number": 10}, [10, 10, 10]),
        (UP, {"start_number": -5, "step_number": 2.5}, [-5, Decimal("-2.5"), 0, Decimal("2.5"), 5]),
        (UP, {"start_number": 2**53 - 3, "step_number": 1}, [2**53 - 3, 2**53 - 2, 2**53 - 1, 2**53 - 3]),
        (DOWN, {"start_number": 3 - 2**53, "step_number": 2}, [3 - 2**53, 1 - 2**53, 3 - 2**53]),
        (UP, {"start_number": 0, "step_number": 1e-10}, [0, Decimal("1e-10"), Decimal("2e-10")]),
        (UP, {"start_number": 0, "step_number": 2**53 - 1}, [0, 2**53 - 1, 0]),
    ],
    ids=[
        "counts up by its step",
        "counts down by its step",
        "starts again after its reset",
        "starts again where the step would pass the reset",
        "downwards it starts again after its reset too",
        "downwards it starts again where the step would pass the reset too",
        "stands still where the reset is its start",
        "counts in fractions through zero",
        "starts again after the largest integer of JSON",
        "starts again after the smallest integer of JSON",
        "counts in the tenth decimal",
        "takes the largest step there is",
    ],
)
def test_a_counter(counter, tool, value_type, settings, values):
    counter(value_type, **settings)
    assert polled(tool, len(values)) == values


@pytest.mark.parametrize("start", [0, 10**9, 2**53 - 100])
def test_n_steps_of_a_tenth_are_n_tenths(counter, tool, start):
    counter(start_number=start, step_number=0.1)
    assert polled(tool, 21) == [start + Decimal(n) / 10 for n in range(21)]


def test_ten_steps_of_a_tenth_are_exactly_one(counter, tool):
    counter(start_number=0, step_number=0.1)
    polled(tool, 10)
    assert '"it":1.0}' in tool.poll("Truck 01").text


def test_several_counters_of_one_answer_move_in_step(make, tool):
    collection = make.collection("Truck 01")
    make.field(collection, UP, name="up", start_number=0, step_number=1)
    make.field(collection, DOWN, name="down", start_number=0, step_number=2)
    make.field(collection, UP, name="round", start_number=0, step_number=1, reset_number=1)
    assert [tool.data("Truck 01") for _ in range(4)] == [
        {"up": 0, "down": 0, "round": 0},
        {"up": 1, "down": -2, "round": 1},
        {"up": 2, "down": -4, "round": 0},
        {"up": 3, "down": -6, "round": 1},
    ]


def test_two_keys_poll_one_sequence(counter, make, tool):
    counter()
    other = make.key()
    assert [polled(each, 1)[0] for each in (tool, other, other, tool)] == [10, 15, 20, 25]


def test_a_copied_collection_counts_from_its_start(counter, make, tool):
    field = counter()
    polled(tool, 3)
    make.person.post(f"/api/collections/{field['collection_id']}/copy", {"name": "Truck 02"})
    assert tool.data("Truck 02") == {"it": 10}
    assert polled(tool, 1) == [25]


# --- By a random step ----------------------------------------------------------------------------------


def test_a_random_step_stays_within_its_percentage(counter, tool):
    counter(start_number=0, step_number=1000, randomization_percentage=10)
    rng.seed(20_261_127)
    values = polled(tool, 40)
    steps = [after - before for before, after in itertools.pairwise(values)]
    assert values[0] == 0
    assert all(900 <= step <= 1100 for step in steps)
    assert len(set(steps)) > 30


def test_a_step_is_never_taken_backwards(counter, tool):
    counter(start_number=0, step_number=1, randomization_percentage=500)
    rng.seed(20_261_127)
    values = polled(tool, 40)
    assert values == sorted(values)
    assert len(set(values)) < len(values), "a step below 0 is none"


def test_a_random_step_is_taken_to_ten_decimals(counter, tool):
    counter(start_number=0, step_number=1.5, randomization_percentage=33)
    rng.seed(20_261_127)
    assert all(Decimal(value) % Decimal("1e-10") == 0 for value in polled(tool, 20))


def test_a_random_step_larger_than_any_number_starts_again(counter, tool):
    counter(start_number=5, step_number=2**53 - 1, randomization_percentage=500)
    rng.seed(20_261_127)
    values = polled(tool, 30)
    assert all(5 <= value <= 2**53 - 1 for value in values)
    assert values.count(5) > 10


# --- Where it stands -----------------------------------------------------------------------------------


def test_it_stands_nowhere_before_the_first_poll(counter, make):
    assert counter()["current_number"] is None


def test_it_stands_where_the_last_poll_left_it(counter, make, tool):
    field = counter(step_number=0.5)
    polled(tool, 2)
    assert shown(make, field)["current_number"] == 10.5


def test_where_it_stands_is_shown_exactly(counter, make, tool):
    field = counter(start_number=2**53 - 100, step_number=0.1)
    polled(tool, 2)
    text = make.person.get(f"/api/fields/{field['id']}").text
    assert '"current_number":9007199254740892.1,' in text


def test_being_polled_is_no_change_of_the_field(counter, make, tool, clock):
    field = counter()
    clock.shift(60)
    polled(tool, 2)
    assert shown(make, field)["updated_at"] == field["updated_at"]


@pytest.mark.parametrize("number", [0, 10, None])
def test_nobody_can_write_where_it_stands(counter, make, tool, number):
    field = counter()
    polled(tool, 3)
    refusal = make.person.patch(f"/api/fields/{field['id']}", {"current_number": number})
    assert refusal.status_code == 422
    assert list(refusal.json["errors"]) == ["current_number"]
    assert polled(tool, 1) == [25]


# --- Beginning anew ------------------------------------------------------------------------------------


def test_a_reset_lets_it_begin_at_its_start_again(counter, make, tool):
    field = counter()
    polled(tool, 3)
    answer = make.person.post(f"/api/fields/{field['id']}/reset")
    assert (answer.status_code, answer.json["current_number"]) == (200, None)
    assert polled(tool, 2) == [10, 15]


@pytest.mark.parametrize(
    ("change", "following"),
    [
        ({"start_number": 100}, [100, 105]),
        ({"start_number": 10.0000000001}, [Decimal("10.0000000001"), Decimal("15.0000000001")]),
        ({"value_type": DOWN, "start_number": 10, "step_number": 5}, [10, 5]),
        ({"value_type": DOWN, "start_number": 100, "step_number": 5, "reset_number": 95}, [100, 95, 100]),
    ],
    ids=["another start", "hardly another start", "another direction", "both"],
)
def test_another_start_or_value_type_lets_it_begin_anew(counter, make, tool, change, following):
    field = counter()
    polled(tool, 3)
    changed = make.person.patch(f"/api/fields/{field['id']}", change)
    assert (changed.status_code, changed.json["current_number"]) == (200, None)
    assert polled(tool, len(following)) == following


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
        "the same type",
        "a reset ahead",
        "a reset that it has passed",
        "the same collection type",
        "nothing",
    ],
)
def test_any_other_change_lets_it_go_on_from_where_it_stands(counter, make, tool, change, following):
    field = counter()
    polled(tool, 3)
    changed = make.person.patch(f"/api/fields/{field['id']}", change)
    assert (changed.status_code, changed.json["current_number"]) == (200, 20)
    assert polled(tool, 2) == following


def test_a_new_name_lets_it_go_on(counter, make, tool):
    field = counter()
    polled(tool, 3)
    make.person.patch(f"/api/fields/{field['id']}", {"field_name": "odometer"})
    assert tool.data("Truck 01") == {"odometer": 25}


def test_a_field_that_becomes_a_counter_begins_at_its_start(make, tool):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "it"})
    change = {"value_type": UP, "start_number": 3, "step_number": 4}
    make.person.patch(f"/api/fields/{collection['fields'][0]['id']}", change)
    assert polled(tool, 2) == [3, 7]


# --- What does not move it -----------------------------------------------------------------------------


def test_polling_the_other_type_does_not_move_it(counter, make, tool):
    field = counter()
    make.field({"id": field["collection_id"]}, "TEXT_FIXED", collection_type="Configuration")
    polled(tool, 1)
    tool.data("Truck 01", "configuration")
    assert polled(tool, 1) == [15]


def test_polling_another_collection_does_not_move_it(counter, make, tool):
    counter()
    make.collection("Truck 02", {"value_type": UP, "name": "it"})
    polled(tool, 1)
    tool.data("Truck 02")
    assert polled(tool, 1) == [15]


def test_looking_at_it_does_not_move_it(counter, make, tool):
    field = counter()
    polled(tool, 1)
    for path in (f"collections/{field['collection_id']}", f"fields/{field['id']}", "collections"):
        assert make.person.get(f"/api/{path}").status_code == 200
    assert polled(tool, 1) == [15]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/data/Truck%2001/performance", 405),
        ("OPTIONS", "/api/data/Truck%2001/performance", 200),
        ("POST", "/api/data/Truck%2001/performance", 405),
        ("GET", "/api/data/Truck%2001/no-type", 400),
        ("GET", "/api/data/Truck%2002/performance", 404),
    ],
)
def test_a_request_that_serves_nothing_does_not_move_it(counter, tool, method, path, status):
    counter()
    polled(tool, 1)
    assert tool.call(method, path).status_code == status
    assert polled(tool, 1) == [15]


def test_a_poll_without_a_key_does_not_move_it(counter, nobody, tool):
    counter()
    polled(tool, 1)
    assert nobody.get("/api/data/Truck%2001/performance").status_code == 401
    assert polled(tool, 1) == [15]
