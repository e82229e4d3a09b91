"""API: schedule a spike again, from its record."""

from flask import url_for

from app.db.session import db
from app.domain.validation import Validated
from app.models import SpikeSchedule
from app.spikes.run_again import run_again
from app.spikes.schemas import RunAgainIn, SpikeOut
from app.web import request_clock
from app.web.access import current_actor, editor
from app.web.openapi import Blueprint, documents_errors
from app.web.preconditions import with_etag

blp = Blueprint(
    "run-again", __name__, url_prefix="/api/rehearsals", description="Spikes that are scheduled again"
)


@blp.route("/<id:rehearsal_id>/run-again", methods=["POST"])
@blp.response(201, SpikeOut)
@editor
@documents_errors(404, 409)
@with_etag
@blp.arguments(RunAgainIn)
def run_spike_again(validated: Validated, rehearsal_id: int) -> tuple[SpikeSchedule, dict[str, str]]:
    """Schedule a spike again: by default from now on, for as long as before.

    The fields that it overrode are found by their names. If some are gone, or cannot be overridden any more,
    the response is 422 and names them. What it expected is expected again, but for what `rehearsal` changes.
    """
    spike = run_again(current_actor(), rehearsal_id, validated, request_clock.now())
    db.session.commit()
    return spike, {"Location": url_for("spikes.get_spike", spike_id=spike.id)}
