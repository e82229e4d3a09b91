"""Alert receivers: one's own, and for Admins everybody's."""

from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify, url_for
from sqlalchemy.orm import joinedload

from app.db.session import MAX_ID, db
from app.models import AlertEpisode, AlertReceiver
from app.rehearsals import receivers_service as service
from app.rehearsals.receiver_schemas import (
    EpisodeOut,
    ReceiverIn,
    ReceiverOut,
    ReceiverPatch,
    ReceiverWithTokenOut,
)
from app.web import request_clock
from app.web.access import current_actor, signed_in
from app.web.fields import Timestamp
from app.web.matcher_fields import MatchersQuery
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import QueryInteger, filter_equal, list_query_schema, page_schema, paginate
from app.web.preconditions import compute_etag, require_match, with_etag, with_if_match

blp = Blueprint(
    "alert-receivers",
    __name__,
    url_prefix="/api/alert-receivers",
    description="Receivers, at which alerts come in",
)

SORTABLE = {
    "id": AlertReceiver.id,
    "name": AlertReceiver.name,
    "created_at": AlertReceiver.created_at,
    "last_received_at": AlertReceiver.last_received_at,
}
ReceiversQuery = list_query_schema(
    "AlertReceivers", tuple(SORTABLE), "name", owner_id=QueryInteger(1, MAX_ID)
)
SORTABLE_EPISODES = {"id": AlertEpisode.id, "first_received_at": AlertEpisode.first_received_at}
EpisodesQuery = list_query_schema(
    "AlertEpisodes",
    tuple(SORTABLE_EPISODES),
    "-first_received_at",
    since=Timestamp(metadata={"description": "First received at or after this time."}),
    until=Timestamp(metadata={"description": "First received before this time."}),
    match=MatchersQuery(),
)


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(ReceiverOut))
@signed_in
@blp.arguments(ReceiversQuery, location="query")
def list_receivers(args: dict[str, Any]) -> dict[str, Any]:
    """List your alert receivers. Admins see those of all users."""
    query = sa.select(AlertReceiver).where(current_actor().readable(AlertReceiver.owner_id))
    query = filter_equal(query, args, AlertReceiver.owner_id)
    searched = [AlertReceiver.name, AlertReceiver.prefix]
    options = [joinedload(AlertReceiver.owner)]
    return paginate(query, args, sortable=SORTABLE, searched=searched, options=options)


@blp.route("", methods=["POST"])
@blp.response(201, ReceiverWithTokenOut)
@signed_in
@documents_errors(409)
@with_etag
@blp.arguments(ReceiverIn)
def create_receiver(values: dict[str, Any]) -> Response:
    """Create an alert receiver. Only this response contains its token: the server stores a hash of it."""
    receiver, token = service.create_receiver(current_actor(), values)
    db.session.commit()
    answer = _with_token(receiver, token)
    answer.status_code = 201
    answer.headers["Location"] = url_for("alert-receivers.get_receiver", receiver_id=receiver.id)
    return answer


def _with_token(receiver: AlertReceiver, token: str) -> Response:
    answer = jsonify(ReceiverOut().dump(receiver) | {"token": token})
    answer.headers["ETag"] = compute_etag(receiver)
    return answer


@blp.route("/<id:receiver_id>", methods=["GET"])
@blp.response(200, ReceiverOut)
@signed_in
@documents_errors(404)
@with_etag
def get_receiver(receiver_id: int) -> AlertReceiver:
    """Return an alert receiver, without its token."""
    return AlertReceiver.get_for(current_actor(), receiver_id)


@blp.route("/<id:receiver_id>", methods=["PATCH"])
@blp.response(200, ReceiverOut)
@signed_in
@documents_errors(403, 404, 409)
@with_if_match
@blp.arguments(ReceiverPatch)
def change_receiver(changes: dict[str, Any], receiver_id: int) -> AlertReceiver:
    """Change the name of your own receiver, or which alerts it ignores."""
    receiver = require_match(service.get_own_receiver(current_actor(), receiver_id))
    service.change_receiver(receiver, changes)
    db.session.commit()
    return receiver


@blp.route("/<id:receiver_id>/token", methods=["POST"])
@blp.response(200, ReceiverWithTokenOut)
@signed_in
@documents_errors(403, 404)
@with_if_match
def renew_receiver_token(receiver_id: int) -> Response:
    """Give your own receiver a new token. The old one is void at once; only this response has the new one."""
    receiver = require_match(service.get_own_receiver(current_actor(), receiver_id))
    token = service.renew_token(receiver)
    db.session.commit()
    return _with_token(receiver, token)


@blp.route("/<id:receiver_id>/revoke", methods=["POST"])
@blp.response(200, ReceiverOut)
@signed_in
@documents_errors(404)
@with_if_match
def revoke_receiver(receiver_id: int) -> AlertReceiver:
    """Make the token of a receiver void at once. The receiver and its episodes stay."""
    receiver = require_match(AlertReceiver.get_for(current_actor(), receiver_id, locked=True))
    service.revoke_receiver(receiver, request_clock.now())
    db.session.commit()
    return receiver


@blp.route("/<id:receiver_id>", methods=["DELETE"])
@blp.response(204)
@signed_in
@documents_errors(404)
@with_if_match
def delete_receiver(receiver_id: int) -> None:
    """Delete a receiver with its episodes. Deliveries to it are refused at once."""
    receiver = require_match(AlertReceiver.get_for(current_actor(), receiver_id, locked=True))
    service.delete_receiver(receiver, request_clock.now())
    db.session.commit()


@blp.route("/<id:receiver_id>/episodes", methods=["GET"])
@blp.response(200, page_schema(EpisodeOut))
@signed_in
@documents_errors(404)
@blp.arguments(EpisodesQuery, location="query")
def list_episodes(args: dict[str, Any], receiver_id: int) -> dict[str, Any]:
    """List the alerts that arrived at a receiver, newest first.

    `match` looks at the newest 10,000 of them.
    """
    receiver = AlertReceiver.get_for(current_actor(), receiver_id)
    query = service.query_episodes(receiver, args.get("since"), args.get("until"))
    if args.get("match"):
        query = query.where(AlertEpisode.id.in_(service.find_matching_ids(query, args["match"])))
    return paginate(query, args, sortable=SORTABLE_EPISODES, searched=[AlertEpisode.labels])
