"""Attempts to prove one's identity: who makes them, verifying codes, and recording failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.auth import login_throttle
from app.auth.login_throttle import AttemptSource
from app.auth.two_factor import codes as second_factor
from app.core.client_address import parse_address
from app.core.errors import TooManyAttempts
from app.db.session import db
from app.domain import audit
from app.models import User
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


def verify_code(
    action: Action, user: User, code: str, client: Client, now: datetime, *, sign_in_id: str | None = None
) -> bool:
    """Return whether the code is valid, and record a wrong one. The caller has locked the user."""
    if second_factor.is_recovery_code(code):
        if second_factor.use_recovery_code(user, code):
            return True
        login_throttle.record_recovery_code_failure(user, client.origin, now)
    else:
        check_codes(action, user, now, sign_in_id=sign_in_id)
        if second_factor.verify_app_code(user, code, now):
            return True
        login_throttle.record_code_failure(user, client.origin, now, sign_in_id=sign_in_id)
    audit.record(action, user, outcome=Outcome.REFUSED, why="wrong code")
    db.session.commit()
    return False


def check_codes(action: Action, user: User, now: datetime, *, sign_in_id: str | None) -> None:
    """Raise TooManyAttempts, and record it, if too many wrong codes were given."""
    with recording_throttling(action, user):
        login_throttle.check_codes(user, now, sign_in_id=sign_in_id)


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
