"""Which access tokens are accepted."""

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


def call_with(app, authorization: str, path: str = "/api/auth/me", method: str = "GET"):
    return Caller(app).call(method, path, headers={"Authorization": authorization})


def forge_token(caller: Caller, key: str = SECRET, algorithm: str = "HS256", **claims) -> str:
    """Return the caller's access token with other claims, or signed in another way."""
    own = jwt.decode(caller.tokens["access_token"], SECRET, algorithms=["HS256"])
    merged = {name: value for name, value in (own | claims).items() if value is not None}
    return jwt.encode(merged, key, algorithm)


@pytest.mark.any_database
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_bearer_scheme_is_case_insensitive(app, owner, scheme):
    assert call_with(app, f"{scheme} {owner.tokens['access_token']}").status_code == 200


def test_a_token_forged_with_the_right_secret_is_accepted(app, owner):
    """Show that `forge_token` makes valid tokens: the other tests are refused for their one difference."""
    assert call_with(app, f"Bearer {forge_token(owner)}").status_code == 200


def test_an_access_token_expires_after_an_hour(owner, clock):
    clock.shift(3599)
    assert is_signed_in(owner)
    clock.shift(1)
    assert "expired" in refused(owner.get("/api/auth/me"), 401)["detail"]


def test_an_access_token_cannot_refresh(app, owner):
    refused(call_with(app, f"Bearer {owner.tokens['access_token']}", "/api/auth/refresh", "POST"), 401)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/auth/me"), ("POST", "/api/auth/logout"), ("GET", "/api/collections")],
)
def test_a_refresh_token_is_refused_as_an_access_token(app, owner, method, path):
    refused(call_with(app, f"Bearer {signed_in(app, 'owen').tokens['refresh_token']}", path, method), 401)


def test_a_token_signed_with_another_secret_is_refused(app, owner):
    refused(call_with(app, f"Bearer {forge_token(owner, key='another secret: 0123456789 abcdefgh')}"), 401)


@pytest.mark.any_database
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(app, owner, algorithm):
    _header, claims, signature = owner.tokens["access_token"].split(".")
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).decode().rstrip("=")
    )
    refused(call_with(app, f"Bearer {header}.{claims}."), 401)
    refused(call_with(app, f"Bearer {header}.{claims}.{signature}"), 401)


@pytest.mark.any_database
@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_signed_with_another_algorithm_is_refused(app, owner, algorithm):
    refused(call_with(app, f"Bearer {forge_token(owner, algorithm=algorithm)}"), 401)


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
def test_a_token_with_invalid_claims_is_refused(app, owner, claims):
    refused(call_with(app, f"Bearer {forge_token(owner, **claims)}"), 401)


def test_a_token_with_the_sign_in_of_another_user_is_refused(app, owner, stranger):
    theirs = jwt.decode(stranger.tokens["access_token"], SECRET, algorithms=["HS256"])
    refused(call_with(app, f"Bearer {forge_token(owner, sid=theirs['sid'])}"), 401)


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
def test_an_invalid_authorization_header_is_refused(app, authorization, method, path):
    refused(call_with(app, authorization, path, method), 401)


def test_a_token_is_accepted_only_in_the_authorization_header(app, owner):
    token = owner.tokens["access_token"]
    client = app.test_client()
    client.set_cookie("access_token_cookie", token)
    refused(client.get("/api/auth/me"), 401)
    refused(Caller(app).get(f"/api/auth/me?jwt={token}&access_token={token}"), 401)
    refused(Caller(app).post("/api/auth/logout", {"access_token": token}), 401)


def test_another_worker_accepts_the_same_tokens(app, owner, another_worker):
    assert is_signed_in(Caller(another_worker, tokens=owner.tokens))


def test_a_token_ended_on_one_worker_is_refused_on_the_others(app, owner, another_worker):
    elsewhere = Caller(another_worker, tokens=owner.tokens)
    assert owner.post("/api/auth/logout").status_code == 204
    refused(elsewhere.get("/api/auth/me"), 401)


def test_a_lowered_role_takes_effect_at_once(app, admin, owner):
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
def test_other_changes_of_a_user_keep_their_tokens_valid(app, admin, owner, change):
    assert admin.patch(f"/api/users/{owner.user_id}", change).status_code == 200
    assert is_signed_in(owner)


def test_the_tokens_of_a_deleted_user_end_at_once(app, admin, owner):
    phone = signed_in(app, "owen")
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    assert not is_signed_in(owner)
    refused(refresh(phone), 401)
    refused(sign_in(app, "owen"), 401)


def test_a_token_of_a_deleted_user_is_refused_after_the_name_is_reused(app, admin, owner):
    assert admin.delete(f"/api/users/{owner.user_id}").status_code == 204
    body = {"email": "o@example.org", "username": "owen", "password": "another password", "role": "Admin"}
    assert admin.post("/api/users", body).status_code == 201
    assert not is_signed_in(owner)
