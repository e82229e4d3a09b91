"""Invalid numbers for settings, as JSON text, so that they reach the server exactly as written."""

from tests.support.value_types import MAX_FLOAT, MAX_INTEGER

HUGE = f"1{'0' * 310}"
WHOLE = ("fixed_value_number", "range_start_number", "range_end_number")
FLOAT = ("fixed_value_float", "range_start_float", "range_end_float")
EXACT = ("start_number", "reset_number")

_TABLE = (
    (
        WHOLE,
        ('"3"', "true", "false", "3.5", '""', "[]", "{}", '"NaN"', "1e-5"),
        "must be a whole number",
    ),
    (WHOLE, ("9007199254740992", "1e400", "1e999999999", HUGE), f"must be {MAX_INTEGER} or less"),
    (WHOLE, ("-9007199254740992", "-1e400"), f"must be -{MAX_INTEGER} or more"),
    (FLOAT, ('"3"', "true", '"NaN"', '"Infinity"', "[]"), "must be a number"),
    (FLOAT, ("1e400", "1.7976931348623158e308", HUGE), f"must be {MAX_FLOAT} or less"),
    (FLOAT, ("-1e400",), f"must be {-MAX_FLOAT} or more"),
    (EXACT, ('"3"', "true", '"NaN"', "[]"), "must be a number"),
    (EXACT, ("9007199254740992", "9007199254740991.5", "1e400"), f"must be {MAX_INTEGER} or less"),
    (EXACT, ("-9007199254740992",), f"must be -{MAX_INTEGER} or more"),
    (("step_number",), ('"3"', "true"), "must be a number"),
    (("step_number",), ("0", "-0", "0.0", "-1", "-1e400"), "must be greater than 0"),
    (("step_number",), ("1e-11", "1e-400"), "must be 0.0000000001 or more"),
    (("step_number",), ("9007199254740992",), f"must be {MAX_INTEGER} or less"),
    (("float_precision",), ('"2"', "true", "2.5"), "must be a whole number"),
    (("float_precision",), ("-1",), "must be 0 or more"),
    (("float_precision",), ("16",), "must be 15 or less"),
    (("randomization_percentage",), ('"5"', "true"), "must be a number"),
    (("randomization_percentage",), ("-0.1",), "must be 0 or more"),
    (("randomization_percentage",), ("500.1", "1e400"), "must be 500 or less"),
)
BAD_NUMBERS = [
    (setting, text, message) for settings, texts, message in _TABLE for setting in settings for text in texts
]
"""The setting, its JSON text, and the error message."""

VALUE_TYPES = {
    "fixed_value_number": "NUMBER_FIXED",
    "fixed_value_float": "FLOAT_FIXED",
    "range_start_number": "NUMBER_RANGE",
    "range_end_number": "NUMBER_RANGE",
    "range_start_float": "FLOAT_RANGE",
    "range_end_float": "FLOAT_RANGE",
    "float_precision": "FLOAT_RANGE",
    "start_number": "INCREMENT",
    "step_number": "INCREMENT",
    "reset_number": "INCREMENT",
    "randomization_percentage": "INCREMENT",
}
"""A value type that has the setting."""
