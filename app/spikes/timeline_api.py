"""The windows of many collections side by side."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from marshmallow import ValidationError, validates_schema
from sqlalchemy.orm import undefer

from app.core.timestamps import format_iso
from app.db.session import MAX_ID, db
from app.models import Collection, SpikeSchedule
from app.models.mixins import status_of
from app.models.spike import show_spikes
from app.spikes.api import named
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

BACK, AHEAD = timedelta(days=1), timedelta(days=7)
LONGEST = timedelta(days=400)
SORTABLE = {"id": Collection.id, "name": Collection.name}
_FILTERS = {"collection_id": QueryInteger(1, MAX_ID)}
_BOUNDS = {
    "from": Timestamp(
        metadata={"description": "Default: 8 days before `to`, or a day ago if that is missing too."}
    ),
    "to": Timestamp(metadata={"description": "Default: 8 days after `from`. At most 400 days after it."}),
}


class TimelineQuery(list_query_schema("Timeline", ("name",), "name", **_FILTERS, **_BOUNDS)):  # type: ignore[misc]
    """What part of the timeline to show."""

    @validates_schema
    def _is_a_span(self, values: dict[str, Any], **_options: Any) -> None:
        start, end = span_of(values)
        if end <= start:
            raise ValidationError(
                f"must be after from ({format_iso(end)} is not after {format_iso(start)})", "to"
            )
        if end - start > LONGEST:
            raise ValidationError(f"must be at most {LONGEST.days} days after from", "to")


def span_of(args: dict[str, Any]) -> tuple[datetime, datetime]:
    """The part that is asked for: the day before now and the week after it, where nothing else is said."""
    start, end = args.get("from"), args.get("to")
    if start is None:
        start = end - BACK - AHEAD if end else request_clock.now() - BACK
    return start, end or start + BACK + AHEAD


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
        with_spike = sa.select(SpikeSchedule.collection_id).where(named(args["search"]))
        if not actor.is_admin:
            with_spike = with_spike.where(
                SpikeSchedule.collection_id.in_(query.with_only_columns(Collection.id))
            )
        query = query.where(contains(Collection.name, args["search"]) | Collection.id.in_(with_spike))
    page = paginate(query, args, sortable=SORTABLE, options=[undefer(Collection.last_polled_at)])
    show_spikes(page["items"], request_clock.now())
    spikes = _spikes([collection.id for collection in page["items"]], *span_of(args))
    return page | {"items": [_item(collection, spikes[collection.id]) for collection in page["items"]]}


class Shown(NamedTuple):
    """What is shown of a schedule: there may be thousands, and as a model each would take long."""

    id: int
    name: str
    start_datetime: datetime
    end_datetime: datetime

    def status(self, now: datetime) -> str:
        """As the model's."""
        return status_of(self.start_datetime, self.end_datetime, now)


def _spikes(collection_ids: list[int], start: datetime, end: datetime) -> defaultdict[int, list[Shown]]:
    """The schedules that touch `[start, end)`, by collection, in one query."""
    columns = [getattr(SpikeSchedule, name) for name in Shown._fields]
    query = (
        sa.select(SpikeSchedule.collection_id, *columns)
        .where(SpikeSchedule.collection_id.in_(collection_ids), SpikeSchedule.overlaps(start, end))
        .order_by(SpikeSchedule.start_datetime, SpikeSchedule.id)
    )
    found: defaultdict[int, list[Shown]] = defaultdict(list)
    for collection_id, *spike in db.session.execute(query):
        found[collection_id].append(Shown(*spike))
    return found


def _item(collection: Collection, spikes: list[Shown]) -> dict[str, Any]:
    return {
        "id": collection.id,
        "name": collection.name,
        "last_polled_at": collection.last_polled_at,
        "spike": collection.spike,
        "spikes": spikes,
    }
