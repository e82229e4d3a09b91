"""Signing out."""

from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.signing_in import is_signed_in, refresh, signed_in


def test_signing_out_ends_the_access_and_the_refresh_token(app, owner):
    phone = signed_in(app, "owen")
    response = phone.post("/api/auth/logout")
    assert (response.status_code, response.data) == (204, b"")
    assert not is_signed_in(phone)
    refused(refresh(phone), 401)


def test_signing_out_ends_refreshed_access_tokens_too(app, owner):
    phone = signed_in(app, "owen")
    refreshed = Caller(app, tokens=refresh(phone).json)
    assert refreshed.post("/api/auth/logout").status_code == 204
    assert not is_signed_in(phone)
    assert not is_signed_in(refreshed)
    refused(refresh(phone), 401)


def test_other_devices_stay_signed_in(app, owner):
    phone, laptop = signed_in(app, "owen"), signed_in(app, "owen")
    phone.post("/api/auth/logout")
    assert is_signed_in(laptop)
    assert refresh(laptop).status_code == 200


def test_signing_out_twice_is_refused(owner):
    assert owner.post("/api/auth/logout").status_code == 204
    refused(owner.post("/api/auth/logout"), 401)
