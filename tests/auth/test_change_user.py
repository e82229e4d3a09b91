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
