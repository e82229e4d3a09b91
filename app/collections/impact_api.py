"""The API that previews what deleting a collection removes."""

from typing import Any

import sqlalchemy as sa

from app.db.session import db
from app.models import ApiKey, ApiKeyCollection, Collection, Field, Rehearsal, SpikeSchedule
from app.models.mixins import STATUSES
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.number_fields import Integer
from app.web.openapi import Blueprint, documents_errors
from app.web.schema import Schema

blp = Blueprint(
    "impact", __name__, url_prefix="/api/collections", description="What deleting a collection removes"
)


class ImpactOut(Schema):
    """The numbers of things that are removed together with a collection."""

    fields_ = Integer(attribute="fields", data_key="fields")
    active_spikes = Integer()
    scheduled_spikes = Integer()
    expired_spikes = Integer()
    rehearsals = Integer(metadata={"description": "Records of spikes: of those to come and of past ones."})
    keys_losing_access = Integer(metadata={"description": "Valid keys whose list names this collection."})


@blp.route("/<id:collection_id>/impact", methods=["GET"])
@blp.response(200, ImpactOut)
@signed_in
@documents_errors(404)
def impact(collection_id: int) -> dict[str, Any]:
    """Count what deleting a collection would remove."""
    collection = Collection.get_for(current_actor(), collection_id)
    now = request_clock.now()

    def count(counted: Any, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count(counted)).where(*conditions).scalar_subquery()

    spikes = {
        f"{status}_spikes": count(
            SpikeSchedule.id,
            SpikeSchedule.collection_id == collection.id,
            SpikeSchedule.has_status(status, now),
        )
        for status in STATUSES
    }
    keys = count(
        ApiKeyCollection.api_key_id.distinct(),
        ApiKeyCollection.collection_id == collection.id,
        ApiKeyCollection.api_key_id == ApiKey.id,
        ApiKey.is_valid(now),
    )
    facts = {
        "fields": count(Field.id, Field.collection_id == collection.id),
        "rehearsals": count(Rehearsal.id, Rehearsal.collection_id == collection.id),
        "keys_losing_access": keys,
    }
    query = sa.select(*(number.label(name) for name, number in (facts | spikes).items()))
    return dict(db.session.execute(query).one()._mapping)
