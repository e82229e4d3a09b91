"""Signing in and out, and changing one's own password."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.auth import login_throttle, passwords
from app.auth.login_throttle import AttemptSource
from app.auth.two_factor import codes as second_factor
from app.auth.users import service as users_service
from app.core import key_format
from app.core.client_address import parse_address
from app.core.errors import BEARER_CHALLENGE, Conflict, Invalid, TooManyAttempts, Unauthenticated
from app.db.session import db
from app.domain import audit
from app.models import Actor, PendingSignIn, SignIn, User
from app.models.audit import Action, Outcome

SIGN_IN_LIFETIME = timedelta(days=30)
PENDING_SIGN_IN_LIFETIME = timedelta(minutes=5)
SIGN_IN_EXPIRED = "begin-again"
WRONG_CODE = "The code is wrong, or was used already. Wait for the next one."


@dataclass(frozen=True)
class Client:
    """Where a request came from; `device` is the hash of its browser's device cookie, if it has one."""

    address: str
    user_agent: str
    device: str | None = None

    @property
    def origin(self) -> AttemptSource:
        """What limits count by."""
        return AttemptSource(parse_address(self.address).network, self.device)


def authenticate(login: str, password: str, client: Client, now: datetime) -> User:
    """The user whose password this is, who may still owe a code; raises Unauthenticated, or TooMany where
    somebody is guessing.

    Checking a password is slow on purpose, so it is done between two transactions, not inside one.
    """
    user, origin = User.by_login(login), client.origin

    def refuse_too_many() -> None:
        with _recording_throttling(Action.SIGN_IN, user):
            login_throttle.check_sign_in(login, user, origin, now)

    refuse_too_many()
    stored = user.password_hash if user else None
    db.session.rollback()
    is_right = passwords.verify(password, stored)
    login_throttle.lock_attempts(origin.network, login_throttle.hash_login(login))
    refuse_too_many()
    user = User.by_login(login, locked=True)  # or a password that is being changed could still sign in
    if user is None or not is_right or user.password_hash != stored:
        login_throttle.record_sign_in_failure(login, origin, now)
        # What was typed for an account that is not there is not noted: it may be a password.
        why = "wrong password" if user else "unknown account"
        audit.record(Action.SIGN_IN, user, outcome=Outcome.REFUSED, why=why)
        db.session.commit()
        raise Unauthenticated("The login or the password is wrong.", headers=BEARER_CHALLENGE)
    if passwords.needs_rehash(user.password_hash, password):
        user.password_hash = passwords.hash_password(password)
    return user


def sign_in(
    login: str, password: str, code: str | None, client: Client, now: datetime
) -> tuple[User, SignIn]:
    """A new sign-in, all at once, as scripts do; where a code is needed, it is asked for by an error."""
    user = authenticate(login, password, client, now)
    if user.has_two_factor and code is None:
        audit.record(Action.ASK_FOR_CODE, user)
        db.session.commit()
        said = "The password is right. Send the code of your authenticator app, or a recovery code, as code."
        raise Unauthenticated(said, problem_type="second-factor-required", headers=BEARER_CHALLENGE)
    if user.has_two_factor:
        _require_code(user, code or "", client, now)
    return user, complete_sign_in(user, client, now)


def _require_code(user: User, code: str, client: Client, now: datetime) -> None:
    if not _verify_code(Action.SIGN_IN, user, code, client, now):
        raise Unauthenticated(WRONG_CODE, problem_type="wrong-code", headers=BEARER_CHALLENGE)


def complete_sign_in(user: User, client: Client, now: datetime) -> SignIn:
    """The new sign-in of somebody who has shown all that is asked for."""
    audit.record(Action.SIGN_IN, user, by=user)
    return create_sign_in(user, client, now)


def create_pending_sign_in(user: User, now: datetime) -> str:
    """What a browser shows when it comes back with the code, within a few minutes."""
    token = secrets.token_urlsafe(32)
    db.session.execute(sa.delete(PendingSignIn).where(PendingSignIn.expires_at <= now))
    waits = PendingSignIn(
        token_hash=key_format.hash_secret(token), user_id=user.id, expires_at=now + PENDING_SIGN_IN_LIFETIME
    )
    db.session.add(waits)
    audit.record(Action.ASK_FOR_CODE, user)
    return token


def verify_pending_code(token: str, code: str, client: Client, now: datetime) -> tuple[User, SignIn]:
    """The new sign-in of a browser that comes back with the code; a wrong one may be tried again."""
    login_throttle.lock_attempts(client.origin.network)
    user_id = PendingSignIn.user_of(key_format.hash_secret(token), now)
    user = db.session.get(User, user_id, with_for_update={"key_share": True}) if user_id else None
    if user is None or not user.has_two_factor:
        raise Unauthenticated("That took too long. Begin again.", problem_type=SIGN_IN_EXPIRED)
    with _recording_throttling(Action.SIGN_IN, user):
        login_throttle.check_network(client.origin, now)
    _require_code(user, code, client, now)
    waits = sa.delete(PendingSignIn).where(PendingSignIn.token_hash == key_format.hash_secret(token))
    if db.session.scalar(waits.returning(PendingSignIn.user_id)) is None:  # the password changed meanwhile
        raise Unauthenticated("That took too long. Begin again.", problem_type=SIGN_IN_EXPIRED)
    return user, complete_sign_in(user, client, now)


def _verify_code(
    action: Action, user: User, code: str, client: Client, now: datetime, *, sign_in_id: str | None = None
) -> bool:
    """Whether the code counts; raises TooMany where somebody is guessing. The caller has locked the user."""
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
    """Raise TooMany, and note it, if too many wrong codes were given."""
    with _recording_throttling(action, user):
        login_throttle.check_codes(user, now, sign_in_id=sign_in_id)


@contextmanager
def _recording_throttling(action: Action, user: User | None) -> Iterator[None]:
    """Note in the audit log that somebody is refused for guessing."""
    try:
        yield
    except TooManyAttempts:
        audit.record_refusal(action, user, why="too many attempts")
        raise


def create_sign_in(user: User, client: Client, now: datetime) -> SignIn:
    """A new sign-in of `user`, from a place that is known by now; those that have ended are cleared away."""
    login_throttle.record_success(user, client.origin, now)
    db.session.execute(sa.delete(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at <= now))
    sign_in = SignIn(
        id=secrets.token_hex(16),
        user_id=user.id,
        created_at=now,
        expires_at=now + SIGN_IN_LIFETIME,
        address=client.address,
        user_agent=client.user_agent[:255],
    )
    db.session.add(sign_in)
    db.session.flush()  # the tokens name a sign-in that is there
    return sign_in


def sign_out(actor: Actor) -> None:
    """End the sign-in that the actor came with: its access and refresh tokens."""
    _end_sign_in(actor, actor.sign_in_id)
    audit.record(Action.SIGN_OUT)


def end_sign_in(actor: Actor, sign_in_id: str) -> bool:
    """End one of the actor's sign-ins; whether there was such a one."""
    if not sign_in_id.isalnum():
        return False  # no database takes all that an address may hold
    address = _end_sign_in(actor, sign_in_id)
    if address is not None:
        audit.record(Action.END_SIGN_IN, address=address)
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
        audit.record(Action.END_OTHER_SIGN_INS, ended=ended)


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
    """The actor, locked, who has shown their password, and a code where they have two-factor sign-in.

    A sign-in alone may be stolen. Raises Invalid, or TooMany where somebody is guessing.
    """
    user = db.session.get(User, actor.user_id, with_for_update={"key_share": True})
    if user is None:
        raise Unauthenticated("The account is gone.", headers=BEARER_CHALLENGE)
    sign_in_id = actor.sign_in_id
    with _recording_throttling(action, user):
        login_throttle.check_reauthentication(sign_in_id, now)
    if not passwords.verify(password, user.password_hash):
        login_throttle.record_reauthentication_failure(sign_in_id, client.origin, now)
        audit.record(action, user, outcome=Outcome.REFUSED, why="wrong password")
        db.session.commit()
        raise Invalid({"current_password": ["is not your password"]})
    if user.has_two_factor and asks_for_code:
        if code is None:
            raise Invalid({"code": ["is needed, for you have two-factor sign-in"]})
        if not _verify_code(action, user, code, client, now, sign_in_id=sign_in_id):
            raise Invalid({"code": ["is wrong, or was used already"]})
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
    """Give the actor a new password, end all their tokens, and begin a new sign-in."""
    user = reauthenticate(actor, current, code, Action.CHANGE_PASSWORD, client, now)
    users_service.set_password(user, new, now, revoke_keys=revoke_keys, member="new_password")
    audit.record(Action.CHANGE_PASSWORD, user)
    return user, create_sign_in(user, client, now)


def change_email(
    actor: Actor, password: str, email: str, code: str | None, client: Client, now: datetime
) -> User:
    """Give the actor another e-mail address.

    Raises Conflict if somebody has it. That tells that they have an account, so it can be tried a few times
    only, like a password.
    """
    user = reauthenticate(actor, password, code, Action.CHANGE_EMAIL, client, now)
    with _recording_throttling(Action.CHANGE_EMAIL, user):
        login_throttle.check_email_changes(actor.sign_in_id, now)
    if users_service.is_email_taken(user, email):
        login_throttle.record_email_change_failure(actor.sign_in_id, client.origin, now)
        audit.record(Action.CHANGE_EMAIL, user, outcome=Outcome.REFUSED, why="taken")
        db.session.commit()
        said = f"There is a user with the email {email!r} already."
        raise Conflict(said, problem_type="name-taken", errors={"email": ["is taken by another user"]})
    users_service.change_email(user, email)
    return user
