"""Limits on guessing passwords and codes. Failures are stored in the database, for all workers and restarts.

**Passwords.** After 5 failures within 5 minutes for one login from one network (an IPv4 address or an IPv6
/64), or 50 from one network, the next attempt is refused, whether right or wrong. A login is what was typed:
it must not show whether an e-mail address and a user name belong to one account.

From changing addresses, the limit is 20 failures within an hour for one login. It does not apply to *known
places*: networks and browsers from which the account has signed in. So guesses from elsewhere never lock the
owner out. A known browser has the limit of a network, from whatever network it comes.

**Codes of a second factor** are short, and an attacker who guesses them has the password. They are counted
per account from any address, are not forgiven by a successful sign-in, and are also limited per day. Recovery
codes are too long to be guessed and have no such limit.

**Signed-in users** who must enter the password or a code again are counted by that sign-in only, so that
other people cannot use up their attempts.

The failures are counted again in the transaction that records an attempt's outcome, so simultaneous attempts
are judged one after the other.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

import sqlalchemy as sa

from app.core.errors import TooManyAttempts
from app.db.session import db
from app.models import KnownPlace, SignInFailure, User
from app.models.user import folded

PERIOD = timedelta(minutes=5)
MAX_PER_LOGIN = 5
MAX_PER_NETWORK = 50
HOUR = timedelta(hours=1)
MAX_FROM_UNKNOWN_PLACES = 20
DAY = timedelta(days=1)
CODE_LIMITS = ((5, PERIOD), (20, DAY))
KNOWN_PLACE_LIFETIME = timedelta(days=180)
MAX_KNOWN_PLACES = 50
_CODE_PREFIX = "codes of "
KNOWN_PLACE_HINT = "from a device or an address that has signed in to the account before, you can try now"


class AttemptSource(NamedTuple):
    """Where an attempt comes from: its network, and the hash of its browser's device token, if any."""

    network: str
    device: str | None = None

    @property
    def places(self) -> list[str]:
        """Names of the places that a successful sign-in makes known."""
        return [f"network {self.network}", *([f"device {self.device}"] if self.device else [])]


def hash_login(login: str) -> str:
    """Return the key that counts failures of a login. The login itself may be a mistyped password."""
    return hashlib.sha256(folded(login).encode()).hexdigest()


def _get_login_keys(user: User) -> list[str]:
    return [hash_login(user.username), hash_login(user.email)]


def _get_password_account(sign_in_id: str) -> str:
    return f"passwords in {sign_in_id}"


def _get_email_account(sign_in_id: str) -> str:
    return f"e-mails in {sign_in_id}"


def _get_code_account(user: User, sign_in_id: str | None) -> str:
    """Return the key of wrong codes: the sign-in of a signed-in user, else the user."""
    return f"{_CODE_PREFIX}sign-in {sign_in_id}" if sign_in_id else f"{_CODE_PREFIX}user {user.id}"


# --- Limits --------------------------------------------------------------------------------------------


def check_sign_in(login: str, user: User | None, origin: AttemptSource, now: datetime) -> None:
    """Raise TooManyAttempts if a limit of failed sign-ins is reached for this login or network."""
    key = hash_login(login)
    from_here = sa.and_(SignInFailure.address == origin.network, _is_recent(PERIOD, now))
    of_login = sa.and_(SignInFailure.account == key, _is_recent(HOUR, now))
    failures = _load_failures(sa.or_(from_here, of_login))
    recent = [each for each in failures if abs(now - each.failed_at) < PERIOD]
    here = [each for each in recent if each.address == origin.network]
    _check_limit([each for each in here if each.account == key], MAX_PER_LOGIN, PERIOD, now)
    _check_limit(here, MAX_PER_NETWORK, PERIOD, now)
    of_account = [each for each in failures if each.account == key]
    if len(of_account) < MAX_FROM_UNKNOWN_PLACES:
        return
    known = _load_known_places(user, origin, now)
    if not known:
        _check_limit(of_account, MAX_FROM_UNKNOWN_PLACES, HOUR, now, hint=KNOWN_PLACE_HINT)
    elif f"network {origin.network}" not in known:
        by_device = [each for each in recent if each.account == key and each.device == origin.device]
        _check_limit(by_device, MAX_PER_LOGIN, PERIOD, now)


def check_network(origin: AttemptSource, now: datetime) -> None:
    """Raise TooManyAttempts if too many attempts from this network have failed."""
    from_here = sa.and_(SignInFailure.address == origin.network, _is_recent(PERIOD, now))
    _check_limit(_load_failures(from_here), MAX_PER_NETWORK, PERIOD, now)


def check_reauthentication(sign_in_id: str, now: datetime) -> None:
    """Raise TooManyAttempts if too many wrong passwords were given in this sign-in."""
    _check_account(_get_password_account(sign_in_id), now)


def check_email_changes(sign_in_id: str, now: datetime) -> None:
    """Raise TooManyAttempts if this sign-in has asked for too many e-mail addresses of other users."""
    _check_account(_get_email_account(sign_in_id), now)


def _check_account(account: str, now: datetime) -> None:
    wrong = sa.and_(SignInFailure.account == account, _is_recent(PERIOD, now))
    _check_limit(_load_failures(wrong), MAX_PER_LOGIN, PERIOD, now)


def check_codes(user: User, now: datetime, *, sign_in_id: str | None = None) -> None:
    """Raise TooManyAttempts if a limit of wrong codes is reached. The caller has locked the user."""
    of_codes = sa.and_(SignInFailure.account == _get_code_account(user, sign_in_id), _is_recent(DAY, now))
    failures = _load_failures(of_codes)
    for limit, period in CODE_LIMITS:
        _check_limit([each for each in failures if abs(now - each.failed_at) < period], limit, period, now)


class _Failure(NamedTuple):
    account: str
    address: str
    device: str | None
    failed_at: datetime


def _load_failures(which: sa.ColumnElement[bool]) -> list[_Failure]:
    columns = [getattr(SignInFailure, name) for name in _Failure._fields]
    query = sa.select(*columns).where(which).order_by(SignInFailure.failed_at.desc())
    return [_Failure(*row) for row in db.session.execute(query)]


def _is_recent(period: timedelta, now: datetime) -> sa.ColumnElement[bool]:
    """Return whether a failure counts: neither older than the period nor, after a clock jump, far ahead."""
    return sa.and_(SignInFailure.failed_at > now - period, SignInFailure.failed_at < now + period)


def _check_limit(
    failures: list[_Failure], limit: int, period: timedelta, now: datetime, *, hint: str = ""
) -> None:
    """Compare the failures, newest first, with a limit.

    Raises:
        TooManyAttempts: The limit is reached; `Retry-After` says in how many seconds the oldest one expires.
    """
    if len(failures) >= limit:
        seconds = max(1, ceil((failures[limit - 1].failed_at + period - now).total_seconds()))
        detail = f"Too many failed sign-ins. Try again in {seconds} seconds{f'; {hint}' if hint else ''}."
        raise TooManyAttempts(detail, headers={"Retry-After": str(seconds)})


def lock_attempts(*subjects: str) -> None:
    """Wait until concurrent attempts at these subjects (a network, a login) are recorded.

    PostgreSQL only; SQLite's write lock does the same. Locks are acquired in one order to avoid deadlocks.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        digests = {hashlib.sha256(each.encode()).digest()[:4] for each in subjects}
        numbers = sorted(int.from_bytes(digest, "big", signed=True) for digest in digests)
        for number in numbers:
            db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_CLASS, number)))


_LOCK_CLASS = 7_455  # sets these advisory locks apart from any others


# --- Outcomes ------------------------------------------------------------------------------------------


def record_sign_in_failure(login: str, origin: AttemptSource, now: datetime) -> None:
    """Record a sign-in with a wrong password or an unknown login."""
    _insert_failure(hash_login(login), origin, now)


def record_reauthentication_failure(sign_in_id: str, origin: AttemptSource, now: datetime) -> None:
    """Record a wrong password of a signed-in user."""
    _insert_failure(_get_password_account(sign_in_id), origin, now)


def record_email_change_failure(sign_in_id: str, origin: AttemptSource, now: datetime) -> None:
    """Record that a signed-in user asked for the e-mail address of another user."""
    _insert_failure(_get_email_account(sign_in_id), origin, now)


def record_code_failure(
    user: User, origin: AttemptSource, now: datetime, *, sign_in_id: str | None = None
) -> None:
    """Record a wrong code of an authenticator app."""
    _insert_failure(_get_code_account(user, sign_in_id), origin, now)


def record_recovery_code_failure(user: User, origin: AttemptSource, now: datetime) -> None:
    """Record a wrong recovery code, which counts among the failures of its network only."""
    _insert_failure(f"recovery of user {user.id}", origin, now)


def _insert_failure(account: str, origin: AttemptSource, now: datetime) -> None:
    """Record a failure, and delete those that no longer count."""
    no_code, at = SignInFailure.account.not_like(f"{_CODE_PREFIX}%"), SignInFailure.failed_at
    is_over = sa.or_(  # each side is a range of the index
        sa.and_(at <= now - HOUR, sa.or_(no_code, at <= now - DAY)),
        sa.and_(at >= now + HOUR, sa.or_(no_code, at >= now + DAY)),
    )
    db.session.execute(sa.delete(SignInFailure).where(is_over))
    failure = _Failure(account, origin.network, origin.device, now)
    db.session.add(SignInFailure(**failure._asdict()))


def record_success(user: User, origin: AttemptSource, now: datetime) -> None:
    """Delete the user's failures from this place, and remember the place as known."""
    from_here = SignInFailure.address == origin.network
    if origin.device:
        from_here = sa.or_(from_here, SignInFailure.device == origin.device)
    _delete_failures(_get_login_keys(user), from_here)
    newest = (
        sa.select(KnownPlace.place)
        .where(KnownPlace.user_id == user.id)
        .order_by(KnownPlace.seen_at.desc(), KnownPlace.place)
        .limit(MAX_KNOWN_PLACES - len(origin.places))
    )
    is_over = sa.or_(
        KnownPlace.place.in_(origin.places),
        KnownPlace.seen_at <= now - KNOWN_PLACE_LIFETIME,
        KnownPlace.place.not_in(newest),
    )
    db.session.execute(sa.delete(KnownPlace).where(KnownPlace.user_id == user.id, is_over))
    seen = [{"user_id": user.id, "place": place, "seen_at": now} for place in origin.places]
    db.session.execute(sa.insert(KnownPlace), seen)


def _load_known_places(user: User | None, origin: AttemptSource, now: datetime) -> set[str]:
    """Return which places of the attempt are known. The query runs for an unknown account, too."""
    query = sa.select(KnownPlace.place).where(
        KnownPlace.user_id == (user.id if user else 0),
        KnownPlace.place.in_(origin.places),
        KnownPlace.seen_at > now - KNOWN_PLACE_LIFETIME,
    )
    return set(db.session.scalars(query))


def clear_reauthentication_failures(sign_in_id: str) -> None:
    """Delete the wrong passwords of a signed-in user."""
    _delete_failures([_get_password_account(sign_in_id)])


def clear_failures(user: User) -> None:
    """Delete all failures of a user whose password or second factor was replaced."""
    _delete_failures([*_get_login_keys(user), _get_code_account(user, None)])


def _delete_failures(accounts: Iterable[str], more: sa.ColumnElement[bool] | None = None) -> None:
    conditions = [SignInFailure.account.in_(list(accounts)), *([more] if more is not None else [])]
    db.session.execute(sa.delete(SignInFailure).where(*conditions))
