"""Spike schedules over HTTP."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import contains_eager, selectinload

from app import clock
from app.database import LARGEST_ID, db
from app.models import Collection, SpikeSchedule, SpikeScheduleField
from app.spikes import service
from app.spikes.schemas import ExtendIn, SpikeIn, SpikeOut, SpikePatch, StatusFilter
from app.web.access import current_actor, editor, signed_in
from app.web.openapi import Blueprint, refuses
from app.web.paging import QueryWhole, page_args, page_of, paginate
from app.web.schema import Checked

blp = Blueprint("spikes", __name__, url_prefix="/api", description="Spike schedules")

SORTABLE = {
    "id": SpikeSchedule.id,
    "name": SpikeSchedule.name,
    "collection_name": Collection.name,
    "start_datetime": SpikeSchedule.start_datetime,
    "end_datetime": SpikeSchedule.end_datetime,
    "created_at": SpikeSchedule.created_at,
}
FILTERS = {"status": StatusFilter()}
OfCollectionQuery = page_args("CollectionSpikes", tuple(SORTABLE), "start_datetime", **FILTERS)
SpikesQuery = page_args(
    "Spikes", tuple(SORTABLE), "start_datetime", collection_id=QueryWhole(1, LARGEST_ID), **FILTERS
)
SpikePage = page_of(SpikeOut)
_IN_LISTS = "In lists `spike_fields` holds only the copies that are overridden."


def page_of_spikes(args: dict[str, Any], collection_id: int | None) -> dict[str, Any]:
    """The schedules that the actor may see, with the copies that are overridden."""
    overridden = SpikeSchedule.spike_fields.and_(SpikeScheduleField.overridden_settings != [])
    query = (
        sa.select(SpikeSchedule)
        .join(SpikeSchedule.collection)
        .where(current_actor().readable(Collection.owner_id))
        .options(contains_eager(SpikeSchedule.collection), selectinload(overridden))
    )
    if collection_id is not None:
        query = query.where(SpikeSchedule.collection_id == collection_id)
    if "status" in args:
        query = query.where(SpikeSchedule.has_status(args["status"], clock.now()))
    return paginate(query, args, sortable=SORTABLE, searched=[SpikeSchedule.name, Collection.name])


@blp.route("/spike-schedules", methods=["GET"])
@blp.response(200, SpikePage, description=_IN_LISTS)
@signed_in
@blp.arguments(SpikesQuery, location="query")
def list_spikes(args: dict[str, Any]) -> dict[str, Any]:
    """List the spike schedules of your collections; as an Admin of all."""
    return page_of_spikes(args, args.get("collection_id"))


@blp.route("/collections/<id:collection_id>/spike-schedules", methods=["GET"])
@blp.response(200, SpikePage, description=_IN_LISTS)
@signed_in
@refuses(404)
@blp.arguments(OfCollectionQuery, location="query")
def list_spikes_of_collection(args: dict[str, Any], collection_id: int) -> dict[str, Any]:
    """List the spike schedules of one collection."""
    return page_of_spikes(args, Collection.get_for(current_actor(), collection_id).id)


@blp.route("/spike-schedules", methods=["POST"])
@blp.response(201, SpikeOut)
@editor
@refuses(404, 409)
@blp.arguments(SpikeIn)
def create_spike(given: Checked) -> tuple[SpikeSchedule, dict[str, str]]:
    """Schedule a spike.

    All fields of the collection are copied; `spike_fields` says what is overridden of its numeric
    Performance fields. Where the window overlaps another one of the collection, the answer is 409 and
    names it in `conflicts`, with the `next_free_start` for a window of the same length.
    """
    spike = service.schedule(current_actor(), given, clock.now())
    db.session.commit()
    return spike, {"Location": url_for("spikes.get_spike", spike_id=spike.id)}


@blp.route("/spike-schedules/<id:spike_id>", methods=["GET"])
@blp.response(200, SpikeOut)
@signed_in
@refuses(404)
def get_spike(spike_id: int) -> SpikeSchedule:
    """See a spike schedule with its copies of all fields."""
    return SpikeSchedule.get_for(current_actor(), spike_id)


@blp.route("/spike-schedules/<id:spike_id>", methods=["PATCH"])
@blp.response(200, SpikeOut)
@editor
@refuses(404, 409)
@blp.arguments(SpikePatch)
def change_spike(given: Checked, spike_id: int) -> SpikeSchedule:
    """Change a spike schedule.

    What is absent stays; a given `spike_fields` replaces the whole set of overrides.
    """
    spike = SpikeSchedule.get_for(current_actor(), spike_id, locked=True)
    service.reschedule(spike, given, clock.now())
    db.session.commit()
    return spike


@blp.route("/spike-schedules/<id:spike_id>", methods=["DELETE"])
@blp.response(204)
@editor
@refuses(404)
def delete_spike(spike_id: int) -> None:
    """Delete a spike schedule; the next poll serves normal values."""
    db.session.delete(SpikeSchedule.get_for(current_actor(), spike_id, locked=True))
    db.session.commit()


@blp.route("/spike-schedules/<id:spike_id>/end", methods=["POST"])
@blp.response(200, SpikeOut)
@editor
@refuses(404, 409)
def end_spike(spike_id: int) -> SpikeSchedule:
    """End an active spike now; the next poll serves normal values."""
    spike = SpikeSchedule.get_for(current_actor(), spike_id, locked=True)
    service.end(spike, clock.now())
    db.session.commit()
    return spike


@blp.route("/spike-schedules/<id:spike_id>/extend", methods=["POST"])
@blp.response(200, SpikeOut)
@editor
@refuses(404, 409)
@blp.arguments(ExtendIn)
def extend_spike(given: Checked, spike_id: int) -> SpikeSchedule:
    """Add so many seconds to the present end of a spike."""
    spike = SpikeSchedule.get_for(current_actor(), spike_id, locked=True)
    service.extend(spike, given, clock.now())
    db.session.commit()
    return spike
