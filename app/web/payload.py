"""From the bytes of a body to JSON that every reader would read alike."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from app.errors import Malformed

LONGEST_NUMBER = 400  # digits; the largest double has 309


def read_json(request: Request) -> Any:
    """The JSON body; raises Malformed where it is none, or is ambiguous.

    Numbers with a fraction or an exponent come as Decimal: nothing is rounded, and 1e400 is not infinity.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON with the header Content-Type: application/json.")
    try:
        text = request.get_data(cache=True).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None
    try:
        body = _decoder.decode(text)
    except json.JSONDecodeError as error:
        said = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise Malformed(said) from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    _refuse_half_characters(body)
    return body


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(f"The key {key!a} is given twice in one object.")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"A number of {len(digits)} digits is too long.")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"A number of {len(digits)} digits is too long.")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise Malformed(f"The number {digits[:40]} is too large or too small.") from None


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON number.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_whole, parse_float=_fraction, parse_constant=_no_constant
)


def _refuse_half_characters(body: Any) -> None:
    """Refuse text with half of a surrogate pair: no encoding can carry it."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise Malformed("A text holds half of a surrogate pair, which is no character.")
        elif isinstance(value, dict):
            waiting.extend(value.keys())
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
