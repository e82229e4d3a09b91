"""Read the input of a request strictly, and raise errors as domain errors."""

from typing import Any, NoReturn

import marshmallow
from flask import Request
from webargs.flaskparser import FlaskParser

from app.core.errors import Invalid, Malformed
from app.core.text import shorten
from app.web.json_body import read_json
from app.web.schema import flatten_errors


class Parser(FlaskParser):
    """Reads input strictly, and raises errors as domain errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": marshmallow.RAISE}

    def load_json(self, req: Request, _schema: Any) -> Any:
        """Return the body."""
        return read_json(req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Return the query parameters.

        Raises:
            Malformed: A parameter is given twice that is not a list.
        """
        lists = {
            each.data_key for each in schema.fields.values() if isinstance(each, marshmallow.fields.List)
        }
        for name, values in req.args.lists():
            if len(values) > 1 and name not in lists:
                raise Malformed(f"The query parameter {shorten(name)!a} is given twice.")
        return super().load_querystring(req, schema)

    def handle_error(self, error: marshmallow.ValidationError, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse the request with every error by its path.

        Raises:
            Invalid: The request has those errors.
        """
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        (errors,) = messages.values()  # {location: {path: …}}
        raise Invalid(flatten_errors(errors))
