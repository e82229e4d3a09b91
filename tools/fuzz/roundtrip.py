"""Round trip: checks that a response shows an accepted value as it was sent."""

import json
import unicodedata
from decimal import Decimal
from typing import Any

from app.domain.series_notation import parse_series
from tests.support.iso8601 import read_instant

EXACT = {"start_number", "step_number", "reset_number", "randomization_percentage"}
NAMES = {"name", "field_name", "username", "label"}
DEFAULTS = {"randomization_percentage": 0, "float_precision": 2}
"""The values that null stands for, where that is not null itself."""
TEN_DECIMALS = Decimal("1e-10")
_MISSING = object()


def find_change(sent: bytes, answer: str, path: tuple[str | int, ...]) -> str | None:
    """Return the value shown for `path` if it differs from the one sent; None if it is equal or not shown."""
    sent_value = _at(_read(sent), path)
    shown_value = _at(_read(answer), path)
    if (
        shown_value is _MISSING
        or isinstance(sent_value, dict | list)
        or is_preserved(str(path[-1]), sent_value, shown_value)
    ):
        return None
    return f"shows {str(shown_value)[:80]!r} for {str(sent_value)[:80]!r}"


def _read(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def _at(node: Any, path: tuple[str | int, ...]) -> Any:
    """Return the element at `path`. Overrides are looked up by field, as a response has all copies."""
    for number, key in enumerate(path):
        if isinstance(node, list) and isinstance(key, int) and len(node) > key:
            node = node[key]
        elif isinstance(node, dict) and key in node:
            node = node[key]
            if key == "spike_fields" and number + 1 < len(path):
                node = [each for each in node if each.get("is_overridden", True)]
        else:
            return _MISSING
    return node


def is_preserved(name: str, sent_value: Any, shown_value: Any) -> bool:
    """Return whether the shown value means the same as the given one, by the rules of this input."""
    if sent_value is None and name in DEFAULTS:
        return bool(shown_value is None or shown_value == DEFAULTS[name])
    if isinstance(sent_value, bool) or sent_value is None:
        return shown_value is sent_value
    if isinstance(sent_value, str):
        return isinstance(shown_value, str) and _is_same_text(name, sent_value, shown_value)
    if isinstance(shown_value, bool | str) or shown_value is None:
        return False
    return _is_same_number(name, Decimal(sent_value), shown_value)


def _is_same_text(name: str, sent_value: str, shown_value: str) -> bool:
    if name in NAMES:
        return shown_value == unicodedata.normalize("NFC", sent_value.strip())
    if name == "metric":
        return parse_series(shown_value) == parse_series(sent_value)
    if name == "email":
        return shown_value == sent_value.strip().lower()
    if name.endswith(("_at", "_datetime")):
        return read_instant(sent_value) == read_instant(shown_value)
    return shown_value == sent_value


def _is_same_number(name: str, sent_value: Decimal, shown_value: int | Decimal) -> bool:
    if name in EXACT:
        return abs(Decimal(shown_value) - sent_value) <= TEN_DECIMALS / 2
    if name == "interval":
        return Decimal(shown_value) >= sent_value  # a preview of a long window has fewer polls than requested
    if name.endswith("_float"):
        return float(shown_value) == float(sent_value)
    return Decimal(shown_value) == sent_value
