"""Create, change and delete users."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.auth import login_throttle, passwords
from app.auth.api_keys import service as keys_service
from app.auth.password_rule import find_weakness
from app.auth.two_factor import codes as second_factor
from app.core.errors import Conflict, Invalid, NotFound
from app.db.errors import to_domain_error
from app.db.session import db
from app.domain import audit
from app.models import Actor, AlertReceiver, ApiKey, Collection, Role, User
from app.models.audit_actions import Action


def create_user(email: str, username: str, password: str, role: Role, *, is_set_up: bool = False) -> User:
    """Create a user. With `is_set_up` the user is recorded as their own creator."""
    _require_strong(password, username, email)
    user = User(email=email, role=role, password_hash=passwords.hash_password(password))
    user.rename(username)
    db.session.add(user)
    _flush_user(user)
    if is_set_up:
        audit.record(Action.SET_UP, user, by=user)
    else:
        audit.record(Action.CREATE_USER, user, role=role)
    return user


def get_user(user_id: int, *, locked: bool = False) -> User:
    """Return the user, locked if their role may change.

    Raises:
        NotFound: There is no such user.
    """
    user = User.locked(user_id) if locked else db.session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    return user


def change_user(actor: Actor, user: User, changes: Mapping[str, Any], now: datetime) -> None:
    """Apply the changes. A new role or password ends the user's sign-ins.

    Raises:
        Conflict: The actor's own password or e-mail, a name that is taken, or the last Admin's role.
    """
    email = changes.get("email", user.email)
    if user.id == actor.user_id and ("password" in changes or email != user.email):
        # A stolen token is not enough to take an account over.
        detail = "Change your own password and e-mail in your profile, with your current password."
        raise Conflict(detail, problem_type="own-credentials")
    before = _get_audited_values(user)
    if "role" in changes and changes["role"] is not user.role:
        if user.role is Role.ADMIN:
            user.must_not_be_last_admin()
        user.role = changes["role"]
        user.end_sign_ins()
    if "email" in changes:
        user.email = changes["email"]
    if "username" in changes:
        user.rename(changes["username"])
    _flush_user(user)
    if "password" in changes:
        set_password(user, changes["password"], now, revoke_keys=changes.get("revoke_api_keys", False))
        db.session.flush()  # for the audit log
    audit.record_change(Action.CHANGE_USER, user, before, _get_audited_values(user))


def _get_audited_values(user: User) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
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
        raise to_domain_error(
            error,
            {
                "uq_users_email": lambda: _name_taken("email", email),
                "uq_users_username_folded": lambda: _name_taken("username", username),
            },
        ) from error


def _name_taken(member: str, value: str) -> Conflict:
    detail = f"A user with the {member} {value!r} already exists."
    return Conflict(detail, problem_type="name-taken", errors={member: ["is taken by another user"]})


def change_email(user: User, email: str) -> None:
    """Set the user's e-mail address. Raises Conflict if it is taken."""
    before = _get_audited_values(user)
    user.email = email
    _flush_user(user)
    audit.record_change(Action.CHANGE_EMAIL, user, before, _get_audited_values(user))


def is_email_taken(user: User, email: str) -> bool:
    """Return whether another user has this e-mail address."""
    query = sa.select(User.id).where(User.email == email, User.id != user.id)
    return db.session.scalar(query) is not None


def set_password(
    user: User, password: str, now: datetime, *, revoke_keys: bool = False, member: str = "password"
) -> None:
    """Set the user's password and end their sign-ins.

    Args:
        user: The user, locked by the caller.
        password: The new password.
        now: The time of the change.
        revoke_keys: Whether to revoke their API keys, too.
        member: The name of the password in the request, for errors.
    """
    _require_strong(password, user.username, user.email, member=member)
    if revoke_keys:
        keys_service.revoke_all_keys(user, now)
    user.password_hash = passwords.hash_password(password)
    user.end_sign_ins()
    login_throttle.clear_failures(user)  # the former one was guessed at


def _require_strong(password: str, username: str, email: str, *, member: str = "password") -> None:
    if weakness := find_weakness(password, (username, email)):
        raise Invalid({member: [weakness]})


def reset_two_factor(user: User, actor: Actor | None = None) -> None:
    """Turn off the two-factor sign-in of a user who lost app and codes, and end their sign-ins.

    Args:
        user: The user, locked by the caller.
        actor: Who does it; None for the command line.

    Raises:
        Conflict: It is the actor's own, which takes a code to turn off.
    """
    if actor is not None and user.id == actor.user_id:
        detail = (
            "Turn off your own two-factor sign-in in your profile, with a code. "
            "If you have none, ask another Admin to reset it."
        )
        raise Conflict(detail, problem_type="own-two-factor")
    if not user.has_two_factor:
        return
    second_factor.disable(user)
    user.end_sign_ins()
    login_throttle.clear_failures(user)
    audit.record(Action.RESET_TWO_FACTOR, user)


def delete_user(user: User, *, transfer_to: int | None, delete_collections: bool) -> None:
    """Delete a user, and transfer or delete their collections.

    Raises:
        Conflict: They own collections and neither was chosen, or they are the last Admin.
        Invalid: Both were chosen, or the new owner does not exist.
    """
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
        audit.record_each(Action.DELETE_COLLECTION, gone)
    elif count:
        raise Conflict(
            f"{user.username} owns {count} collection{'' if count == 1 else 's'}. "
            "Choose what happens to them: transfer_to=<user id> or delete_collections=true.",
            problem_type="owns-collections",
            members={"collections": count},
        )
    keys = db.session.scalars(sa.delete(ApiKey).where(ApiKey.user_id == user.id).returning(ApiKey))
    audit.record_each(Action.DELETE_KEY, keys, owner=user.username)
    receivers = sa.delete(AlertReceiver).where(AlertReceiver.owner_id == user.id).returning(AlertReceiver)
    audit.record_each(Action.DELETE_RECEIVER, db.session.scalars(receivers), owner=user.username)
    audit.record(Action.DELETE_USER, user, role=user.role)
    db.session.delete(user)
    db.session.flush()  # a collection made meanwhile shows now


def _transfer(user: User, heir_id: int) -> None:
    """Transfer a user's collections to another user.

    Raises:
        Invalid: There is no such other user.
    """
    heir = db.session.get(User, heir_id, with_for_update=True)
    if heir is None or heir is user:
        raise Invalid({"transfer_to": ["must be the id of another user"]})
    transfer = sa.update(Collection).where(Collection.owner_id == user.id).values(owner_id=heir_id)
    changed = {"owner": [user.username, heir.username]}
    moved = db.session.scalars(transfer.returning(Collection))
    audit.record_each(Action.CHANGE_COLLECTION, moved, changed=changed)
