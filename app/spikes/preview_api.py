"""API: previews of spikes."""

from typing import Any

from app.core.rng import rng
from app.domain.validation import Validated
from app.spikes import preview
from app.spikes.schemas import PreviewIn, PreviewOut, PreviewQuery
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.openapi import Blueprint, documents_errors

blp = Blueprint(
    "preview",
    __name__,
    url_prefix="/api/spike-schedules",
    description="Previews of the values during a spike",
)


@blp.route("/preview", methods=["POST"])
@blp.response(200, PreviewOut)
@signed_in
@documents_errors(404)
@blp.arguments(PreviewIn)
def preview_draft(validated: Validated) -> preview.Preview:
    """Preview the values of an unsaved schedule. Saves nothing and advances no counter.

    The validation is that of creating a schedule, or of changing the one that `schedule_id` names, with two
    exceptions: the window may be in the past, and an overlap is no error. `conflicts` and `next_free_start`
    report it.
    """
    return preview.preview_draft(current_actor(), validated, request_clock.now(), rng)


@blp.route("/<id:spike_id>/preview", methods=["GET"])
@blp.response(200, PreviewOut)
@signed_in
@documents_errors(404)
@blp.arguments(PreviewQuery, location="query")
def preview_spike(args: dict[str, Any], spike_id: int) -> preview.Preview:
    """Preview the values of a saved schedule. Advances no counter."""
    return preview.preview_saved(current_actor(), spike_id, args["interval"], request_clock.now(), rng)
