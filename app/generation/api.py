"""The data endpoint: what monitoring tools poll."""

import re
from functools import partial
from typing import Any

from flask import Response, current_app, request
from flask.blueprints import BlueprintSetupState
from marshmallow import fields
from werkzeug.exceptions import BadRequest

from app import chance, clock, keys
from app.generation import notes, poller, service
from app.generation.poller import Wanted
from app.values import CollectionType
from app.web.access import with_api_key
from app.web.fields import Choice, Text, Whole, iso, tidy_name
from app.web.json import to_bytes
from app.web.openapi import Blueprint, refuses
from app.web.schema import Schema

blp = Blueprint("data", __name__, url_prefix="/api", description="What monitoring tools poll")


class DataOut(Schema):
    """The values of one instant, fields in the order in which they were created."""

    collection = Text(required=True)
    type = Choice(CollectionType, required=True)
    generated_at_epoch = Whole(required=True, metadata={"description": "seconds since 1970"})
    data = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": ["number", "string"]}),
        required=True,
        metadata={"description": "field name → value"},
    )


_BEARER = re.compile(r"bearer\s+(\S+)\s*", re.IGNORECASE)
SPIKE_HEADERS = {
    "X-Spike-Schedule": {
        "schema": {"type": "integer"},
        "description": "while a spike is active: its id",
    },
    "X-Spike-Ends": {
        "schema": {"type": "string", "format": "date-time"},
        "description": "while a spike is active: when it ends",
    },
}
TYPE_IN_PATH = {
    "name": "collection_type",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": [word.lower() for word in CollectionType]},
    "description": "in any letter case",
}


@blp.route("/data/<name:name>/<collection_type>", methods=["GET"], parameters=[TYPE_IN_PATH])
@blp.answers(200, DataOut, SPIKE_HEADERS)
@with_api_key
@refuses(400, 404)
def data_by_name(name: str, collection_type: str) -> Response:
    """Poll a collection by its name, URL-encoded as one path segment."""
    return _answer(Wanted.by_name(tidy_name(name)), collection_type)


@blp.route(
    "/collections/<id:collection_id>/data/<collection_type>", methods=["GET"], parameters=[TYPE_IN_PATH]
)
@blp.answers(200, DataOut, SPIKE_HEADERS)
@with_api_key
@refuses(400, 404)
def data_by_id(collection_id: int, collection_type: str) -> Response:
    """Poll a collection by its id, for clients that mangle names."""
    return _answer(Wanted(id=collection_id), collection_type)


@blp.record
def _without_head(state: BlueprintSetupState) -> None:
    """Flask answers HEAD wherever there is a GET; here it would move counters."""
    for rule in state.app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blp.name}.") and rule.methods:
            rule.methods.discard("HEAD")


def _answer(wanted: Wanted, type_word: str) -> Response:
    key = _key_of_request()
    if not keys.is_well_formed(key):
        raise poller.refused(
            "Send an API key: X-API-Key: <key>"
            if not key
            else "This is no API key, or a mistyped one: its checksum is wrong."
        )
    parts = current_app.extensions
    key_hash, now, way = keys.hashed(key), clock.now(), parts["direct"]
    if CollectionType.from_word(type_word) is None:
        poller.check_key(way, key_hash, now)
    collection_type = type_of(type_word)
    reading, by = service.read_out(
        way, parts["plans"], key_hash, wanted, collection_type, now=now, rng=chance.rng
    )
    response = response_of(reading)
    if notes.is_due(by):
        # When the answer has been sent, so that no poller waits for it.
        response.call_on_close(partial(parts["notes"].add, by, collection_type))
    return response


def type_of(word: str) -> CollectionType:
    """The collection type that a path names."""
    collection_type = CollectionType.from_word(word)
    if collection_type is None:
        raise BadRequest(f"There is no type {word!r}: it is performance or configuration.")
    return collection_type


def _key_of_request() -> str:
    key = request.headers.get("X-API-Key", "").strip()
    if key:
        return key
    bearer = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return bearer[1] if bearer else ""


def response_of(reading: service.Reading) -> Response:
    """The JSON of a reading; the headers tell of an active spike."""
    body: dict[str, Any] = {
        "collection": reading.collection_name,
        "type": reading.collection_type,
        "generated_at_epoch": reading.epoch,
        "data": reading.data,
    }
    response = Response(to_bytes(body), content_type="application/json")
    if reading.spike:
        response.headers["X-Spike-Schedule"] = str(reading.spike.id)
        response.headers["X-Spike-Ends"] = iso(reading.spike.ends)
    return response
