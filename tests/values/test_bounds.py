"""The bounds of a field's values."""

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.values import get_bounds, next_value, validate_settings

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def build_settings(value_type, **settings):
    return validate_settings(value_type, settings)[0]


def build_counter_settings(start, step, reset):
    numbers = {"start_number": start, "step_number": step, "reset_number": reset}
    return {name: None if number is None else Decimal(str(number)) for name, number in numbers.items()}


CASES = [
    ("NUMBER_FIXED", {"fixed_value_number": 7}, (7, 7)),
    ("FLOAT_FIXED", {"fixed_value_float": 7.5}, (7.5, 7.5)),
    ("NUMBER_RANGE", {"range_start_number": 5, "range_end_number": 20}, (5, 20)),
    ("FLOAT_RANGE", {"range_start_float": 0.123, "range_end_float": 1.987}, (0.13, 1.98)),
    ("FLOAT_RANGE", {"range_start_float": 0.5, "range_end_float": 3.5, "float_precision": 0}, (1.0, 3.0)),
    ("INCREMENT", build_counter_settings(10, 5, 30), (10, 30)),
    ("DECREMENT", build_counter_settings(100, 0.5, 99.5), (99.5, 100)),
    ("INCREMENT", build_counter_settings(10, 5, None), None),
    ("DECREMENT", build_counter_settings(10, 5, None), None),
    ("TEXT_FIXED", {"fixed_value_text": "diesel"}, None),
    ("EPOCH_NOW", {}, None),
]


@pytest.mark.parametrize(
    ("value_type", "settings", "expected"), CASES, ids=[f"{case[0]} {case[2]}" for case in CASES]
)
def test_bounds_are_those_of_the_settings(value_type, settings, expected):
    assert get_bounds(value_type, build_settings(value_type, **settings)) == expected


@pytest.mark.parametrize(
    ("value_type", "settings", "expected"),
    [case for case in CASES if case[2]],
    ids=[f"{case[0]} {case[2]}" for case in CASES if case[2]],
)
def test_every_value_is_within_the_bounds(value_type, settings, expected):
    rng, state, validated = random.Random(1), None, build_settings(value_type, **settings)
    for _ in range(200):
        value, state = next_value(value_type, validated, state, rng, NOW)
        assert expected[0] <= value <= expected[1]
