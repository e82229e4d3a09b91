"""Create, change, revoke and delete API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core import key_format
from app.core.errors import Forbidden, Invalid
from app.db.session import db
from app.domain import audit
from app.models import Actor, ApiKey, ApiKeyCollection, Collection, User
from app.models.audit_actions import Action


def create_key(actor: Actor, values: Mapping[str, Any], now: datetime) -> tuple[ApiKey, str]:
    """Create an API key of the actor and return it with its text, which is not stored."""
    text = key_format.generate()
    key = ApiKey(
        user_id=actor.user_id,
        label=values["label"],
        prefix=text[: key_format.PREFIX_LENGTH],
        key_hash=key_format.hash_secret(text),
        created_at=now,
    )
    db.session.add(key)
    _apply(actor, key, values, now)
    audit.record(Action.CREATE_KEY, key, expires_at=key.expires_at, is_limited=key.is_limited)
    return key, text


def get_own_key(actor: Actor, key_id: int) -> ApiKey:
    """Return the actor's own key, locked; as NotFound, a key that the actor may not see does not exist.

    Raises:
        Forbidden: The key belongs to another user. Admins may revoke it, but not change it.
    """
    key = ApiKey.get_for(actor, key_id, locked=True)
    if key.user_id != actor.user_id:
        raise Forbidden("Only the owner can change an API key. You can revoke or delete it.")
    return key


def change_key(actor: Actor, key: ApiKey, changes: Mapping[str, Any], now: datetime) -> None:
    """Change the label, expiry or limits of the actor's own key, which the caller has locked."""
    before = _get_audited_values(key)
    _apply(actor, key, changes, now)
    audit.record_change(Action.CHANGE_KEY, key, before, _get_audited_values(key))


def _get_audited_values(key: ApiKey) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
    limits = [(limit.collection_id, limit.collection_type) for limit in key.limits]
    return {
        "label": key.label,
        "expires_at": key.expires_at,
        "allowed_collections": limits if key.is_limited else None,
    }


def _apply(actor: Actor, key: ApiKey, changes: Mapping[str, Any], now: datetime) -> None:
    """Apply the given values to the key, and load what the response shows.

    Raises:
        Invalid: The expiry is past, or a collection is missing or listed twice.
    """
    errors: dict[str, list[str]] = {}
    expires_at = changes.get("expires_at")
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = ["must be in the future"]
    if "allowed_collections" in changes:
        limits = changes["allowed_collections"]
        errors |= _set_limits(actor, key, limits)
    if errors:
        raise Invalid(errors)
    key.label = changes.get("label", key.label)
    key.expires_at = changes.get("expires_at", key.expires_at)
    db.session.flush()  # gives it an id
    _reload(key)


def _reload(key: ApiKey) -> None:
    """Load what the response shows, because nothing is read after the commit."""
    options = (
        selectinload(ApiKey.user),
        selectinload(ApiKey.limits).selectinload(ApiKeyCollection.collection),
    )
    again = sa.select(ApiKey).where(ApiKey.id == key.id).options(*options)
    db.session.scalars(again.execution_options(populate_existing=True)).one()


def _set_limits(actor: Actor, key: ApiKey, limits: list[dict[str, Any]] | None) -> dict[str, list[str]]:
    """Limit the key to these collections, or with None to none in particular; return errors by path."""
    requested = [(limit["collection_id"], limit["collection_type"]) for limit in limits or []]
    readable = sa.select(Collection.id).where(
        Collection.id.in_({collection_id for collection_id, _ in requested}),
        actor.readable(Collection.owner_id),
    )
    readable_ids = set(db.session.scalars(readable))
    errors: dict[str, list[str]] = {}
    for index, entry in enumerate(requested):
        path = f"allowed_collections.{index}.collection_id"
        if entry[0] not in readable_ids:
            errors[path] = [f"there is no collection {entry[0]}"]
        elif entry in requested[:index]:
            errors[path] = ["is listed twice"]
    if not errors:
        key.limits.clear()
        db.session.flush()  # or an entry that stays would meet its former self
        key.limits.extend(
            ApiKeyCollection(collection_id=id_, collection_type=type_) for id_, type_ in requested
        )
        key.is_limited = limits is not None
    return errors


def revoke_key(key: ApiKey, now: datetime) -> None:
    """Revoke a key at once; it stays in the list."""
    if key.revoked_at is None:
        key.revoked_at = now
        audit.record(Action.REVOKE_KEY, key, owner=key.user.username)
    _reload(key)


def revoke_all_keys(user: User, now: datetime) -> None:
    """Revoke all valid keys of a user; they stay in the list."""
    valid = sa.select(ApiKey).where(ApiKey.user_id == user.id, ApiKey.is_valid(now)).order_by(ApiKey.id)
    keys_of_user = db.session.scalars(valid.with_for_update(of=ApiKey)).all()
    for key in keys_of_user:
        key.revoked_at = now
    audit.record_each(Action.REVOKE_KEY, keys_of_user, owner=user.username)


def count_valid_keys(user_id: int, now: datetime) -> int:
    """Return how many valid keys a user has."""
    valid = sa.select(sa.func.count()).select_from(ApiKey)
    return db.session.scalar(valid.where(ApiKey.user_id == user_id, ApiKey.is_valid(now))) or 0


def delete_key(key: ApiKey) -> None:
    """Delete a key. Polls with it are refused at once."""
    audit.record(Action.DELETE_KEY, key, owner=key.user.username)
    db.session.delete(key)
