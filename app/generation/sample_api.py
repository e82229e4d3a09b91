"""Preview what a poll would return, and under which names Prometheus stores it."""

from typing import Any

from flask import Response, request
from marshmallow import fields

from app.core.rng import rng
from app.domain.metric_names import COUNTER, GAUGE, INFO
from app.generation import series
from app.generation.api import FORMAT_IN_QUERY, OTHER_TYPES, SPIKE_HEADERS, TYPE_IN_PATH, DataOut
from app.generation.formats import get_format
from app.generation.middleware import format_result, unknown_type_error
from app.generation.sample import sample as take_sample
from app.values import CollectionType
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.fields import ListOf, Nested
from app.web.number_fields import Id
from app.web.openapi import Blueprint, documents_errors
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint("sample", __name__, url_prefix="/api", description="Samples: what a poll would return")


class SeriesOut(Schema):
    """The Prometheus series of one field."""

    field_id = Id(required=True)
    field_name = Text(required=True)
    metric_type = Text(required=True, metadata={"enum": [COUNTER, GAUGE, INFO]})
    series = Text(
        required=True,
        metadata={"description": "As the Prometheus format writes it, without the label of a text's value."},
    )
    selector = Text(
        required=True, metadata={"description": "For queries and rules, with the label that discovery adds."}
    )
    lowest = fields.Raw(
        required=True,
        metadata={"type": ["number", "null"], "description": "Lowest value; null without a limit."},
    )
    highest = fields.Raw(
        required=True,
        metadata={"type": ["number", "null"], "description": "Highest value; null without a limit."},
    )


class SeriesListOut(Schema):
    """The series of all fields of one type, in the order in which the fields were created."""

    items = ListOf(Nested(SeriesOut), required=True)


@blp.route(
    "/collections/<id:collection_id>/sample/<collection_type>",
    methods=["GET"],
    parameters=[TYPE_IN_PATH, FORMAT_IN_QUERY],
)
@blp.response(200, DataOut, headers=SPIKE_HEADERS)
@blp.doc(**OTHER_TYPES)
@signed_in
@documents_errors(400, 404)
def sample(collection_id: int, collection_type: str) -> Response:
    """Return what a poll would return now. Advances no counter."""
    wanted = _parse_type(collection_type)
    output_format = get_format(request.query_string.decode("latin-1"), request.headers.get("Accept", ""))
    result = take_sample(current_actor(), collection_id, wanted, now=request_clock.now(), rng=rng)
    body, headers = format_result(result, output_format)
    return Response(body, headers=headers)


@blp.route(
    "/collections/<id:collection_id>/series/<collection_type>", methods=["GET"], parameters=[TYPE_IN_PATH]
)
@blp.response(200, SeriesListOut)
@signed_in
@documents_errors(400, 404)
def list_series(collection_id: int, collection_type: str) -> dict[str, Any]:
    """List the Prometheus series of the fields."""
    wanted = _parse_type(collection_type)
    return {"items": series.list_series(current_actor(), collection_id, wanted)}


def _parse_type(word: str) -> CollectionType:
    wanted = CollectionType.from_word(word)
    if wanted is None:
        raise unknown_type_error(word)
    return wanted
