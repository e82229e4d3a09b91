"""Counters: exact to ten decimals, restarting before they would pass their reset number."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.values import MAX_INTEGER, advance, next_value, random_step, to_exact, to_json_number

UP, DOWN = 1, -1
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

numbers = st.decimals(-MAX_INTEGER, MAX_INTEGER, places=10)
steps = st.decimals("0.0000000001", MAX_INTEGER, places=10)
directions = st.sampled_from([UP, DOWN])


def count(start, step, reset=None, direction=UP) -> Iterator[Decimal]:
    """Yield the values of a counter endlessly."""
    last = None
    while True:
        last = advance(
            last,
            start=to_exact(start),
            step=to_exact(step),
            reset=None if reset is None else to_exact(reset),
            direction=direction,
        )
        yield last


def first(how_many: int, *counter, **settings) -> list[int | float | Decimal]:
    """Return the first values of a counter as JSON numbers."""
    return [to_json_number(value) for value in itertools.islice(count(*counter, **settings), how_many)]


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_the_first_value_is_the_start_number(direction):
    assert first(1, 10, 5, direction=direction) == [10]


def test_an_increment_adds_the_step():
    assert first(4, 10, 5) == [10, 15, 20, 25]


def test_a_decrement_subtracts_the_step():
    assert first(4, 10, 5, direction=DOWN) == [10, 5, 0, -5]


@pytest.mark.parametrize(
    ("start", "step", "reset", "direction", "values"),
    [
        (0, 5, 10, UP, [0, 5, 10, 0, 5]),
        (0, 5, 12, UP, [0, 5, 10, 0, 5]),
        (0, 5, 9, UP, [0, 5, 0, 5, 0]),
        (0, 5, 0, UP, [0, 0, 0, 0, 0]),
        (-3, 2, 1, UP, [-3, -1, 1, -3, -1]),
        (10, 5, 0, DOWN, [10, 5, 0, 10, 5]),
        (10, 4, 0, DOWN, [10, 6, 2, 10, 6]),
        (10, 4, 10, DOWN, [10, 10, 10, 10, 10]),
        (0, 0.1, 0.3, UP, [0, 0.1, 0.2, 0.3, 0]),
    ],
    ids=[
        "up to the reset number",
        "not past the reset number",
        "not past the reset number by one step",
        "reset number equal to the start",
        "through zero",
        "down to the reset number",
        "not below the reset number",
        "down with reset number equal to the start",
        "tenths reach the reset number exactly",
    ],
)
def test_a_counter_restarts_before_it_would_pass_its_reset_number(start, step, reset, direction, values):
    assert first(5, start, step, reset, direction) == values


def test_a_counter_beyond_a_new_reset_number_restarts():
    following = advance(Decimal(50), start=Decimal(0), step=Decimal(1), reset=Decimal(20), direction=UP)
    assert following == 0


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_without_a_reset_number_a_counter_restarts_at_the_largest_integer_of_json(direction):
    near = direction * (MAX_INTEGER - 1)
    assert first(4, near, 1, direction=direction) == [near, near + direction, near, near + direction]


@given(numbers, numbers, steps, directions)
def test_no_value_is_beyond_the_reset_number(start, reset, step, direction):
    if direction * (reset - start) < 0:
        start, reset = reset, start
    for value in itertools.islice(count(start, step, reset, direction), 5):
        assert min(start, reset) <= value <= max(start, reset)


# --- Exact decimals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 10**9, 2**53 - 100, -(10**9), 0.5])
def test_n_steps_of_a_tenth_are_n_tenths(start):
    tenths = (Decimal(str(start)) + Decimal(n) / 10 for n in itertools.count())
    for value, exact in itertools.islice(zip(count(start, 0.1), tenths, strict=False), 900):
        assert value == exact


def test_ten_steps_of_a_tenth_from_0_are_1():
    assert first(11, 0, 0.1)[10] == 1


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15), directions)
def test_n_steps_of_the_tenth_decimal_are_exact(start, units, direction):
    step = Decimal(units).scaleb(-10)
    for n, value in enumerate(itertools.islice(count(start, step, direction=direction), 20)):
        assert value == start + direction * n * step


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.1, "0.1"),
        (1, "1"),
        (Decimal("0.00000000005"), "0"),
        (Decimal("0.00000000015"), "0.0000000002"),
        (Decimal("9007199254740990.12345678904"), "9007199254740990.1234567890"),
        (1e-11, "0"),
    ],
)
def test_a_number_is_rounded_to_ten_decimals(given, expected):
    assert to_exact(given) == Decimal(expected)


# --- JSON numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["15", "15.0000000000", "-15", "0", "-0", "9007199254740991.0000000000"])
def test_a_whole_number_is_an_integer_in_json(number):
    emitted = to_json_number(Decimal(number))
    assert type(emitted) is int
    assert emitted == Decimal(number)


@given(numbers)
@example(Decimal("9007199254740892.1"))
@example(Decimal("1000000000.0000000001"))
@example(Decimal("0.1"))
def test_a_json_number_is_exact_to_ten_decimals(number):
    emitted = to_json_number(to_exact(number))
    assert to_exact(emitted) == number


# --- Random steps --------------------------------------------------------------------------------------


@given(steps)
def test_without_randomization_the_step_is_unchanged(step):
    assert random_step(step, 0.0, random.Random(1)) == step


@given(st.decimals("0.0000000001", 10**6, places=10), st.floats(0, 500), st.integers(0, 2**32))
def test_a_random_step_stays_within_its_percentage_and_is_never_negative(step, percentage, seed):
    part = Decimal(percentage) / 100
    rounding = Decimal("1e-9")
    drawn = random_step(step, percentage, random.Random(seed))
    assert max(Decimal(0), step * (1 - part)) - rounding <= drawn <= step * (1 + part) + rounding


@pytest.mark.parametrize("percentage", [10, 100, 500])
def test_random_steps_use_the_full_range_of_the_percentage(percentage):
    rng = random.Random(7)
    drawn = [random_step(Decimal(100), float(percentage), rng) for _ in range(2000)]
    assert max(drawn) > 100 + 0.98 * percentage
    assert min(drawn) == max(0, 100 - percentage) or min(drawn) < 100 - 0.98 * percentage


def test_random_steps_that_would_be_negative_are_0():
    rng = random.Random(7)
    drawn = [random_step(Decimal(100), 500.0, rng) for _ in range(2000)]
    # u is uniform in ±5 and the step is 0 below -1: four tenths of the draws.
    assert 700 < drawn.count(Decimal(0)) < 900


def test_a_random_step_is_rounded_to_ten_decimals():
    assert random_step(Decimal("0.0000000003"), 33.3, random.Random(3)) % Decimal("1e-10") == 0


@given(st.floats(0, 500), st.integers(0, 2**32))
def test_a_randomized_increment_never_decreases(percentage, seed):
    rng, last, values = random.Random(seed), None, []
    settings = {
        "start_number": Decimal(10),
        "step_number": Decimal("2.5"),
        "reset_number": None,
        "randomization_percentage": percentage,
    }
    for _ in range(20):
        value, last = next_value("INCREMENT", settings, last, rng, NOW)
        values.append(value)
    assert values[0] == 10
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("value_type", "values"), [("INCREMENT", [0, 0.5, 1, 0]), ("DECREMENT", [0, -0.5, -1, 0])]
)
def test_the_next_value_of_a_counter_is_also_its_new_state(value_type, values):
    state, drawn = None, []
    settings = {
        "start_number": Decimal(0),
        "step_number": Decimal("0.5"),
        "reset_number": Decimal(values[2]),
        "randomization_percentage": 0.0,
    }
    for _ in range(4):
        value, state = next_value(value_type, settings, state, random.Random(1), NOW)
        assert state == to_exact(value)
        drawn.append(value)
    assert drawn == values
