"""Changing one's own e-mail address."""

import pytest

from tests.support.problems import faults, refused
from tests.support.signing_in import PASSWORD, is_signed_in, sign_in, signed_in

PATH = "/api/auth/change-email"
NEW = "new@example.org"


def change(caller, email=NEW, password=PASSWORD, **more):
    return caller.post(PATH, {"current_password": password, "email": email} | more)


def test_the_new_one_signs_in_and_the_old_one_does_not(app, owner):
    response = change(owner, " New@Example.org ")
    assert response.status_code == 200
    assert response.json["email"] == NEW
    assert owner.get("/api/auth/me").json == response.json
    assert sign_in(app, NEW).status_code == 200
    refused(sign_in(app, "owen@example.org"), 401)


def test_sign_ins_go_on(app, owner):
    phone = signed_in(app, "owen")
    assert change(owner).status_code == 200
    assert is_signed_in(owner)
    assert is_signed_in(phone)


def test_it_takes_the_password(owner):
    assert faults(change(owner, password="not the password")) == {
        "current_password": ["is not your password"]
    }
    assert owner.get("/api/auth/me").json["email"] == "owen@example.org"


def test_with_two_factor_sign_in_it_takes_a_code(owner, authenticator):
    assert faults(change(owner)).keys() == {"code"}
    assert faults(change(owner, code=authenticator.wrong_code())).keys() == {"code"}
    assert change(owner, code=authenticator.code()).status_code == 200


@pytest.mark.parametrize("email", ["", "owen", "@", "a b@example.org", "owen@", "owen@ex ample", None, 1])
def test_it_must_be_an_address(owner, email):
    assert faults(change(owner, email)).keys() == {"email"}


@pytest.mark.parametrize("email", ["stan@example.org", "Stan@Example.ORG"])
def test_the_address_of_somebody_else_is_taken(owner, stranger, email):
    problem = refused(change(owner, email), 409)
    assert problem["errors"] == {"email": ["is taken by another user"]}
    assert problem["type"] == "urn:spikecast:problem:name-taken"


def test_addresses_cannot_be_tried_out_without_end(owner, stranger):
    for _ in range(5):
        refused(change(owner, "stan@example.org"), 409)
    refused(change(owner, "stan@example.org"), 429)
    refused(change(owner), 429)


def test_wrong_passwords_are_limited(owner):
    for _ in range(5):
        refused(change(owner, password="not the password"), 422)
    refused(change(owner), 429)


def test_the_audit_log_says_that_it_changed_and_not_to_what(owner, admin):
    change(owner)
    entry = admin.get("/api/audit", query_string={"action": "change-email"}).json["items"][0]
    assert (entry["actor_name"], entry["outcome"]) == ("owen", "done")
    assert entry["details"] == {"changed": {"email": None}}
    assert NEW not in str(entry)


@pytest.mark.parametrize("email", ["ada@intranet", "ada@localhost", "ada@mail-1", "Ada@INTRANET", "a@x"])
def test_a_host_without_a_dot_is_a_host(app, admin, owner, email):
    user = {"email": email, "username": "grace", "password": PASSWORD, "role": "Viewer"}
    assert admin.post("/api/users", user).status_code == 201
    assert sign_in(app, email).status_code == 200


@pytest.mark.parametrize(
    "email", ["ada@-x", "ada@x-", "ada@.", "ada@x.", "ada@@x", "ada @x", "a@" + "x" * 64]
)
def test_what_is_no_name_of_a_host_is_refused(admin, email):
    user = {"email": email, "username": "grace", "password": PASSWORD, "role": "Viewer"}
    assert faults(admin.post("/api/users", user)).keys() == {"email"}
