"""API: rehearsals, the records of spikes."""

import math
from typing import Any

import sqlalchemy as sa
from flask import Response
from marshmallow import fields
from sqlalchemy.orm import joinedload, undefer, undefer_group

from app.db.session import MAX_ID, db
from app.domain.validation import Validated
from app.models import Collection, Rehearsal
from app.models.mixins import MAX_NAME_LENGTH
from app.models.rehearsal import MAX_EXTERNAL_ID_LENGTH, RehearsalState
from app.rehearsals import evaluation, service, settling, states
from app.rehearsals.junit import render_junit
from app.rehearsals.markdown import render_markdown
from app.rehearsals.schemas import RehearsalListed, RehearsalOut, RehearsalPatch
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
MAX_RETRY_AFTER_S = 30
XML, MARKDOWN = "text/xml; charset=utf-8", "text/markdown; charset=utf-8"
TEXT = {"type": "string"}
FILTERED = (
    Rehearsal.collection_id,
    Rehearsal.spike_schedule_id,
    Rehearsal.name,
    Rehearsal.receiver_id,
    Rehearsal.external_id,
)
RehearsalsQuery = list_query_schema(
    "Rehearsals",
    tuple(SORTABLE),
    "-start_datetime",
    collection_id=QueryInteger(1, MAX_ID),
    spike_schedule_id=QueryInteger(1, MAX_ID),
    name=Text(max_length=MAX_NAME_LENGTH, metadata={"description": "The whole name, in the same case."}),
    state=Choice(RehearsalState),
    is_over=fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Whether the spike has ended, or was deleted before."},
    ),
    receiver_id=QueryInteger(1, MAX_ID),
    external_id=Text(max_length=MAX_EXTERNAL_ID_LENGTH),
    since=Timestamp(metadata={"description": "Of spikes that start at or after this time."}),
    until=Timestamp(metadata={"description": "Of spikes that start before this time."}),
)


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(RehearsalListed))
@signed_in
@blp.arguments(RehearsalsQuery, location="query")
def list_rehearsals(args: dict[str, Any]) -> dict[str, Any]:
    """List the rehearsals of your collections. Admins see all of them."""
    actor, now = current_actor(), request_clock.now()
    settling.settle_due(now, Rehearsal.is_readable(actor))
    query = Rehearsal.readable(sa.select(Rehearsal), actor)
    query = filter_equal(query, args, *FILTERED)
    if "state" in args:
        query = query.where(states.has_state(args["state"], actor, now))
    if "is_over" in args:
        is_over = Rehearsal.is_over(now)
        query = query.where(is_over if args["is_over"] else sa.not_(is_over))
    if "since" in args:
        query = query.where(Rehearsal.start_datetime >= args["since"])
    if "until" in args:
        query = query.where(Rehearsal.start_datetime < args["until"])
    if args["search"]:
        named = sa.select(Collection.id).where(contains(Collection.name, args["search"]))
        query = query.where(contains(Rehearsal.name, args["search"]) | Rehearsal.collection_id.in_(named))
    page = paginate(
        query,
        args,
        sortable=SORTABLE,
        joins={"collection_name": Rehearsal.collection},
        options=[
            joinedload(Rehearsal.collection),
            joinedload(Rehearsal.receiver),
            undefer(Rehearsal.is_scheduled),
            undefer_group("counts"),
        ],
    )
    evaluation.attach_outcomes(page["items"], now)
    return page


@blp.route("/<id:rehearsal_id>", methods=["GET"])
@blp.response(200, RehearsalOut)
@signed_in
@documents_errors(404)
@with_etag
def get_rehearsal(rehearsal_id: int) -> tuple[Rehearsal, dict[str, str]]:
    """Return the record of a spike: the polls in its window, and what came of its expectations.

    The result is frozen when every expectation is decided and the last deadline has passed. Until then,
    `Retry-After` says in how many seconds to ask again.
    """
    rehearsal = load(rehearsal_id)
    return rehearsal, _say_when_to_ask_again(rehearsal)


def load(rehearsal_id: int) -> Rehearsal:
    """Return a rehearsal of the actor with what came of it; settle it first, if that is due."""
    actor, now = current_actor(), request_clock.now()
    settling.settle_due(now, Rehearsal.id == rehearsal_id, Rehearsal.is_readable(actor))
    rehearsal = Rehearsal.get_for(actor, rehearsal_id)
    evaluation.attach_outcomes([rehearsal], now)
    return rehearsal


def _say_when_to_ask_again(rehearsal: Rehearsal) -> dict[str, str]:
    deadline = rehearsal.outcome.next_deadline
    if deadline is None:
        return {}
    seconds = math.ceil((deadline - request_clock.now()).total_seconds())
    return {"Retry-After": str(min(max(seconds, 1), MAX_RETRY_AFTER_S))}


@blp.route("/<id:rehearsal_id>", methods=["PATCH"])
@blp.response(200, RehearsalOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(RehearsalPatch)
def change_rehearsal(validated: Validated, rehearsal_id: int) -> Rehearsal:
    """Change what a rehearsal expects, until it is settled.

    Absent keys keep their values. `expectations`, if present, replaces the complete list.
    """
    actor, now = current_actor(), request_clock.now()
    settling.settle_due(now, Rehearsal.id == rehearsal_id, Rehearsal.is_readable(actor))
    rehearsal = require_match(Rehearsal.get_for(actor, rehearsal_id, locked=True))
    service.change_expectations(actor, rehearsal, validated)
    evaluation.attach_outcomes([rehearsal], now)  # nothing is read after the commit
    db.session.commit()
    return rehearsal


@blp.route("/<id:rehearsal_id>/junit", methods=["GET"])
@blp.response(200, TEXT, content_type="text/xml")
@signed_in
@documents_errors(404)
def get_junit(rehearsal_id: int) -> Response:
    """Return a rehearsal as JUnit XML: a test case for each expectation.

    What cannot be judged is an error, what is not decided yet is skipped.
    """
    return Response(render_junit(RehearsalOut().dump(load(rehearsal_id))), content_type=XML)


@blp.route("/<id:rehearsal_id>/report.md", methods=["GET"])
@blp.response(200, TEXT, content_type="text/markdown")
@signed_in
@documents_errors(404)
def get_report(rehearsal_id: int) -> Response:
    """Return a rehearsal as Markdown, for a ticket."""
    return Response(render_markdown(RehearsalOut().dump(load(rehearsal_id))), content_type=MARKDOWN)


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
