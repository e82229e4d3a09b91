"""Drawing a value: what is served of fixed values, the clock and the two ranges."""

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

wholes = st.integers(-MAX_INTEGER, MAX_INTEGER)
floats = st.floats(allow_nan=False, allow_infinity=False)
usual_floats = st.floats(-1e12, 1e12)
seeds = st.integers(0, 2**32)


class Ends(random.Random):
    """Randomness at the very edge of what `random()` may give."""

    def __init__(self, part: float) -> None:
        super().__init__()
        self.part = part

    def random(self) -> float:
        return self.part


LOWEST, HIGHEST = Ends(0.0), Ends(1 - 2**-53)


def value_of(value_type: str, rng: random.Random | None = None, now=NOW, **settings):
    value, state = next_value(value_type, settings, None, rng or random.Random(1), now)
    assert state is None, "only counters have a state"
    return value


def float_in(start: float, end: float, precision: int = 2, rng: random.Random | None = None) -> float:
    return value_of(
        "FLOAT_RANGE",
        rng,
        range_start_float=start,
        range_end_float=end,
        float_precision=precision,
    )


def holds_a_number_with(precision: int, start: float, end: float) -> bool:
    """Whether some number of so many decimals lies between the two, as they print."""
    scale = 10**precision
    return math.ceil(Fraction(repr(start)) * scale) <= Fraction(repr(end)) * scale


def decimals(value: float) -> int:
    """How many decimals `value` prints with."""
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
def test_a_fixed_value_is_served_as_it_is(value_type, setting, value):
    drawn = value_of(value_type, **{setting: value})
    assert (drawn, type(drawn)) == (value, type(value))


@pytest.mark.parametrize(
    ("now", "epoch"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 11, 27, 8, 0, 0, 999_999, tzinfo=UTC), 1795766400),
        (datetime(2026, 11, 27, 10, 0, tzinfo=timezone(timedelta(hours=2))), 1795766400),
        (datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), 2**31),
    ],
    ids=["the beginning", "parts of a second are dropped", "another zone", "past 32 bits"],
)
def test_epoch_now_is_whole_seconds_since_1970_in_utc(now, epoch):
    assert value_of("EPOCH_NOW", now=now) == epoch


# --- NUMBER_RANGE --------------------------------------------------------------------------------------


@given(wholes, wholes, seeds)
@example(-MAX_INTEGER, MAX_INTEGER, 0)
def test_a_random_integer_is_a_whole_number_within_the_range(one, other, seed):
    start, end = sorted((one, other))
    value = value_of("NUMBER_RANGE", random.Random(seed), range_start_number=start, range_end_number=end)
    assert type(value) is int
    assert start <= value <= end


@given(wholes)
def test_a_range_of_one_integer_draws_that_integer(only):
    assert value_of("NUMBER_RANGE", range_start_number=only, range_end_number=only) == only


@given(st.integers(-MAX_INTEGER, MAX_INTEGER - 3), seeds)
def test_both_ends_of_an_integer_range_are_drawn(start, seed):
    rng = random.Random(seed)
    settings = {"range_start_number": start, "range_end_number": start + 3}
    seen = {value_of("NUMBER_RANGE", rng, **settings) for _ in range(300)}
    assert seen == {start, start + 1, start + 2, start + 3}


# --- FLOAT_RANGE ---------------------------------------------------------------------------------------


@given(floats, floats, st.integers(0, 15), seeds)
@example(-MAX_FLOAT, MAX_FLOAT, 2, 0)
@example(0.001, 0.004, 2, 0)
@example(0.1, 0.30000000000000004, 1, 0)
@example(2.675, 2.675, 2, 0)
def test_a_random_float_is_never_outside_the_range(one, other, precision, seed):
    start, end = sorted((one, other))
    for rng in (random.Random(seed), LOWEST, HIGHEST):
        value = float_in(start, end, precision, rng)
        assert type(value) is float
        assert start <= value <= end


@given(usual_floats, usual_floats, st.integers(0, 15), seeds)
@example(0.999, 1.001, 2, 0)
@example(-0.004, 0.004, 2, 0)
@example(0.1, 0.10000000000000002, 1, 0)
def test_a_random_float_has_no_more_decimals_than_asked_for(one, other, precision, seed):
    start, end = sorted((one, other))
    assume(holds_a_number_with(precision, start, end))
    for rng in (random.Random(seed), LOWEST, HIGHEST):
        assert decimals(float_in(start, end, precision, rng)) <= precision


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), seeds)
def test_precision_0_draws_whole_numbers(start, width, seed):
    assert float_in(float(start), float(start + width), 0, random.Random(seed)).is_integer()


@pytest.mark.parametrize("precision", range(16))
def test_every_precision_up_to_15_shows(precision):
    seen = {decimals(float_in(0.0, 1.0, precision, random.Random(seed))) for seed in range(200)}
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
def test_a_range_without_a_rounded_number_is_still_not_left(start, end, precision):
    for seed in range(50):
        assert start <= float_in(start, end, precision, random.Random(seed)) <= end


def test_the_widest_range_there_is_can_be_drawn_from():
    drawn = [float_in(-MAX_FLOAT, MAX_FLOAT, 2, random.Random(seed)) for seed in range(200)]
    assert min(drawn) < -1e307
    assert max(drawn) > 1e307


@given(floats, st.integers(0, 15))
@example(MAX_FLOAT, 15)
@example(-MAX_FLOAT, 0)
@example(SMALLEST_FLOAT, 2)
def test_a_range_of_one_float_draws_that_float(only, precision):
    for rng in (random.Random(1), LOWEST, HIGHEST):
        assert float_in(only, only, precision, rng) == only


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [(-0.001, 0.001, 2), (-0.0, 0.0, 2), (-0.0, -0.0, 0), (-0.4, 0.0, 0), (-0.4, 0.4, 0), (-0.01, 0.0, 2)],
)
def test_zero_never_has_a_minus(start, end, precision):
    values = [float_in(start, end, precision, random.Random(seed)) for seed in range(100)]
    assert "0.0" in map(repr, values)
    assert "-0.0" not in map(repr, values)


def test_both_ends_of_a_rounded_range_are_drawn():
    seen = {float_in(0.0, 0.3, 1, random.Random(seed)) for seed in range(300)}
    assert seen == {0.0, 0.1, 0.2, 0.3}
