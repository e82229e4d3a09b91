"""What an API key may poll, for clients that find their targets by themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import current_app, g, request

from app.core import clock
from app.core.errors import Unauthenticated
from app.db.session import db
from app.generation import key_headers, refusals
from app.generation.api import offer_basic
from app.generation.authorization import KeyHolder, get_key_hash
from app.models import ApiKey, ApiKeyCollection, Collection, Field
from app.values import CollectionType
from app.web.access import with_api_key
from app.web.fields import Choice
from app.web.number_fields import Id
from app.web.openapi import Blueprint
from app.web.pagination import contains, list_query_schema, page_schema
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "pollable", __name__, url_prefix="/api/data", description="Collections that an API key may poll"
)
blp.after_request(offer_basic)

PollableQuery = list_query_schema("Pollable", ("name", "id"), "name")


class PollableOut(Schema):
    """One type of a collection that the key may poll, and that has fields."""

    collection_id = Id(required=True)
    collection = Text(required=True, metadata={"description": "Name of the collection."})
    type = Choice(CollectionType, required=True)
    path = Text(required=True, metadata={"description": "Path to poll it by name."})
    path_by_id = Text(
        required=True, metadata={"description": "Path to poll it by id. Renaming does not change it."}
    )


def _with_key_holder(view: Callable[..., Any]) -> Callable[..., Any]:
    """Check the key of the request before its query is looked at."""

    @wraps(view)
    def answer(**path: Any) -> Any:
        try:
            key_hash = get_key_hash(key_headers.find_key(request.environ))
            g.holder = current_app.extensions["polls"].find_key(key_hash, clock.now)
        except Unauthenticated as error:
            refusals.record_refusal(error)
            raise
        return view(**path)

    return answer


@blp.route("", methods=["GET"], strict_slashes=False)
@blp.response(200, page_schema(PollableOut))
@with_api_key
@_with_key_holder
@blp.arguments(PollableQuery, location="query")
def list_pollable(args: dict[str, Any]) -> dict[str, Any]:
    """List what this API key may poll: each collection and type that has fields, with its paths."""
    found = sa.union_all(*(_pollable(g.holder, each, args["search"]) for each in CollectionType)).subquery()
    column = {"name": found.c.name, "id": found.c.id}[args["sort"].removeprefix("-")]
    order = column.desc() if args["sort"].startswith("-") else column.asc()
    start, size = (args["page"] - 1) * args["per_page"], args["per_page"]
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found))
    query = sa.select(found).order_by(order, found.c.id, found.c.place).offset(start).limit(size)
    items = [_shown(*row) for row in db.session.execute(query)]
    return {"items": items, "total": total, "page": args["page"], "per_page": size}


def _pollable(holder: KeyHolder, collection_type: CollectionType, search: str) -> sa.Select[int, str, int]:
    """Return the query for the collections of which the key may poll this type, and that have fields of it.

    `fastpath.grants` has the same rule for one collection.
    """
    key_id, actor = holder
    is_limited = sa.select(ApiKey.is_limited).where(ApiKey.id == key_id).scalar_subquery()
    listed = sa.exists().where(
        ApiKeyCollection.api_key_id == key_id,
        ApiKeyCollection.collection_id == Collection.id,
        sa.or_(
            ApiKeyCollection.collection_type.is_(None), ApiKeyCollection.collection_type == collection_type
        ),
    )
    has_fields = sa.exists().where(
        Field.collection_id == Collection.id, Field.collection_type == collection_type
    )
    place = list(CollectionType).index(collection_type)
    query = sa.select(Collection.id, Collection.name, sa.literal(place).label("place")).where(
        actor.readable(Collection.owner_id), has_fields, sa.or_(sa.not_(is_limited), listed)
    )
    return query.where(contains(Collection.name, search) if search else sa.true())


def _shown(collection_id: int, name: str, place: int) -> dict[str, Any]:
    collection_type = list(CollectionType)[place]
    root, word = f"{request.script_root}/api", collection_type.lower()
    by_id = f"{root}/collections/{collection_id}/data/{word}"
    # Clients of HTTP take these two names for steps in a path.
    path = by_id if name in {".", ".."} else f"{root}/data/{quote(name, safe='')}/{word}"
    return {
        "collection_id": collection_id,
        "collection": name,
        "type": collection_type,
        "path": path,
        "path_by_id": by_id,
    }
