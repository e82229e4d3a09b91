"""Signing in."""

import pytest

from app.db.session import db
from app.models import User
from tests.support.client import Caller
from tests.support.problems import faults, refused
from tests.support.signing_in import PASSWORD, is_signed_in, sign_in, signed_in


def test_the_response_contains_the_tokens_their_lifetime_and_the_user(app, owner):
    response = sign_in(app, "owen")
    assert response.status_code == 200
    assert response.json.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert response.json["token_type"] == "Bearer"
    assert response.json["expires_in"] == 3600
    assert response.json["user"] == owner.get("/api/auth/me").json


def test_the_response_contains_neither_password_nor_hash(app, owner):
    user = sign_in(app, "owen").json["user"]
    assert user.keys() == {"id", "email", "username", "role", "has_two_factor", "created_at", "updated_at"}
    assert (user["email"], user["username"], user["role"]) == ("owen@example.org", "owen", "Editor")


@pytest.mark.parametrize(
    "login",
    ["owen", "OWEN", "oWeN", "  owen ", "owen@example.org", "OWEN@Example.ORG", " Owen@example.org  "],
)
def test_email_and_username_are_case_insensitive(app, owner, login):
    response = sign_in(app, login)
    assert response.status_code == 200
    assert response.json["user"]["id"] == owner.user_id


@pytest.mark.parametrize(
    ("username", "login"),
    [
        ("Zoë", "ZOË"),
        ("Straße", "STRASSE"),
        ("José", "Jose\u0301"),
        ("ÅSA", "A\u030asa"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ΐχνος", "Ϊ́ΧΝΟΣ"),
    ],
)
def test_a_username_matches_regardless_of_case_and_unicode_composition(app, admin, username, login):
    user = {"email": "z@example.org", "username": username, "password": PASSWORD, "role": "Viewer"}
    assert admin.post("/api/users", user).status_code == 201
    assert sign_in(app, login).status_code == 200


def test_the_password_is_case_sensitive(app, owner):
    refused(sign_in(app, "owen", PASSWORD.upper()), 401)


@pytest.mark.parametrize(
    "password", ["Grüße, Jürgen", "пароль пароль", "🐎" * 8, "a" * 128, " spaces count "]
)
def test_a_password_may_be_any_text(app, owner, admin, password):
    assert admin.patch(f"/api/users/{owner.user_id}", {"password": password}).status_code == 200
    assert sign_in(app, "owen", password).status_code == 200
    refused(sign_in(app, "owen", password.strip() + "!"), 401)


def test_an_unknown_account_and_a_wrong_password_get_the_same_response(app, owner):
    unknown, wrong = sign_in(app, "nobody"), sign_in(app, "owen", "not the password")
    assert refused(unknown, 401) == refused(wrong, 401)
    assert _without_length(unknown) == _without_length(wrong)


def _without_length(response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in response.headers if name != "Content-Length"]


def test_every_sign_in_gets_its_own_tokens(app, owner):
    phone, laptop = signed_in(app, "owen"), signed_in(app, "owen")
    assert phone.tokens["access_token"] != laptop.tokens["access_token"]
    assert is_signed_in(phone)
    assert is_signed_in(laptop)


def test_login_and_password_are_both_required(nobody):
    assert faults(nobody.post("/api/auth/login", {})) == {
        "login": ["is required"],
        "password": ["is required"],
    }


def test_a_client_with_a_long_user_agent_can_sign_in(app, owner):
    response = Caller(app).post(
        "/api/auth/login",
        {"login": "owen", "password": PASSWORD},
        headers={"User-Agent": "Mozilla " * 200},
    )
    assert response.status_code == 200


def test_a_password_hashed_with_another_cost_is_rehashed_at_sign_in(app, owner, start_worker):
    before = _stored_hash(app, owner.user_id)
    costlier = start_worker(ARGON2_KIBIBYTES=16, ARGON2_PASSES=2)
    assert sign_in(costlier, "owen").status_code == 200
    after = _stored_hash(app, owner.user_id)
    assert after != before
    assert sign_in(costlier, "owen").status_code == 200
    assert _stored_hash(app, owner.user_id) == after


def _stored_hash(app, user_id: int) -> str:
    with app.app_context():
        return db.session.get_one(User, user_id).password_hash


def test_passwords_are_stored_as_argon2id(app, owner):
    assert _stored_hash(app, owner.user_id).startswith("$argon2id$")
