"""Discovery of scrape targets: Prometheus asks what an API key may poll, and polls each as a target.

Source: https://prometheus.io/docs/prometheus/latest/http_sd/
"""

import re
from typing import Any

import sqlalchemy as sa
from flask import Response, g, request
from marshmallow import ValidationError, fields

from app.core.json_bytes import JSON_TYPE, to_json_bytes
from app.db.session import db
from app.generation.api import offer_basic, with_key_holder
from app.generation.pollable import build_path_by_id, select_pollable
from app.models import Collection, User
from app.values import CollectionType
from app.web.access import with_api_key
from app.web.fields import CollectionTypeParam, ListOf
from app.web.openapi import Blueprint
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "discovery", __name__, url_prefix="/api/prometheus", description="Discovery of targets by Prometheus"
)
blp.after_request(offer_basic)

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class Address(Text):
    """A host, or a host and a port, as a target names it."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if not _ADDRESS.fullmatch(text):
            raise ValidationError("must be a host, or a host and a port, such as spikecast.example.com:8080")
        return text


class TargetsQuery(Schema):
    """Which targets, and at which address."""

    type_ = ListOf(
        CollectionTypeParam(),
        data_key="type",
        load_default=(CollectionType.PERFORMANCE,),
        metadata={"description": "May be repeated. Default: `performance`."},
    )
    address = Address(
        max_length=255,
        metadata={"description": "Host and port of the targets. Default: those of this request."},
    )


class TargetOut(Schema):
    """A target group of Prometheus' HTTP service discovery: one type of one collection."""

    targets = ListOf(Text(), required=True, metadata={"description": "One address, `host:port`."})
    labels = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={
            "description": "`__metrics_path__` (by id), `__scheme__` (if it is https), `instance` (the "
            "collection's name), `collection_id`, `type`, and `__meta_spikecast_owner`."
        },
    )


@blp.route("/targets", methods=["GET"])
@blp.answers(200, TargetOut(many=True), {})
@with_api_key
@with_key_holder
@blp.arguments(TargetsQuery, location="query")
def list_targets(args: dict[str, Any]) -> Response:
    """List what this API key may poll as targets for Prometheus, ordered by id."""
    types = [each for each in CollectionType if each in args["type_"]]
    found = sa.union_all(*(select_pollable(g.holder, each) for each in types)).subquery()
    query = (
        sa.select(found.c.id, found.c.name, found.c.place, User.username)
        .join(Collection, Collection.id == found.c.id)
        .join(User, User.id == Collection.owner_id)
        .order_by(found.c.id, found.c.place)
    )
    address = [args.get("address", request.host)]
    scheme = {"__scheme__": "https"} if request.scheme == "https" else {}
    groups = [
        {"targets": address, "labels": _build_labels(*row) | scheme} for row in db.session.execute(query)
    ]
    return Response(to_json_bytes(groups), content_type=JSON_TYPE)


def _build_labels(collection_id: int, name: str, place: int, owner: str) -> dict[str, str]:
    """Return the labels of a target.

    The path is by id: Prometheus encodes it, so a name that is encoded already would be encoded twice. Labels
    that begin with `__` are gone after relabelling; `type` keeps `up` of a collection's two types apart.
    """
    collection_type = list(CollectionType)[place]
    return {
        "__metrics_path__": build_path_by_id(request.script_root, collection_id, collection_type),
        "instance": name,
        "collection_id": str(collection_id),
        "type": collection_type.lower(),
        "__meta_spikecast_owner": owner,
    }
