"""Which tokens count."""

import base64
import json
from datetime import timedelta

import jwt
import pytest

from tests.conftest import NOW
from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.signing_in import is_signed_in, refresh, sign_in, signed_in

SECRET = "a secret of the tests: 0123456789 abcdef"


def bearing(app, authorization: str, path: str = "/api/auth/me", method: str = "GET"):
    return Caller(app).call(method, path, headers={"Authorization": authorization})


def forged(caller: Caller, key: str = SECRET, algorithm: str = "HS256", **claims) -> str:
    """The caller's access token with other claims, or signed otherwise."""
    own = jwt.decode(caller.tokens["access_token"], SECRET, algorithms=["HS256"])
    merged = {name: value for name, value in (own | claims).items() if value is not None}
    return jwt.encode(merged, key, algorithm)


@pytest.mark.any_database
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_counts_in_any_letter_case(app, owner, scheme):
    assert bearing(app, f"{scheme} {owner.tokens['access_token']}").status_code == 200


def test_a_token_of_ones_own_making_is_as_good_as_the_secret(app, owner):
    """The other tests of this file forge with the right secret: this shows that they would succeed."""
    assert bearing(app, f"Bearer {forged(owner)}").status_code == 200


def test_an_access_token_lasts_an_hour(owner, clock):
    clock.shift(3599)
    assert is_signed_in(owner)
    clock.shift(1)
    assert "expired" in refused(owner.get("/api/auth/me"), 401)["detail"]


def test_an_access_token_does_not_refresh(app, owner):
    refused(bearing(app, f"Bearer {owner.tokens['access_token']}", "/api/auth/refresh", "POST"), 401)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/auth/me"), ("POST", "/api/auth/logout"), ("GET", "/api/collections")],
)
def test_a_refresh_token_gives_no_access(app, owner, method, path):
    refused(bearing(app, f"Bearer {signed_in(app, 'owen').tokens['refresh_token']}", path, method), 401)


def test_a_token_signed_with_another_secret_does_not_count(app, owner):
    refused(bearing(app, f"Bearer {forged(owner, key='another secret: 0123456789 abcdefgh')}"), 401)


@pytest.mark.any_database
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_does_not_count(app, owner, algorithm):
    _header, claims, signature = owner.tokens["access_token"].split(".")
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).decode().rstrip("=")
    )
    refused(bearing(app, f"Bearer {header}.{claims}."), 401)
    refused(bearing(app, f"Bearer {header}.{claims}.{signature}"), 401)


@pytest.mark.any_database
@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_signed_in_another_way_does_not_count(app, owner, algorithm):
    refused(bearing(app, f"Bearer {forged(owner, algorithm=algorithm)}"), 401)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "999999"},
        {"sub": None},
        {"sub": "owen"},
        {"sub": "-1"},
        {"sid": None},
        {"sid": "0" * 32},
        {"sid": ["a"]},
        {"sid": "x" * 5000},
        {"type": "refresh"},
        {"exp": 0},
        {"nbf": int((NOW + timedelta(days=1)).timestamp())},
    ],
    ids=str,
)
def test_a_token_with_other_claims_does_not_count(app, owner, claims):
    refused(bearing(app, f"Bearer {forged(owner, **claims)}"), 401)


def test_somebody_elses_sign_in_does_not_count(app, owner, stranger):
    theirs = jwt.decode(stranger.tokens["access_token"], SECRET, algorithms=["HS256"])
    refused(bearing(app, f"Bearer {forged(owner, sid=theirs['sid'])}"), 401)


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.any_database
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Bearer a",
        "Bearer a.b",
        "Bearer a.b.c",
        "Bearer a.b.c.d.e",
        "Bearer ...",
        "Bearer null",
        "Bearer a b c",
        "Bearer \xff\xfe.\xe4.\xf6",
        "Bearer " + "a" * 100_000,
        "Bearer " + "." * 5_000,
        "Basic b3dlbjpvd2Vu",
        "Basic :",
        "Basic \xff",
        "Digest username=owen",
        "Negotiate",
        ", ,",
        "Bearer,Bearer",
        "spk_00000000000000000000000000000000000000",
        f"Bearer {_segment('[' * 4000)}.e30.c2ln",
        f"Bearer {_segment('{' + chr(34) + 'a' + chr(34) + ':' + '[' * 4000)}.e30.c2ln",
        f"Bearer {_segment('1' * 5000)}.e30.c2ln",
        f"Bearer {_segment('null')}.e30.c2ln",
        f"Bearer {_segment('[]')}.e30.c2ln",
        f"Bearer {_segment(json.dumps({'alg': 'HS256', 'kid': [1]}))}.e30.c2ln",
        f"Bearer {_segment(json.dumps({'alg': ['HS256']}))}.e30.c2ln",
        f"Bearer {_segment(json.dumps({'alg': 'HS256', 'crit': ['b64'], 'b64': False}))}.e30.c2ln",
        f"Bearer {_segment(json.dumps({'alg': 'HS256'}))}.{_segment('[' * 4000)}.c2ln",
    ],
    ids=lambda text: ascii(text[:24]) + f"-{len(text)}",
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/api/auth/me"), ("POST", "/api/auth/refresh")])
def test_junk_in_the_header_is_refused(app, authorization, method, path):
    refused(bearing(app, authorization, path, method), 401)


def test_a_token_counts_in_the_header_alone(app, owner):
    token = owner.tokens["access_token"]
    client = app.test_client()
    client.set_cookie("access_token_cookie", token)
    refused(client.get("/api/auth/me"), 401)
    refused(Caller(app).get(f"/api/auth/me?jwt={token}&access_token={token}"), 401)
    refused(Caller(app).post("/api/auth/logout", {"access_token": token}), 401)


def test_another_worker_knows_the_same_tokens(app, owner, another_worker):
    assert is_signed_in(Caller(another_worker, tokens=owner.tokens))


def test_what_ended_on_one_worker_has_ended_on_the_others(app, owner, another_worker):
    elsewhere = Caller(another_worker, tokens=owner.tokens)
    assert owner.post("/api/auth/logout").status_code == 204
    refused(elsewhere.get("/api/auth/me"), 401)


def test_a_role_that_is_lowered_counts_at_once(app, admin, owner):
    assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Viewer"}).status_code == 200
    refused(owner.get("/api/auth/me"), 401)
    again = signed_in(app, "owen")
    refused(again.post("/api/collections", {"name": "Truck"}), 403)


@pytest.mark.parametrize(
    "change", [{"role": "Viewer"}, {"role": "Admin"}, {"password": "another password"}], ids=str
)
def test_a_new_role_or_password_ends_every_token_at_once(app, admin, owner, change):
    phone = signed_in(app, "owen")
    assert admin.patch(f"/api/users/{owner.user_id}", change).status_code == 200
    for device in (owner, phone):
        assert not is_signed_in(device)
    refused(refresh(phone), 401)


@pytest.mark.parametrize(
    "change",
    [{"role": "Editor"}, {"email": "o@example.org"}, {"username": "owen2"}, {"username": "OWEN"}, {}],
    ids=str,
)
def test_other_changes_leave_the_tokens_alone(app, admin, owner, change):
    assert admin.patch(f"/api/users/{owner.user_id}", change).status_code == 200
    assert is_signed_in(owner)


def test_the_tokens_of_a_deleted_user_end_at_once(app, admin, owner):
    phone = signed_in(app, "owen")
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    assert not is_signed_in(owner)
    refused(refresh(phone), 401)
    refused(sign_in(app, "owen"), 401)


def test_a_token_never_counts_for_a_later_user(app, admin, owner):
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    body = {"email": "o@example.org", "username": "owen", "password": "another password", "role": "Admin"}
    assert admin.post("/api/users", body).status_code == 201
    assert not is_signed_in(owner)
