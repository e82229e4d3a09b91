"""The time to generate a value of each type, without HTTP or a database."""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median

from app.values import FieldSettings, State, all_specs, next_value, validate_settings

HEAD = ["value type", "values per second", "µs each"]
ROUNDS, AT_ONCE = 7, 20_000
EXAMPLES: Mapping[str, FieldSettings] = {
    "TEXT_FIXED": {"fixed_value_text": "diesel"},
    "NUMBER_FIXED": {"fixed_value_number": 7},
    "FLOAT_FIXED": {"fixed_value_float": 7.5},
    "EPOCH_NOW": {},
    "NUMBER_RANGE": {"range_start_number": 800, "range_end_number": 1200},
    "FLOAT_RANGE": {"range_start_float": 12.0, "range_end_float": 38.0, "float_precision": 1},
    "INCREMENT": {
        "start_number": Decimal(0),
        "step_number": Decimal(1),
        "randomization_percentage": 40.0,
    },
    "DECREMENT": {"start_number": Decimal(0), "step_number": Decimal(1)},
}


def rows() -> list[list[str]]:
    """Return one row of a table for each value type."""
    seconds = {value_type: seconds_each(value_type) for value_type in [spec.name for spec in all_specs()]}
    return [[value_type, f"{1 / each:,.0f}", f"{each * 1e6:.2f}"] for value_type, each in seconds.items()]


def seconds_each(value_type: str) -> float:
    """Return the median time in seconds to generate one value, over a few rounds."""
    settings, _ = validate_settings(value_type, EXAMPLES[value_type])
    rng, now = random.Random(1), datetime.now(UTC)
    return median(_round(value_type, settings, rng, now) for _ in range(ROUNDS)) / AT_ONCE


def _round(value_type: str, settings: FieldSettings, rng: random.Random, now: datetime) -> float:
    state: State = None
    began = time.perf_counter()
    for _ in range(AT_ONCE):
        _, state = next_value(value_type, settings, state, rng, now)
    return time.perf_counter() - began
