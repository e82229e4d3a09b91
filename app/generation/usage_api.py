"""Who polled what, and when last."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db.session import MAX_ID
from app.models import ApiKey, Collection, Poll
from app.values import CollectionType
from app.web.access import current_actor, signed_in
from app.web.fields import Choice, Timestamp
from app.web.number_fields import Id
from app.web.openapi import Blueprint
from app.web.pagination import QueryInteger, contains, list_query_schema, page_schema, paginate
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "polls", __name__, url_prefix="/api/polls", description="The last polls, by key and collection"
)

SORTABLE = {"polled_at": Poll.polled_at, "collection_name": Collection.name, "api_key_label": ApiKey.label}
SORT_JOINS = {"collection_name": Poll.collection, "api_key_label": Poll.api_key}
TIES = [Poll.collection_id, Poll.api_key_id, Poll.collection_type]
PollsQuery = list_query_schema(
    "Polls",
    tuple(SORTABLE),
    "-polled_at",
    collection_id=QueryInteger(1, MAX_ID),
    api_key_id=QueryInteger(1, MAX_ID),
)


class KeyId(Id):
    """The id of a poll's key. Null for a key of another user, except for Admins."""

    def _serialize(self, value: Any, *args: Any, **_options: Any) -> Any:
        return _if_readable(value, args[1])


class KeyLabel(Text):
    """The label of a poll's key. Null for a key of another user, except for Admins."""

    def _serialize(self, value: Any, *args: Any, **_options: Any) -> Any:
        return _if_readable(value, args[1])


def _if_readable(value: Any, poll: Poll) -> Any:
    return value if current_actor().may_read(poll.api_key.user_id) else None


_OF_KEY = {"description": "Null if the key belongs to another user."}


class PollOut(Schema):
    """The last poll of one type of a collection by one key."""

    collection_id = Id()
    collection_name = Text(attribute="collection.name")
    collection_type = Choice(CollectionType)
    api_key_id = KeyId(allow_none=True, metadata=_OF_KEY)
    api_key_label = KeyLabel(attribute="api_key.label", allow_none=True, metadata=_OF_KEY)
    polled_at = Timestamp(
        metadata={
            "description": "Updated at most once a minute, and whenever a spike starts or stops being served."
        }
    )
    spike_schedule_id = Id(
        allow_none=True,
        metadata={
            "description": "The schedule that the values came from. It may be deleted by now. Null: no spike."
        },
    )


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(PollOut))
@signed_in
@blp.arguments(PollsQuery, location="query")
def list_polls(args: dict[str, Any]) -> dict[str, Any]:
    """List the last polls of your collections by key and type. Admins see all polls."""
    actor, query, joins = current_actor(), sa.select(Poll), dict(SORT_JOINS)
    own_keys = sa.select(ApiKey.id).where(actor.readable(ApiKey.user_id))
    # Keys of others have no label here, so nothing is found, sorted or filtered by it either.
    label = (
        ApiKey.label if actor.is_admin else sa.case((actor.readable(ApiKey.user_id), ApiKey.label), else_="")
    )
    if not actor.is_admin:
        query = query.join(joins.pop("collection_name")).where(actor.readable(Collection.owner_id))
    for column in (Poll.collection_id, Poll.api_key_id):
        if column.key in args:
            query = query.where(column == args[column.key])
    if "api_key_id" in args and not actor.is_admin:
        query = query.where(Poll.api_key_id.in_(own_keys))
    if args["search"]:
        query = query.where(named(args["search"], own_keys))
    shown = [joinedload(Poll.collection), joinedload(Poll.api_key)]
    sortable = SORTABLE | {"api_key_label": label}
    return paginate(query, args, sortable=sortable, ties=TIES, joins=joins, options=shown)


def named(text: str, keys: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """The polls of a collection, or by one of `keys`, whose name holds `text`."""
    collections = sa.select(Collection.id).where(contains(Collection.name, text))
    called_so = keys.where(contains(ApiKey.label, text))
    return Poll.collection_id.in_(collections) | Poll.api_key_id.in_(called_so)
