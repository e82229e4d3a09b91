"""Attempts to sign in with wrong passwords, from one address or from many."""

import sqlalchemy as sa

from app.db.session import db
from app.models import SignInFailure
from tests.support.problems import refused
from tests.support.signing_in import sign_in

WRONG = "not the password"
ELSEWHERE = "192.0.2.7"
HOUR = 3600
HOME = "203.0.113.7"
"""The address from which the owner has signed in before."""


def guess(app, login: str = "owen", times: int = 1, address: str = "127.0.0.1") -> None:
    """Send `times` sign-ins with a wrong password, none of which may be throttled."""
    for _ in range(times):
        refused(sign_in(app, login, WRONG, address), 401)


def recorded(app) -> list[SignInFailure]:
    """Return the recorded failures of signing in."""
    with app.app_context():
        return list(db.session.scalars(sa.select(SignInFailure)))


def addresses(count: int, version: int = 4) -> list[str]:
    """Return `count` addresses, each in a different network."""
    pattern = "198.18.{0}.{1}" if version == 4 else "2001:db8:{0:x}:{1:x}::1"
    return [pattern.format(number // 250, number % 250) for number in range(count)]


def guess_from_everywhere(app, login="owen", count=60, version=4):
    """Return the statuses of wrong sign-ins that each come from a different network."""
    return [sign_in(app, login, WRONG, address).status_code for address in addresses(count, version)]
