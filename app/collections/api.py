"""The API of collections."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import joinedload, undefer, undefer_group

from app.collections import service
from app.collections.schemas import (
    BulkDeleteIn,
    CollectionDetailOut,
    CollectionIn,
    CollectionItemOut,
    CollectionPatch,
    CopyIn,
)
from app.db.session import MAX_ID, db
from app.models import Collection, User
from app.models.spike_queries import attach_current_spike
from app.web import request_clock
from app.web.access import current_actor, editor, signed_in
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import QueryInteger, filter_equal, list_query_schema, page_schema, paginate
from app.web.preconditions import require_match, with_etag, with_if_match

blp = Blueprint(
    "collections", __name__, url_prefix="/api/collections", description="Collections: simulated devices"
)

SORTABLE = {
    "id": Collection.id,
    "name": Collection.name,
    "owner": User.username_folded,
    "created_at": Collection.created_at,
    "updated_at": Collection.updated_at,
    "last_polled_at": Collection.last_polled_at,
}
CollectionsQuery = list_query_schema("Collections", tuple(SORTABLE), "name", owner_id=QueryInteger(1, MAX_ID))


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(CollectionItemOut))
@signed_in
@blp.arguments(CollectionsQuery, location="query")
def list_collections(args: dict[str, Any]) -> dict[str, Any]:
    """List your collections. Admins see the collections of all users."""
    query = sa.select(Collection).where(current_actor().readable(Collection.owner_id))
    query = filter_equal(query, args, Collection.owner_id)
    options = [joinedload(Collection.owner), undefer(Collection.field_count), undefer_group("last poll")]
    page = paginate(
        query,
        args,
        sortable=SORTABLE,
        searched=[Collection.name],
        joins={"owner": Collection.owner},
        options=options,
    )
    attach_current_spike(page["items"], request_clock.now())
    return page


@blp.route("", methods=["POST"])
@blp.response(201, CollectionDetailOut)
@editor
@documents_errors(409)
@with_etag
@blp.arguments(CollectionIn)
def create_collection(values: dict[str, Any]) -> tuple[Collection, dict[str, str]]:
    """Create a collection."""
    collection = service.create_collection(current_actor(), values)
    db.session.commit()
    return collection, build_location(collection)


def build_location(collection: Collection) -> dict[str, str]:
    """Return the Location header for a new collection."""
    return {"Location": url_for("collections.get_collection", collection_id=collection.id)}


@blp.route("/<id:collection_id>", methods=["GET"])
@blp.response(200, CollectionDetailOut)
@signed_in
@documents_errors(404)
@with_etag
def get_collection(collection_id: int) -> Collection:
    """Return a collection with its fields."""
    collection = Collection.get_for(current_actor(), collection_id)
    attach_current_spike([collection], request_clock.now())
    return collection


@blp.route("/<id:collection_id>", methods=["PATCH"])
@blp.response(200, CollectionDetailOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(CollectionPatch)
def change_collection(changes: dict[str, Any], collection_id: int) -> Collection:
    """Rename a collection. Admins can also change its owner."""
    collection = require_match(Collection.get_for(current_actor(), collection_id, locked=True))
    service.change_collection(current_actor(), collection, changes)
    attach_current_spike([collection], request_clock.now())
    db.session.commit()
    return collection


@blp.route("/<id:collection_id>", methods=["DELETE"])
@blp.response(204)
@editor
@documents_errors(404)
@with_if_match
def delete_collection(collection_id: int) -> None:
    """Delete a collection with its fields and spike schedules."""
    service.delete_collection(require_match(Collection.get_for(current_actor(), collection_id, locked=True)))
    db.session.commit()


@blp.route("/<id:collection_id>/copy", methods=["POST"])
@blp.response(201, CollectionDetailOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(CopyIn)
def copy_collection(values: dict[str, Any], collection_id: int) -> tuple[Collection, dict[str, str]]:
    """Copy a collection's fields into a new collection of yours, without counter values, spikes or keys."""
    original = require_match(Collection.get_for(current_actor(), collection_id, locked=True))
    collection = service.copy_collection(current_actor(), original, values["name"])
    db.session.commit()
    return collection, build_location(collection)


@blp.route("/bulk-delete", methods=["POST"])
@blp.response(204)
@editor
@documents_errors(404)
@blp.arguments(BulkDeleteIn)
def bulk_delete(values: dict[str, Any]) -> None:
    """Delete several collections. If one does not exist, delete none."""
    service.delete_collections(current_actor(), values["collection_ids"])
    db.session.commit()
