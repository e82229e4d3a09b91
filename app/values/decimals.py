"""Decimal arithmetic of counters: exact, so that ten steps of 0.1 from 0 are 1."""

import math
import random
from decimal import ROUND_HALF_EVEN, Context, Decimal

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON client reads exactly."""

DECIMAL_PLACES = 10
_UNIT = Decimal(1).scaleb(-DECIMAL_PLACES)
_ZERO = Decimal(0).scaleb(-DECIMAL_PLACES)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)

Exact = Decimal | int
"""A number without a rounding error."""


def to_exact(number: int | float | Decimal) -> Decimal:
    """Return `number` rounded to ten decimals; a float counts as the decimal that it prints as."""
    decimal = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    return decimal.quantize(_UNIT, context=_CONTEXT) or _ZERO  # no minus zero: no database keeps it


def to_json_number(number: Exact) -> int | float | Decimal:
    """Return `number` for JSON, as an int if it has no fraction. JSON writers need no exponent for it."""
    return int(number) if is_integer(number) else _with_fraction(number)


def is_integer(number: Exact) -> bool:
    """Return whether `number` has no fraction."""
    return isinstance(number, int) or number == number.to_integral_value()


def to_json_counter(number: Exact, *, as_integer: bool) -> int | float | Decimal:
    """Return the JSON number that a counter serves: always an integer, or always one with a fraction.

    The number of a counter of integers can have a fraction if its settings had one earlier. Then the next
    lower integer is served.
    """
    return math.floor(number) if as_integer else _with_fraction(number)


def _with_fraction(number: Exact) -> float | Decimal:
    """Return a float, or a Decimal where no float is exact or where JSON writers would use an exponent."""
    nearest = float(number) + 0.0  # + 0.0: no minus zero
    if nearest and abs(nearest) < _MIN_WITHOUT_EXPONENT:
        return Decimal(number)
    return nearest if to_exact(nearest) == number else Decimal(number)


_MIN_WITHOUT_EXPONENT = 1e-4
"""Below this size JSON writers use exponents, some of them earlier than others. They also do from 10^16 on,
which no counter reaches."""


def random_step(step: Decimal, percentage: float, rng: random.Random, *, as_integer: bool = False) -> Decimal:
    """Return the step, varied at random by up to `percentage` percent either way.

    It is `step × (1 + u)` with `u` uniform in ± `percentage` / 100, never below 0, and rounded to an integer
    if `as_integer`.
    """
    if not percentage:
        return step
    u = rng.uniform(-percentage, percentage) / 100
    return _vary(step, 1 + u, as_integer=as_integer)


def max_step(step: Decimal, percentage: float | None, *, as_integer: bool) -> Decimal:
    """Return the largest step that `random_step` can give."""
    return _vary(step, 1 + percentage / 100, as_integer=as_integer) if percentage else step


def _vary(step: Decimal, factor: float, *, as_integer: bool) -> Decimal:
    varied = max(Decimal(0), to_exact(step * Decimal(repr(factor))))
    return varied.to_integral_value(ROUND_HALF_EVEN) if as_integer else varied


def round_in_direction(number: Exact, direction: int) -> Exact:
    """Return the next integer in the counter's direction, so that no integer is served twice."""
    return math.ceil(number) if direction > 0 else math.floor(number)


def advance(last: Exact | None, *, start: Exact, step: Exact, reset: Exact | None, direction: int) -> Exact:
    """Return the counter's value after `last`, or `start` if `last` is None.

    If the step would pass `reset`, the counter starts again at `start`. Without a reset, MAX_INTEGER is the
    limit. `generation/fastpath/counter_update.py` has the same rule in PostgreSQL's SQL.

    Args:
        last: The last value that was served; None before the first.
        start: The first value.
        step: How far to move; never negative.
        reset: The value that must not be passed; None for no reset.
        direction: 1 to count up, -1 to count down.
    """
    if last is None:
        return start
    following = last + direction * step
    limit = direction * MAX_INTEGER if reset is None else reset
    return start if direction * (following - limit) > 0 else following
