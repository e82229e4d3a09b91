"""The API of fields."""

from typing import Any

import sqlalchemy as sa
from flask import url_for

from app.collections import service
from app.collections.schemas import FieldIn, FieldOut, FieldPatch
from app.db.session import db
from app.domain.validation import Validated
from app.models import Collection, Field
from app.web import request_clock
from app.web.access import current_actor, editor, signed_in
from app.web.fields import CollectionTypeParam
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import filter_equal, list_query_schema, page_schema, paginate
from app.web.preconditions import require_match, with_etag, with_if_match

blp = Blueprint(
    "fields", __name__, url_prefix="/api", description="Fields and how their values are generated"
)

SORTABLE = {
    "id": Field.id,
    "field_name": Field.field_name,
    "value_type": Field.value_type,
    "created_at": Field.created_at,
}
FieldsQuery = list_query_schema("Fields", tuple(SORTABLE), "id", collection_type=CollectionTypeParam())


@blp.route("/collections/<id:collection_id>/fields", methods=["GET"])
@blp.response(200, page_schema(FieldOut))
@signed_in
@documents_errors(404)
@blp.arguments(FieldsQuery, location="query")
def list_fields(args: dict[str, Any], collection_id: int) -> dict[str, Any]:
    """List a collection's fields."""
    collection = Collection.get_for(current_actor(), collection_id)
    query = sa.select(Field).where(Field.collection_id == collection.id)
    query = filter_equal(query, args, Field.collection_type)
    return paginate(query, args, sortable=SORTABLE, searched=[Field.field_name])


@blp.route("/collections/<id:collection_id>/fields", methods=["POST"])
@blp.response(201, FieldOut)
@editor
@documents_errors(404, 409)
@with_etag
@blp.arguments(FieldIn)
def add_field(validated: Validated, collection_id: int) -> tuple[Field, dict[str, str]]:
    """Add a field. Spike schedules that have not ended get a copy of it."""
    collection = Collection.get_for(current_actor(), collection_id, locked=True)
    field = service.add_field(collection, validated, request_clock.now())
    db.session.commit()
    return field, {"Location": url_for("fields.get_field", field_id=field.id)}


@blp.route("/fields/<id:field_id>", methods=["GET"])
@blp.response(200, FieldOut)
@signed_in
@documents_errors(404)
@with_etag
def get_field(field_id: int) -> Field:
    """Return a field."""
    return Field.get_for(current_actor(), field_id)


@blp.route("/fields/<id:field_id>", methods=["PATCH"])
@blp.response(200, FieldOut)
@editor
@documents_errors(404, 409)
@with_if_match
@blp.arguments(FieldPatch)
def change_field(validated: Validated, field_id: int) -> Field:
    """Change a field and update its copies in spike schedules that have not ended."""
    field = require_match(Field.get_for(current_actor(), field_id, locked=True))
    service.change_field(field, validated, request_clock.now())
    db.session.commit()
    return field


@blp.route("/fields/<id:field_id>", methods=["DELETE"])
@blp.response(204)
@editor
@documents_errors(404)
@with_if_match
def delete_field(field_id: int) -> None:
    """Delete a field and its copies in spike schedules."""
    field = require_match(Field.get_for(current_actor(), field_id, locked=True))
    service.delete_field(field, request_clock.now())
    db.session.commit()


@blp.route("/fields/<id:field_id>/reset", methods=["POST"])
@blp.response(200, FieldOut)
@editor
@documents_errors(404, 409)
@with_if_match
def reset_field(field_id: int) -> Field:
    """Restart a counter at its start, and also its copies in spikes that do not override the start."""
    field = require_match(Field.get_for(current_actor(), field_id, locked=True))
    service.reset_counter(field, request_clock.now())
    db.session.commit()
    return field
