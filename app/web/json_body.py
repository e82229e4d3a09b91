"""Parse a request body as JSON that every parser reads alike."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from app.core.errors import Malformed
from app.core.text import shorten

MAX_NUMBER_DIGITS = 400  # digits; the largest double has 309


def read_json(request: Request) -> Any:
    """Return the JSON body. Numbers with a fraction or exponent are Decimal, so nothing is rounded.

    Raises:
        Malformed: The body is not JSON, or is ambiguous.
        UnsupportedMediaType: The Content-Type is not JSON.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON with the header Content-Type: application/json.")
    data = request.get_data(cache=True)
    _refuse_other_encodings(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None
    try:
        body = _decoder.decode(text)
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise Malformed(detail) from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    if "\\u" in text:  # nothing else makes half of a surrogate pair: UTF-8 has none
        _refuse_lone_surrogates(body)
    return body


def _refuse_other_encodings(data: bytes) -> None:
    """Explain what would otherwise be `Expecting value at line 1`.

    Raises:
        Malformed: The body is in another encoding than UTF-8, or has a byte order mark.
    """
    encoding = json.detect_encoding(data)
    if encoding == "utf-8-sig":
        raise Malformed("The body starts with a byte order mark (BOM); send UTF-8 without one.")
    if encoding != "utf-8":
        detail = f"The body looks like {encoding[:6].upper()}; send JSON in UTF-8."
        raise Malformed(detail)


def _to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise Malformed(f"The key {shorten(key)!a} is given twice in one object.")
        members[key] = value
    return members


def _parse_int(digits: str) -> int:
    if len(digits) > MAX_NUMBER_DIGITS:
        raise Malformed(f"A number of {len(digits)} digits is too long.")
    return int(digits)


def _parse_decimal(digits: str) -> Decimal:
    if len(digits) > MAX_NUMBER_DIGITS:
        raise Malformed(f"A number of {len(digits)} digits is too long.")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise Malformed(f"The number {digits[:40]} is too large or too small.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON number.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_to_dict,
    parse_int=_parse_int,
    parse_float=_parse_decimal,
    parse_constant=_refuse_constant,
)


def _refuse_lone_surrogates(body: Any) -> None:
    """Refuse text with half of a surrogate pair, which no encoding can represent.

    Raises:
        Malformed: There is such a text.
    """
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                detail = "A string contains half of a surrogate pair, which is not a character."
                raise Malformed(detail) from None
        elif isinstance(value, dict):
            waiting.extend(value.keys())
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
