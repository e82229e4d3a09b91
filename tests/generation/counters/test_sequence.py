"""The sequence of values of a counter, poll by poll."""

import itertools
from decimal import Decimal

import pytest

from app.core.rng import rng

UP, DOWN = "INCREMENT", "DECREMENT"


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
        "restarts after its reset",
        "restarts if the step would pass the reset",
        "decrement restarts after its reset",
        "decrement restarts if the step would pass the reset",
        "repeats its start if that is the reset",
        "counts in fractions through zero",
        "restarts after the largest integer",
        "restarts after the smallest integer",
        "counts in the tenth decimal",
        "takes the largest step there is",
    ],
)
def test_a_counter_counts_by_its_settings(counter, poll_values, value_type, settings, values):
    counter(value_type, **settings)
    assert poll_values(len(values)) == values


@pytest.mark.parametrize("start", [0, 10**9, 2**53 - 100])
def test_n_steps_of_a_tenth_are_exactly_n_tenths(counter, poll_values, start):
    counter(start_number=start, step_number=0.1)
    assert poll_values(21) == [start + Decimal(n) / 10 for n in range(21)]


def test_ten_steps_of_a_tenth_are_exactly_one(counter, tool, poll_values):
    counter(start_number=0, step_number=0.1)
    poll_values(10)
    assert '"it":1.0}' in tool.poll("Truck 01").text


def test_each_poll_advances_all_counters_of_its_response(make, tool):
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


def test_two_keys_share_one_sequence(counter, make, tool, poll_values):
    counter()
    other = make.key()
    assert [poll_values(1, each)[0] for each in (tool, other, other, tool)] == [10, 15, 20, 25]


def test_the_counter_of_a_copied_collection_starts_at_its_start_number(counter, make, tool, poll_values):
    field = counter()
    poll_values(3)
    make.person.post(f"/api/collections/{field['collection_id']}/copy", {"name": "Truck 02"})
    assert tool.data("Truck 02") == {"it": 10}
    assert poll_values(1) == [25]


def test_a_randomized_step_stays_within_its_percentage(counter, poll_values):
    counter(start_number=0, step_number=1000, randomization_percentage=10)
    rng.seed(20_261_127)
    values = poll_values(40)
    steps = [after - before for before, after in itertools.pairwise(values)]
    assert values[0] == 0
    assert all(900 <= step <= 1100 for step in steps)
    assert len(set(steps)) > 30


def test_a_randomized_step_is_never_negative(counter, poll_values):
    counter(start_number=0, step_number=1, randomization_percentage=500)
    rng.seed(20_261_127)
    values = poll_values(40)
    assert values == sorted(values)
    assert len(set(values)) < len(values), "a step below 0 is none"


def test_a_randomized_step_has_at_most_ten_decimals(counter, poll_values):
    counter(start_number=0, step_number=1.5, randomization_percentage=33)
    rng.seed(20_261_127)
    assert all(Decimal(value) % Decimal("1e-10") == 0 for value in poll_values(20))


def test_a_randomized_step_past_the_largest_number_restarts_the_counter(counter, poll_values):
    counter(start_number=5, step_number=2**53 - 1, randomization_percentage=500)
    rng.seed(20_261_127)
    values = poll_values(30)
    assert all(5 <= value <= 2**53 - 1 for value in values)
    assert values.count(5) > 10
