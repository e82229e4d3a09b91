"""Who polled what, and when last."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import LARGEST_ID
from app.models import ApiKey, Collection, Poll
from app.values import CollectionType
from app.web.access import current_actor, signed_in
from app.web.fields import Choice, Id, Instant, Text
from app.web.openapi import Blueprint
from app.web.paging import QueryWhole, contains, page_args, page_of, paginate
from app.web.schema import Schema

blp = Blueprint("polls", __name__, url_prefix="/api/polls", description="Who polled what, and when last")

SORTABLE = {"polled_at": Poll.polled_at, "collection_name": Collection.name, "api_key_label": ApiKey.label}
SORT_JOINS = {"collection_name": Poll.collection, "api_key_label": Poll.api_key}
TIES = [Poll.collection_id, Poll.api_key_id, Poll.collection_type]
PollsQuery = page_args(
    "Polls",
    tuple(SORTABLE),
    "-polled_at",
    collection_id=QueryWhole(1, LARGEST_ID),
    api_key_id=QueryWhole(1, LARGEST_ID),
)


class PollOut(Schema):
    """The last poll of one type of a collection by one key."""

    collection_id = Id()
    collection_name = Text(attribute="collection.name")
    collection_type = Choice(CollectionType)
    api_key_id = Id()
    api_key_label = Text(attribute="api_key.label")
    polled_at = Instant(metadata={"description": "noted once a minute, and when what it gets changes"})
    spike_schedule_id = Id(
        allow_none=True,
        metadata={
            "description": "the schedule whose values it got, which may be deleted by now; null: normal ones"
        },
    )


@blp.route("", methods=["GET"])
@blp.response(200, page_of(PollOut))
@signed_in
@blp.arguments(PollsQuery, location="query")
def list_polls(args: dict[str, Any]) -> dict[str, Any]:
    """List the last polls of your collections, by key and type; as an Admin of all."""
    actor, query, joins = current_actor(), sa.select(Poll), dict(SORT_JOINS)
    if not actor.is_admin:
        query = query.join(joins.pop("collection_name")).where(actor.readable(Collection.owner_id))
    for column in (Poll.collection_id, Poll.api_key_id):
        if column.key in args:
            query = query.where(column == args[column.key])
    if args["search"]:
        query = query.where(named(args["search"]))
    shown = [joinedload(Poll.collection), joinedload(Poll.api_key)]
    return paginate(query, args, sortable=SORTABLE, ties=TIES, joins=joins, options=shown)


def named(text: str) -> sa.ColumnElement[bool]:
    """The polls of a collection, or by a key, whose name holds `text`: each name is looked at but once."""
    collections = sa.select(Collection.id).where(contains(Collection.name, text))
    keys = sa.select(ApiKey.id).where(contains(ApiKey.label, text))
    return Poll.collection_id.in_(collections) | Poll.api_key_id.in_(keys)
