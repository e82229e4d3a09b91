"""The data endpoint: what monitoring tools poll."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from marshmallow import fields

from app.core import clock
from app.core.errors import DomainError, Unauthenticated
from app.generation import key_headers, middleware, refusals
from app.generation.authorization import CollectionRef, get_key_hash
from app.generation.formats import FORMATS
from app.values import CollectionType
from app.web.access import with_api_key
from app.web.fields import Choice
from app.web.number_fields import Integer
from app.web.openapi import Blueprint, documents_errors
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "data", __name__, url_prefix="/api", description="The data endpoint, polled by monitoring tools"
)


class DataOut(Schema):
    """The values of one instant, fields in the order in which they were created."""

    collection = Text(required=True)
    type = Choice(CollectionType, required=True)
    generated_at_epoch = Integer(
        required=True, metadata={"description": "Seconds since 1970-01-01T00:00:00Z."}
    )
    data = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": ["number", "string"]}),
        required=True,
        metadata={"description": "Maps field names to values."},
    )


SPIKE_HEADERS = {
    "X-Spike-Schedule": {
        "schema": {"type": "integer"},
        "description": "Id of the active spike schedule. Absent outside spikes.",
    },
    "X-Spike-Ends": {
        "schema": {"type": "string", "format": "date-time"},
        "description": "When the active spike ends. Absent outside spikes.",
    },
}
HEADERS = SPIKE_HEADERS | {
    "Access-Control-Allow-Origin": {
        "schema": {"type": "string"},
        "description": "Only for the origins in SPIKECAST_CORS_ORIGINS, and never with credentials.",
    },
    "Vary": {
        "schema": {"type": "string"},
        "description": "`Accept`, and `Origin` if SPIKECAST_CORS_ORIGINS lists origins.",
    },
}
TYPE_IN_PATH = {
    "name": "collection_type",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": [word.lower() for word in CollectionType]},
    "description": "Case-insensitive.",
}
FORMAT_IN_QUERY = {
    "name": "format",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": sorted(FORMATS)},
    "description": "The output format. It takes precedence over the `Accept` header; the default is JSON.",
}
OTHER_TYPES = {
    "responses": {
        "200": {
            "content": {
                media_type: {"schema": {"type": "string"}}
                for media_type in ("text/plain", "application/openmetrics-text", "text/csv")
            }
        }
    }
}


@blp.route(
    "/data/<name:name>/<type:collection_type>", methods=["GET"], parameters=[TYPE_IN_PATH, FORMAT_IN_QUERY]
)
@blp.answers(200, DataOut, HEADERS)
@blp.doc(**OTHER_TYPES)
@with_api_key
@documents_errors(400, 404)
def data_by_name(name: str, collection_type: str) -> Response:
    """Poll a collection by its name, URL-encoded as one path segment."""
    return _answer(CollectionRef.by_name(name), collection_type)


@blp.route(
    "/collections/<id:collection_id>/data/<type:collection_type>",
    methods=["GET"],
    parameters=[TYPE_IN_PATH, FORMAT_IN_QUERY],
)
@blp.answers(200, DataOut, HEADERS)
@blp.doc(**OTHER_TYPES)
@with_api_key
@documents_errors(400, 404)
def data_by_id(collection_id: int, collection_type: str) -> Response:
    """Poll a collection by its id, for clients that cannot encode names."""
    return _answer(CollectionRef(id=collection_id), collection_type)


@blp.record
def _without_head(state: BlueprintSetupState) -> None:
    """Remove HEAD, which Flask adds to every GET: it would move counters."""
    for rule in state.app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blp.name}.") and rule.methods:
            rule.methods.discard("HEAD")


@blp.after_request
def offer_basic(response: Response) -> Response:
    """Offer Basic authentication to tools that send a password only when they are asked for one.

    Browsers would show a dialog in front of the page that polls. They always send Accept-Language.
    """
    if response.status_code == HTTPStatus.UNAUTHORIZED and "Accept-Language" not in request.headers:
        response.headers.add("WWW-Authenticate", 'Basic realm="Spikecast data", charset="UTF-8"')
    return response


def with_key_holder(view: Callable[..., Any]) -> Callable[..., Any]:
    """Check the API key of a request before its query; the view finds its holder in `g.holder`."""

    @wraps(view)
    def check_key(**path: Any) -> Any:
        try:
            key_hash = get_key_hash(key_headers.find_key(request.environ))
            g.holder = current_app.extensions["polls"].find_key(key_hash, clock.now)
        except Unauthenticated as error:
            refusals.record_refusal(error)
            raise
        return view(**path)

    return check_key


def _answer(collection: CollectionRef, type_name: str) -> Response:
    """Raise what the middleware refused a poll with, or answer what it did not recognize as one."""
    environ = request.environ
    try:
        if middleware.EXCEPTION_KEY in environ:
            raise environ[middleware.EXCEPTION_KEY]
        body, headers, on_sent = middleware.answer_poll(
            current_app.extensions, environ, collection, type_name
        )
    except DomainError as error:
        refusals.record_refusal(error)
        raise
    response = Response(body, headers=headers)
    if on_sent:
        response.call_on_close(on_sent)
    return response
