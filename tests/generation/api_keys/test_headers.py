"""Where a poll may send its API key, and which keys are malformed."""

import pytest

from app.core import key_format
from tests.support.problems import refused

PATH = "/api/data/Truck%2001/performance"


def mistype(key: str) -> str:
    """Return the key with one character of its random part replaced by another."""
    return key[:10] + ("a" if key[10] != "a" else "b") + key[11:]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("X-API-Key", "{}"),
        ("x-api-key", "{}"),
        ("X-API-Key", " {} "),
        ("Authorization", "Bearer {}"),
        ("Authorization", "bearer {}"),
        ("Authorization", "BEARER {}"),
        ("Authorization", "bEaReR {}"),
        ("Authorization", "Bearer   {}"),
        ("authorization", "Bearer {} "),
        ("Authorization", "{}"),
        ("Authorization", " {} "),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_poll_accepts_its_key_in_either_header(make, truck, nobody, name, form, by):
    path = PATH if by == "name" else f"/api/collections/{truck['id']}/data/performance"
    assert nobody.get(path, headers={name: form.format(make.key().key)}).json["data"] == {"cpu": 7}


def test_x_api_key_takes_precedence_over_a_bearer_token(make, truck, nobody):
    good, unknown = make.key().key, key_format.generate()
    right = {"X-API-Key": good, "Authorization": f"Bearer {unknown}"}
    wrong = {"X-API-Key": unknown, "Authorization": f"Bearer {good}"}
    assert nobody.get(PATH, headers=right).status_code == 200
    assert nobody.get(PATH, headers=wrong).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "   "},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic"},
        {"Authorization": "Basic Og=="},
        {"Authorization": "Basic IDog"},
        {"Authorization": "Basic {key}"},
        {"Authorization": "Basic \u20ac"},
        {"Authorization": "Basic dXNlcjp"},
        {"Authorization": "Basic dXNl cjpw"},
        {"Authorization": "Token {key}"},
        {"Authorization": "Digest {key}"},
        {"Authorization": "Bearer {key} {key}"},
        {"Authorization": "hunter2"},
        {"Authorization": "eyJhbGciOiJIUzI1NiJ9.e30.abc"},
        {"Cookie": "X-API-Key={key}; access_token_cookie={key}"},
        {"Api-Key": "{key}"},
    ],
    ids=str,
)
def test_a_poll_without_a_key_is_refused(make, truck, nobody, headers):
    key = make.key().key
    sent = {name: form.format(key=key) for name, form in headers.items()}
    assert refused(nobody.get(PATH, headers=sent), 401)["detail"] == "Send an API key: X-API-Key: <key>"


def test_a_key_in_the_query_string_is_ignored(make, truck, nobody):
    key = make.key().key
    refused(nobody.get(f"{PATH}?api_key={key}&X-API-Key={key}&access_token={key}"), 401)


@pytest.mark.parametrize(
    "change",
    [
        mistype,
        lambda key: key[:-1],
        lambda key: key + "a",
        lambda key: key.upper(),
        lambda key: key.removeprefix("spk_"),
        lambda key: f"{key}, {key}",
        lambda key: f"{key[:20]}\xe9{key[21:]}",
        lambda key: "' OR 1=1 --",
        lambda key: "x" * 5000,
    ],
    ids=[
        "wrong letter",
        "too short",
        "too long",
        "upper case",
        "no prefix",
        "twice",
        "non-ASCII",
        "SQL",
        "huge",
    ],
)
def test_a_mistyped_key_is_refused_without_a_query(make, truck, nobody, queries, change):
    key = change(make.key().key)
    with queries() as seen:
        detail = refused(nobody.get(PATH, headers={"X-API-Key": key}), 401)["detail"]
    assert detail == "Invalid API key (checksum mismatch). Copy the whole key."
    assert seen.count == 0


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_an_access_or_refresh_token_is_not_accepted_as_a_key(owner, make, truck, nobody, token):
    jwt = owner.tokens[token]
    refused(owner.get(PATH), 401)
    refused(nobody.get(PATH, headers={"Authorization": f"Bearer {jwt}"}), 401)
    refused(nobody.get(PATH, headers={"X-API-Key": jwt}), 401)
    cookies = f"access_token_cookie={jwt}; refresh_token_cookie={jwt}"
    refused(nobody.get(PATH, headers={"Cookie": cookies}), 401)


def test_a_session_cookie_beside_the_key_is_ignored(make, truck, owner):
    tool = make.key()
    assert tool.get(PATH, headers={"Cookie": f"access_token_cookie={owner.tokens['access_token']}"}).json
