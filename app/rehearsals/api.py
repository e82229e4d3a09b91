"""API: rehearsals, the records of spikes."""

from typing import Any

import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.orm import joinedload, undefer, undefer_group

from app.db.session import MAX_ID, db
from app.models import Collection, Rehearsal
from app.models.mixins import MAX_NAME_LENGTH
from app.models.rehearsal import RehearsalState
from app.rehearsals import service
from app.rehearsals.schemas import RehearsalListed, RehearsalOut
from app.web import request_clock
from app.web.access import current_actor, editor, signed_in
from app.web.fields import Choice, Timestamp
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import (
    QueryInteger,
    contains,
    filter_equal,
    list_query_schema,
    page_schema,
    paginate,
)
from app.web.preconditions import require_match, with_etag, with_if_match
from app.web.text_fields import Text

blp = Blueprint(
    "rehearsals", __name__, url_prefix="/api/rehearsals", description="The records of spikes, past ones too"
)

SORTABLE = {
    "id": Rehearsal.id,
    "name": Rehearsal.name,
    "collection_name": Collection.name,
    "start_datetime": Rehearsal.start_datetime,
    "end_datetime": Rehearsal.end_datetime,
}
RehearsalsQuery = list_query_schema(
    "Rehearsals",
    tuple(SORTABLE),
    "-start_datetime",
    collection_id=QueryInteger(1, MAX_ID),
    spike_schedule_id=QueryInteger(1, MAX_ID),
    name=Text(max_length=MAX_NAME_LENGTH, metadata={"description": "The whole name, in the same case."}),
    state=Choice(RehearsalState),
    is_over=fields.Boolean(metadata={"description": "Whether the spike has ended, or was deleted before."}),
    since=Timestamp(metadata={"description": "Of spikes that start at or after this time."}),
    until=Timestamp(metadata={"description": "Of spikes that start before this time."}),
)


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(RehearsalListed))
@signed_in
@blp.arguments(RehearsalsQuery, location="query")
def list_rehearsals(args: dict[str, Any]) -> dict[str, Any]:
    """List the rehearsals of your collections. Admins see all of them."""
    query = Rehearsal.readable(sa.select(Rehearsal), current_actor())
    query = filter_equal(query, args, Rehearsal.collection_id, Rehearsal.spike_schedule_id, Rehearsal.name)
    if "state" in args:
        query = query.where(Rehearsal.has_state(args["state"], request_clock.now()))
    if "is_over" in args:
        is_over = Rehearsal.is_over(request_clock.now())
        query = query.where(is_over if args["is_over"] else sa.not_(is_over))
    if "since" in args:
        query = query.where(Rehearsal.start_datetime >= args["since"])
    if "until" in args:
        query = query.where(Rehearsal.start_datetime < args["until"])
    if args["search"]:
        named = sa.select(Collection.id).where(contains(Collection.name, args["search"]))
        query = query.where(contains(Rehearsal.name, args["search"]) | Rehearsal.collection_id.in_(named))
    return paginate(
        query,
        args,
        sortable=SORTABLE,
        joins={"collection_name": Rehearsal.collection},
        options=[joinedload(Rehearsal.collection), undefer(Rehearsal.is_scheduled), undefer_group("counts")],
    )


@blp.route("/<id:rehearsal_id>", methods=["GET"])
@blp.response(200, RehearsalOut)
@signed_in
@documents_errors(404)
@with_etag
def get_rehearsal(rehearsal_id: int) -> Rehearsal:
    """Return the record of a spike, with the polls in its window."""
    return Rehearsal.get_for(current_actor(), rehearsal_id)


@blp.route("/<id:rehearsal_id>", methods=["DELETE"])
@blp.response(204)
@editor
@documents_errors(404, 409)
@with_if_match
def delete_rehearsal(rehearsal_id: int) -> None:
    """Delete the record of a spike that is over."""
    rehearsal = require_match(Rehearsal.get_for(current_actor(), rehearsal_id, locked=True))
    service.delete(rehearsal, request_clock.now())
    db.session.commit()
