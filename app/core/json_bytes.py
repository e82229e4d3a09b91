"""JSON as bytes: fast, in the order of the dict, never NaN."""

from decimal import Decimal
from typing import Any

import orjson

JSON_TYPE = "application/json; charset=utf-8"
"""Content type of JSON answers. Windows PowerShell 5.1 reads JSON without a charset as Latin-1."""


def to_json_bytes(value: Any) -> bytes:
    """Return JSON text in UTF-8; a Decimal is written with every digit."""
    return orjson.dumps(value, default=_format_decimal)


def _format_decimal(value: Any) -> orjson.Fragment:
    """Return a Decimal as JSON without an exponent.

    Raises:
        TypeError: the value is something else that JSON does not have.
    """
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value.normalize(), "f"))
    raise TypeError(f"{type(value).__name__} is not JSON serializable")
