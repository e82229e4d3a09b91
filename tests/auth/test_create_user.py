"""Creating a user."""

from functools import partial

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.problems import faults, refused
from tests.support.signing_in import sign_in

EVE = {"email": "eve@example.org", "username": "eve", "password": "a password of eve", "role": "Editor"}


def create(admin, **changes):
    return admin.post("/api/users", EVE | changes)


def test_the_response_contains_the_user_and_their_location(admin):
    response = create(admin)
    assert response.status_code == 201
    user = response.json
    assert user.keys() == {"id", "email", "username", "role", "has_two_factor", "created_at", "updated_at"}
    assert {name: user[name] for name in ("email", "username", "role")} == {
        "email": "eve@example.org",
        "username": "eve",
        "role": "Editor",
    }
    assert response.headers["Location"] == f"/api/users/{user['id']}"
    assert admin.get(response.headers["Location"]).json == user


def test_the_user_can_sign_in(app, admin):
    create(admin)
    assert sign_in(app, "eve", EVE["password"]).status_code == 200


@pytest.mark.parametrize("role", ["Admin", "Editor", "Viewer"])
def test_each_role_can_be_assigned(admin, role):
    assert create(admin, role=role).json["role"] == role


def test_the_email_is_stored_in_lower_case_and_the_username_in_its_own_case(admin):
    user = create(admin, email=" Eve@Example.ORG ", username="  Eve Polastri ").json
    assert (user["email"], user["username"]) == ("eve@example.org", "Eve Polastri")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "eve"}, "must be an e-mail address, such as ada@example.org"),
        ({"email": "eve@"}, "must be an e-mail address, such as ada@example.org"),
        ({"email": "@example.org"}, "must be an e-mail address, such as ada@example.org"),
        ({"email": "eve@example.org\nbcc: all"}, "must be an e-mail address, such as ada@example.org"),
        ({"email": "eve polastri@example.org"}, "must be an e-mail address, such as ada@example.org"),
        ({"email": ""}, "must not be empty"),
        ({"email": None}, "must not be null"),
        ({"email": 5}, "must be a string"),
        ({"email": "e" * 244 + "@example.org"}, "must have at most 255 characters, not 256"),
        ({"username": ""}, "must not be empty"),
        ({"username": "   "}, "must not be empty"),
        ({"username": "x" * 256}, "must have at most 255 characters, not 256"),
        ({"username": "eve@home"}, "must not contain @"),
        ({"username": "eve\u202e"}, "must not contain bidirectional control characters"),
        ({"username": "e\tve"}, "must not contain control characters"),
        ({"username": "e\x00ve"}, "must not contain NUL characters"),
        ({"username": None}, "must not be null"),
        ({"username": ["eve"]}, "must be a string"),
        ({"password": "1234567"}, "must have at least 8 characters"),
        ({"password": "x" * 129}, "must have at most 128 characters, not 129"),
        ({"password": 12345678}, "must be a string"),
        ({"password": None}, "must not be null"),
        ({"role": "Owner"}, "must be one of Admin, Editor, Viewer"),
        ({"role": "admin"}, "must be one of Admin, Editor, Viewer"),
        ({"role": "ADMIN"}, "must be one of Admin, Editor, Viewer"),
        ({"role": 1}, "must be one of Admin, Editor, Viewer"),
        ({"role": None}, "must not be null"),
        ({"id": 5}, "is not a known key"),
        ({"is_admin": True}, "is not a known key"),
        ({"password_hash": "x"}, "is not a known key"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_invalid_input_is_refused_with_an_error_message(admin, changes, message):
    assert faults(create(admin, **changes)) == {next(iter(changes)): [message]}


INVISIBLE = {
    "zero width space": "ada\u200b",
    "zero width joiner": "a\u200dda",
    "soft hyphen": "ad\u00ada",
    "byte order mark": "\ufeffada",
    "word joiner": "ad\u2060a",
    "invisible times": "ad\u2062a",
    "left-to-right mark": "ada\u200e",
    "Arabic letter mark": "ada\u061c",
    "language tag": "ada\U000e0061",
    "variation selector": "ada\ufe0f",
    "variation selector 17": "ada\U000e0100",
    "combining grapheme joiner": "ad\u034fa",
    "Hangul filler": "ada\u3164",
    "halfwidth Hangul filler": "ada\uffa0",
    "Mongolian variation selector": "ad\u180ba",
    "Braille blank": "ada\u2800",
    "no-break space": "ada\u00a0x",
    "ideographic space": "ada\u3000x",
}


@pytest.mark.any_database
@pytest.mark.parametrize("case", INVISIBLE)
def test_invisible_characters_in_a_username_are_refused(admin, case):
    errors = faults(create(admin, username=INVISIBLE[case]))
    assert errors == {"username": ["must not contain invisible characters"]}
    assert faults(admin.patch(f"/api/users/{admin.user_id}", {"username": INVISIBLE[case]})) == errors


def test_two_spaces_in_a_row_in_a_username_are_refused(admin):
    errors = faults(create(admin, username="ada  x"))
    assert errors == {"username": ["must not contain two spaces in a row"]}


@pytest.mark.any_database
def test_all_input_errors_are_reported_together(admin):
    assert faults(admin.post("/api/users", {"email": "eve", "role": "Owner"})).keys() == {
        "email",
        "username",
        "password",
        "role",
    }


@pytest.mark.parametrize(
    "username", ["x", "x" * 255, "名前", "Ève / 100%", "<b>eve</b>", "'; --", "..", "%00"]
)
def test_a_username_may_be_any_visible_text(app, admin, username):
    assert create(admin, username=username).json["username"] == username
    assert sign_in(app, username, EVE["password"]).status_code == 200


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"username": "other"}, "email"),
        ({"username": "other", "email": "EVE@Example.org"}, "email"),
        ({"email": "other@example.org"}, "username"),
        ({"email": "other@example.org", "username": "EVE"}, "username"),
        ({"email": "other@example.org", "username": " Eve "}, "username"),
    ],
    ids=str,
)
def test_email_and_username_are_unique_regardless_of_case(admin, changes, what):
    create(admin)
    problem = refused(create(admin, **changes), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["errors"] == {what: ["is taken by another user"]}


@pytest.mark.parametrize(
    ("first", "twin"), [("José", "Jose\u0301"), ("STRASSE", "straße"), ("ΐ", "\u0399\u0308\u0301")]
)
def test_usernames_equal_after_case_folding_and_normalization_are_refused(admin, first, twin):
    assert create(admin, username=first).status_code == 201
    refused(create(admin, username=twin, email="twin@example.org"), 409)


def test_of_concurrent_users_with_one_username_only_one_is_created(admin):
    answers = run_concurrently(
        *(partial(create, admin, username=name) for name in ("eve", "EVE", "Eve", "eVe", "evE", "EVe"))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert admin.get("/api/users?search=eve").json["total"] == 1
