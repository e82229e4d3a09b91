"""Changing a user."""

import pytest

from tests.support.problems import faults, refused
from tests.support.signing_in import sign_in


def test_what_is_absent_stays(app, admin, owner):
    before = admin.get(f"/api/users/{owner.user_id}").json
    response = admin.patch(f"/api/users/{owner.user_id}", {"email": "new@example.org"})
    assert response.status_code == 200
    assert response.json == before | {"email": "new@example.org"}
    assert admin.get(f"/api/users/{owner.user_id}").json == response.json
    assert sign_in(app, "new@example.org").status_code == 200


def test_all_may_change_at_once(app, admin, owner):
    change = {"email": "o@x.org", "username": "Owen II", "role": "Viewer", "password": "another password"}
    user = admin.patch(f"/api/users/{owner.user_id}", change).json
    assert (user["email"], user["username"], user["role"]) == ("o@x.org", "Owen II", "Viewer")
    assert sign_in(app, "owen ii", "another password").status_code == 200
    refused(sign_in(app, "owen", "another password"), 401)


def test_the_old_password_no_longer_signs_in(app, admin, owner):
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    refused(sign_in(app, "owen"), 401)


def test_updated_at_moves(admin, owner, clock):
    clock.shift(60)
    user = admin.patch(f"/api/users/{owner.user_id}", {"username": "owen2"}).json
    assert (user["created_at"], user["updated_at"]) == ("2026-11-27T08:00:00Z", "2026-11-27T08:01:00Z")


def test_one_may_change_the_letter_case_of_ones_own_name(admin, owner):
    user = admin.patch(f"/api/users/{owner.user_id}", {"username": "OWEN", "email": "OWEN@example.org"}).json
    assert (user["username"], user["email"]) == ("OWEN", "owen@example.org")


@pytest.mark.parametrize(
    ("change", "what"),
    [({"username": "STAN"}, "username"), ({"email": "Stan@example.org"}, "email")],
    ids=str,
)
@pytest.mark.parametrize("more", [{}, {"role": "Viewer"}, {"password": "another password"}], ids=str)
def test_the_name_of_somebody_else_is_taken(admin, owner, stranger, change, what, more):
    problem = refused(admin.patch(f"/api/users/{owner.user_id}", change | more), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["errors"] == {what: ["is taken by another user"]}


@pytest.mark.parametrize(
    "change",
    [
        {"email": "owen"},
        {"email": None},
        {"username": ""},
        {"password": "short"},
        {"password": None},
        {"role": "Root"},
        {"id": 1},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"password_hash": "x"},
    ],
    ids=str,
)
def test_the_rules_of_a_new_user_hold(admin, owner, change):
    before = admin.get(f"/api/users/{owner.user_id}").json
    assert faults(admin.patch(f"/api/users/{owner.user_id}", change)).keys() == change.keys()
    assert admin.get(f"/api/users/{owner.user_id}").json == before


def test_one_bad_input_leaves_all_as_it_was(app, admin, owner):
    faults(admin.patch(f"/api/users/{owner.user_id}", {"password": "another password", "role": "Root"}))
    assert sign_in(app, "owen").status_code == 200


def test_an_unknown_user_is_not_found(admin):
    refused(admin.patch("/api/users/999999", {"username": "x"}), 404)


# --- Oneself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"password": "another password"},
        {"email": "new@example.org"},
        {"email": "new@example.org", "password": "another password", "username": "new"},
        {"role": "Admin", "password": "another password"},
    ],
    ids=str,
)
def test_a_token_alone_does_not_change_ones_own_password_or_email(app, admin, change):
    before = admin.get(f"/api/users/{admin.user_id}").json
    problem = refused(admin.patch(f"/api/users/{admin.user_id}", change), 409)
    assert problem["type"] == "urn:spikecast:problem:own-credentials"
    assert "in your profile" in problem["detail"]
    assert admin.get(f"/api/users/{admin.user_id}").json == before
    assert sign_in(app, "ada").status_code == 200


def test_what_stays_the_same_is_no_change(admin):
    change = {"email": "Ada@example.org", "username": "Ada L.", "role": "Admin"}
    assert admin.patch(f"/api/users/{admin.user_id}", change).json["username"] == "Ada L."


# --- API keys at a new password ------------------------------------------------------------------------


def statuses(caller):
    return {each["label"]: each["status"] for each in caller.get("/api/api-keys").json["items"]}


@pytest.mark.parametrize(("more", "expected"), [({}, "valid"), ({"revoke_api_keys": True}, "revoked")])
def test_keys_go_on_or_end_with_a_new_password_as_it_says(admin, owner, more, expected):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    admin.post("/api/api-keys", {"label": "of ada"})
    assert (
        admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"} | more).status_code == 200
    )
    assert statuses(admin) == {"Zabbix": expected, "of ada": "valid"}


@pytest.mark.parametrize(("more", "expected"), [({}, "valid"), ({"revoke_api_keys": True}, "revoked")])
def test_so_do_ones_own(admin, owner, stranger, more, expected):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    stranger.post("/api/api-keys", {"label": "of stan"})
    body = {"current_password": "correct horse battery", "new_password": "another password"}
    assert owner.post("/api/auth/change-password", body | more).status_code == 200
    assert statuses(admin) == {"Zabbix": expected, "of stan": "valid"}


def test_keys_that_end_are_noted_one_by_one(admin, owner):
    for label in ("Zabbix", "Grafana"):
        owner.post("/api/api-keys", {"label": label})
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password", "revoke_api_keys": True})
    entries = admin.get("/api/audit", query_string={"action": "revoke-key"}).json["items"]
    assert {each["thing_name"] for each in entries} == {"Zabbix", "Grafana"}


def test_keys_end_with_a_password_alone(admin, owner):
    change = {"revoke_api_keys": True, "username": "owen2"}
    assert faults(admin.patch(f"/api/users/{owner.user_id}", change)).keys() == {"revoke_api_keys"}


@pytest.mark.parametrize(
    ("options", "typed", "expected"),
    [
        (["--password-stdin"], "another password\n", "valid"),
        (["--password-stdin", "--revoke-keys"], "another password\n", "revoked"),
        ([], "n\nanother password\nanother password\n", "valid"),
        ([], "y\nanother password\nanother password\n", "revoked"),
        (["--keep-keys"], "another password\nanother password\n", "valid"),
    ],
)
def test_the_command_asks_about_keys_too(app, admin, owner, options, typed, expected):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    result = app.test_cli_runner().invoke(args=["set-password", "owen", *options], input=typed)
    assert result.exit_code == 0, result.output
    assert statuses(admin) == {"Zabbix": expected}
