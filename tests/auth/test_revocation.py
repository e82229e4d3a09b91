"""Revoking a token or a key takes effect on the next request, on every worker."""

from dataclasses import replace

import pytest

from app import create_app
from app.db.session import db
from tests.conftest import FAST_SETTINGS
from tests.support.client import Caller, Poller
from tests.support.problems import refused
from tests.support.signing_in import PASSWORD, is_signed_in, refresh, signed_in

# --- Tokens: each action gets owen's phone and laptop, and an Admin -------------------------------------


def sign_out(phone, _laptop, _admin):
    return phone.post("/api/auth/logout")


def end_from_another_device(_phone, laptop, _admin):
    sign_ins = laptop.get("/api/auth/sign-ins").json["items"]
    (other,) = [each["id"] for each in sign_ins if not each["is_this_one"]]
    return laptop.delete(f"/api/auth/sign-ins/{other}")


def end_other_sign_ins(_phone, laptop, _admin):
    return laptop.post("/api/auth/sign-ins/end-others")


def change_own_password(_phone, laptop, _admin):
    body = {"current_password": PASSWORD, "new_password": "another password"}
    return laptop.post("/api/auth/change-password", body)


def change_password_by_admin(phone, _laptop, admin):
    return admin.patch(f"/api/users/{phone.user_id}", {"password": "another password"})


def lower_role(phone, _laptop, admin):
    return admin.patch(f"/api/users/{phone.user_id}", {"role": "Viewer"})


def raise_role(phone, _laptop, admin):
    return admin.patch(f"/api/users/{phone.user_id}", {"role": "Admin"})


def delete_user(phone, _laptop, admin):
    return admin.delete(f"/api/users/{phone.user_id}")


TOKEN_REVOCATIONS = [
    sign_out,
    end_from_another_device,
    end_other_sign_ins,
    change_own_password,
    change_password_by_admin,
    lower_role,
    raise_role,
    delete_user,
]


@pytest.mark.parametrize("revocation", TOKEN_REVOCATIONS, ids=lambda revocation: revocation.__name__)
def test_a_revoked_token_is_refused_on_every_worker(app, admin, owner, another_worker, revocation):
    laptop = signed_in(app, "owen")
    elsewhere = Caller(another_worker, tokens=owner.tokens)
    assert is_signed_in(owner)
    assert is_signed_in(elsewhere)
    assert revocation(owner, laptop, admin).status_code < 300
    for device in (elsewhere, owner):
        assert not is_signed_in(device)
        refused(refresh(device), 401)
        refused(device.post("/api/collections", {"name": "Truck"}), 401)


def test_a_new_secret_key_invalidates_tokens_but_not_api_keys(app, owner, make):
    make.collection("Truck", {"name": "cpu"})
    tool = make.key()
    settings = replace(app.config["SETTINGS"], secret_key="another secret: 0123456789 abcdefgh")
    restarted = create_app(settings, TESTING=True, **FAST_SETTINGS)
    device = Caller(restarted, tokens=owner.tokens)
    refused(device.get("/api/auth/me"), 401)
    refused(refresh(device), 401)
    assert Poller(restarted, tool.key).poll("Truck").status_code == 200  # keys do not depend on it
    with restarted.app_context():
        restarted.extensions["polls"].close()
        db.engine.dispose()


# --- Keys ----------------------------------------------------------------------------------------------


def revoke(key, owner, _admin):
    return owner.post(f"/api/api-keys/{key}/revoke")


def revoke_by_admin(key, _owner, admin):
    return admin.post(f"/api/api-keys/{key}/revoke")


def delete(key, owner, _admin):
    return owner.delete(f"/api/api-keys/{key}")


def delete_by_admin(key, _owner, admin):
    return admin.delete(f"/api/api-keys/{key}")


def delete_owner(_key, owner, admin):
    return admin.delete(f"/api/users/{owner.user_id}?transfer_to={admin.user_id}")


def limit_to_other_collection(key, owner, _admin, **entry):
    (other,) = owner.get("/api/collections?search=Bridge").json["items"]
    body = {"allowed_collections": [{"collection_id": other["id"]} | entry]}
    return owner.patch(f"/api/api-keys/{key}", body)


def limit_to_other_type(key, owner, _admin):
    (same,) = owner.get("/api/collections?search=Truck").json["items"]
    entry = {"collection_id": same["id"], "collection_type": "Configuration"}
    return owner.patch(f"/api/api-keys/{key}", {"allowed_collections": [entry]})


def transfer_collection(_key, owner, admin):
    (same,) = owner.get("/api/collections?search=Truck").json["items"]
    return admin.patch(f"/api/collections/{same['id']}", {"owner_id": admin.user_id})


KEY_REVOCATIONS = {
    revoke: 401,
    revoke_by_admin: 401,
    delete: 401,
    delete_by_admin: 401,
    delete_owner: 401,
    limit_to_other_collection: 404,
    limit_to_other_type: 404,
    transfer_collection: 404,
}


@pytest.mark.parametrize("revocation", KEY_REVOCATIONS, ids=lambda revocation: revocation.__name__)
def test_a_revoked_or_limited_key_is_refused_on_every_worker(admin, owner, make, another_worker, revocation):
    make.collection("Truck", {"name": "cpu"})
    make.collection("Bridge", {"name": "cpu"})
    tool = make.key()
    elsewhere = Poller(another_worker, tool.key)
    assert [each.poll("Truck").status_code for each in (tool, elsewhere)] == [200, 200]
    assert revocation(tool.id, owner, admin).status_code < 300
    refused(elsewhere.poll("Truck"), KEY_REVOCATIONS[revocation])
    refused(tool.poll("Truck"), KEY_REVOCATIONS[revocation])


def test_an_expired_key_is_refused_on_every_worker(make, another_worker, clock):
    make.collection("Truck", {"name": "cpu"})
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    elsewhere = Poller(another_worker, tool.key)
    clock.shift(59)
    assert [each.poll("Truck").status_code for each in (tool, elsewhere)] == [200, 200]
    clock.shift(1)
    for each in (elsewhere, tool):
        refused(each.poll("Truck"), 401)
