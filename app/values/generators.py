"""Generators of the values of all fields but counters, which are in `values.decimals`.

Settings compile to a (function, params) pair. One call of the function generates values for many fields,
because call overhead dominates.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.values.decimals import MAX_INTEGER, Exact

FieldSettings = Mapping[str, Any]
"""The values of a field's settings by name; None for those that are not set."""
State = Exact | None
"""The last value of a counter; None before the first, and for all other value types."""
Value = str | int | float | Decimal
GenerateMany = Callable[[Sequence[Any], random.Random, datetime], list[Any]]
"""Return the values of one instant: one for each entry of `params`."""


class Generator(NamedTuple):
    """A function that generates values of many fields, and the parameters of one field for it."""

    generate: GenerateMany
    params: tuple[Any, ...]

    def generate_one(self, rng: random.Random, now: datetime) -> Value:
        """Return one value at the instant `now`."""
        (value,) = self.generate((self.params,), rng, now)
        return value  # type: ignore[no-any-return]


# 309 digits before the point and 15 after it hold any double at any precision.
_WIDE_CONTEXT = Context(prec=400)
_MAX_SMALL_SPAN = 2**32


def fixed(setting: str) -> Callable[[FieldSettings], Generator]:
    """Return a function that builds the generator of a constant: the value of `setting`."""
    return lambda settings: Generator(_constants, (settings[setting],))


def _constants(params: Sequence[tuple[Value]], _rng: random.Random, _now: datetime) -> list[Value]:
    return [value for (value,) in params]


def epoch_now(_settings: FieldSettings) -> Generator:
    """Return the generator of whole seconds since 1970."""
    return Generator(_epoch_seconds, ())


def _epoch_seconds(params: Sequence[tuple[()]], _rng: random.Random, now: datetime) -> list[int]:
    return [int(now.timestamp())] * len(params)


def number_range(settings: FieldSettings) -> Generator:
    """Return the generator of uniform integers, both ends included."""
    start, end = settings["range_start_number"], settings["range_end_number"]
    span = end - start + 1
    if span <= _MAX_SMALL_SPAN:
        return Generator(_small_int_range, (start, span))
    return Generator(_large_int_range, (start, end))


def _small_int_range(params: Sequence[tuple[int, int]], rng: random.Random, _now: datetime) -> list[int]:
    """Draw integers several times as fast as `randint` does.

    `random()` has 2^53 steps, so no integer is likelier than another by more than 2^-21.
    """
    random = rng.random
    return [start + int(random() * span) for start, span in params]


def _large_int_range(params: Sequence[tuple[int, int]], rng: random.Random, _now: datetime) -> list[int]:
    return [rng.randint(start, end) for start, end in params]


def float_range(settings: FieldSettings) -> Generator:
    """Return the generator of uniform floats in a range, rounded to `float_precision` decimals.

    A rounded float is an integer number of units; with two decimals the unit is 0.01. If a double holds all
    of these integers exactly, units are drawn and divided. The division rounds correctly, so its result is
    the double that the decimal's text denotes, and it takes a third of the time of `round`.
    """
    start, end = settings["range_start_float"], settings["range_end_float"]
    places = settings["float_precision"]
    units = 10**places
    first, last = _whole_units(start, end, places)
    if first > last or max(abs(first), abs(last)) > MAX_INTEGER:
        return Generator(_rounded_floats, (start, end, places))
    # In units: the start of the range, relative to the first unit and with the half that rounds up; its
    # width.
    from_first = float(_WIDE_CONTEXT.subtract(_scaled(start, places), Decimal(first)) + Decimal("0.5"))
    width = float(_WIDE_CONTEXT.subtract(_scaled(end, places), _scaled(start, places)))
    return Generator(_quantized_floats, (from_first, width, first, last - first, units))


def _quantized_floats(
    params: Sequence[tuple[float, float, int, int, int]], rng: random.Random, _now: datetime
) -> list[float]:
    random = rng.random
    return [
        (first + (step if (step := int(from_first + random() * width)) < steps else steps)) / units
        for from_first, width, first, steps, units in params
    ]


def _rounded_floats(
    params: Sequence[tuple[float, float, int]], rng: random.Random, _now: datetime
) -> list[float]:
    return [_rounded_float(start, end, places, rng.random()) for start, end, places in params]


def _rounded_float(start: float, end: float, places: int, part: float) -> float:
    lowest, highest = rounded_bounds(start, end, places)
    # Not start + (end - start) * part: the difference of two doubles may be infinite.
    value = start * (1 - part) + end * part
    return min(max(round(value, places), lowest), highest) + 0.0  # + 0.0: no minus zero


def _scaled(number: float, places: int) -> Decimal:
    return Decimal(repr(number)).scaleb(places, _WIDE_CONTEXT)


def _whole_units(start: float, end: float, places: int) -> tuple[int, int]:
    """Return the first and the last integer number of units in `[start, end]`."""
    lowest = _scaled(start, places).to_integral_value(ROUND_CEILING, _WIDE_CONTEXT)
    return int(lowest), int(_scaled(end, places).to_integral_value(ROUND_FLOOR, _WIDE_CONTEXT))


@lru_cache(maxsize=8192)
def rounded_bounds(start: float, end: float, places: int) -> tuple[float, float]:
    """Return the smallest and the largest number in `[start, end]` with `places` decimals.

    If there is none, as in 0.001 to 0.004 with 2 decimals, it returns `start` and `end`: values must stay
    inside the range even if they are not rounded.
    """
    unit = Decimal(1).scaleb(-places)
    lowest = Decimal(repr(start)).quantize(unit, ROUND_CEILING, _WIDE_CONTEXT)
    highest = Decimal(repr(end)).quantize(unit, ROUND_FLOOR, _WIDE_CONTEXT)
    return (float(lowest), float(highest)) if lowest <= highest else (start, end)
