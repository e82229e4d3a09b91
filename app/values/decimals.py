"""Counters in exact decimal arithmetic, so that ten steps of 0.1 from 0 are 1."""

import math
import random
from decimal import ROUND_HALF_EVEN, Context, Decimal

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON client reads exactly."""

DECIMAL_PLACES = 10
_UNIT = Decimal(1).scaleb(-DECIMAL_PLACES)
_ZERO = Decimal(0).scaleb(-DECIMAL_PLACES)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


Exact = Decimal | int


def exact(number: int | float | Decimal) -> Decimal:
    """`number` rounded to ten decimals; a float counts as the decimal that it prints as."""
    decimal = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    return decimal.quantize(_UNIT, context=_CONTEXT) or _ZERO  # no minus zero: no database keeps it


def plain(number: Exact) -> int | float | Decimal:
    """Return the JSON number for `number`, as an int where it is whole. No writer gives it an exponent."""
    return int(number) if is_whole(number) else _with_fraction(number)


def is_whole(number: Exact) -> bool:
    """Tell whether `number` has no fraction."""
    return isinstance(number, int) or number == number.to_integral_value()


def counter_value(number: Exact, *, whole: bool) -> int | float | Decimal:
    """Return the JSON number that a counter serves: always an integer, or always one with a fraction.

    A whole counter may stand between two integers if its settings had fractions once; it serves the lower
    one.
    """
    return math.floor(number) if whole else _with_fraction(number)


def _with_fraction(number: Exact) -> float | Decimal:
    """Return a float, or a Decimal where no float is exact or where JSON writers would use an exponent."""
    nearest = float(number) + 0.0  # + 0.0: no minus zero
    if nearest and abs(nearest) < SMALLEST_WITHOUT_EXPONENT:
        return Decimal(number)
    return nearest if exact(nearest) == number else Decimal(number)


SMALLEST_WITHOUT_EXPONENT = 1e-4
"""Writers of JSON begin to use exponents below this size, some of them earlier than others. They also do from
10^16 on, which no counter reaches."""


def random_step(step: Decimal, percentage: float, rng: random.Random, *, whole: bool = False) -> Decimal:
    """Return `step × (1 + u)`, `u` uniform in ± `percentage` / 100, never below 0; rounded to an integer if
    `whole`."""
    if not percentage:
        return step
    u = rng.uniform(-percentage, percentage) / 100
    return _varied(step, 1 + u, whole=whole)


def largest_step(step: Decimal, percentage: float | None, *, whole: bool) -> Decimal:
    """Return the largest step that `random_step` can give."""
    return _varied(step, 1 + percentage / 100, whole=whole) if percentage else step


def _varied(step: Decimal, factor: float, *, whole: bool) -> Decimal:
    varied = max(Decimal(0), exact(step * Decimal(repr(factor))))
    return varied.to_integral_value(ROUND_HALF_EVEN) if whole else varied


def round_away(number: Exact, direction: int) -> Exact:
    """Return the next integer in the counter's direction, so that no integer already passed comes again."""
    return math.ceil(number) if direction > 0 else math.floor(number)


def advance(last: Exact | None, *, start: Exact, step: Exact, reset: Exact | None, direction: int) -> Exact:
    """The value that follows `last`: `direction` is 1 for INCREMENT, -1 for DECREMENT.

    Where the step would pass `reset`, it is `start` again. Without a reset the largest integer that JSON
    clients read exactly stands in its place. `models.counters` says the same in PostgreSQL's SQL.
    """
    if last is None:
        return start
    following = last + direction * step
    limit = direction * LARGEST_INTEGER if reset is None else reset
    return start if direction * (following - limit) > 0 else following
