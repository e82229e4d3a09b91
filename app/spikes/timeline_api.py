"""API: the timeline, which shows the windows of many collections."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from marshmallow import ValidationError, validates_schema
from sqlalchemy.orm import undefer

from app.core.timestamps import format_iso
from app.db.session import MAX_ID, db
from app.models import Collection, SpikeSchedule
from app.models.mixins import get_status
from app.models.spike_queries import attach_current_spike
from app.spikes.api import name_contains
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.fields import ListOf, Nested, Timestamp
from app.web.number_fields import Id
from app.web.openapi import Blueprint
from app.web.pagination import QueryInteger, contains, list_query_schema, page_schema, paginate
from app.web.schema import Schema
from app.web.spike_summary import SpikeBriefOut
from app.web.text_fields import Text

blp = Blueprint("timeline", __name__, url_prefix="/api", description="Spike windows of many collections")

DEFAULT_PAST, DEFAULT_FUTURE = timedelta(days=1), timedelta(days=7)
MAX_SPAN = timedelta(days=400)
SORTABLE = {"id": Collection.id, "name": Collection.name}
_FILTERS = {"collection_id": QueryInteger(1, MAX_ID)}
_BOUNDS = {
    "from": Timestamp(
        metadata={"description": "Default: 8 days before `to`, or a day ago if that is missing too."}
    ),
    "to": Timestamp(metadata={"description": "Default: 8 days after `from`. At most 400 days after it."}),
}


class TimelineQuery(list_query_schema("Timeline", ("name",), "name", **_FILTERS, **_BOUNDS)):  # type: ignore[misc]
    """The part of the timeline to show."""

    @validates_schema
    def _check_span(self, values: dict[str, Any], **_options: Any) -> None:
        start, end = get_span(values)
        if end <= start:
            raise ValidationError(
                f"must be after from ({format_iso(end)} is not after {format_iso(start)})", "to"
            )
        if end - start > MAX_SPAN:
            raise ValidationError(f"must be at most {MAX_SPAN.days} days after from", "to")


def get_span(args: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return the requested start and end; by default one day before now to seven days after it."""
    start, end = args.get("from"), args.get("to")
    if start is None:
        start = end - DEFAULT_PAST - DEFAULT_FUTURE if end else request_clock.now() - DEFAULT_PAST
    return start, end or start + DEFAULT_PAST + DEFAULT_FUTURE


class TimelineItemOut(Schema):
    """A collection with its schedules that touch the time between `from` and `to`, earliest first."""

    id = Id()
    name = Text()
    last_polled_at = Timestamp(allow_none=True)
    spike = Nested(
        SpikeBriefOut,
        allow_none=True,
        metadata={
            "description": "The active schedule, otherwise the next one, whatever `from` and `to` are."
        },
    )
    spikes = ListOf(Nested(SpikeBriefOut))


@blp.route("/timeline", methods=["GET"])
@blp.response(200, page_schema(TimelineItemOut))
@signed_in
@blp.arguments(TimelineQuery, location="query")
def timeline(args: dict[str, Any]) -> dict[str, Any]:
    """List your collections with their spike windows between two times. Admins see all collections.

    `search` matches the names of collections, of their spikes, and of the fields that these override.
    """
    actor = current_actor()
    query = sa.select(Collection).where(actor.readable(Collection.owner_id))
    if "collection_id" in args:
        query = query.where(Collection.id == args["collection_id"])
    if args["search"]:
        with_spike = sa.select(SpikeSchedule.collection_id).where(name_contains(args["search"]))
        if not actor.is_admin:
            with_spike = with_spike.where(
                SpikeSchedule.collection_id.in_(query.with_only_columns(Collection.id))
            )
        query = query.where(contains(Collection.name, args["search"]) | Collection.id.in_(with_spike))
    page = paginate(query, args, sortable=SORTABLE, options=[undefer(Collection.last_polled_at)])
    attach_current_spike(page["items"], request_clock.now())
    spikes = _load_spikes([collection.id for collection in page["items"]], *get_span(args))
    return page | {"items": [_build_item(collection, spikes[collection.id]) for collection in page["items"]]}


class SpikeRow(NamedTuple):
    """The columns of a schedule that the timeline shows. Models would be too slow for thousands of them."""

    id: int
    name: str
    start_datetime: datetime
    end_datetime: datetime

    def status(self, now: datetime) -> str:
        """Return the status, as `SpikeSchedule.status` does."""
        return get_status(self.start_datetime, self.end_datetime, now)


def _load_spikes(
    collection_ids: list[int], start: datetime, end: datetime
) -> defaultdict[int, list[SpikeRow]]:
    """Return the schedules that overlap `[start, end)`, by collection id, with one query."""
    columns = [getattr(SpikeSchedule, name) for name in SpikeRow._fields]
    query = (
        sa.select(SpikeSchedule.collection_id, *columns)
        .where(SpikeSchedule.collection_id.in_(collection_ids), SpikeSchedule.overlaps(start, end))
        .order_by(SpikeSchedule.start_datetime, SpikeSchedule.id)
    )
    by_collection: defaultdict[int, list[SpikeRow]] = defaultdict(list)
    for collection_id, *spike in db.session.execute(query):
        by_collection[collection_id].append(SpikeRow(*spike))
    return by_collection


def _build_item(collection: Collection, spikes: list[SpikeRow]) -> dict[str, Any]:
    return {
        "id": collection.id,
        "name": collection.name,
        "last_polled_at": collection.last_polled_at,
        "spike": collection.spike,
        "spikes": spikes,
    }
