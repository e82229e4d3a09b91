"""One small function for each way a value comes about."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any

from app.values.exact import advance, plain, random_step

Settings = Mapping[str, Any]
State = Decimal | None
Value = str | int | float | Decimal
Draw = Callable[[Settings, State, random.Random, datetime], tuple[Value, State]]

# 309 digits before the point and 15 after it hold any double at any precision.
_WIDE = Context(prec=400)


def fixed(setting: str) -> Draw:
    """Always the stored value."""

    def draw(settings: Settings, state: State, _rng: random.Random, _now: datetime) -> tuple[Value, State]:
        return settings[setting], state

    return draw


def epoch_now(_settings: Settings, state: State, _rng: random.Random, now: datetime) -> tuple[Value, State]:
    """Whole seconds since 1970."""
    return int(now.timestamp()), state


def number_range(settings: Settings, state: State, rng: random.Random, _now: datetime) -> tuple[Value, State]:
    """A uniform integer, both ends included."""
    return rng.randint(settings["range_start_number"], settings["range_end_number"]), state


def float_range(settings: Settings, state: State, rng: random.Random, _now: datetime) -> tuple[Value, State]:
    """A uniform float rounded to `float_precision` decimals, never outside the range."""
    start, end = settings["range_start_float"], settings["range_end_float"]
    places = settings["float_precision"]
    lowest, highest = rounded_bounds(start, end, places)
    part = rng.random()
    # Not start + (end - start) * part: the difference of two doubles may be infinite.
    value = start * (1 - part) + end * part
    return min(max(round(value, places), lowest), highest) + 0.0, state  # + 0.0: no minus zero


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


def counter(direction: int) -> Draw:
    """Counts from `start_number` by `step_number`, and starts again where it would pass `reset_number`."""

    def draw(settings: Settings, state: State, rng: random.Random, _now: datetime) -> tuple[Value, State]:
        following = advance(
            state,
            start=settings["start_number"],
            step=random_step(settings["step_number"], settings["randomization_percentage"], rng),
            reset=settings["reset_number"],
            direction=direction,
        )
        return plain(following), following

    return draw
