"""Signing in and out, and changing one's own password."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flask_jwt_extended as jwt_extended
import sqlalchemy as sa

from app import keys
from app.auth import guessing, passwords, second_factor, users_service
from app.database import db
from app.errors import Invalid, TooMany, Unauthenticated
from app.models import Actor, PendingSignIn, SignIn, User
from app.models.audit import Action, Outcome
from app.web import audit
from app.web.access import CHALLENGE
from app.web.client_address import parse_address

ACCESS_LASTS = timedelta(hours=1)
SIGN_IN_LASTS = timedelta(days=30)
CODE_LASTS = timedelta(minutes=5)
BEGIN_AGAIN = "begin-again"
WRONG_CODE = "The code is wrong, or was used already. Wait for the next one."


@dataclass(frozen=True)
class Client:
    """Where a request came from."""

    address: str
    user_agent: str

    @property
    def network(self) -> str:
        """What limits count by."""
        return parse_address(self.address).network


def authenticate(login: str, password: str, client: Client, now: datetime) -> User:
    """The user whose password this is, who may still owe a code; raises Unauthenticated, or TooMany where
    somebody is guessing.

    Checking a password is slow on purpose, so it is done between two transactions, not inside one.
    """
    user = User.by_login(login)
    account = guessing.account_of(user, login)
    _refuse_too_many(Action.SIGN_IN, user, account, client, now)
    stored = user.password_hash if user else None
    db.session.rollback()
    is_right = passwords.matches(password, stored)
    guessing.take_turn(client.network)
    _refuse_too_many(Action.SIGN_IN, user, account, client, now)
    user = User.by_login(login, locked=True)  # or a password that is being changed could still sign in
    if user is None or not is_right or user.password_hash != stored:
        guessing.failed(account, client.network, now)
        # What was typed for an account that is not there is not noted: it may be a password.
        why = "wrong password" if user else "unknown account"
        audit.note(Action.SIGN_IN, user, outcome=Outcome.REFUSED, why=why)
        db.session.commit()
        raise Unauthenticated("The login or the password is wrong.", headers=CHALLENGE)
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return user


def sign_in(
    login: str, password: str, code: str | None, client: Client, now: datetime
) -> tuple[User, SignIn]:
    """A new sign-in, all at once, as scripts do; where a code is needed, it is asked for by an error."""
    user = authenticate(login, password, client, now)
    if user.has_two_factor and code is None:
        audit.note(Action.ASK_FOR_CODE, user)
        db.session.commit()
        said = "The password is right. Send the code of your authenticator app, or a recovery code, as code."
        raise Unauthenticated(said, kind="second-factor-required", headers=CHALLENGE)
    if user.has_two_factor:
        _must_be_right(user, code or "", client, now)
    return user, let_in(user, client, now)


def _must_be_right(user: User, code: str, client: Client, now: datetime) -> None:
    if not _is_right(Action.SIGN_IN, user, code, client, now):
        raise Unauthenticated(WRONG_CODE, kind="wrong-code", headers=CHALLENGE)


def let_in(user: User, client: Client, now: datetime) -> SignIn:
    """The new sign-in of somebody who has shown all that is asked for."""
    guessing.succeeded(guessing.account_of(user, ""), client.network)
    audit.note(Action.SIGN_IN, user, by=user)
    return begin_sign_in(user, client, now)


def ask_for_code(user: User, now: datetime) -> str:
    """What a browser shows when it comes back with the code, within a few minutes."""
    token = secrets.token_urlsafe(32)
    db.session.execute(sa.delete(PendingSignIn).where(PendingSignIn.expires_at <= now))
    waits = PendingSignIn(token_hash=keys.hashed(token), user_id=user.id, expires_at=now + CODE_LASTS)
    db.session.add(waits)
    audit.note(Action.ASK_FOR_CODE, user)
    return token


def take_code(token: str, code: str, client: Client, now: datetime) -> tuple[User, SignIn]:
    """The new sign-in of a browser that comes back with the code; a wrong one may be tried again."""
    guessing.take_turn(client.network)
    user_id = PendingSignIn.user_of(keys.hashed(token), now)
    user = db.session.get(User, user_id, with_for_update={"key_share": True}) if user_id else None
    if user is None or not user.has_two_factor:
        raise Unauthenticated("That took too long. Begin again.", kind=BEGIN_AGAIN)
    _refuse_too_many(Action.SIGN_IN, user, guessing.account_of(user, ""), client, now)
    _must_be_right(user, code, client, now)
    waits = sa.delete(PendingSignIn).where(PendingSignIn.token_hash == keys.hashed(token))
    if db.session.scalar(waits.returning(PendingSignIn.user_id)) is None:  # the password changed meanwhile
        raise Unauthenticated("That took too long. Begin again.", kind=BEGIN_AGAIN)
    return user, let_in(user, client, now)


def _is_right(action: Action, user: User, code: str, client: Client, now: datetime) -> bool:
    """Whether the code counts; raises TooMany where somebody is guessing. The caller has locked the user."""
    try:
        guessing.refuse_too_many_codes(user, now)
    except TooMany:
        audit.note_refusal(action, user, why="too many attempts")
        raise
    if second_factor.takes(user, code, now):
        return True
    guessing.code_failed(user, client.network, now)
    audit.note(action, user, outcome=Outcome.REFUSED, why="wrong code")
    db.session.commit()
    return False


def _refuse_too_many(action: Action, user: User | None, account: str, client: Client, now: datetime) -> None:
    """Raise TooMany where somebody is guessing."""
    try:
        guessing.refuse_too_many(account, client.network, now)
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
        address=client.address,
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
    guessing.take_turn(client.network)
    user = db.session.get(User, actor.user_id, with_for_update={"key_share": True})
    if user is None:
        raise Unauthenticated("The account is gone.", headers=CHALLENGE)
    account = guessing.account_of(user, "")
    _refuse_too_many(action, user, account, client, now)
    if not passwords.matches(password, user.password_hash):
        guessing.failed(account, client.network, now)
        audit.note(action, user, outcome=Outcome.REFUSED, why="wrong password")
        db.session.commit()
        raise Invalid({"current_password": ["is not your password"]})
    if user.has_two_factor and asks_for_code and code is None:
        raise Invalid({"code": ["is needed, for you have two-factor sign-in"]})
    if user.has_two_factor and asks_for_code and not _is_right(action, user, code or "", client, now):
        raise Invalid({"code": ["is wrong, or was used already"]})
    guessing.succeeded(account, client.network)
    return user


def change_password(
    actor: Actor, current: str, new: str, code: str | None, client: Client, now: datetime
) -> tuple[User, SignIn]:
    """Give the actor a new password, end all their tokens, and begin a new sign-in."""
    user = reauthenticate(actor, current, code, Action.CHANGE_PASSWORD, client, now)
    users_service.set_password(user, new)
    audit.note(Action.CHANGE_PASSWORD, user)
    return user, begin_sign_in(user, client, now)
