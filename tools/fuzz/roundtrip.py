"""Round trip: checks that a response shows an accepted value as it was sent."""

import json
import unicodedata
from decimal import Decimal
from typing import Any

from tests.support.iso8601 import read_instant

EXACT = {"start_number", "step_number", "reset_number", "randomization_percentage"}
NAMES = {"name", "field_name", "username", "label"}
DEFAULTS = {"randomization_percentage": 0, "float_precision": 2}
"""The values that null stands for, where that is not null itself."""
TEN_DECIMALS = Decimal("1e-10")
_MISSING = object()


def find_change(sent: bytes, answer: str, path: tuple[str | int, ...]) -> str | None:
    """Return the value shown for `path` if it differs from the one sent; None if it is equal or not shown."""
    given = _at(_read(sent), path)
    shown = _at(_read(answer), path)
    if shown is _MISSING or isinstance(given, dict | list) or is_preserved(str(path[-1]), given, shown):
        return None
    return f"shows {str(shown)[:80]!r} for {str(given)[:80]!r}"


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


def is_preserved(name: str, given: Any, shown: Any) -> bool:
    """Return whether the shown value means the same as the given one, by the rules of this input."""
    if given is None and name in DEFAULTS:
        return bool(shown is None or shown == DEFAULTS[name])
    if isinstance(given, bool) or given is None:
        return shown is given
    if isinstance(given, str):
        return isinstance(shown, str) and _is_same_text(name, given, shown)
    if isinstance(shown, bool | str) or shown is None:
        return False
    return _is_same_number(name, Decimal(given), shown)


def _is_same_text(name: str, given: str, shown: str) -> bool:
    if name in NAMES:
        return shown == unicodedata.normalize("NFC", given.strip())
    if name == "email":
        return shown == given.strip().lower()
    if name.endswith(("_at", "_datetime")):
        return read_instant(given) == read_instant(shown)
    return shown == given


def _is_same_number(name: str, given: Decimal, shown: int | Decimal) -> bool:
    if name in EXACT:
        return abs(Decimal(shown) - given) <= TEN_DECIMALS / 2
    if name == "interval":
        return Decimal(shown) >= given  # a preview of a long window has fewer polls than requested
    if name.endswith("_float"):
        return float(shown) == float(given)
    return Decimal(shown) == given
