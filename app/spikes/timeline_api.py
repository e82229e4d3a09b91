"""API: the timeline, which shows the windows of many collections."""

from collections import defaultdict
from collections.abc import Iterable
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
from app.spikes.api import BY_STATUS, name_contains
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.fields import ListOf, Nested, Timestamp
from app.web.number_fields import Id, Integer
from app.web.offset_pages import Segment, SortKey
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
_FOUND = "With `search`, only those that match. Null if there are none."
_BOUNDS = {
    "from": Timestamp(
        metadata={"description": "Default: 8 days before `to`, or a day ago if that is missing too."}
    ),
    "to": Timestamp(metadata={"description": "Default: 8 days after `from`. At most 400 days after it."}),
}


SORTS = ("name", BY_STATUS)


class TimelineQuery(list_query_schema("Timeline", SORTS, "name", **_FILTERS, **_BOUNDS)):  # type: ignore[misc]
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


class OutsideOut(Schema):
    """How many schedules lie outside of the range on one side, and when the nearest of them starts."""

    count = Integer()
    start_datetime = Timestamp()


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
    earlier = Nested(
        OutsideOut, allow_none=True, metadata={"description": f"Those that end before `from`. {_FOUND}"}
    )
    later = Nested(
        OutsideOut, allow_none=True, metadata={"description": f"Those that start after `to`. {_FOUND}"}
    )


@blp.route("/timeline", methods=["GET"])
@blp.response(200, page_schema(TimelineItemOut))
@signed_in
@blp.arguments(TimelineQuery, location="query")
def timeline(args: dict[str, Any]) -> dict[str, Any]:
    """List your collections with their spike windows between two times. Admins see all collections.

    `search` matches the names of collections, of their spikes, and of the fields that these override.
    `standing` sorts collections with an active spike first, then those with a scheduled one by its start,
    then the others by name.
    """
    actor, now = current_actor(), request_clock.now()
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
    sortable = SORTABLE | {BY_STATUS: _order_by_status(now)}
    page = paginate(query, args, sortable=sortable, options=[undefer(Collection.last_polled_at)])
    attach_current_spike(page["items"], now)
    ids = [collection.id for collection in page["items"]]
    spikes, outside = _load_spikes(ids, *get_span(args)), _count_outside(ids, args)
    return page | {
        "items": [
            _build_item(collection, spikes[collection.id], outside.get(collection.id, _NONE_OUTSIDE))
            for collection in page["items"]
        ]
    }


def _order_by_status(now: datetime) -> list[Segment]:
    """Return the sort order: by the start of the active or next schedule, and last those without one."""
    start = SpikeSchedule.start_datetime
    current = (
        sa.select(start)
        .where(SpikeSchedule.collection_id == Collection.id, SpikeSchedule.end_datetime > now)
        .order_by(start)
        .limit(1)  # an index has them in this order, so this reads less than min() does
        .correlate(Collection)
        .scalar_subquery()
    )
    return [Segment((SortKey(current), SortKey(Collection.name)))]


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


Outside = dict[str, Any] | None
_NONE_OUTSIDE: tuple[Outside, Outside] = (None, None)


def _count_outside(collection_ids: list[int], args: dict[str, Any]) -> dict[int, tuple[Outside, Outside]]:
    """Return what lies before and after the range, by collection id, with one query."""
    start, end = get_span(args)
    first, last = SpikeSchedule.start_datetime, SpikeSchedule.end_datetime
    is_earlier, is_later = last <= start, first >= end
    count = sa.func.count()
    columns = [
        count.filter(is_earlier),
        sa.func.max(first).filter(is_earlier),
        count.filter(is_later),
        sa.func.min(first).filter(is_later),
    ]
    query = (
        sa.select(SpikeSchedule.collection_id, *columns)
        .where(SpikeSchedule.collection_id.in_(collection_ids), is_earlier | is_later, first < last)
        .group_by(SpikeSchedule.collection_id)
    )
    if args["search"]:
        found = sa.select(Collection.id).where(
            Collection.id.in_(collection_ids), contains(Collection.name, args["search"])
        )
        query = query.where(name_contains(args["search"]) | SpikeSchedule.collection_id.in_(found))
    rows: Iterable[Any] = db.session.execute(query)
    return {
        collection_id: (_build_outside(earlier, latest), _build_outside(later, earliest))
        for collection_id, earlier, latest, later, earliest in rows
    }


def _build_outside(count: int, start: datetime | None) -> Outside:
    return {"count": count, "start_datetime": start} if count else None


def _build_item(
    collection: Collection, spikes: list[SpikeRow], outside: tuple[Outside, Outside]
) -> dict[str, Any]:
    earlier, later = outside
    return {
        "id": collection.id,
        "name": collection.name,
        "last_polled_at": collection.last_polled_at,
        "spike": collection.spike,
        "spikes": spikes,
        "earlier": earlier,
        "later": later,
    }
