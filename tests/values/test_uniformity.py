"""Every value of a range is as likely as any other."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest

from app.values import MAX_INTEGER, next_value

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
DRAWS = 20_000


def drawn(value_type: str, **settings) -> list[float]:
    rng = random.Random(20_261_127)
    return [next_value(value_type, settings, None, rng, NOW)[0] for _ in range(DRAWS)]


def chi_square(seen: Counter, expected: Mapping) -> float:
    return sum((seen[which] - count) ** 2 / count for which, count in expected.items())


def assert_distributed(values: Iterable, shares: Mapping) -> None:
    """That values fall as these shares say: a wrong distribution fails, a right one in one of 10,000."""
    seen = Counter(values)
    assert set(seen) <= set(shares)
    freedom = len(shares) - 1
    # The 99.99th percentile of chi-square, by Wilson and Hilferty.
    bound = freedom * (1 - 2 / (9 * freedom) + 3.719 * math.sqrt(2 / (9 * freedom))) ** 3
    assert chi_square(seen, {which: share * DRAWS for which, share in shares.items()}) < bound


def evenly(which: Iterable) -> dict:
    which = list(which)
    return dict.fromkeys(which, 1 / len(which))


def test_integers_of_a_range_are_equally_likely():
    values = drawn("NUMBER_RANGE", range_start_number=-5, range_end_number=20)
    assert_distributed(values, evenly(range(-5, 21)))


def test_the_widest_range_of_integers_is_uniform():
    values = drawn("NUMBER_RANGE", range_start_number=-MAX_INTEGER, range_end_number=MAX_INTEGER)
    tenths = ((value + MAX_INTEGER) * 10 // (2 * MAX_INTEGER + 1) for value in values)
    assert_distributed(tenths, evenly(range(10)))


def test_the_widest_range_of_integers_reaches_odd_and_even_numbers_alike():
    values = drawn("NUMBER_RANGE", range_start_number=-MAX_INTEGER, range_end_number=MAX_INTEGER)
    assert_distributed((value % 2 for value in values), evenly([0, 1]))


@pytest.mark.parametrize(
    ("start", "end"), [(0.0, 1.0), (-3.5, 8.25), (-1.79e308, 1.79e308)], ids=["unit", "across 0", "widest"]
)
def test_floats_of_a_range_are_uniform(start, end):
    values = drawn("FLOAT_RANGE", range_start_float=start, range_end_float=end, float_precision=15)
    tenths = (min(9, int((value / 2 - start / 2) / (end / 2 - start / 2) * 10)) for value in values)
    assert_distributed(tenths, evenly(range(10)))


def test_rounded_floats_are_as_likely_as_what_is_rounded_to_them():
    values = drawn("FLOAT_RANGE", range_start_float=0.0, range_end_float=1.0, float_precision=1)
    tenth = {n / 10: 0.1 for n in range(1, 10)}
    assert_distributed(values, tenth | {0.0: 0.05, 1.0: 0.05})
