"""Create, change, revoke and delete alert receivers, and find their episodes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core import key_format
from app.core.errors import Forbidden
from app.db.errors import to_domain_error
from app.db.session import db
from app.domain import audit
from app.models import Actor, AlertEpisode, AlertReceiver
from app.models.alert import receiver_name_taken
from app.models.audit_actions import Action
from app.rehearsals import settling
from app.values.matchers import Matchers, matches

Episodes = sa.Select[Any]
ALWAYS_FIRING = [{"alertname": name} for name in ("Watchdog", "DeadMansSwitch", "InfoInhibitor")]
"""What a new receiver ignores: alerts that prove that a path works, or inhibit others."""
MAX_MATCHED = 10_000
"""How many episodes are searched by their labels, newest first."""
MAX_MATCHED_CHARACTERS = 32_000_000
"""How many characters of labels are searched at most."""


def create_receiver(actor: Actor, values: Mapping[str, Any]) -> tuple[AlertReceiver, str]:
    """Create a receiver of the actor and return it with its token, which is not stored."""
    receiver = AlertReceiver(
        owner_id=actor.user_id, name=values["name"], ignored=values.get("ignored", ALWAYS_FIRING)
    )
    token = _set_new_token(receiver)
    db.session.add(receiver)
    _flush(receiver)
    audit.record(Action.CREATE_RECEIVER, receiver)
    return receiver, token


def _set_new_token(receiver: AlertReceiver) -> str:
    token = key_format.generate(key_format.RECEIVER_TOKEN)
    receiver.token_hash = key_format.hash_secret(token)
    receiver.prefix = token[: key_format.PREFIX_LENGTH]
    return token


def _flush(receiver: AlertReceiver) -> None:
    name = receiver.name
    taken = {"uq_alert_receivers_owner_id_name": lambda: receiver_name_taken(name)}
    try:
        db.session.flush()
    except IntegrityError as error:
        raise to_domain_error(error, taken) from error
    db.session.refresh(receiver)  # for the response: nothing is read after the commit
    db.session.refresh(receiver, ["owner"])


def get_own_receiver(actor: Actor, receiver_id: int) -> AlertReceiver:
    """Return the actor's own receiver, locked; as NotFound, one that the actor may not see does not exist.

    Raises:
        Forbidden: The receiver belongs to another user. Admins may revoke it, but not change it.
    """
    receiver = AlertReceiver.get_for(actor, receiver_id, locked=True)
    if receiver.owner_id != actor.user_id:
        raise Forbidden("Only the owner can change an alert receiver. You can revoke or delete it.")
    return receiver


def change_receiver(receiver: AlertReceiver, changes: Mapping[str, Any]) -> None:
    """Change the name of a receiver, or what it ignores. The caller has locked it."""
    before = _get_audited_values(receiver)
    receiver.name = changes.get("name", receiver.name)
    receiver.ignored = changes.get("ignored", receiver.ignored)
    _flush(receiver)
    audit.record_change(Action.CHANGE_RECEIVER, receiver, before, _get_audited_values(receiver))


def _get_audited_values(receiver: AlertReceiver) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
    return {"name": receiver.name, "ignored": receiver.ignored}


def renew_token(receiver: AlertReceiver) -> str:
    """Return a new token of a receiver, which the caller has locked. The old one is void at once."""
    token = _set_new_token(receiver)
    receiver.revoked_at = None
    _flush(receiver)
    audit.record(Action.RENEW_RECEIVER_TOKEN, receiver)
    return token


def revoke_receiver(receiver: AlertReceiver, now: datetime) -> None:
    """Make the token of a receiver, which the caller has locked, void at once. A new one can be made."""
    if receiver.revoked_at is None:
        settling.settle_before_deafness(receiver, now)
        receiver.revoked_at = now
        _flush(receiver)
        audit.record(Action.REVOKE_RECEIVER, receiver, owner=receiver.owner.username)
    else:
        _flush(receiver)


def delete_receiver(receiver: AlertReceiver, now: datetime) -> None:
    """Delete a receiver with its episodes. Deliveries to it are refused at once.

    What they have decided of rehearsals stays; what is undecided cannot be told any more.
    """
    settling.settle_before_deafness(receiver, now)
    audit.record(Action.DELETE_RECEIVER, receiver, owner=receiver.owner.username)
    db.session.delete(receiver)


def query_episodes(receiver: AlertReceiver, since: datetime | None, until: datetime | None) -> Episodes:
    """Return the query of the episodes of a receiver that were first received in `[since, until)`."""
    query: Episodes = sa.select(AlertEpisode).where(AlertEpisode.receiver_id == receiver.id)
    if since is not None:
        query = query.where(AlertEpisode.first_received_at >= since)
    if until is not None:
        query = query.where(AlertEpisode.first_received_at < until)
    return query


def find_matching_ids(query: Episodes, matchers: Matchers) -> list[int]:
    """Return the ids of the episodes whose labels match, among the newest `MAX_MATCHED` of the query."""
    labels = query.with_only_columns(AlertEpisode.id, AlertEpisode.labels)
    newest = labels.order_by(AlertEpisode.first_received_at.desc(), AlertEpisode.id.desc())
    found, characters = [], 0
    rows = db.session.execute(newest.limit(MAX_MATCHED).execution_options(yield_per=500))
    for id_, values in rows:
        characters += sum(len(label) + len(value) for label, value in values.items())
        if matches(matchers, values):
            found.append(id_)
        if characters > MAX_MATCHED_CHARACTERS:
            break
    rows.close()
    return found
