"""Guessing passwords is limited: in the database, so on every worker and after a restart.

After 5 failures within 5 minutes for one account from one address, or 50 from one address, the next
attempt is refused, right or wrong. The count is taken again in the transaction that records an attempt's
outcome, so that guesses made side by side are judged as if they came one after the other.
"""

import hashlib
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa

from app.database import db
from app.errors import TooMany
from app.models import SignInFailure, User
from app.models.user import folded

PERIOD = timedelta(minutes=5)
MOST_PER_ACCOUNT = 5
MOST_PER_ADDRESS = 50


def account_of(user: User | None, login: str) -> str:
    """What failures are counted by. What was typed is not kept: it may be a password."""
    if user is not None:
        return f"user {user.id}"
    return hashlib.sha256(folded(login).encode()).hexdigest()


def refuse_too_many(account: str, address: str, now: datetime) -> None:
    """Raise TooMany where the limit is reached."""
    recent = sa.select(SignInFailure.account, SignInFailure.failed_at).where(
        SignInFailure.address == address, SignInFailure.failed_at > now - PERIOD
    )
    failures = db.session.execute(recent.order_by(SignInFailure.failed_at.desc())).all()
    of_account = [failure.failed_at for failure in failures if failure.account == account]
    of_address = [failure.failed_at for failure in failures]
    for times, most in ((of_account, MOST_PER_ACCOUNT), (of_address, MOST_PER_ADDRESS)):
        if len(times) >= most:
            seconds = max(1, ceil((times[most - 1] + PERIOD - now).total_seconds()))
            said = f"Too many failed sign-ins. Try again in {seconds} seconds."
            raise TooMany(said, headers={"Retry-After": str(seconds)})


def take_turn(address: str) -> None:
    """Wait for the other attempts from this address to be recorded. SQLite's write lock does that anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(address.encode()).digest()[:4], "big", signed=True)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, number)))


_LOCKS = 7_455  # sets these advisory locks apart from any others


def failed(account: str, address: str, now: datetime) -> None:
    """Remember a failure, and forget those that no longer count."""
    db.session.execute(sa.delete(SignInFailure).where(SignInFailure.failed_at <= now - PERIOD))
    db.session.add(SignInFailure(account=account, address=address, failed_at=now))


def succeeded(account: str, address: str) -> None:
    """Forget the failures of an account from an address."""
    same = sa.and_(SignInFailure.account == account, SignInFailure.address == address)
    db.session.execute(sa.delete(SignInFailure).where(same))
