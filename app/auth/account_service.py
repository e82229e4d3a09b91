"""Change one's own password or e-mail address, after proving one's identity again."""

from datetime import datetime

from app.auth import login_throttle, passwords
from app.auth.attempts import Client, get_locked_user, recording_throttling, verify_code
from app.auth.service import create_sign_in
from app.auth.users import service as users_service
from app.core.errors import Conflict, Invalid
from app.db.session import db
from app.domain import audit
from app.models import Actor, SignIn, User
from app.models.audit_actions import Action, Outcome


def reauthenticate(
    actor: Actor,
    password: str,
    code: str | None,
    action: Action,
    client: Client,
    now: datetime,
    *,
    asks_for_code: bool = True,
) -> User:
    """Return the actor's user, locked, after they have proved their identity again.

    A sign-in alone may be stolen, so this takes the password, and a code where they have two-factor sign-in.
    Attempts are throttled.

    Raises:
        Invalid: The password or the code is wrong, or the code is missing.
        Unauthenticated: The account was deleted meanwhile.
    """
    user = get_locked_user(actor)
    sign_in_id = actor.sign_in_id
    with recording_throttling(action, user):
        login_throttle.check_reauthentication(sign_in_id, now)
    if not passwords.verify(password, user.password_hash):
        login_throttle.record_reauthentication_failure(sign_in_id, client.origin, now)
        audit.record(action, user, outcome=Outcome.REFUSED, why="wrong password")
        db.session.commit()
        raise Invalid({"current_password": ["is not your password"]})
    if user.has_two_factor and asks_for_code:
        if code is None:
            raise Invalid({"code": ["is required because two-factor sign-in is on"]})
        if not verify_code(action, user, code, client, now, sign_in_id=sign_in_id):
            raise Invalid({"code": ["is wrong or was already used"]})
    login_throttle.clear_reauthentication_failures(sign_in_id)
    return user


def change_password(
    actor: Actor,
    current: str,
    new: str,
    code: str | None,
    client: Client,
    now: datetime,
    *,
    revoke_keys: bool = False,
) -> tuple[User, SignIn]:
    """Set the actor's new password, end all their sign-ins, and create a new one."""
    user = reauthenticate(actor, current, code, Action.CHANGE_PASSWORD, client, now)
    users_service.set_password(user, new, now, revoke_keys=revoke_keys, member="new_password")
    audit.record(Action.CHANGE_PASSWORD, user)
    return user, create_sign_in(user, client, now)


def change_email(
    actor: Actor, password: str, email: str, code: str | None, client: Client, now: datetime
) -> User:
    """Set the actor's new e-mail address.

    Raises:
        Conflict: Another user has this address. Because that reveals an account, attempts are throttled.
    """
    user = reauthenticate(actor, password, code, Action.CHANGE_EMAIL, client, now)
    with recording_throttling(Action.CHANGE_EMAIL, user):
        login_throttle.check_email_changes(actor.sign_in_id, now)
    if users_service.is_email_taken(user, email):
        login_throttle.record_email_change_failure(actor.sign_in_id, client.origin, now)
        audit.record(Action.CHANGE_EMAIL, user, outcome=Outcome.REFUSED, why="taken")
        db.session.commit()
        detail = f"A user with the email {email!r} already exists."
        raise Conflict(detail, problem_type="name-taken", errors={"email": ["is taken by another user"]})
    users_service.change_email(user, email)
    return user
