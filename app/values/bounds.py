"""Bounds of a field's values: the lowest and the highest value that its settings allow."""

from collections.abc import Callable
from typing import Any

from app.values.decimals import to_json_number
from app.values.generators import FieldSettings, rounded_bounds

Bounds = tuple[Any, Any] | None
"""The lowest and the highest value; None if a value is not a number or has no limit."""


def unbounded(_settings: FieldSettings) -> Bounds:
    """Return None."""
    return None


def constant(setting: str) -> Callable[[FieldSettings], Bounds]:
    """Return a function for a constant: both bounds are the value of `setting`."""
    return lambda settings: (settings[setting], settings[setting])


def integer_range(settings: FieldSettings) -> Bounds:
    """Return the ends of a range of integers."""
    return settings["range_start_number"], settings["range_end_number"]


def float_range(settings: FieldSettings) -> Bounds:
    """Return the lowest and the highest rounded number in a range of floats."""
    ends = (settings[name] for name in ("range_start_float", "range_end_float", "float_precision"))
    return rounded_bounds(*ends)


def counter(settings: FieldSettings) -> Bounds:
    """Return the start and the reset of a counter, in order of size; None without a reset."""
    start, reset = settings["start_number"], settings["reset_number"]
    return None if reset is None else (to_json_number(min(start, reset)), to_json_number(max(start, reset)))
