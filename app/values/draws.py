"""One small function for each way a value comes about.

Each takes a field's settings and gives back the function that makes its values: what follows from the
settings alone is worked out once, however many values are drawn. Counters are not here: `values.exact`.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache, partial
from typing import Any

from app.values.exact import LARGEST_INTEGER, Exact

Settings = Mapping[str, Any]
State = Exact | None
Value = str | int | float | Decimal
Make = Callable[[random.Random, datetime], Value]

# 309 digits before the point and 15 after it hold any double at any precision.
_WIDE = Context(prec=400)
_QUICK_SPAN = 2**32


def fixed(setting: str) -> Callable[[Settings], Make]:
    """Always the stored value."""

    def maker(settings: Settings) -> Make:
        return partial(_same, settings[setting])

    return maker


def _same(value: Value, _rng: random.Random, _now: datetime) -> Value:
    return value


def epoch_now(_settings: Settings) -> Make:
    """Whole seconds since 1970."""
    return _epoch


def _epoch(_rng: random.Random, now: datetime) -> int:
    return int(now.timestamp())


def number_range(settings: Settings) -> Make:
    """A uniform integer, both ends included."""
    start, end = settings["range_start_number"], settings["range_end_number"]
    span = end - start + 1
    return partial(_whole_of_few, start, span) if span <= _QUICK_SPAN else partial(_whole_of_many, start, end)


def _whole_of_few(start: int, span: int, rng: random.Random, _now: datetime) -> int:
    """`random()` has 2^53 steps: no integer is likelier than another by more than 2^-21, and this is
    several times as fast as `randint`."""
    return start + int(rng.random() * span)


def _whole_of_many(start: int, end: int, rng: random.Random, _now: datetime) -> int:
    return rng.randint(start, end)


def float_range(settings: Settings) -> Make:
    """A uniform float rounded to `float_precision` decimals, never outside the range.

    A rounded float is a whole number of units, of 0.01 where there are two decimals. Where every such
    number is an exact integer, the units are drawn: the division rounds correctly, so its result is the
    very double that the decimal's text means, and it takes a third of the time of `round`.
    """
    start, end = settings["range_start_float"], settings["range_end_float"]
    places = settings["float_precision"]
    units = 10**places
    first, last = _whole_units(start, end, places)
    if first > last or max(abs(first), abs(last)) > LARGEST_INTEGER:
        return partial(_rounded, start, end, places)
    # From the first unit on: where the range starts (with the half that rounds up to it), and its width.
    from_first = float(_WIDE.subtract(_scaled(start, places), Decimal(first)) + Decimal("0.5"))
    width = float(_WIDE.subtract(_scaled(end, places), _scaled(start, places)))
    return partial(_in_units, from_first, width, first, last - first, units)


def _in_units(
    from_first: float, width: float, first: int, steps: int, units: int, rng: random.Random, _now: datetime
) -> float:
    step = int(from_first + rng.random() * width)
    return (first + (step if step < steps else steps)) / units


def _rounded(start: float, end: float, places: int, rng: random.Random, _now: datetime) -> float:
    lowest, highest = rounded_bounds(start, end, places)
    part = rng.random()
    # Not start + (end - start) * part: the difference of two doubles may be infinite.
    value = start * (1 - part) + end * part
    return min(max(round(value, places), lowest), highest) + 0.0  # + 0.0: no minus zero


def _scaled(number: float, places: int) -> Decimal:
    return Decimal(repr(number)).scaleb(places, _WIDE)


def _whole_units(start: float, end: float, places: int) -> tuple[int, int]:
    """The first and the last whole number of units in `[start, end]`."""
    lowest = _scaled(start, places).to_integral_value(ROUND_CEILING, _WIDE)
    return int(lowest), int(_scaled(end, places).to_integral_value(ROUND_FLOOR, _WIDE))


@lru_cache(maxsize=8192)
def rounded_bounds(start: float, end: float, places: int) -> tuple[float, float]:
    """The smallest and largest number in `[start, end]` with so many decimals.

    Where there is none (0.001 to 0.004 with 2 decimals) staying inside the range matters more than
    rounding, and it is the range itself.
    """
    unit = Decimal(1).scaleb(-places)
    lowest = Decimal(repr(start)).quantize(unit, ROUND_CEILING, _WIDE)
    highest = Decimal(repr(end)).quantize(unit, ROUND_FLOOR, _WIDE)
    return (float(lowest), float(highest)) if lowest <= highest else (start, end)
