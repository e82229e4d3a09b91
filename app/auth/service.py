"""Sign in and out, and end sign-ins elsewhere."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.auth import login_throttle, passwords
from app.auth.attempts import Client, recording_throttling, verify_code
from app.core import key_format
from app.core.errors import BEARER_CHALLENGE, NotFound, Unauthenticated
from app.db.session import db
from app.domain import audit
from app.models import Actor, PendingSignIn, SignIn, User
from app.models.audit_actions import Action, Outcome

SIGN_IN_LIFETIME = timedelta(days=30)
PENDING_SIGN_IN_LIFETIME = timedelta(minutes=5)
SIGN_IN_EXPIRED = "begin-again"
WRONG_CODE = "The code is wrong or was already used. Wait for the next one."


def authenticate(login: str, password: str, client: Client, now: datetime) -> User:
    """Return the user with this login and password, unless attempts are throttled.

    A second factor is not checked here. Verifying a password is slow on purpose, so it happens between two
    transactions.

    Raises:
        Unauthenticated: Wrong login or password.
    """
    user, origin = User.by_login(login), client.origin

    def refuse_too_many() -> None:
        with recording_throttling(Action.SIGN_IN, user):
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
        # The login of an unknown account is not recorded: it may be a mistyped password.
        why = "wrong password" if user else "unknown account"
        audit.record(Action.SIGN_IN, user, outcome=Outcome.REFUSED, why=why)
        db.session.commit()
        raise Unauthenticated("Wrong login or password.", headers=BEARER_CHALLENGE)
    if passwords.needs_rehash(user.password_hash, password):
        user.password_hash = passwords.hash_password(password)
    return user


def sign_in(
    login: str, password: str, code: str | None, client: Client, now: datetime
) -> tuple[User, SignIn]:
    """Sign in with one request, as scripts do; return the user and the new sign-in.

    Raises:
        Unauthenticated: The password is right, but a code is needed and missing.
    """
    user = authenticate(login, password, client, now)
    if user.has_two_factor and code is None:
        audit.record(Action.ASK_FOR_CODE, user)
        db.session.commit()
        detail = "The password is correct. Add a code of your authenticator app, or a recovery code, as code."
        raise Unauthenticated(detail, problem_type="second-factor-required", headers=BEARER_CHALLENGE)
    if user.has_two_factor:
        _require_code(user, code or "", client, now)
    return user, complete_sign_in(user, client, now)


def _require_code(user: User, code: str, client: Client, now: datetime) -> None:
    if not verify_code(Action.SIGN_IN, user, code, client, now):
        raise Unauthenticated(WRONG_CODE, problem_type="wrong-code", headers=BEARER_CHALLENGE)


def complete_sign_in(user: User, client: Client, now: datetime) -> SignIn:
    """Create and record the sign-in of a user who has proved their identity."""
    audit.record(Action.SIGN_IN, user, by=user)
    return create_sign_in(user, client, now)


def create_pending_sign_in(user: User, now: datetime) -> str:
    """Return a token with which a browser comes back to send the code, within `PENDING_SIGN_IN_LIFETIME`."""
    token = secrets.token_urlsafe(32)
    db.session.execute(sa.delete(PendingSignIn).where(PendingSignIn.expires_at <= now))
    pending = PendingSignIn(
        token_hash=key_format.hash_secret(token), user_id=user.id, expires_at=now + PENDING_SIGN_IN_LIFETIME
    )
    db.session.add(pending)
    audit.record(Action.ASK_FOR_CODE, user)
    return token


def verify_pending_code(token: str, code: str, client: Client, now: datetime) -> tuple[User, SignIn]:
    """Verify the code of a pending sign-in; return the user and the new sign-in.

    A wrong code is Unauthenticated, too, and may be tried again until attempts are throttled.

    Raises:
        Unauthenticated: The pending sign-in has expired.
    """
    login_throttle.lock_attempts(client.origin.network)
    user_id = PendingSignIn.get_user_id(key_format.hash_secret(token), now)
    user = db.session.get(User, user_id, with_for_update={"key_share": True}) if user_id else None
    if user is None or not user.has_two_factor:
        raise Unauthenticated("This sign-in has expired. Start again.", problem_type=SIGN_IN_EXPIRED)
    with recording_throttling(Action.SIGN_IN, user):
        login_throttle.check_network(client.origin, now)
    _require_code(user, code, client, now)
    pending = sa.delete(PendingSignIn).where(PendingSignIn.token_hash == key_format.hash_secret(token))
    if db.session.scalar(pending.returning(PendingSignIn.user_id)) is None:  # the password changed meanwhile
        raise Unauthenticated("This sign-in has expired. Start again.", problem_type=SIGN_IN_EXPIRED)
    return user, complete_sign_in(user, client, now)


def create_sign_in(user: User, client: Client, now: datetime) -> SignIn:
    """Create a sign-in of the user, remember its place as known, and delete expired sign-ins."""
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
    """End the actor's present sign-in with its access and refresh tokens."""
    _end_sign_in(actor, actor.sign_in_id)
    audit.record(Action.SIGN_OUT)


def end_sign_in(actor: Actor, sign_in_id: str) -> None:
    """End one of the actor's sign-ins.

    Raises:
        NotFound: The actor has no such sign-in.
    """
    # A path may hold characters that no database accepts.
    address = _end_sign_in(actor, sign_in_id) if sign_in_id.isalnum() else None
    if address is None:
        raise NotFound("There is no such sign-in.")
    audit.record(Action.END_SIGN_IN, address=address)


def _end_sign_in(actor: Actor, sign_in_id: str) -> str | None:
    """Delete a sign-in and return its address, or None if there was none."""
    deletion = sa.delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == actor.user_id)
    return db.session.scalar(deletion.returning(SignIn.address))


def end_other_sign_ins(actor: Actor) -> None:
    """End all sign-ins of the actor except the present one."""
    others = sa.delete(SignIn).where(SignIn.user_id == actor.user_id, SignIn.id != actor.sign_in_id)
    ended_count = len(db.session.scalars(others.returning(SignIn.id)).all())
    if ended_count:
        audit.record(Action.END_OTHER_SIGN_INS, ended=ended_count)
