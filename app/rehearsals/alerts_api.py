"""Alerts in: what monitoring tools deliver, with the token of a receiver.

The sender decides by the status whether it tries again. So whatever was understood is answered with 200, and
a busy database with 503. Cookies do not count, so no page of another site can deliver anything.
"""

from typing import Any

import sqlalchemy as sa
from flask import current_app, request
from sqlalchemy.exc import IntegrityError

from app.core import key_format
from app.core.credentials import find_in_authorization
from app.core.errors import Invalid, NotFound, Unauthenticated, Unavailable
from app.db.session import db
from app.models.alert import AlertReceiver
from app.rehearsals import episodes
from app.rehearsals.deliveries import Delivery, NotUnderstood, understand
from app.rehearsals.episodes import Receipt
from app.web import request_clock
from app.web.access import with_receiver_token, with_receiver_token_in_path
from app.web.error_handlers import RETRY_AFTER_S
from app.web.number_fields import Integer
from app.web.openapi import Blueprint, documents_errors
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "alerts", __name__, url_prefix="/api/alerts", description="Alerts, as monitoring tools deliver them"
)


UNKNOWN = "Unknown or revoked token."
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Spikecast alerts"'}


class DeliveryOut(Schema):
    """What was understood of a delivery."""

    received = Integer(metadata={"description": "Alerts that were understood."})
    ignored = Integer(metadata={"description": "Those of them that the receiver ignores."})
    episodes = Integer(
        metadata={"description": "Those of them that begin an episode; the others belong to earlier ones."}
    )
    problem = Text(allow_none=True, metadata={"description": "What was not understood, if anything."})


@blp.route("/<id:receiver_id>", methods=["POST"])
@blp.response(200, DeliveryOut)
@with_receiver_token
@documents_errors(404, 413, 422)
def deliver_alerts(receiver_id: int) -> dict[str, Any]:
    """Deliver alerts to a receiver.

    The body is JSON: an object with a list `alerts`, as Alertmanager and Grafana send it, or one alert. An
    alert has a `status` (`firing`, `resolved`, and words such as `problem`, `ok`, `down` and `up`), and
    `labels` or one of `alertname`, `title` and `name`. `fingerprint`, `startsAt` and `endsAt` are used if
    they are there. Other keys are ignored, and so is the Content-Type.
    """
    outcome = _deliver(receiver_id, _find_token())
    db.session.commit()
    return _answer(*outcome)


@blp.route("/<id:receiver_id>", methods=["PUT"])
@blp.response(200, DeliveryOut)
@with_receiver_token
@documents_errors(404, 413, 422)
def put_alerts(receiver_id: int) -> dict[str, Any]:
    """Deliver alerts to a receiver, for tools that send PUT. It does what POST does."""
    outcome = _deliver(receiver_id, _find_token())
    db.session.commit()
    return _answer(*outcome)


@blp.route("/<id:receiver_id>/<token>", methods=["POST"])
@blp.response(200, DeliveryOut)
@with_receiver_token_in_path
@documents_errors(401, 404, 413, 422)
def deliver_alerts_by_address(receiver_id: int, token: str) -> dict[str, Any]:
    """Deliver alerts with the token in the address, for tools that send no headers of one's own.

    The address is then a secret. The log does not show the token.
    """
    outcome = _deliver(receiver_id, token)
    db.session.commit()
    return _answer(*outcome)


@blp.route("/<id:receiver_id>/<token>", methods=["PUT"])
@blp.response(200, DeliveryOut)
@with_receiver_token_in_path
@documents_errors(401, 404, 413, 422)
def put_alerts_by_address(receiver_id: int, token: str) -> dict[str, Any]:
    """Deliver alerts with the token in the address, for tools that send PUT. It does what POST does."""
    outcome = _deliver(receiver_id, token)
    db.session.commit()
    return _answer(*outcome)


def _find_token() -> str:
    token = request.headers.get("X-Spikecast-Token", "").strip()
    return token or find_in_authorization(request.headers.get("Authorization", ""), key_format.RECEIVER_TOKEN)


def _deliver(receiver_id: int, token: str) -> tuple[Delivery, Receipt]:
    """Store a delivery, and return what was understood of it.

    Raises:
        Unauthenticated: the token is void, or became void meanwhile.
        Unavailable: something that the delivery refers to changed meanwhile.
    """
    now = request_clock.now()
    token_hash = _check_token(receiver_id, token)
    try:
        delivery = understand(request.get_data(), now)
    except NotUnderstood as why:
        delivery = Delivery(problems=[str(why)])
    bound = current_app.config["SETTINGS"].alerts
    try:
        receipt = episodes.receive(receiver_id, token_hash, delivery, now, bound=bound)
    except IntegrityError as error:
        # 409 would tell the sender that it need not try again.
        retry = {"Retry-After": str(RETRY_AFTER_S)}
        raise Unavailable("The receiver changed concurrently. Try again.", headers=retry) from error
    if receipt is None:
        raise Unauthenticated(UNKNOWN, headers=CHALLENGE)
    return delivery, receipt


def _answer(delivery: Delivery, receipt: Receipt) -> dict[str, Any]:
    """Return the answer to a delivery that was stored, with what was not understood of it.

    Raises:
        Invalid: nothing was understood, which is all that was stored.
    """
    if not delivery.alerts:
        problem = delivery.problem or ""
        raise Invalid({"body": [problem]}, detail=problem)
    return receipt._asdict() | {"problem": delivery.problem}


def _check_token(receiver_id: int, token: str) -> str:
    """Return the hash of a token that belongs to this receiver.

    A receiver that does not exist and one of somebody else's look alike.

    Raises:
        Unauthenticated: the token is missing, mistyped, unknown or revoked.
        NotFound: it is the token of another receiver.
    """
    if not token:
        raise Unauthenticated(
            "Send the token of the receiver: Authorization: Bearer <token>", headers=CHALLENGE
        )
    if not key_format.is_well_formed(token, key_format.RECEIVER_TOKEN):
        raise Unauthenticated("Invalid token (checksum mismatch). Copy the whole token.", headers=CHALLENGE)
    token_hash = key_format.hash_secret(token)
    query = sa.select(AlertReceiver.id).where(
        AlertReceiver.token_hash == token_hash, AlertReceiver.revoked_at.is_(None)
    )
    own_id = db.session.scalar(query)
    db.session.rollback()
    if own_id is None:
        raise Unauthenticated(UNKNOWN, headers=CHALLENGE)
    if own_id != receiver_id:
        raise NotFound("There is no alert receiver of this id for this token.")
    return token_hash
