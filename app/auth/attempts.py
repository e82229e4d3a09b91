"""Attempts to prove one's identity: who makes them, verifying codes, and recording failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.auth import login_throttle
from app.auth.login_throttle import AttemptSource
from app.auth.two_factor import codes as second_factor
from app.core.client_address import parse_address
from app.core.errors import BEARER_CHALLENGE, TooManyAttempts, Unauthenticated
from app.db.session import db
from app.domain import audit
from app.models import Actor, User
from app.models.audit_actions import Action, Outcome


@dataclass(frozen=True)
class Client:
    """Where a request came from; `device` is the hash of its browser's device token, if any."""

    address: str
    user_agent: str
    device: str | None = None

    @property
    def origin(self) -> AttemptSource:
        """What the login throttle counts by."""
        return AttemptSource(parse_address(self.address).network, self.device)


def get_locked_user(actor: Actor) -> User:
    """Return the actor's user, locked until the transaction ends.

    Raises:
        Unauthenticated: The account was deleted meanwhile.
    """
    user = db.session.get(User, actor.user_id, with_for_update={"key_share": True})
    if user is None:
        raise Unauthenticated("This account no longer exists.", headers=BEARER_CHALLENGE)
    return user


def verify_code(
    action: Action, user: User, code: str, client: Client, now: datetime, *, sign_in_id: str | None = None
) -> bool:
    """Return whether the app or recovery code is valid, and record a wrong one.

    The caller has locked the user.
    """
    if not second_factor.is_recovery_code(code):
        return verify_app_code(action, user, code, client, now, sign_in_id=sign_in_id)
    if second_factor.use_recovery_code(user, code):
        return True
    login_throttle.record_recovery_code_failure(user, client.origin, now)
    _record_wrong_code(action, user)
    return False


def verify_app_code(
    action: Action, user: User, code: str, client: Client, now: datetime, *, sign_in_id: str | None
) -> bool:
    """Return whether the code of the app is valid, and record a wrong one.

    Raises:
        TooManyAttempts: Too many wrong codes were tried before.
    """
    with recording_throttling(action, user):
        login_throttle.check_codes(user, now, sign_in_id=sign_in_id)
    if second_factor.verify_app_code(user, code, now):
        return True
    login_throttle.record_code_failure(user, client.origin, now, sign_in_id=sign_in_id)
    _record_wrong_code(action, user)
    return False


def _record_wrong_code(action: Action, user: User) -> None:
    audit.record(action, user, outcome=Outcome.REFUSED, why="wrong code")
    db.session.commit()


@contextmanager
def recording_throttling(action: Action, user: User | None) -> Iterator[None]:
    """Record in the audit log that an attempt within was throttled.

    Raises:
        TooManyAttempts: As raised within.
    """
    try:
        yield
    except TooManyAttempts:
        audit.record_refusal(action, user, why="too many attempts")
        raise
