"""API keys: one's own, and for Admins a view of everybody's."""

from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify, url_for
from sqlalchemy.orm import joinedload, selectinload

from app.auth.api_keys import service as keys_service
from app.auth.api_keys.schemas import KeyCreatedOut, KeyIn, KeyOut, KeyPatch
from app.db.session import MAX_ID, db
from app.models import ApiKey, ApiKeyCollection
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import QueryInteger, filter_equal, list_query_schema, page_schema, paginate
from app.web.preconditions import compute_etag, require_match, with_etag, with_if_match

blp = Blueprint("api-keys", __name__, url_prefix="/api/api-keys", description="API keys for monitoring tools")

SORTABLE = {
    "id": ApiKey.id,
    "label": ApiKey.label,
    "created_at": ApiKey.created_at,
    "expires_at": ApiKey.expires_at,
    "last_used_at": ApiKey.last_used_at,
}
KeysQuery = list_query_schema("ApiKeys", tuple(SORTABLE), "-created_at", user_id=QueryInteger(1, MAX_ID))


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(KeyOut))
@signed_in
@blp.arguments(KeysQuery, location="query")
def list_keys(args: dict[str, Any]) -> dict[str, Any]:
    """List your API keys. Admins see the keys of all users."""
    query = sa.select(ApiKey).where(current_actor().readable(ApiKey.user_id))
    query = filter_equal(query, args, ApiKey.user_id)
    options = [joinedload(ApiKey.user), selectinload(ApiKey.limits).joinedload(ApiKeyCollection.collection)]
    searched = [ApiKey.label, ApiKey.prefix]
    return paginate(query, args, sortable=SORTABLE, searched=searched, options=options)


@blp.route("", methods=["POST"])
@blp.response(201, KeyCreatedOut)
@signed_in
@with_etag
@blp.arguments(KeyIn)
def create_key(values: dict[str, Any]) -> Response:
    """Create an API key. Only this response contains the key: the server stores a hash of it."""
    key, text = keys_service.create_key(current_actor(), values, request_clock.now())
    db.session.commit()
    answer = jsonify(KeyOut().dump(key) | {"key": text})
    answer.status_code = 201
    answer.headers["ETag"] = compute_etag(key)
    answer.headers["Location"] = url_for("api-keys.get_key", key_id=key.id)
    return answer


@blp.route("/<id:key_id>", methods=["GET"])
@blp.response(200, KeyOut)
@signed_in
@documents_errors(404)
@with_etag
def get_key(key_id: int) -> ApiKey:
    """Return an API key's properties, without the key itself."""
    return ApiKey.get_for(current_actor(), key_id)


@blp.route("/<id:key_id>", methods=["PATCH"])
@blp.response(200, KeyOut)
@signed_in
@documents_errors(403, 404)
@with_if_match
@blp.arguments(KeyPatch)
def change_key(changes: dict[str, Any], key_id: int) -> ApiKey:
    """Change the label, the expiry or the allowed collections of your own key."""
    key = require_match(keys_service.get_own_key(current_actor(), key_id))
    keys_service.change_key(current_actor(), key, changes, request_clock.now())
    db.session.commit()
    return key


@blp.route("/<id:key_id>/revoke", methods=["POST"])
@blp.response(200, KeyOut)
@signed_in
@documents_errors(404)
@with_if_match
def revoke_key(key_id: int) -> ApiKey:
    """Revoke a key immediately and permanently. It stays in the list."""
    key = require_match(ApiKey.get_for(current_actor(), key_id, locked=True))
    keys_service.revoke_key(key, request_clock.now())
    db.session.commit()
    return key


@blp.route("/<id:key_id>", methods=["DELETE"])
@blp.response(204)
@signed_in
@documents_errors(404)
@with_if_match
def delete_key(key_id: int) -> None:
    """Delete a key. It stops working immediately."""
    keys_service.delete_key(require_match(ApiKey.get_for(current_actor(), key_id, locked=True)))
    db.session.commit()
