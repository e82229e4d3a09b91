"""The OpenAPI 3.1 document, built from the schemas that validate requests."""

from typing import Any

import flask_smorest
import marshmallow
from flask import Flask
from werkzeug.routing import BaseConverter

from app.core.version import __version__
from app.db.session import MAX_ID
from app.web.access import AccessRule
from app.web.input_parser import Parser
from app.web.number_fields import FixedDecimal, Float, Id, Integer
from app.web.schema import Schema
from app.web.text_fields import Text

BEARER, API_KEY, API_KEY_AS_BEARER, API_KEY_AS_BASIC = "token", "apiKey", "apiKeyAsBearer", "apiKeyAsBasic"
RECEIVER, RECEIVER_AS_BEARER, RECEIVER_AS_BASIC = (
    "receiverToken",
    "receiverTokenAsBearer",
    "receiverTokenAsBasic",
)

_SECURITY: dict[AccessRule, list[dict[str, list[str]]]] = {
    AccessRule.PUBLIC: [],
    AccessRule.SIGNED_IN: [{BEARER: []}],
    AccessRule.EDITOR: [{BEARER: []}],
    AccessRule.ADMIN: [{BEARER: []}],
    AccessRule.REFRESH: [{BEARER: []}],
    AccessRule.API_KEY: [{API_KEY: []}, {API_KEY_AS_BEARER: []}, {API_KEY_AS_BASIC: []}],
    AccessRule.RECEIVER: [{RECEIVER: []}, {RECEIVER_AS_BEARER: []}, {RECEIVER_AS_BASIC: []}],
    AccessRule.RECEIVER_ADDRESS: [],  # OpenAPI knows no credentials in paths
}
_PROBLEM_DESCRIPTIONS = {
    400: "Malformed request: invalid JSON, a repeated key or parameter, or an unknown collection type.",
    401: "Credentials are missing, invalid, expired or revoked.",
    403: "Your role does not allow this.",
    404: "It does not exist, or belongs to another user.",
    409: "Conflicts with the current state.",
    412: "`If-Match` does not match: it was changed since. `ETag` is the current one. Nothing was changed.",
    413: "The request body is too large.",
    415: "The request body is not sent as application/json.",
    422: "Invalid input. `errors` maps the path of each invalid value to messages.",
    429: "Too many attempts. Wait for `Retry-After` seconds.",
    503: "The database is busy or unavailable. Retry after `Retry-After` seconds.",
}
_PROBLEM_HEADERS = {401: "WWW-Authenticate", 412: "ETag", 429: "Retry-After", 503: "Retry-After"}
_ETAG = {
    "schema": {"type": "string"},
    "description": "Strong entity tag of what users set. Send it as `If-Match`.",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The `ETag` that you last read. If it has changed since, the response is 412.",
    "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]*"(, *"[!#-~]*")*)$'},
}


class Problem(Schema):
    """RFC 9457 problem details."""

    type = Text(required=True, metadata={"description": "`about:blank`, or a `urn:spikecast:problem:…`."})
    title = Text(required=True)
    status = Integer(required=True)
    detail = Text(required=True)
    errors = marshmallow.fields.Dict(
        keys=marshmallow.fields.String(),
        values=marshmallow.fields.List(marshmallow.fields.String()),
        metadata={"description": "Maps the path of each invalid value to messages."},
    )

    class Meta:
        unknown = marshmallow.INCLUDE


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose routes are documented with their security and error responses."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(self._document_access)

    @staticmethod
    def _document_access(doc: dict[str, Any], doc_info: dict[str, Any], **_more: Any) -> dict[str, Any]:
        rule = doc_info.get("access", AccessRule.SIGNED_IN)
        doc["operationId"] = doc_info["name"]
        doc["security"] = _SECURITY[rule]
        responses = doc.setdefault("responses", {})
        expected = {503}
        if rule is not AccessRule.PUBLIC:
            expected.add(401)
        if rule in (AccessRule.EDITOR, AccessRule.ADMIN):
            expected.add(403)
        if "requestBody" in doc:
            expected |= {400, 413, 415, 422}
        elif "parameters" in doc:
            expected |= {400, 422}
        if doc_info.get("takes_if_match"):
            doc.setdefault("parameters", []).append(_IF_MATCH)
            expected |= {400, 412}
        for status in expected | set(doc_info.get("refusals", ())):
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        for numeric in [status for status in responses if isinstance(status, int)]:
            responses.setdefault(str(numeric), responses.pop(numeric))
        responses.pop("default", None)
        if "201" in responses:
            responses["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
        if doc_info.get("has_etag"):
            for status in responses.keys() & {"200", "201"}:
                responses[status].setdefault("headers", {})["ETag"] = _ETAG
        doc["responses"] = dict(sorted(responses.items()))
        return doc

    def answers(self, status: int, schema: type[Schema] | Schema, headers: dict[str, Any]) -> Any:
        """Document the responses of a view that builds them itself, without wrapping it."""
        document = self.response(status, schema, headers=headers)

        def decorate(view: Any) -> Any:
            view._apidoc = document(view)._apidoc
            return view

        return decorate


def documents_errors(*statuses: int) -> Any:
    """Document further error responses of a view."""

    def decorate(view: Any) -> Any:
        view._apidoc = dict(getattr(view, "_apidoc", {}))
        view._apidoc["refusals"] = statuses
        return view

    return decorate


class Api(flask_smorest.Api):
    """flask-smorest's API without its error handlers and pages, which Spikecast replaces."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_doc_blueprint(self) -> None:
        pass

    def _register_responses(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        pass


class IdConverter(BaseConverter):
    """An id in a path; values beyond the database's range match nothing."""

    regex = r"[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """Return the id, or 0, which no row has, for a value beyond the database's range.

        Werkzeug's ValidationError would lead to 405 for all methods but the first.
        """
        return int(value) if int(value) <= MAX_ID else 0


class NameConverter(BaseConverter):
    """A name in a path; it may contain slashes."""

    regex = ".+"
    part_isolating = False


class TypeConverter(BaseConverter):
    """The last part of a poll's path; a trailing slash is ignored."""

    regex = "[^/]+/?"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Return the word without the slash."""
        return value.removesuffix("/")


def init_app(app: Flask) -> Api:
    """Set up the document; register blueprints with the Api that is returned."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["name"] = NameConverter
    app.url_map.converters["type"] = TypeConverter
    app.url_map.merge_slashes = False  # names may hold several slashes in a row
    api = Api(app, spec_kwargs=_SPEC)
    spec = api.spec
    for field, like in ((FixedDecimal, "number"), (Float, "number"), (Integer, "integer"), (Id, "integer")):
        api.register_field(field, like, None)
    id_shape = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    api.register_converter(IdConverter, lambda _converter: id_shape)
    api.register_converter(NameConverter, lambda _converter: {"type": "string", "minLength": 1})
    scheme = spec.components.security_scheme
    scheme(BEARER, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _TO_SIGN_IN})
    scheme(API_KEY, {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": _KEY_IN_HEADER})
    scheme(API_KEY_AS_BEARER, {"type": "http", "scheme": "bearer", "description": _KEY_AS_BEARER})
    scheme(API_KEY_AS_BASIC, {"type": "http", "scheme": "basic", "description": _KEY_AS_BASIC})
    scheme(
        RECEIVER, {"type": "apiKey", "in": "header", "name": "X-Spikecast-Token", "description": _OF_RECEIVER}
    )
    scheme(RECEIVER_AS_BEARER, {"type": "http", "scheme": "bearer", "description": _OF_RECEIVER})
    scheme(RECEIVER_AS_BASIC, {"type": "http", "scheme": "basic", "description": _OF_RECEIVER_AS_BASIC})
    for status, says in _PROBLEM_DESCRIPTIONS.items():
        problem = {"description": says, "content": {"application/problem+json": {"schema": Problem}}}
        if status in _PROBLEM_HEADERS:
            problem["headers"] = {_PROBLEM_HEADERS[status]: {"schema": {"type": "string"}}}
        spec.components.response(f"Problem{status}", problem)
    return api


def build_document(api: Api) -> dict[str, Any]:
    """Return the OpenAPI document, after all blueprints are registered.

    A response always has all its keys, so its schema requires them; generated clients would otherwise treat
    each as optional. Schemas that are also request bodies, or allow other keys, require what they declare.
    """
    document: dict[str, Any] = api.spec.to_dict()
    schemas = document["components"]["schemas"]
    paths = document["paths"].values()
    operations = [part for path in paths for part in path.values() if "responses" in part]
    written = _find_referenced([operation.get("requestBody") for operation in operations], schemas)
    read = _find_referenced([operation["responses"] for operation in operations], schemas)
    for name in read - written:
        schema = schemas[name]
        if not schema.get("additionalProperties"):
            schema["required"] = list(schema["properties"])
    return document


def _find_referenced(node: Any, schemas: dict[str, Any]) -> set[str]:
    """Return the names of all schemas that a part of the document refers to, directly or not."""
    referenced: set[str] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in referenced:
                referenced.add(name)
                waiting.append(schemas[name])
            waiting += node.values()
    return referenced


_TO_SIGN_IN = "The `access_token` from POST /api/auth/login. For POST /api/auth/refresh: the `refresh_token`."
_KEY_IN_HEADER = "An API key. If this header is present and not empty, `Authorization` is ignored."
_KEY_AS_BEARER = "An API key as a Bearer token. `Authorization: <key>` without a scheme works too."
_KEY_AS_BASIC = (
    "An API key as the password of Basic authentication, with any user name. Or as the user name, with any "
    "password that does not have the form of a key."
)
_OF_RECEIVER = "The token of an alert receiver."
_OF_RECEIVER_AS_BASIC = (
    "The token of an alert receiver as the password of Basic authentication, with any user name."
)
_SPEC = {
    "title": "Spikecast",
    "version": __version__,
    "openapi_version": "3.1.0",
    "info": {
        "description": (
            "Synthetic telemetry on demand. Monitoring tools poll collections of fields; spike schedules "
            "override fields during a time window. Errors are RFC 9457 problem details."
        )
    },
}

__all__ = ["Api", "Blueprint", "documents_errors"]
