"""Guessing passwords and codes is limited: in the database, so on every worker and after a restart.

After 5 failures within 5 minutes for one account from one address, or 50 from one address, the next
attempt is refused, right or wrong. The count is taken again in the transaction that records an attempt's
outcome, so that guesses made side by side are judged as if they came one after the other.

Codes of a second factor are short, and whoever guesses them has the password. So theirs count for the account
from wherever they come, are not forgiven by a sign-in that succeeds, and are also limited by the day.
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
DAY = timedelta(days=1)
MOST_CODES = ((5, PERIOD), (20, DAY))


def account_of(user: User | None, login: str) -> str:
    """What failures are counted by. What was typed is not kept: it may be a password."""
    if user is not None:
        return f"user {user.id}"
    return hashlib.sha256(folded(login).encode()).hexdigest()


def refuse_too_many(account: str, address: str, now: datetime) -> None:
    """Raise TooMany where the limit of wrong passwords, or that of the address, is reached."""
    recent = sa.select(SignInFailure.account, SignInFailure.failed_at).where(
        SignInFailure.address == address, _is_recent(PERIOD, now)
    )
    failures = db.session.execute(recent.order_by(SignInFailure.failed_at.desc())).all()
    of_account = [failure.failed_at for failure in failures if failure.account == account]
    of_address = [failure.failed_at for failure in failures]
    for times, most in ((of_account, MOST_PER_ACCOUNT), (of_address, MOST_PER_ADDRESS)):
        _refuse(times, most, PERIOD, now)


def refuse_too_many_codes(user: User, now: datetime) -> None:
    """Raise TooMany where a limit of wrong codes is reached. The caller has locked the user."""
    of_codes = sa.and_(SignInFailure.account == _codes_of(user), _is_recent(DAY, now))
    query = sa.select(SignInFailure.failed_at).where(of_codes).order_by(SignInFailure.failed_at.desc())
    failures = list(db.session.scalars(query))
    for most, period in MOST_CODES:
        _refuse([each for each in failures if now - period < each < now + period], most, period, now)


def _is_recent(period: timedelta, now: datetime) -> sa.ColumnElement[bool]:
    """Not so long ago; nor far ahead, as when a clock that was wrong is right again: that would never end."""
    return sa.and_(SignInFailure.failed_at > now - period, SignInFailure.failed_at < now + period)


def _refuse(times: list[datetime], most: int, period: timedelta, now: datetime) -> None:
    """Raise TooMany where there are so many failures, of which the newest comes first."""
    if len(times) >= most:
        seconds = max(1, ceil((times[most - 1] + period - now).total_seconds()))
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
    of_a_password = SignInFailure.account.not_like(f"{_CODES}%")
    is_over = sa.or_(sa.not_(_is_recent(DAY, now)), sa.and_(of_a_password, sa.not_(_is_recent(PERIOD, now))))
    db.session.execute(sa.delete(SignInFailure).where(is_over))
    db.session.add(SignInFailure(account=account, address=address, failed_at=now))


def code_failed(user: User, address: str, now: datetime) -> None:
    """Remember a wrong code."""
    failed(_codes_of(user), address, now)


def forget_codes(user: User) -> None:
    """Forget the wrong codes of somebody whose password, or second factor, is a new one."""
    db.session.execute(sa.delete(SignInFailure).where(SignInFailure.account == _codes_of(user)))


def succeeded(account: str, address: str) -> None:
    """Forget the failures of an account from an address."""
    same = sa.and_(SignInFailure.account == account, SignInFailure.address == address)
    db.session.execute(sa.delete(SignInFailure).where(same))


_CODES = "codes of user "


def _codes_of(user: User) -> str:
    return f"{_CODES}{user.id}"
