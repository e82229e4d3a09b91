"""A look at what a poller would get, for people."""

from flask import Response

from app.core.rng import rng
from app.generation import service
from app.generation.api import SPIKE_HEADERS, TYPE_IN_PATH, DataOut
from app.generation.middleware import body_of, headers_of, unknown_type
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
        raise unknown_type(collection_type)
    reading = service.sample(current_actor(), collection_id, wanted, now=request_clock.now(), rng=rng)
    return Response(body_of(reading), headers=headers_of(reading))
