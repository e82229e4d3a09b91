"""The value types: which settings each takes, what makes them valid, and how its values come about.

Everything that has to know a value type reads it here: schemas, OpenAPI, pages, generation.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.values import bounds, generators
from app.values.bounds import Band
from app.values.decimals import LARGEST_INTEGER, advance, counter_value, is_whole, random_step
from app.values.generators import Rule, Settings, State, Value

LARGEST_FLOAT = 1.7976931348623157e308
LONGEST_TEXT = 65_535


class CollectionType(StrEnum):
    """The two groups that a collection's fields fall into."""

    PERFORMANCE = "Performance"
    CONFIGURATION = "Configuration"

    @classmethod
    def from_word(cls, word: str) -> "CollectionType | None":
        """The type that `word` names in any letter case, as in a URL."""
        return _TYPES.get(word.lower())


_TYPES = {member.value.lower(): member for member in CollectionType}


class ValueType(StrEnum):
    """How a field's value comes about."""

    TEXT_FIXED = "TEXT_FIXED"
    NUMBER_FIXED = "NUMBER_FIXED"
    FLOAT_FIXED = "FLOAT_FIXED"
    EPOCH_NOW = "EPOCH_NOW"
    NUMBER_RANGE = "NUMBER_RANGE"
    FLOAT_RANGE = "FLOAT_RANGE"
    INCREMENT = "INCREMENT"
    DECREMENT = "DECREMENT"


class Shape(StrEnum):
    """What kind of value a setting holds."""

    TEXT = "text"
    WHOLE = "whole"
    FLOAT = "float"
    EXACT = "exact"


@dataclass(frozen=True)
class Setting:
    """One value column of a field: its shape and the bounds that hold for every value type."""

    name: str
    shape: Shape
    says: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None


def _whole(name: str, says: str) -> Setting:
    return Setting(name, Shape.WHOLE, says, -LARGEST_INTEGER, LARGEST_INTEGER)


def _float(name: str, says: str) -> Setting:
    return Setting(name, Shape.FLOAT, says, -LARGEST_FLOAT, LARGEST_FLOAT)


def _exact(name: str, says: str) -> Setting:
    return Setting(name, Shape.EXACT, says, -LARGEST_INTEGER, LARGEST_INTEGER)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("fixed_value_text", Shape.TEXT, "The text to serve.", maximum=LONGEST_TEXT),
        _whole("fixed_value_number", "The integer to serve."),
        _float("fixed_value_float", "The float to serve."),
        _whole("range_start_number", "Smallest integer to generate."),
        _whole("range_end_number", "Largest integer to generate."),
        _float("range_start_float", "Smallest float to generate."),
        _float("range_end_float", "Largest float to generate."),
        Setting("float_precision", Shape.WHOLE, "Decimals of the generated float. Default: 2.", 0, 15),
        _exact("start_number", "First value of the counter."),
        Setting(
            "step_number",
            Shape.EXACT,
            "Amount that each poll adds or subtracts.",
            maximum=LARGEST_INTEGER,
            above=0,
        ),
        _exact("reset_number", "If the counter would pass this value, it restarts."),
        Setting(
            "randomization_percentage",
            Shape.FLOAT,
            "Maximum random deviation of the step in percent. Default: 0.",
            0,
            500,
        ),
    )
}
SETTING_NAMES = tuple(SETTINGS)

Faults = Iterator[tuple[str, str]]


def _no_faults(_settings: Settings) -> Faults:
    yield from ()


@dataclass(frozen=True)
class Kind:
    """What Spikecast knows of one value type."""

    label: str
    rule: Callable[[Settings], Rule] | None = None  # none for a counter: its values follow each other
    direction: int = 0  # of a counter
    fixed: str | None = None  # the setting that is served as it is
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    faults: Callable[[Settings], Faults] = _no_faults
    numeric: bool = True
    band: Callable[[Settings], Band] = bounds.none

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that belong to it, needed ones first."""
        return self.needs + self.takes


def _ordered(start: str, end: str) -> Callable[[Settings], Faults]:
    def faults(settings: Settings) -> Faults:
        if settings[start] > settings[end]:
            yield start, f"{start} must not be greater than {end} ({settings[start]} > {settings[end]})"

    return faults


def _far_side(direction: int) -> Callable[[Settings], Faults]:
    word = "less" if direction > 0 else "greater"
    sign = "<" if direction > 0 else ">"

    def faults(settings: Settings) -> Faults:
        start, reset = settings["start_number"], settings["reset_number"]
        if reset is not None and direction * (reset - start) < 0:
            shown = f"{_short(reset)} {sign} {_short(start)}"
            yield "reset_number", f"reset_number must not be {word} than start_number ({shown})"

    return faults


def _short(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _fixed(label: str, setting: str, *, numeric: bool = True) -> Kind:
    return Kind(
        label,
        generators.fixed(setting),
        fixed=setting,
        needs=(setting,),
        numeric=numeric,
        band=bounds.one_value(setting) if numeric else bounds.none,
    )


def _counter(label: str, direction: int) -> Kind:
    return Kind(
        label,
        direction=direction,
        needs=("start_number", "step_number"),
        takes=("reset_number", "randomization_percentage"),
        defaults={"randomization_percentage": 0.0},
        faults=_far_side(direction),
        band=bounds.counter,
    )


_KINDS: Mapping[ValueType, Kind] = {
    ValueType.TEXT_FIXED: _fixed("Fixed text", "fixed_value_text", numeric=False),
    ValueType.NUMBER_FIXED: _fixed("Fixed integer", "fixed_value_number"),
    ValueType.FLOAT_FIXED: _fixed("Fixed float", "fixed_value_float"),
    ValueType.EPOCH_NOW: Kind("Seconds since 1970", generators.epoch_now, numeric=False),
    ValueType.NUMBER_RANGE: Kind(
        "Random integer",
        generators.number_range,
        needs=("range_start_number", "range_end_number"),
        faults=_ordered("range_start_number", "range_end_number"),
        band=bounds.whole_range,
    ),
    ValueType.FLOAT_RANGE: Kind(
        "Random float",
        generators.float_range,
        needs=("range_start_float", "range_end_float"),
        takes=("float_precision",),
        defaults={"float_precision": 2},
        faults=_ordered("range_start_float", "range_end_float"),
        band=bounds.float_range,
    ),
    ValueType.INCREMENT: _counter("Counts up", 1),
    ValueType.DECREMENT: _counter("Counts down", -1),
}

DIRECTIONS: Mapping[ValueType, int] = {
    value_type: kind.direction for value_type, kind in _KINDS.items() if kind.direction
}
NUMERIC_TYPES = tuple(value_type for value_type, kind in _KINDS.items() if kind.numeric)


def kind_of(value_type: ValueType) -> Kind:
    """All that is known of `value_type`."""
    return _KINDS[value_type]


def counts_whole(settings: Settings) -> bool:
    """Tell whether a counter with these settings counts in whole numbers: start, step and reset are whole.

    For a spike's copy, ask with the settings of the collection's field: a field never changes its JSON type.
    """
    return not fractional_settings(settings)


def fractional_settings(settings: Settings) -> list[str]:
    """Return the names of the counter settings that have a fraction."""
    return [name for name in COUNTING if settings[name] is not None and not is_whole(settings[name])]


COUNTING = ("start_number", "step_number", "reset_number")
"""The settings that decide whether a counter counts in whole numbers."""


def is_editable(collection_type: CollectionType, value_type: ValueType) -> bool:
    """Whether a spike may override such a field: Performance *and* numeric."""
    return collection_type is CollectionType.PERFORMANCE and kind_of(value_type).numeric


def settle(value_type: ValueType, settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Every setting of a field with its default filled in, and the faults by setting (empty where valid)."""
    kind = kind_of(value_type)
    given = {name: settings.get(name) for name in SETTING_NAMES}
    faults: dict[str, list[str]] = {}
    for name, value in given.items():
        if value is not None and name not in kind.settings:
            faults.setdefault(name, []).append(_does_not_belong(name, value_type))
    for name in kind.needs:
        if given[name] is None:
            faults.setdefault(name, []).append(f"{name} is needed for {value_type}")
    settled = given | {name: value for name, value in kind.defaults.items() if given[name] is None}
    if all(given[name] is not None for name in kind.needs):
        for name, message in kind.faults(settled):
            faults.setdefault(name, []).append(message)
    return settled, faults


def _does_not_belong(name: str, value_type: ValueType) -> str:
    *others, last = kind_of(value_type).settings or ("no settings",)
    taken = f"{', '.join(others)} and {last}" if others else last
    return f"{name} does not belong to {value_type}, which takes {taken}"


def rule_of(value_type: ValueType, settings: Settings) -> Rule:
    """By what the values of a field are drawn that is no counter."""
    rule = kind_of(value_type).rule
    if rule is None:
        raise ValueError(f"{value_type} counts: its values follow each other")
    return rule(settings)


def draw(
    value_type: ValueType,
    settings: Settings,
    state: State,
    rng: random.Random,
    now: datetime,
    *,
    whole: bool | None = None,
) -> tuple[Value, State]:
    """Return a field's value at the instant `now`, and its state after it.

    `whole` says whether a counter counts in whole numbers, where not its own settings decide: in a spike's
    copy.
    """
    kind = kind_of(value_type)
    if not kind.direction:
        return rule_of(value_type, settings).value(rng, now), state
    whole = counts_whole(settings) if whole is None else whole
    following = advance(
        state,
        start=settings["start_number"],
        step=random_step(settings["step_number"], settings["randomization_percentage"], rng, whole=whole),
        reset=settings["reset_number"],
        direction=kind.direction,
    )
    return counter_value(following, whole=whole), following


def band(value_type: ValueType, settings: Settings) -> Band:
    """The lowest and the highest value that it can have, where there are such."""
    return kind_of(value_type).band(settings)
