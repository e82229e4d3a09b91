"""Counters in exact decimal arithmetic, so that ten steps of 0.1 from 0 are 1."""

import random
from decimal import ROUND_HALF_EVEN, Context, Decimal

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON client reads exactly."""

DECIMAL_PLACES = 10
_UNIT = Decimal(1).scaleb(-DECIMAL_PLACES)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


Exact = Decimal | int


def exact(number: int | float | Decimal) -> Decimal:
    """`number` rounded to ten decimals; a float counts as the decimal that it prints as."""
    decimal = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    return decimal.quantize(_UNIT, context=_CONTEXT)


def plain(number: Exact) -> int | float | Decimal:
    """The JSON number for `number`: whole numbers without a fraction, and a Decimal where no float is it."""
    if isinstance(number, int):
        return number
    if number == number.to_integral_value():
        return int(number)
    nearest = float(number)
    return nearest if exact(nearest) == number else number


def random_step(step: Decimal, percentage: float, rng: random.Random) -> Decimal:
    """`step × (1 + u)`, `u` uniform in ± `percentage` / 100, never below 0."""
    if not percentage:
        return step
    u = rng.uniform(-percentage, percentage) / 100
    return max(Decimal(0), exact(step * Decimal(repr(1 + u))))


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
