"""Values of a range are distributed uniformly."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest

from app.values import MAX_INTEGER, next_value

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
DRAWS = 20_000


def draw_values(value_type: str, **settings) -> list[float]:
    rng = random.Random(20_261_127)
    return [next_value(value_type, settings, None, rng, NOW)[0] for _ in range(DRAWS)]


def chi_square(seen: Counter, expected: Mapping) -> float:
    return sum((seen[outcome] - count) ** 2 / count for outcome, count in expected.items())


def assert_distributed(values: Iterable, shares: Mapping) -> None:
    """Check the distribution with a chi-square test that fails in 1 of 10,000 cases if it is right."""
    seen = Counter(values)
    assert set(seen) <= set(shares)
    freedom = len(shares) - 1
    # The 99.99th percentile of chi-square, by Wilson and Hilferty.
    bound = freedom * (1 - 2 / (9 * freedom) + 3.719 * math.sqrt(2 / (9 * freedom))) ** 3
    assert chi_square(seen, {outcome: share * DRAWS for outcome, share in shares.items()}) < bound


def uniform_shares(outcomes: Iterable) -> dict:
    outcomes = list(outcomes)
    return dict.fromkeys(outcomes, 1 / len(outcomes))


def test_integers_of_a_range_are_uniform():
    values = draw_values("NUMBER_RANGE", range_start_number=-5, range_end_number=20)
    assert_distributed(values, uniform_shares(range(-5, 21)))


def test_the_widest_range_of_integers_is_uniform():
    values = draw_values("NUMBER_RANGE", range_start_number=-MAX_INTEGER, range_end_number=MAX_INTEGER)
    tenths = ((value + MAX_INTEGER) * 10 // (2 * MAX_INTEGER + 1) for value in values)
    assert_distributed(tenths, uniform_shares(range(10)))


def test_the_widest_range_of_integers_has_as_many_odd_as_even_numbers():
    values = draw_values("NUMBER_RANGE", range_start_number=-MAX_INTEGER, range_end_number=MAX_INTEGER)
    assert_distributed((value % 2 for value in values), uniform_shares([0, 1]))


@pytest.mark.parametrize(
    ("start", "end"), [(0.0, 1.0), (-3.5, 8.25), (-1.79e308, 1.79e308)], ids=["unit", "across 0", "widest"]
)
def test_floats_of_a_range_are_uniform(start, end):
    values = draw_values("FLOAT_RANGE", range_start_float=start, range_end_float=end, float_precision=15)
    tenths = (min(9, int((value / 2 - start / 2) / (end / 2 - start / 2) * 10)) for value in values)
    assert_distributed(tenths, uniform_shares(range(10)))


def test_rounded_floats_are_as_likely_as_the_interval_that_rounds_to_them():
    values = draw_values("FLOAT_RANGE", range_start_float=0.0, range_end_float=1.0, float_precision=1)
    tenth = {n / 10: 0.1 for n in range(1, 10)}
    assert_distributed(values, tenth | {0.0: 0.05, 1.0: 0.05})
