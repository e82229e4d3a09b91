"""JSON out: fast, in the order in which it was made, and never NaN."""

from decimal import Decimal
from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson. Input does not come this way: `web.payload` reads it."""

    mimetype = "application/json"

    def dumps(self, obj: Any, **_options: Any) -> str:
        """JSON text."""
        return orjson.dumps(obj, default=_plain).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """The value of JSON text."""
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
