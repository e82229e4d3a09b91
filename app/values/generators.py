"""One small function for each way a value comes about.

A field's settings are worked out once into a rule: plain numbers, and the function that draws by such rules.
It draws by many at once, for a call costs more than most values do. Counters are not here: `values.exact`.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.values.decimals import LARGEST_INTEGER, Exact

Settings = Mapping[str, Any]
State = Exact | None
Value = str | int | float | Decimal
Draw = Callable[[Sequence[Any], random.Random, datetime], list[Any]]
"""The values of one instant, one for each of the rules."""


class Rule(NamedTuple):
    """What draws a field's values, and what it has to be given for that field."""

    draw: Draw
    numbers: tuple[Any, ...]

    def value(self, rng: random.Random, now: datetime) -> Value:
        """One value at the instant `now`."""
        (value,) = self.draw((self.numbers,), rng, now)
        return value  # type: ignore[no-any-return]


# 309 digits before the point and 15 after it hold any double at any precision.
_WIDE = Context(prec=400)
_QUICK_SPAN = 2**32


def fixed(setting: str) -> Callable[[Settings], Rule]:
    """Always the stored value."""
    return lambda settings: Rule(_same, (settings[setting],))


def _same(rules: Sequence[tuple[Value]], _rng: random.Random, _now: datetime) -> list[Value]:
    return [value for (value,) in rules]


def epoch_now(_settings: Settings) -> Rule:
    """Whole seconds since 1970."""
    return Rule(_epoch, ())


def _epoch(rules: Sequence[tuple[()]], _rng: random.Random, now: datetime) -> list[int]:
    return [int(now.timestamp())] * len(rules)


def number_range(settings: Settings) -> Rule:
    """A uniform integer, both ends included."""
    start, end = settings["range_start_number"], settings["range_end_number"]
    span = end - start + 1
    return Rule(_whole_of_few, (start, span)) if span <= _QUICK_SPAN else Rule(_whole_of_many, (start, end))


def _whole_of_few(rules: Sequence[tuple[int, int]], rng: random.Random, _now: datetime) -> list[int]:
    """`random()` has 2^53 steps: no integer is likelier than another by more than 2^-21, and this is
    several times as fast as `randint`."""
    random = rng.random
    return [start + int(random() * span) for start, span in rules]


def _whole_of_many(rules: Sequence[tuple[int, int]], rng: random.Random, _now: datetime) -> list[int]:
    return [rng.randint(start, end) for start, end in rules]


def float_range(settings: Settings) -> Rule:
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
        return Rule(_rounded, (start, end, places))
    # From the first unit on: where the range starts (with the half that rounds up to it), and its width.
    from_first = float(_WIDE.subtract(_scaled(start, places), Decimal(first)) + Decimal("0.5"))
    width = float(_WIDE.subtract(_scaled(end, places), _scaled(start, places)))
    return Rule(_in_units, (from_first, width, first, last - first, units))


def _in_units(
    rules: Sequence[tuple[float, float, int, int, int]], rng: random.Random, _now: datetime
) -> list[float]:
    random = rng.random
    return [
        (first + (step if (step := int(from_first + random() * width)) < steps else steps)) / units
        for from_first, width, first, steps, units in rules
    ]


def _rounded(rules: Sequence[tuple[float, float, int]], rng: random.Random, _now: datetime) -> list[float]:
    return [_rounded_one(start, end, places, rng.random()) for start, end, places in rules]


def _rounded_one(start: float, end: float, places: int, part: float) -> float:
    lowest, highest = rounded_bounds(start, end, places)
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
