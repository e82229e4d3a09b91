"""How long each kind of value takes to come about, without HTTP or a database."""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median

from app.values import Settings, State, ValueType, draw, settle

HEAD = ["value type", "values per second", "µs each"]
ROUNDS, AT_ONCE = 7, 20_000
EXAMPLES: Mapping[ValueType, Settings] = {
    ValueType.TEXT_FIXED: {"fixed_value_text": "diesel"},
    ValueType.NUMBER_FIXED: {"fixed_value_number": 7},
    ValueType.FLOAT_FIXED: {"fixed_value_float": 7.5},
    ValueType.EPOCH_NOW: {},
    ValueType.NUMBER_RANGE: {"range_start_number": 800, "range_end_number": 1200},
    ValueType.FLOAT_RANGE: {"range_start_float": 12.0, "range_end_float": 38.0, "float_precision": 1},
    ValueType.INCREMENT: {
        "start_number": Decimal(0),
        "step_number": Decimal(1),
        "randomization_percentage": 40.0,
    },
    ValueType.DECREMENT: {"start_number": Decimal(0), "step_number": Decimal(1)},
}


def rows() -> list[list[str]]:
    """For a table: one value type each."""
    seconds = {value_type: seconds_each(value_type) for value_type in ValueType}
    return [[value_type, f"{1 / each:,.0f}", f"{each * 1e6:.2f}"] for value_type, each in seconds.items()]


def seconds_each(value_type: ValueType) -> float:
    """How long one value takes: the median of a few rounds."""
    settings, _ = settle(value_type, EXAMPLES[value_type])
    rng, now = random.Random(1), datetime.now(UTC)
    return median(_round(value_type, settings, rng, now) for _ in range(ROUNDS)) / AT_ONCE


def _round(value_type: ValueType, settings: Settings, rng: random.Random, now: datetime) -> float:
    state: State = None
    began = time.perf_counter()
    for _ in range(AT_ONCE):
        _, state = draw(value_type, settings, state, rng, now)
    return time.perf_counter() - began
