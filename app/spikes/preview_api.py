"""Previews of spikes over HTTP."""

from typing import Any

from app.core.rng import rng
from app.domain.validation import Validated
from app.spikes import preview
from app.spikes.schemas import PreviewIn, PreviewOut, PreviewQuery
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.openapi import Blueprint, refuses

blp = Blueprint(
    "preview", __name__, url_prefix="/api/spike-schedules", description="What a spike would look like"
)


@blp.route("/preview", methods=["POST"])
@blp.response(200, PreviewOut)
@signed_in
@refuses(404)
@blp.arguments(PreviewIn)
def preview_draft(given: Validated) -> preview.Preview:
    """See what polls would get of a schedule that is being written: nothing is saved, no counter moves.

    The rules are those of creating it, or of changing the one that `schedule_id` names; but the window
    may be past, and an overlap is no refusal: `conflicts` and `next_free_start` tell of it.
    """
    return preview.of_draft(current_actor(), given, request_clock.now(), rng)


@blp.route("/<id:spike_id>/preview", methods=["GET"])
@blp.response(200, PreviewOut)
@signed_in
@refuses(404)
@blp.arguments(PreviewQuery, location="query")
def preview_spike(args: dict[str, Any], spike_id: int) -> preview.Preview:
    """See what polls would get of a schedule as it is: no counter moves."""
    return preview.of_saved(current_actor(), spike_id, args["interval"], request_clock.now(), rng)
