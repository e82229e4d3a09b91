"""Changing a user."""

import pytest

from tests.support.problems import faults, refused
from tests.support.signing_in import sign_in


def test_absent_settings_keep_their_values(app, admin, owner):
    before = admin.get(f"/api/users/{owner.user_id}").json
    response = admin.patch(f"/api/users/{owner.user_id}", {"email": "new@example.org"})
    assert response.status_code == 200
    assert response.json == before | {"email": "new@example.org"}
    assert admin.get(f"/api/users/{owner.user_id}").json == response.json
    assert sign_in(app, "new@example.org").status_code == 200


def test_all_settings_can_change_in_one_request(app, admin, owner):
    change = {"email": "o@x.org", "username": "Owen II", "role": "Viewer", "password": "another password"}
    user = admin.patch(f"/api/users/{owner.user_id}", change).json
    assert (user["email"], user["username"], user["role"]) == ("o@x.org", "Owen II", "Viewer")
    assert sign_in(app, "owen ii", "another password").status_code == 200
    refused(sign_in(app, "owen", "another password"), 401)


def test_the_old_password_no_longer_signs_in(app, admin, owner):
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"})
    refused(sign_in(app, "owen"), 401)


def test_a_change_sets_updated_at(admin, owner, clock):
    clock.shift(60)
    user = admin.patch(f"/api/users/{owner.user_id}", {"username": "owen2"}).json
    assert (user["created_at"], user["updated_at"]) == ("2026-11-27T08:00:00Z", "2026-11-27T08:01:00Z")


def test_the_letter_case_of_a_username_can_change(admin, owner):
    user = admin.patch(f"/api/users/{owner.user_id}", {"username": "OWEN", "email": "OWEN@example.org"}).json
    assert (user["username"], user["email"]) == ("OWEN", "owen@example.org")


@pytest.mark.parametrize(
    ("change", "what"),
    [({"username": "STAN"}, "username"), ({"email": "Stan@example.org"}, "email")],
    ids=str,
)
@pytest.mark.parametrize("more", [{}, {"role": "Viewer"}, {"password": "another password"}], ids=str)
def test_the_username_or_email_of_another_user_is_refused(admin, owner, stranger, change, what, more):
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
def test_an_invalid_change_is_refused_and_changes_nothing(admin, owner, change):
    before = admin.get(f"/api/users/{owner.user_id}").json
    assert faults(admin.patch(f"/api/users/{owner.user_id}", change)).keys() == change.keys()
    assert admin.get(f"/api/users/{owner.user_id}").json == before


def test_an_invalid_role_leaves_the_password_unchanged(app, admin, owner):
    faults(admin.patch(f"/api/users/{owner.user_id}", {"password": "another password", "role": "Root"}))
    assert sign_in(app, "owen").status_code == 200


def test_an_unknown_user_is_not_found(admin):
    refused(admin.patch("/api/users/999999", {"username": "x"}), 404)


# --- The Admin's own account ---------------------------------------------------------------------------


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
def test_an_admin_cannot_change_their_own_credentials_without_the_password(app, admin, change):
    before = admin.get(f"/api/users/{admin.user_id}").json
    problem = refused(admin.patch(f"/api/users/{admin.user_id}", change), 409)
    assert problem["type"] == "urn:spikecast:problem:own-credentials"
    assert "in your profile" in problem["detail"]
    assert admin.get(f"/api/users/{admin.user_id}").json == before
    assert sign_in(app, "ada").status_code == 200


def test_an_admin_may_send_their_own_email_and_role_unchanged(admin):
    change = {"email": "Ada@example.org", "username": "Ada L.", "role": "Admin"}
    assert admin.patch(f"/api/users/{admin.user_id}", change).json["username"] == "Ada L."


# --- API keys when a password changes ------------------------------------------------------------------


def statuses(caller):
    return {each["label"]: each["status"] for each in caller.get("/api/api-keys").json["items"]}


@pytest.mark.parametrize(("more", "expected"), [({}, "valid"), ({"revoke_api_keys": True}, "revoked")])
def test_an_admins_password_change_revokes_the_users_keys_only_on_request(admin, owner, more, expected):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    admin.post("/api/api-keys", {"label": "of ada"})
    assert (
        admin.patch(f"/api/users/{owner.user_id}", {"password": "another password"} | more).status_code == 200
    )
    assert statuses(admin) == {"Zabbix": expected, "of ada": "valid"}


@pytest.mark.parametrize(("more", "expected"), [({}, "valid"), ({"revoke_api_keys": True}, "revoked")])
def test_a_users_own_password_change_revokes_their_keys_only_on_request(
    admin, owner, stranger, more, expected
):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    stranger.post("/api/api-keys", {"label": "of stan"})
    body = {"current_password": "correct horse battery", "new_password": "another password"}
    assert owner.post("/api/auth/change-password", body | more).status_code == 200
    assert statuses(admin) == {"Zabbix": expected, "of stan": "valid"}


def test_each_revoked_key_gets_its_own_audit_entry(admin, owner):
    for label in ("Zabbix", "Grafana"):
        owner.post("/api/api-keys", {"label": label})
    admin.patch(f"/api/users/{owner.user_id}", {"password": "another password", "revoke_api_keys": True})
    entries = admin.get("/api/audit", query_string={"action": "revoke-key"}).json["items"]
    assert {each["thing_name"] for each in entries} == {"Zabbix", "Grafana"}


def test_revoking_keys_requires_a_new_password(admin, owner):
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
def test_the_set_password_command_revokes_keys_only_on_request(app, admin, owner, options, typed, expected):
    owner.post("/api/api-keys", {"label": "Zabbix"})
    result = app.test_cli_runner().invoke(args=["set-password", "owen", *options], input=typed)
    assert result.exit_code == 0, result.output
    assert statuses(admin) == {"Zabbix": expected}
