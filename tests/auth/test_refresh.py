"""Renewing the access token."""

from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.signing_in import is_signed_in, refresh, signed_in

DAY = 86_400


def test_a_refresh_token_gives_a_fresh_access_token(app, owner, clock):
    phone = signed_in(app, "owen")
    clock.shift(3600)
    assert not is_signed_in(phone)
    response = refresh(phone)
    assert response.status_code == 200
    assert response.json.keys() == {"access_token", "token_type", "expires_in"}
    assert (response.json["token_type"], response.json["expires_in"]) == ("Bearer", 3600)
    assert is_signed_in(Caller(app, tokens=response.json))


def test_a_refresh_token_can_be_used_repeatedly(app, owner):
    phone = signed_in(app, "owen")
    assert [refresh(phone).status_code for _ in range(3)] == [200, 200, 200]


def test_a_sign_in_expires_after_thirty_days(app, owner, clock):
    phone = signed_in(app, "owen")
    clock.shift(30 * DAY - 1)
    assert refresh(phone).status_code == 200
    clock.shift(1)
    refused(refresh(phone), 401)


def test_a_refreshed_access_token_expires_with_its_sign_in(app, owner, clock):
    phone = signed_in(app, "owen")
    clock.shift(30 * DAY - 60)
    late = Caller(app, tokens=refresh(phone).json)
    assert is_signed_in(late)
    clock.shift(60)
    assert not is_signed_in(late)


def test_refreshing_requires_a_token(nobody):
    refused(nobody.post("/api/auth/refresh"), 401)
