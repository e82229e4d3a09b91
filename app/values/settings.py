"""The settings that value types take: the kind of value, the bounds and the words of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.values.decimals import MAX_INTEGER

MAX_FLOAT = 1.7976931348623157e308
MAX_TEXT_LENGTH = 65_535


class SettingKind(StrEnum):
    """What kind of value a setting holds."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    EXACT = "exact"
    """A decimal number that is kept to ten decimals."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting of a field: its kind, the bounds that hold for every value type, and its words for people.

    Does not say in which value types it occurs: `ValueTypeSpec` does.
    """

    name: str
    """The key in JSON. Also the name of the column, for those of COLUMN_SETTINGS."""
    kind: SettingKind
    label: str
    description: str
    """For the OpenAPI document."""
    help: str = ""
    """Shown below the input of the field dialog."""
    unit: str = ""
    """What the number counts, in the singular, such as `second`; shown after the number in rules."""
    minimum: float | None = None
    maximum: float | None = None
    """Of a text: how many characters it may have."""
    above: float | None = None
    """An exclusive minimum."""
    is_required: bool = True
    default: Any = None
    """Stored where an optional setting is not given."""
    short_label: str = ""
    """Shown within the input of the spike form, if there are others; without it, the label in lower case."""
    is_scaled: bool = False
    """Whether the quick factors of the spike form multiply it."""
    is_range_end: bool = False
    """Whether it is shown after the setting before it, joined by "to"."""
    has_override_input: bool = True
    """Whether the spike form has an input for it. The API takes an override of it in any case."""


def integer(name: str, label: str, description: str, **more: Any) -> Setting:
    """Return a setting that holds an integer, by default any that JSON clients read exactly."""
    return _number(name, SettingKind.INTEGER, MAX_INTEGER, label, description, more)


def float_(name: str, label: str, description: str, **more: Any) -> Setting:
    """Return a setting that holds a float, by default any finite one."""
    return _number(name, SettingKind.FLOAT, MAX_FLOAT, label, description, more)


def exact(name: str, label: str, description: str, **more: Any) -> Setting:
    """Return a setting that holds an exact decimal number."""
    return _number(name, SettingKind.EXACT, MAX_INTEGER, label, description, more)


def _number(
    name: str, kind: SettingKind, limit: float, label: str, description: str, more: dict[str, Any]
) -> Setting:
    bounds = {"maximum": limit} if "above" in more else {"minimum": -limit, "maximum": limit}
    return Setting(name=name, kind=kind, label=label, description=description, **bounds | more)


FIXED_TEXT = Setting(
    name="fixed_value_text",
    kind=SettingKind.TEXT,
    label="Text",
    description="The text to serve.",
    maximum=MAX_TEXT_LENGTH,
)
FIXED_INTEGER = integer("fixed_value_number", "Value", "The integer to serve.", is_scaled=True)
FIXED_FLOAT = float_("fixed_value_float", "Value", "The float to serve.", is_scaled=True)
MIN_INTEGER_DRAWN = integer("range_start_number", "From", "Smallest integer to generate.", is_scaled=True)
MAX_INTEGER_DRAWN = integer(
    "range_end_number", "To", "Largest integer to generate.", is_scaled=True, is_range_end=True
)
MIN_FLOAT_DRAWN = float_("range_start_float", "From", "Smallest float to generate.", is_scaled=True)
MAX_FLOAT_DRAWN = float_(
    "range_end_float", "To", "Largest float to generate.", is_scaled=True, is_range_end=True
)
PRECISION = integer(
    "float_precision",
    "Decimals",
    "Decimals of the generated float. Default: 2.",
    help="0 to 15. Default: 2.",
    unit="decimal",
    minimum=0,
    maximum=15,
    is_required=False,
    default=2,
    has_override_input=False,
)
START = exact(
    "start_number", "Start", "First value of the counter.", help="The first value that polls return."
)
STEP = exact(
    "step_number",
    "Step",
    "Amount that each poll adds or subtracts.",
    help="How much each poll changes the value.",
    above=0,
    is_scaled=True,
)
RANDOMIZATION = float_(
    "randomization_percentage",
    "Step varies by ± %",
    "Maximum random deviation of the step in percent. Default: 0.",
    help="0 to 500. Default: 0.",
    minimum=0,
    maximum=500,
    is_required=False,
    default=0.0,
    short_label="± %",
)
RESET = exact(
    "reset_number",
    "Reset at",
    "If the counter would pass this value, it restarts.",
    help="If a step would pass this, the counter returns to its start. Empty: never.",
    is_required=False,
)

COLUMN_SETTINGS = (
    FIXED_TEXT,
    FIXED_INTEGER,
    FIXED_FLOAT,
    MIN_INTEGER_DRAWN,
    MAX_INTEGER_DRAWN,
    MIN_FLOAT_DRAWN,
    MAX_FLOAT_DRAWN,
    PRECISION,
    START,
    STEP,
    RESET,
    RANDOMIZATION,
)
"""The settings with a column of their own. All others are stored in the JSON column `parameters`."""
