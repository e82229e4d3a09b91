"""Changing an API key."""

import pytest

from tests.support.problems import faults, refused


def change(person, tool, **changes):
    return person.patch(f"/api/api-keys/{tool.id}", changes)


@pytest.fixture
def truck(make):
    return make.collection("Truck", {"name": "cpu"})


@pytest.fixture
def trailer(make):
    return make.collection("Trailer", {"name": "load"})


def test_absent_settings_keep_their_values(make, owner, truck):
    limit = [{"collection_id": truck["id"], "collection_type": "Performance"}]
    tool = make.key(expires_at="2027-01-01T00:00:00Z", allowed_collections=limit)
    before = owner.get(f"/api/api-keys/{tool.id}").json
    assert change(owner, tool).json == before
    assert change(owner, tool, label="Telegraf").json == before | {"label": "Telegraf"}


def test_a_new_collection_list_replaces_the_old_one_at_once(make, owner, truck, trailer):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    refused(tool.poll("Trailer"), 404)
    assert change(owner, tool, allowed_collections=[{"collection_id": trailer["id"]}]).status_code == 200
    assert tool.poll("Trailer").status_code == 200
    refused(tool.poll("Truck"), 404)


def test_a_new_collection_list_may_repeat_entries_of_the_old_one(make, owner, truck, trailer):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    both = [
        {"collection_id": truck["id"]},
        {"collection_id": trailer["id"], "collection_type": "Performance"},
    ]
    changed = change(owner, tool, allowed_collections=both).json["allowed_collections"]
    assert [limit["collection_name"] for limit in changed] == ["Truck", "Trailer"]
    assert tool.poll("Truck").status_code == 200


def test_null_removes_the_collection_limits(make, owner, truck, trailer):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    assert change(owner, tool, allowed_collections=None).json["allowed_collections"] is None
    assert tool.poll("Trailer").status_code == 200


def test_returned_limits_can_be_sent_back_without_collection_names(make, owner, truck):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    limits = owner.get(f"/api/api-keys/{tool.id}").json["allowed_collections"]
    for limit in limits:
        del limit["collection_name"]
    assert change(owner, tool, allowed_collections=limits).status_code == 200


def test_deleting_the_last_listed_collection_grants_access_to_no_other(make, owner, truck, trailer):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    assert owner.delete(f"/api/collections/{truck['id']}").status_code == 204
    assert owner.get(f"/api/api-keys/{tool.id}").json["allowed_collections"] == []
    refused(tool.poll("Trailer"), 404)


def test_the_expiry_can_be_set_moved_and_removed(make, owner, truck, clock):
    tool = make.key()
    assert change(owner, tool, expires_at="2026-11-27T08:00:10Z").json["expires_at"] == "2026-11-27T08:00:10Z"
    clock.shift(10)
    refused(tool.poll("Truck"), 401)
    assert change(owner, tool, expires_at="2026-11-27T08:00:11Z").json["status"] == "valid"
    assert tool.poll("Truck").status_code == 200
    assert change(owner, tool, expires_at=None).json["expires_at"] is None
    clock.shift(3000)
    assert tool.poll("Truck").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"label": ""},
        {"label": None},
        {"expires_at": "2026-11-27T07:59:59Z"},
        {"allowed_collections": []},
        {"allowed_collections": [{"collection_id": 999999}]},
        {"status": "valid"},
        {"revoked_at": None},
        {"user_id": 1},
        {"key": "spk_x"},
    ],
    ids=str,
)
def test_an_invalid_change_is_refused_and_changes_nothing(make, owner, truck, changes):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    before = owner.get(f"/api/api-keys/{tool.id}").json
    (path,) = faults(change(owner, tool, **changes))
    assert path.split(".")[0] == next(iter(changes))
    assert owner.get(f"/api/api-keys/{tool.id}").json == before


def test_an_invalid_expiry_leaves_the_limits_unchanged(make, owner, truck, trailer):
    tool = make.key(allowed_collections=[{"collection_id": truck["id"]}])
    limits = [{"collection_id": trailer["id"]}]
    faults(change(owner, tool, allowed_collections=limits, expires_at="2026-01-01T00:00:00Z"))
    assert tool.poll("Truck").status_code == 200
    refused(tool.poll("Trailer"), 404)


def test_an_admin_cannot_change_the_key_of_another_user(make, admin):
    assert "revoke or delete" in refused(change(admin, make.key(), label="mine"), 403)["detail"]


def test_the_key_of_another_user_is_not_found(make, stranger, viewer):
    tool = make.key()
    for person in (stranger, viewer):
        refused(change(person, tool, label="mine"), 404)


def test_a_change_does_not_reactivate_a_revoked_key(make, owner, truck):
    tool = make.key()
    owner.post(f"/api/api-keys/{tool.id}/revoke")
    changed = change(owner, tool, label="again", expires_at=None, allowed_collections=None).json
    assert changed["status"] == "revoked"
    refused(tool.poll("Truck"), 401)


# --- Collections transferred to another user -----------------------------------------------------------


@pytest.fixture
def transferred(admin, owner, stranger, make):
    """Create a key of owen's limited to two collections; transfer one to stan and rename it."""
    kept, gone = (make.collection(name, {"value_type": "NUMBER_FIXED"}) for name in ("Kept", "Gone"))
    limits = [{"collection_id": each["id"]} for each in (kept, gone)]
    key = owner.post("/api/api-keys", {"label": "Zabbix", "allowed_collections": limits}).json
    new_owner = {"owner_id": stranger.user_id, "name": "Secret project"}
    assert admin.patch(f"/api/collections/{gone['id']}", new_owner).status_code == 200
    return {"key": key, "kept": kept["id"], "gone": gone["id"]}


def limit_names(key):
    return [each["collection_name"] for each in key["allowed_collections"]]


def test_the_key_owner_sees_neither_name_nor_id_of_a_transferred_collection(owner, admin, transferred):
    path = f"/api/api-keys/{transferred['key']['id']}"
    answers = [
        owner.get(path),
        owner.get("/api/api-keys"),
        owner.patch(path, {"label": "Renamed"}),
        owner.post(f"{path}/revoke"),
    ]
    for answer in answers:
        key = answer.json["items"][0] if "items" in answer.json else answer.json
        assert limit_names(key) == ["Kept"]
        assert "Secret project" not in answer.text
        assert transferred["gone"] not in [each["collection_id"] for each in key["allowed_collections"]]
    assert limit_names(admin.get(path).json) == ["Kept", "Secret project"]


def test_the_limit_reappears_when_the_collection_is_transferred_back(admin, owner, transferred):
    path = f"/api/api-keys/{transferred['key']['id']}"
    owner.patch(path, {"label": "Renamed"})
    admin.patch(f"/api/collections/{transferred['gone']}", {"owner_id": owner.user_id})
    assert limit_names(owner.get(path).json) == ["Kept", "Secret project"]


def test_a_key_whose_collections_are_all_transferred_is_limited_to_none(admin, owner, stranger, transferred):
    admin.patch(f"/api/collections/{transferred['kept']}", {"owner_id": stranger.user_id})
    assert owner.get(f"/api/api-keys/{transferred['key']['id']}").json["allowed_collections"] == []


@pytest.mark.parametrize("id_", ["gone", "missing"])
def test_a_limit_to_a_transferred_collection_is_refused_like_a_missing_one(owner, transferred, id_):
    wanted = transferred.get(id_, 999_999)
    change = {"allowed_collections": [{"collection_id": wanted}]}
    errors = faults(owner.patch(f"/api/api-keys/{transferred['key']['id']}", change))
    assert errors == {"allowed_collections.0.collection_id": [f"there is no collection {wanted}"]}
