"""Between which values a rule stays: the lowest and the highest that it can give."""

from collections.abc import Callable
from typing import Any

from app.values.decimals import plain
from app.values.generators import Settings, rounded_bounds

Band = tuple[Any, Any] | None


def none(_settings: Settings) -> Band:
    """It is no number, or has no end."""
    return None


def one_value(setting: str) -> Callable[[Settings], Band]:
    """Always the same."""
    return lambda settings: (settings[setting], settings[setting])


def whole_range(settings: Settings) -> Band:
    """From one end to the other."""
    return settings["range_start_number"], settings["range_end_number"]


def float_range(settings: Settings) -> Band:
    """The same, as far as rounded numbers reach."""
    bounds = (settings[name] for name in ("range_start_float", "range_end_float", "float_precision"))
    return rounded_bounds(*bounds)


def counter(settings: Settings) -> Band:
    """From the start to where it begins again; a counter without such an end has no band."""
    start, reset = settings["start_number"], settings["reset_number"]
    return None if reset is None else (plain(min(start, reset)), plain(max(start, reset)))
