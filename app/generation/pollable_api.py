"""What an API key may poll, for clients that find their targets by themselves."""

from typing import Any

import sqlalchemy as sa
from flask import g, request

from app.db.session import db
from app.generation.api import offer_basic, with_key_holder
from app.generation.pollable import build_path_by_id, build_path_by_name, select_pollable
from app.models import Collection
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


@blp.route("", methods=["GET"], strict_slashes=False)
@blp.response(200, page_schema(PollableOut))
@with_api_key
@with_key_holder
@blp.arguments(PollableQuery, location="query")
def list_pollable(args: dict[str, Any]) -> dict[str, Any]:
    """List what this API key may poll: each collection and type that has fields, with its paths."""
    found = sa.union_all(*(_search(each, args["search"]) for each in CollectionType)).subquery()
    column = {"name": found.c.name, "id": found.c.id}[args["sort"].removeprefix("-")]
    order = column.desc() if args["sort"].startswith("-") else column.asc()
    start, size = (args["page"] - 1) * args["per_page"], args["per_page"]
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found))
    query = sa.select(found).order_by(order, found.c.id, found.c.place).offset(start).limit(size)
    items = [_to_item(*row) for row in db.session.execute(query)]
    return {"items": items, "total": total, "page": args["page"], "per_page": size}


def _search(collection_type: CollectionType, search: str) -> sa.Select[int, str, int]:
    query = select_pollable(g.holder, collection_type)
    return query.where(contains(Collection.name, search)) if search else query


def _to_item(collection_id: int, name: str, place: int) -> dict[str, Any]:
    root, collection_type = request.script_root, list(CollectionType)[place]
    return {
        "collection_id": collection_id,
        "collection": name,
        "type": collection_type,
        "path": build_path_by_name(root, collection_id, name, collection_type),
        "path_by_id": build_path_by_id(root, collection_id, collection_type),
    }
