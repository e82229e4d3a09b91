"""JSON responses: fast, with keys in insertion order, and never NaN."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

from app.core.json_bytes import JSON_TYPE, to_json_bytes


class OrjsonProvider(JSONProvider):
    """Flask's JSON with orjson. Request bodies are read by `web.json_body` instead."""

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a JSON response that names its encoding."""
        obj = self._prepare_response_obj(args, kwargs)
        return Response(self.dumps(obj), content_type=JSON_TYPE)

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return JSON text."""
        return to_json_bytes(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Return the value of JSON text."""
        return orjson.loads(s)
