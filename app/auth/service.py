"""Signing in and out, and what people may change about users and keys."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flask_jwt_extended as jwt_extended
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app import keys
from app.auth import guessing, passwords
from app.database import db, translate
from app.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from app.models import Actor, ApiKey, ApiKeyCollection, Collection, Role, SignIn, User
from app.models.audit import Action, Outcome
from app.web import audit
from app.web.access import CHALLENGE

ACCESS_LASTS = timedelta(hours=1)
SIGN_IN_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Client:
    """Where a request came from."""

    address: str
    user_agent: str


# --- Signing in ----------------------------------------------------------------------------------------


def authenticate(login: str, password: str, client: Client, now: datetime) -> User:
    """The user whose password this is; raises Unauthenticated, or TooMany where somebody is guessing.

    Checking a password is slow on purpose, so it is done between two transactions, not inside one.
    """
    user = User.by_login(login)
    account = guessing.account_of(user, login)
    _refuse_too_many(Action.SIGN_IN, user, account, client, now)
    stored = user.password_hash if user else None
    db.session.rollback()
    is_right = passwords.matches(password, stored)
    guessing.take_turn(client.address)
    _refuse_too_many(Action.SIGN_IN, user, account, client, now)
    user = User.by_login(login, locked=True)  # or a password that is being changed could still sign in
    if user is None or not is_right or user.password_hash != stored:
        guessing.failed(account, client.address, now)
        # What was typed for an account that is not there is not noted: it may be a password.
        why = "wrong password" if user else "unknown account"
        audit.note(Action.SIGN_IN, user, outcome=Outcome.REFUSED, why=why)
        db.session.commit()
        raise Unauthenticated("The login or the password is wrong.", headers=CHALLENGE)
    guessing.succeeded(account, client.address)
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    audit.note(Action.SIGN_IN, user, by=user)
    return user


def _refuse_too_many(action: Action, user: User | None, account: str, client: Client, now: datetime) -> None:
    """Raise TooMany where somebody is guessing."""
    try:
        guessing.refuse_too_many(account, client.address, now)
    except TooMany:
        audit.note_refusal(action, user, why="too many attempts")
        raise


def begin_sign_in(user: User, client: Client, now: datetime) -> SignIn:
    """A new sign-in of `user`; those of theirs that have ended are cleared away."""
    db.session.execute(sa.delete(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at <= now))
    sign_in = SignIn(
        id=secrets.token_hex(16),
        user_id=user.id,
        created_at=now,
        expires_at=now + SIGN_IN_LASTS,
        address=client.address[:64],
        user_agent=client.user_agent[:255],
    )
    db.session.add(sign_in)
    db.session.flush()  # the tokens name a sign-in that is there
    return sign_in


def tokens_of(user: User, sign_in: SignIn) -> dict[str, Any]:
    """The tokens of a new sign-in, for a script."""
    refresh_token = jwt_extended.create_refresh_token(
        str(user.id), additional_claims={"sid": sign_in.id}, expires_delta=SIGN_IN_LASTS
    )
    return access_token(user.actor, sign_in.id) | {"refresh_token": refresh_token}


def access_token(actor: Actor, sign_in_id: str) -> dict[str, Any]:
    """A fresh access token of a sign-in."""
    token = jwt_extended.create_access_token(
        str(actor.user_id), additional_claims={"sid": sign_in_id}, expires_delta=ACCESS_LASTS
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LASTS.total_seconds()),
    }


def sign_out(actor: Actor) -> None:
    """End the sign-in that the actor came with: its access and refresh tokens."""
    _end_sign_in(actor, actor.sign_in_id)
    audit.note(Action.SIGN_OUT)


def end_sign_in(actor: Actor, sign_in_id: str) -> bool:
    """End one of the actor's sign-ins; whether there was such a one."""
    if not sign_in_id.isalnum():
        return False  # no database takes all that an address may hold
    address = _end_sign_in(actor, sign_in_id)
    if address is not None:
        audit.note(Action.END_SIGN_IN, address=address)
    return address is not None


def _end_sign_in(actor: Actor, sign_in_id: str) -> str | None:
    """The address that the sign-in came from; None where there was no such sign-in."""
    wanted = sa.delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == actor.user_id)
    return db.session.scalar(wanted.returning(SignIn.address))


def end_other_sign_ins(actor: Actor) -> None:
    """End all of the actor's sign-ins but the one that they came with."""
    others = sa.delete(SignIn).where(SignIn.user_id == actor.user_id, SignIn.id != actor.sign_in_id)
    ended = len(db.session.scalars(others.returning(SignIn.id)).all())
    if ended:
        audit.note(Action.END_OTHER_SIGN_INS, ended=ended)


def change_password(
    actor: Actor, current: str, new: str, client: Client, now: datetime
) -> tuple[User, SignIn]:
    """Give the actor a new password, end all their tokens, and begin a new sign-in."""
    guessing.take_turn(client.address)
    user = db.session.get(User, actor.user_id, with_for_update={"key_share": True})
    if user is None:
        raise Unauthenticated("The account is gone.", headers=CHALLENGE)
    account = guessing.account_of(user, "")
    _refuse_too_many(Action.CHANGE_PASSWORD, user, account, client, now)
    if not passwords.matches(current, user.password_hash):
        guessing.failed(account, client.address, now)
        audit.note(Action.CHANGE_PASSWORD, user, outcome=Outcome.REFUSED, why="wrong password")
        db.session.commit()
        raise Invalid({"current_password": ["is not your password"]})
    guessing.succeeded(account, client.address)
    set_password(user, new)
    audit.note(Action.CHANGE_PASSWORD, user)
    return user, begin_sign_in(user, client, now)


def set_password(user: User, password: str) -> None:
    """Give a user a password; every token of theirs ends."""
    user.password_hash = passwords.hashed(password)
    user.end_sign_ins()


# --- Users ---------------------------------------------------------------------------------------------


def create_user(email: str, username: str, password: str, role: Role, *, is_set_up: bool = False) -> User:
    """A new user; at the set-up it is they who make themselves."""
    user = User(email=email, role=role, password_hash=passwords.hashed(password))
    user.rename(username)
    db.session.add(user)
    _flush_user(user)
    if is_set_up:
        audit.note(Action.SET_UP, user, by=user)
    else:
        audit.note(Action.CREATE_USER, user, role=role)
    return user


def get_user(user_id: int, *, locked: bool = False) -> User:
    """The user, or NotFound; locked where their role may change."""
    user = User.locked(user_id) if locked else db.session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    return user


def change_user(user: User, changes: Mapping[str, Any]) -> None:
    """Change what is given. A new role or password ends the user's tokens."""
    before = _noted(user)
    if "role" in changes and changes["role"] is not user.role:
        if user.role is Role.ADMIN:
            user.must_not_be_last_admin()
        user.role = changes["role"]
        user.end_sign_ins()
    if "email" in changes:
        user.email = changes["email"]
    if "username" in changes:
        user.rename(changes["username"])
    if "password" in changes:
        set_password(user, changes["password"])
    _flush_user(user)
    audit.note_change(Action.CHANGE_USER, user, before, _noted(user))


def _noted(user: User) -> dict[str, Any]:
    """What the audit log tells of, where it changes."""
    return {
        "email": user.email,
        "username": user.username,
        "role": user.role,
        "password": user.password_hash,
    }


def _flush_user(user: User) -> None:
    email, username = user.email, user.username
    try:
        db.session.flush()  # a name that is taken shows now
    except IntegrityError as error:
        raise translate(
            error,
            {
                "uq_users_email": lambda: _taken("email", email),
                "uq_users_username_folded": lambda: _taken("username", username),
            },
        ) from error


def _taken(what: str, value: str) -> Conflict:
    said = f"There is a user with the {what} {value!r} already."
    return Conflict(said, kind="name-taken", faults={what: ["is taken by another user"]})


def delete_user(user: User, *, transfer_to: int | None, delete_collections: bool) -> None:
    """Delete a user and decide about their collections, or Conflict and nothing is lost."""
    if transfer_to is not None and delete_collections:
        raise Invalid({"delete_collections": ["give transfer_to or delete_collections, not both"]})
    if user.role is Role.ADMIN:
        user.must_not_be_last_admin()
    owned = Collection.owner_id == user.id
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Collection).where(owned)) or 0
    if transfer_to is not None:
        _transfer(user, transfer_to)
    elif delete_collections:
        gone = db.session.scalars(sa.delete(Collection).where(owned).returning(Collection))
        audit.note_each(Action.DELETE_COLLECTION, gone)
    elif count:
        raise Conflict(
            f"{user.username} owns {count} collection{'' if count == 1 else 's'}. Say what becomes of them: "
            "transfer_to=<user id> or delete_collections=true.",
            kind="owns-collections",
            facts={"collections": count},
        )
    audit.note(Action.DELETE_USER, user, role=user.role)
    db.session.delete(user)
    db.session.flush()  # a collection made meanwhile shows now


def _transfer(user: User, heir_id: int) -> None:
    """Give a user's collections to somebody else."""
    heir = db.session.get(User, heir_id, with_for_update=True)
    if heir is None or heir is user:
        raise Invalid({"transfer_to": ["must be the id of another user"]})
    given = sa.update(Collection).where(Collection.owner_id == user.id).values(owner_id=heir_id)
    changed = {"owner": [user.username, heir.username]}
    moved = db.session.scalars(given.returning(Collection))
    audit.note_each(Action.CHANGE_COLLECTION, moved, changed=changed)


# --- API keys ------------------------------------------------------------------------------------------


def create_key(actor: Actor, values: Mapping[str, Any], now: datetime) -> tuple[ApiKey, str]:
    """A new key of the actor's, and its text, which is not kept."""
    text = keys.make()
    key = ApiKey(
        user_id=actor.user_id,
        label=values["label"],
        prefix=text[: keys.SHOWN],
        key_hash=keys.hashed(text),
        created_at=now,
    )
    db.session.add(key)
    _fill_in(actor, key, values, now)
    audit.note(Action.CREATE_KEY, key, expires_at=key.expires_at, is_limited=key.is_limited)
    return key, text


def change_key(actor: Actor, key: ApiKey, changes: Mapping[str, Any], now: datetime) -> None:
    """Change the label, expiry or limits of one's own key."""
    if key.user_id != actor.user_id:
        raise Forbidden("Only its owner may change an API key; you may revoke or delete it.")
    before = _noted_of(key)
    _fill_in(actor, key, changes, now)
    audit.note_change(Action.CHANGE_KEY, key, before, _noted_of(key))


def _noted_of(key: ApiKey) -> dict[str, Any]:
    """What the audit log tells of, where it changes."""
    limits = [(limit.collection_id, limit.collection_type) for limit in key.limits]
    return {
        "label": key.label,
        "expires_at": key.expires_at,
        "allowed_collections": limits if key.is_limited else None,
    }


def _fill_in(actor: Actor, key: ApiKey, changes: Mapping[str, Any], now: datetime) -> None:
    """Take what is given, and settle the key for the answer."""
    faults: dict[str, list[str]] = {}
    expires_at = changes.get("expires_at")
    if expires_at is not None and expires_at <= now:
        faults["expires_at"] = ["must be in the future"]
    if "allowed_collections" in changes:
        limits = changes["allowed_collections"]
        faults |= _limit(actor, key, limits)
    if faults:
        raise Invalid(faults)
    key.label = changes.get("label", key.label)
    key.expires_at = changes.get("expires_at", key.expires_at)
    db.session.flush()  # gives it an id
    _settle(key)


def _settle(key: ApiKey) -> None:
    """Read what the answer shows: nothing is read after the commit."""
    shown = (
        selectinload(ApiKey.user),
        selectinload(ApiKey.limits).selectinload(ApiKeyCollection.collection),
    )
    again = sa.select(ApiKey).where(ApiKey.id == key.id).options(*shown)
    db.session.scalars(again.execution_options(populate_existing=True)).one()


def _limit(actor: Actor, key: ApiKey, limits: list[dict[str, Any]] | None) -> dict[str, list[str]]:
    """Limit the key to a list, or to nothing but what its owner may read; the faults by path."""
    wanted = [(limit["collection_id"], limit["collection_type"]) for limit in limits or []]
    readable = sa.select(Collection.id).where(
        Collection.id.in_({collection_id for collection_id, _ in wanted}), actor.readable(Collection.owner_id)
    )
    known = set(db.session.scalars(readable))
    faults: dict[str, list[str]] = {}
    for index, entry in enumerate(wanted):
        path = f"allowed_collections.{index}.collection_id"
        if entry[0] not in known:
            faults[path] = [f"there is no collection {entry[0]}"]
        elif entry in wanted[:index]:
            faults[path] = ["is listed twice"]
    if not faults:
        key.limits.clear()
        db.session.flush()  # or an entry that stays would meet its former self
        key.limits.extend(ApiKeyCollection(collection_id=id_, collection_type=type_) for id_, type_ in wanted)
        key.is_limited = limits is not None
    return faults


def revoke_key(key: ApiKey, now: datetime) -> None:
    """End a key at once; it stays in the list."""
    if key.revoked_at is None:
        key.revoked_at = now
        audit.note(Action.REVOKE_KEY, key, owner=key.user.username)
    _settle(key)


def delete_key(key: ApiKey) -> None:
    """Delete a key: it ends at once."""
    audit.note(Action.DELETE_KEY, key, owner=key.user.username)
    db.session.delete(key)
