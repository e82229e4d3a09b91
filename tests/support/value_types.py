"""The settings of each value type, written out independently of the product."""

NEEDED = {
    "NUMBER_RANGE": ["range_start_number", "range_end_number"],
    "FLOAT_RANGE": ["range_start_float", "range_end_float"],
    "INCREMENT": ["start_number", "step_number"],
    "DECREMENT": ["start_number", "step_number"],
    "NUMBER_FIXED": ["fixed_value_number"],
    "FLOAT_FIXED": ["fixed_value_float"],
    "TEXT_FIXED": ["fixed_value_text"],
    "EPOCH_NOW": [],
}
OPTIONAL = {
    "FLOAT_RANGE": ["float_precision"],
    "INCREMENT": ["reset_number", "randomization_percentage"],
    "DECREMENT": ["reset_number", "randomization_percentage"],
}
DEFAULTS = {
    "FLOAT_RANGE": {"float_precision": 2},
    "INCREMENT": {"randomization_percentage": 0},
    "DECREMENT": {"randomization_percentage": 0},
}
SOME_VALUE = {
    "fixed_value_text": "diesel",
    "fixed_value_number": 7,
    "fixed_value_float": 7.5,
    "range_start_number": 5,
    "range_end_number": 20,
    "range_start_float": 0.5,
    "range_end_float": 1.5,
    "float_precision": 3,
    "start_number": 10,
    "step_number": 5,
    "reset_number": 10,
    "randomization_percentage": 50,
}
"""A valid value for every setting."""

NUMERIC = [value_type for value_type in NEEDED if value_type not in ("TEXT_FIXED", "EPOCH_NOW")]
MAX_INTEGER = 9007199254740991
MAX_FLOAT = 1.7976931348623157e308


def taken(value_type: str) -> list[str]:
    """Return the settings that a value type has, required ones first."""
    return NEEDED[value_type] + OPTIONAL.get(value_type, [])


def foreign(value_type: str) -> list[str]:
    """Return the settings that a value type does not have."""
    return [name for name in SOME_VALUE if name not in taken(value_type)]


def takes(value_type: str) -> str:
    """Return the settings of a value type as error messages list them."""
    *others, last = taken(value_type) or ["no settings"]
    return f"{', '.join(others)} and {last}" if others else last


def some(names: list[str]) -> dict[str, object]:
    """Return a valid value for each of these settings."""
    return {name: SOME_VALUE[name] for name in names}
