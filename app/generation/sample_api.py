"""Preview what a poll would return."""

from flask import Response

from app.core.rng import rng
from app.generation.api import SPIKE_HEADERS, TYPE_IN_PATH, DataOut
from app.generation.formats import JSON
from app.generation.middleware import format_result, unknown_type_error
from app.generation.sample import sample as take_sample
from app.values import CollectionType
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.openapi import Blueprint, documents_errors

blp = Blueprint("sample", __name__, url_prefix="/api", description="Samples: what a poll would return")


@blp.route(
    "/collections/<id:collection_id>/sample/<collection_type>", methods=["GET"], parameters=[TYPE_IN_PATH]
)
@blp.response(200, DataOut, headers=SPIKE_HEADERS)
@signed_in
@documents_errors(400, 404)
def sample(collection_id: int, collection_type: str) -> Response:
    """Return what a poll would return now. Advances no counter."""
    wanted = CollectionType.from_word(collection_type)
    if wanted is None:
        raise unknown_type_error(collection_type)
    result = take_sample(current_actor(), collection_id, wanted, now=request_clock.now(), rng=rng)
    body, headers = format_result(result, JSON)
    return Response(body, headers=headers)
