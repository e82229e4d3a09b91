"""Two-factor sign-in: an authenticator app for tests, and users who have one."""

from dataclasses import dataclass

import pyotp
from flask import Flask

from app.auth.two_factor import codes as second_factor
from app.core import clock
from app.db.session import db
from app.models import User
from tests.support.client import Caller
from tests.support.signing_in import PASSWORD

PATH = "/api/auth/two-factor"
SECONDS = 30


@dataclass
class Authenticator:
    """An authenticator app with a user's secret, and the user's recovery codes."""

    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """Return the code at the current time step, or `steps` later."""
        present = int(clock.now().timestamp()) // SECONDS
        return pyotp.TOTP(self.secret).generate_otp(present + steps)

    def wrong_code(self) -> str:
        """Return six digits that are not a valid code now or within two minutes."""
        shown = {self.code(steps) for steps in range(-4, 5)}
        return next(code for code in (f"{number:06}" for number in range(100)) if code not in shown)


def begin(caller: Caller) -> Authenticator:
    """Request a secret, which is not confirmed yet."""
    response = caller.post(PATH, {"current_password": PASSWORD})
    assert response.status_code == 200, response.text
    return Authenticator(response.json["secret"], [])


def turn_on(caller: Caller) -> Authenticator:
    """Turn on two-factor sign-in as a user does, which uses up the code of the current time step."""
    authenticator = begin(caller)
    response = caller.post(f"{PATH}/confirm", {"code": authenticator.code()})
    assert response.status_code == 200, response.text
    authenticator.recovery_codes = response.json["recovery_codes"]
    return authenticator


def equip(app: Flask, user_id: int, *, is_on: bool = True) -> Authenticator:
    """Give a user two-factor sign-in without an audit entry and without ending sessions."""
    with app.app_context():
        user = db.session.get_one(User, user_id)
        authenticator = Authenticator(second_factor.new_secret(user), [])
        if is_on:
            user.two_factor_since = clock.now()
            authenticator.recovery_codes = second_factor.new_recovery_codes(user)
        db.session.commit()
    return authenticator
