"""Turn one's own two-factor sign-in on and off."""

from datetime import datetime

from app.auth import service
from app.auth.account_service import reauthenticate
from app.auth.attempts import Client, get_locked_user, verify_app_code
from app.auth.two_factor import codes as second_factor
from app.core.errors import Conflict, Invalid
from app.domain import audit
from app.models import Actor, User
from app.models.audit_actions import Action


def start_setup(actor: Actor, password: str, client: Client, now: datetime) -> tuple[User, str]:
    """Return the user and a new secret for their app, which replaces an unconfirmed one."""
    user = reauthenticate(actor, password, None, Action.TURN_ON_TWO_FACTOR, client, now, asks_for_code=False)
    _require_off(user)
    return user, second_factor.new_secret(user)


def enable(actor: Actor, code: str, client: Client, now: datetime) -> list[str]:
    """Turn two-factor sign-in on with a first code of the app, and return recovery codes.

    All other sign-ins of the user end.

    Raises:
        Conflict: It is on already, or there is no secret to confirm.
        Invalid: The code is wrong.
        Unauthenticated: The account was deleted meanwhile.
    """
    action = Action.TURN_ON_TWO_FACTOR
    user = get_locked_user(actor)
    _require_off(user)
    if user.two_factor_secret is None:
        raise Conflict("Request a secret for your app first.", problem_type="two-factor-off")
    if not verify_app_code(action, user, code, client, now, sign_in_id=actor.sign_in_id):
        raise Invalid({"code": ["does not match your app's; check the clock of your device"]})
    user.two_factor_since = now
    audit.record(action, user)
    service.end_other_sign_ins(actor)
    return second_factor.new_recovery_codes(user)


def _require_off(user: User) -> None:
    if user.has_two_factor:
        raise Conflict("Two-factor sign-in is already on. Turn it off first.", problem_type="two-factor-on")


def renew_recovery_codes(actor: Actor, password: str, code: str, client: Client, now: datetime) -> list[str]:
    """Replace the recovery codes and return the new ones."""
    user = _reauthenticate_with_code(actor, password, code, Action.NEW_RECOVERY_CODES, client, now)
    audit.record(Action.NEW_RECOVERY_CODES, user)
    return second_factor.new_recovery_codes(user)


def disable(actor: Actor, password: str, code: str, client: Client, now: datetime) -> None:
    """Turn two-factor sign-in off. All other sign-ins of the user end."""
    user = _reauthenticate_with_code(actor, password, code, Action.TURN_OFF_TWO_FACTOR, client, now)
    second_factor.disable(user)
    audit.record(Action.TURN_OFF_TWO_FACTOR, user)
    service.end_other_sign_ins(actor)


def _reauthenticate_with_code(
    actor: Actor, password: str, code: str, action: Action, client: Client, now: datetime
) -> User:
    user = reauthenticate(actor, password, code, action, client, now)
    if not user.has_two_factor:
        raise Conflict("Two-factor sign-in is off.", problem_type="two-factor-off")
    return user
