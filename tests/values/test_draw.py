"""Values of fixed fields, of the clock and of the two ranges."""

import math
import random
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.values import MAX_INTEGER, next_value

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MAX_FLOAT = sys.float_info.max
SMALLEST_FLOAT = 5e-324

integers = st.integers(-MAX_INTEGER, MAX_INTEGER)
floats = st.floats(allow_nan=False, allow_infinity=False)
usual_floats = st.floats(-1e12, 1e12)
seeds = st.integers(0, 2**32)


class ConstantRandom(random.Random):
    """A random number generator that always returns one fixed number, such as an end of its range."""

    def __init__(self, part: float) -> None:
        super().__init__()
        self.part = part

    def random(self) -> float:
        return self.part


LOWEST, HIGHEST = ConstantRandom(0.0), ConstantRandom(1 - 2**-53)


def draw_value(value_type: str, rng: random.Random | None = None, now=NOW, **settings):
    value, state = next_value(value_type, settings, None, rng or random.Random(1), now)
    assert state is None, "only counters have a state"
    return value


def draw_float(start: float, end: float, precision: int = 2, rng: random.Random | None = None) -> float:
    return draw_value(
        "FLOAT_RANGE",
        rng,
        range_start_float=start,
        range_end_float=end,
        float_precision=precision,
    )


def contains_rounded_number(precision: int, start: float, end: float) -> bool:
    """Return whether a number with this precision lies between `start` and `end`, as printed."""
    scale = 10**precision
    return math.ceil(Fraction(repr(start)) * scale) <= Fraction(repr(end)) * scale


def count_decimals(value: float) -> int:
    """Return with how many decimals `value` is printed."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent)


# --- Fixed values and the clock ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_type", "setting", "value"),
    [
        ("TEXT_FIXED", "fixed_value_text", "diesel"),
        ("TEXT_FIXED", "fixed_value_text", ""),
        ("NUMBER_FIXED", "fixed_value_number", 0),
        ("NUMBER_FIXED", "fixed_value_number", -MAX_INTEGER),
        ("FLOAT_FIXED", "fixed_value_float", 15.0),
        ("FLOAT_FIXED", "fixed_value_float", MAX_FLOAT),
        ("FLOAT_FIXED", "fixed_value_float", SMALLEST_FLOAT),
    ],
)
def test_a_fixed_value_is_returned_unchanged(value_type, setting, value):
    drawn = draw_value(value_type, **{setting: value})
    assert (drawn, type(drawn)) == (value, type(value))


@pytest.mark.parametrize(
    ("now", "epoch"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 11, 27, 8, 0, 0, 999_999, tzinfo=UTC), 1795766400),
        (datetime(2026, 11, 27, 10, 0, tzinfo=timezone(timedelta(hours=2))), 1795766400),
        (datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), 2**31),
    ],
    ids=["start of the epoch", "fractions are dropped", "another time zone", "beyond 32 bits"],
)
def test_epoch_now_is_whole_seconds_since_1970_in_utc(now, epoch):
    assert draw_value("EPOCH_NOW", now=now) == epoch


# --- NUMBER_RANGE --------------------------------------------------------------------------------------


@given(integers, integers, seeds)
@example(-MAX_INTEGER, MAX_INTEGER, 0)
def test_a_random_integer_is_a_whole_number_within_the_range(one, other, seed):
    start, end = sorted((one, other))
    value = draw_value("NUMBER_RANGE", random.Random(seed), range_start_number=start, range_end_number=end)
    assert type(value) is int
    assert start <= value <= end


@given(integers)
def test_a_range_of_one_integer_always_returns_it(only):
    assert draw_value("NUMBER_RANGE", range_start_number=only, range_end_number=only) == only


@given(st.integers(-MAX_INTEGER, MAX_INTEGER - 3), seeds)
def test_both_ends_of_an_integer_range_are_drawn(start, seed):
    rng = random.Random(seed)
    settings = {"range_start_number": start, "range_end_number": start + 3}
    seen = {draw_value("NUMBER_RANGE", rng, **settings) for _ in range(300)}
    assert seen == {start, start + 1, start + 2, start + 3}


# --- FLOAT_RANGE ---------------------------------------------------------------------------------------


@given(floats, floats, st.integers(0, 15), seeds)
@example(-MAX_FLOAT, MAX_FLOAT, 2, 0)
@example(0.001, 0.004, 2, 0)
@example(0.1, 0.30000000000000004, 1, 0)
@example(2.675, 2.675, 2, 0)
def test_a_random_float_is_within_the_range(one, other, precision, seed):
    start, end = sorted((one, other))
    for rng in (random.Random(seed), LOWEST, HIGHEST):
        value = draw_float(start, end, precision, rng)
        assert type(value) is float
        assert start <= value <= end


@given(usual_floats, usual_floats, st.integers(0, 15), seeds)
@example(0.999, 1.001, 2, 0)
@example(-0.004, 0.004, 2, 0)
@example(0.1, 0.10000000000000002, 1, 0)
def test_a_random_float_has_at_most_the_given_precision(one, other, precision, seed):
    start, end = sorted((one, other))
    assume(contains_rounded_number(precision, start, end))
    for rng in (random.Random(seed), LOWEST, HIGHEST):
        assert count_decimals(draw_float(start, end, precision, rng)) <= precision


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), seeds)
def test_precision_0_gives_whole_numbers(start, width, seed):
    assert draw_float(float(start), float(start + width), 0, random.Random(seed)).is_integer()


@pytest.mark.parametrize("precision", range(16))
def test_every_precision_up_to_15_is_used(precision):
    seen = {count_decimals(draw_float(0.0, 1.0, precision, random.Random(seed))) for seed in range(200)}
    assert max(seen) == precision


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [
        (0.001, 0.004, 2),
        (0.006, 0.009, 2),
        (-0.4, -0.2, 0),
        (1.25, 1.25, 1),
        (SMALLEST_FLOAT, 2 * SMALLEST_FLOAT, 15),
    ],
)
def test_a_float_is_within_a_range_that_contains_no_rounded_number(start, end, precision):
    for seed in range(50):
        assert start <= draw_float(start, end, precision, random.Random(seed)) <= end


def test_the_widest_range_of_floats_does_not_overflow():
    drawn = [draw_float(-MAX_FLOAT, MAX_FLOAT, 2, random.Random(seed)) for seed in range(200)]
    assert min(drawn) < -1e307
    assert max(drawn) > 1e307


@given(floats, st.integers(0, 15))
@example(MAX_FLOAT, 15)
@example(-MAX_FLOAT, 0)
@example(SMALLEST_FLOAT, 2)
def test_a_range_of_one_float_always_returns_it(only, precision):
    for rng in (random.Random(1), LOWEST, HIGHEST):
        assert draw_float(only, only, precision, rng) == only


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [(-0.001, 0.001, 2), (-0.0, 0.0, 2), (-0.0, -0.0, 0), (-0.4, 0.0, 0), (-0.4, 0.4, 0), (-0.01, 0.0, 2)],
)
def test_zero_is_never_negative(start, end, precision):
    values = [draw_float(start, end, precision, random.Random(seed)) for seed in range(100)]
    assert "0.0" in map(repr, values)
    assert "-0.0" not in map(repr, values)


def test_both_ends_of_a_rounded_range_are_drawn():
    seen = {draw_float(0.0, 0.3, 1, random.Random(seed)) for seed in range(300)}
    assert seen == {0.0, 0.1, 0.2, 0.3}
