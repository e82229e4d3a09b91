"""API: spike schedules."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.db.session import MAX_ID, db
from app.domain.validation import Validated
from app.models import Collection, SpikeSchedule
from app.models.spike_field import OVERRIDDEN
from app.spikes import service
from app.spikes.schemas import (
    CountsOut,
    ExtendIn,
    SpikeIn,
    SpikeOut,
    SpikePatch,
    StatusFilter,
)
from app.web import request_clock
from app.web.access import current_actor, editor, signed_in
from app.web.offset_pages import ALL_ROWS, Segment, SortKey, count_segments
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import QueryInteger, contains, list_query_schema, page_schema, paginate, search_field
from app.web.preconditions import require_match, with_etag, with_if_match
from app.web.schema import Schema

blp = Blueprint("spikes", __name__, url_prefix="/api", description="Spike schedules")

SORTABLE = {
    "id": SpikeSchedule.id,
    "name": SpikeSchedule.name,
    "collection_name": Collection.name,
    "start_datetime": SpikeSchedule.start_datetime,
    "end_datetime": SpikeSchedule.end_datetime,
    "created_at": SpikeSchedule.created_at,
}
BY_STATUS = "standing"
"""The sort order `standing`: active and scheduled spikes, earliest first; then expired ones, latest first."""
FILTERS = {"status": StatusFilter()}
OfCollectionQuery = list_query_schema("CollectionSpikes", (*SORTABLE, BY_STATUS), "start_datetime", **FILTERS)
SpikesQuery = list_query_schema(
    "Spikes", (*SORTABLE, BY_STATUS), "start_datetime", collection_id=QueryInteger(1, MAX_ID), **FILTERS
)
SpikePage = page_schema(SpikeOut)
CountsQuery = Schema.from_dict(
    {"collection_id": QueryInteger(1, MAX_ID), "search": search_field()}, name="SpikeCountsQuery"
)
_IN_LISTS = "In lists, `spike_fields` contains only the overridden copies."


Schedules = sa.Select[*tuple[Any, ...]]


def filter_spikes(query: Schedules, args: dict[str, Any], collection_id: int | None) -> Schedules:
    """Narrow the query to schedules that the actor may see and that match the search in `args`.

    The search looks at their names, their collections' names and the names of the fields that they override.
    """
    actor = current_actor()
    query = SpikeSchedule.readable(query, actor)
    if collection_id is not None:
        query = query.where(SpikeSchedule.collection_id == collection_id)
    if args["search"]:
        own = sa.select(Collection.id).where(actor.readable(Collection.owner_id))
        of_collection = own.where(contains(Collection.name, args["search"]))
        query = query.where(name_contains(args["search"]) | SpikeSchedule.collection_id.in_(of_collection))
    return query


def name_contains(text: str) -> sa.ColumnElement[bool]:
    """Match schedules whose name, or the name of a field that they override, contains `text`."""
    return contains(SpikeSchedule.searched, text, is_lowered=True)


def _order_by_status(now: datetime, status: str | None) -> list[Segment]:
    """Return the sort order: active and scheduled ones, earliest first; then expired ones, latest first."""
    by_start = (SortKey(SpikeSchedule.start_datetime),)
    by_end = (SortKey(SpikeSchedule.end_datetime, is_descending=True),)
    if status:
        # Repeated for searches without an index, so that reading the page can use one.
        return [Segment(by_end if status == "expired" else by_start, SpikeSchedule.has_status(status, now))]
    return [
        Segment(by_start, SpikeSchedule.end_datetime > now),
        Segment(by_end, SpikeSchedule.end_datetime <= now),
    ]


def get_page(args: dict[str, Any], collection_id: int | None) -> dict[str, Any]:
    """Return a page of schedules, with their overridden copies."""
    query, now, status = sa.select(SpikeSchedule), request_clock.now(), args.get("status")
    if status:  # before the search, which is slower
        query = query.where(SpikeSchedule.has_status(status, now, in_passing=bool(args["search"])))
    return paginate(
        filter_spikes(query, args, collection_id),
        args,
        sortable=SORTABLE | {BY_STATUS: _order_by_status(now, status)},
        joins={"collection_name": SpikeSchedule.collection},
        options=[
            joinedload(SpikeSchedule.collection),
            selectinload(SpikeSchedule.spike_fields.and_(OVERRIDDEN)),
            undefer(SpikeSchedule.rehearsal_id),
        ],
    )


@blp.route("/spike-schedules", methods=["GET"])
@blp.response(200, SpikePage, description=_IN_LISTS)
@signed_in
@blp.arguments(SpikesQuery, location="query")
def list_spikes(args: dict[str, Any]) -> dict[str, Any]:
    """List the spike schedules of your collections. Admins see all schedules."""
    return get_page(args, args.get("collection_id"))


@blp.route("/spike-schedules/counts", methods=["GET"])
@blp.response(200, CountsOut)
@signed_in
@blp.arguments(CountsQuery, location="query")
def count_spikes(args: dict[str, Any]) -> dict[str, int]:
    """Count the spike schedules of your collections by status. Admins count all schedules."""
    now = request_clock.now()
    query = filter_spikes(sa.select(SpikeSchedule), args, args.get("collection_id"))
    statuses = ("active", "expired")
    parts = [SpikeSchedule.has_status(status, now, in_passing=bool(args["search"])) for status in statuses]
    total, active, expired = count_segments(query, [ALL_ROWS, *parts])
    return {"all": total, "active": active, "scheduled": total - active - expired, "expired": expired}


@blp.route("/collections/<id:collection_id>/spike-schedules", methods=["GET"])
@blp.response(200, SpikePage, description=_IN_LISTS)
@signed_in
@documents_errors(404)
@blp.arguments(OfCollectionQuery, location="query")
def list_spikes_of_collection(args: dict[str, Any], collection_id: int) -> dict[str, Any]:
    """List the spike schedules of one collection."""
    return get_page(args, Collection.get_for(current_actor(), collection_id).id)


@blp.route("/spike-schedules", methods=["POST"])
@blp.response(201, SpikeOut)
@editor
@documents_errors(404, 409)
@with_etag
@blp.arguments(SpikeIn)
def create_spike(validated: Validated) -> tuple[SpikeSchedule, dict[str, str]]:
    """Schedule a spike.

    The schedule copies all fields of the collection. `spike_fields` lists the overrides of its numeric
    Performance fields. If the window overlaps another window of the collection, the response is 409. It lists
    the other schedules in `conflicts`, and in `next_free_start` the next free window of the same length.
    """
    spike = service.schedule(current_actor(), validated, request_clock.now())
    db.session.commit()
    return spike, {"Location": url_for("spikes.get_spike", spike_id=spike.id)}


@blp.route("/spike-schedules/<id:spike_id>", methods=["GET"])
@blp.response(200, SpikeOut)
@signed_in
@documents_errors(404)
@with_etag
def get_spike(spike_id: int) -> SpikeSchedule:
    """Return a spike schedule with its copies of all fields."""
    return SpikeSchedule.get_for(current_actor(), spike_id)


@blp.route("/spike-schedules/<id:spike_id>", methods=["PATCH"])
@blp.response(200, SpikeOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(SpikePatch)
def change_spike(validated: Validated, spike_id: int) -> SpikeSchedule:
    """Change a spike schedule.

    Absent keys keep their values. `spike_fields`, if present, replaces the complete set of overrides.
    """
    spike = require_match(SpikeSchedule.get_for(current_actor(), spike_id, locked=True))
    service.reschedule(current_actor(), spike, validated, request_clock.now())
    db.session.commit()
    return spike


@blp.route("/spike-schedules/<id:spike_id>", methods=["DELETE"])
@blp.response(204)
@editor
@documents_errors(404)
@with_if_match
def delete_spike(spike_id: int) -> None:
    """Delete a spike schedule. The next poll serves normal values."""
    spike = require_match(SpikeSchedule.get_for(current_actor(), spike_id, locked=True))
    service.delete(spike, request_clock.now())
    db.session.commit()


@blp.route("/spike-schedules/<id:spike_id>/restore", methods=["POST"])
@blp.response(201, SpikeOut)
@editor
@documents_errors(404, 409)
@with_etag
def restore_spike(spike_id: int) -> tuple[SpikeSchedule, dict[str, str]]:
    """Restore a spike schedule that was deleted before the end of its window.

    It has the same id, window and overrides again, and its record continues. Counters continue from their
    present values; those whose start it overrides begin there again.
    """
    spike = service.restore(current_actor(), spike_id, request_clock.now())
    db.session.commit()
    return spike, {"Location": url_for("spikes.get_spike", spike_id=spike.id)}


@blp.route("/spike-schedules/<id:spike_id>/end", methods=["POST"])
@blp.response(200, SpikeOut)
@editor
@documents_errors(404, 409)
@with_if_match
def end_spike(spike_id: int) -> SpikeSchedule:
    """End an active spike now. The next poll serves normal values."""
    spike = require_match(SpikeSchedule.get_for(current_actor(), spike_id, locked=True))
    service.end(spike, request_clock.now())
    db.session.commit()
    return spike


@blp.route("/spike-schedules/<id:spike_id>/extend", methods=["POST"])
@blp.response(200, SpikeOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(ExtendIn)
def extend_spike(validated: Validated, spike_id: int) -> SpikeSchedule:
    """Extend a spike by a number of seconds."""
    spike = require_match(SpikeSchedule.get_for(current_actor(), spike_id, locked=True))
    service.extend(spike, validated, request_clock.now())
    db.session.commit()
    return spike
