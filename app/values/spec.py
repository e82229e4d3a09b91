"""The specification of a value type: all that the API, the pages and the polls need to know about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.values import bounds
from app.values.bounds import Bounds
from app.values.generators import FieldSettings, Generator
from app.values.settings import Setting

MAX_NAME_LENGTH = 20
"""As many characters as the column `value_type` holds."""


class ValueKind(StrEnum):
    """What a value is to a monitoring tool."""

    NUMBER = "number"
    TEXT = "text"
    TIMESTAMP = "timestamp"
    """Seconds since 1970."""


@dataclass(frozen=True)
class Ordered:
    """The rule that the value of `low` must not be greater than that of `high`."""

    low: str
    high: str
    blamed: str
    """Which of the two the message belongs to."""

    def errors(self, settings: FieldSettings) -> Iterator[tuple[str, str]]:
        """Yield the setting that is to blame and a message, if both are set and the order is wrong."""
        low, high = settings[self.low], settings[self.high]
        if low is None or high is None or low <= high:
            return
        if self.blamed == self.low:
            shown = f"{_shown(low)} > {_shown(high)}"
            yield self.low, f"{self.low} must not be greater than {self.high} ({shown})"
        else:
            shown = f"{_shown(high)} < {_shown(low)}"
            yield self.high, f"{self.high} must not be less than {self.low} ({shown})"


def _shown(number: Any) -> str:
    return format(number.normalize(), "f") if isinstance(number, Decimal) else str(number)


@dataclass(frozen=True, kw_only=True)
class ValueTypeSpec:
    """One value type. Does not hold the settings' values: a field does.

    A type has a `generator` or, if it is a counter, a `direction`.
    """

    name: str
    """The name in JSON and in the database, at most MAX_NAME_LENGTH characters."""
    label: str
    """The name on the pages."""
    description: str
    """A sentence for the field dialog."""
    rule: str
    """The rule of a field, for people: a template such as `random {low} to {high}[ in steps of {step}]`.

    A name in braces stands for the value of that setting. A part in brackets is left out if its setting is
    empty or has its default.
    """
    short_rule: str = ""
    """The same in few words, for lists and comparisons; without it, `rule`."""
    kind_label: str = ""
    """Shown below a field's name in the spike form, also a template; without it, the label in lower case."""
    settings: tuple[Setting, ...] = ()
    """In the order in which the field dialog and error messages list them."""
    override_order: tuple[str, ...] = ()
    """The settings in the order in which the spike form lists them, where that differs."""
    generator: Callable[[FieldSettings], Generator] | None = None
    direction: int = 0
    """Of a counter: 1 to count up, -1 to count down; 0 for all other types."""
    fixed: str | None = None
    """The setting whose value is served unchanged, for a constant."""
    decimals: str | None = None
    """The setting that holds the number of decimals of the values and of the other settings."""
    value_kind: ValueKind = ValueKind.NUMBER
    is_integer: bool = False
    """Whether every value is an integer, whatever the settings: some formats write integers differently."""
    orders: tuple[Ordered, ...] = ()
    bounds: Callable[[FieldSettings], Bounds] = bounds.unbounded

    @property
    def is_numeric(self) -> bool:
        """Whether its values are measurements, which a spike may override."""
        return self.value_kind is ValueKind.NUMBER

    @property
    def is_counter(self) -> bool:
        """Whether each value follows from the one before."""
        return self.direction != 0

    @property
    def setting_names(self) -> tuple[str, ...]:
        """The names of its settings."""
        return tuple(setting.name for setting in self.settings)
