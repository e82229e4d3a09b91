"""What an API key may read: what its owner may read, and of that only its allowed collections."""

import pytest

from tests.support.client import Caller, Poller

BOTH_TYPES, NEITHER_TYPE = (200, 200), (404, 404)


def get_statuses(tool, collection) -> tuple[int, int]:
    """Return the status codes of polls of both collection types."""
    return tuple(tool.poll(collection["name"], word).status_code for word in ("performance", "configuration"))


@pytest.fixture
def two_collections(make):
    """Return two collections, each with fields of both types."""
    fields = [
        {"value_type": "NUMBER_FIXED", "name": "cpu"},
        {"value_type": "TEXT_FIXED", "collection_type": "Configuration", "fixed_value_text": "X"},
    ]
    return make.collection("Truck 01", *fields), make.collection("Truck 02", *fields)


def _sign_in(app, name: str) -> str:
    """Return an access token of the user."""
    answer = Caller(app).post("/api/auth/login", {"login": name, "password": "correct horse battery"})
    return answer.json["access_token"]


def test_an_unlimited_key_reads_everything_its_owner_may_read(make, two_collections):
    tool = make.key()
    assert [get_statuses(tool, each) for each in two_collections] == [BOTH_TYPES, BOTH_TYPES]


def test_an_unlimited_key_reads_collections_created_later(make):
    tool = make.key()
    later = make.collection("Truck 09", {"value_type": "EPOCH_NOW"})
    assert tool.poll(later["name"]).status_code == 200


def test_a_key_does_not_read_collections_of_another_user(make, two_collections, app, stranger):
    made = stranger.post("/api/api-keys", {"label": "theirs"}).json["key"]
    assert get_statuses(Poller(app, made), two_collections[0]) == NEITHER_TYPE


def test_a_limited_key_reads_only_its_allowed_collections(make, two_collections):
    tool = make.key(allowed_collections=[{"collection_id": two_collections[0]["id"]}])
    assert [get_statuses(tool, each) for each in two_collections] == [BOTH_TYPES, NEITHER_TYPE]


@pytest.mark.parametrize(
    ("listed", "readable"), [("Performance", (200, 404)), ("Configuration", (404, 200)), (None, BOTH_TYPES)]
)
def test_a_key_may_be_limited_to_one_collection_type(make, two_collections, listed, readable):
    tool = make.key(
        allowed_collections=[{"collection_id": two_collections[0]["id"], "collection_type": listed}]
    )
    assert [get_statuses(tool, each) for each in two_collections] == [readable, NEITHER_TYPE]


def test_a_key_may_be_limited_to_a_different_type_for_each_collection(make, two_collections):
    tool = make.key(
        allowed_collections=[
            {"collection_id": two_collections[0]["id"], "collection_type": "Performance"},
            {"collection_id": two_collections[1]["id"], "collection_type": "Configuration"},
        ]
    )
    assert [get_statuses(tool, each) for each in two_collections] == [(200, 404), (404, 200)]


def test_the_limit_also_applies_to_polls_by_id(make, two_collections):
    tool = make.key(
        allowed_collections=[{"collection_id": two_collections[0]["id"], "collection_type": "Performance"}]
    )
    paths = [
        f"/api/collections/{each['id']}/data/{word}"
        for each in two_collections
        for word in ("performance", "configuration")
    ]
    assert [tool.get(path).status_code for path in paths] == [200, 404, 404, 404]


def test_changed_allowed_collections_apply_to_the_next_poll(make, two_collections):
    tool = make.key(allowed_collections=[{"collection_id": two_collections[0]["id"]}])
    change = {"allowed_collections": [{"collection_id": two_collections[1]["id"]}]}
    make.person.patch(f"/api/api-keys/{tool.id}", change)
    assert [get_statuses(tool, each) for each in two_collections] == [NEITHER_TYPE, BOTH_TYPES]
    make.person.patch(f"/api/api-keys/{tool.id}", {"allowed_collections": None})
    assert [get_statuses(tool, each) for each in two_collections] == [BOTH_TYPES, BOTH_TYPES]


def test_a_key_stays_limited_after_its_only_allowed_collection_is_deleted(make, two_collections):
    tool = make.key(allowed_collections=[{"collection_id": two_collections[0]["id"]}])
    make.person.delete(f"/api/collections/{two_collections[0]['id']}")
    assert get_statuses(tool, two_collections[1]) == NEITHER_TYPE
    later = make.collection("Truck 01", {"value_type": "EPOCH_NOW"})
    assert tool.poll(later["name"]).status_code == 404


@pytest.mark.parametrize("is_limited", [False, True], ids=["unlimited", "limited"])
def test_a_key_follows_changes_of_the_collection_s_owner(
    make, two_collections, admin, owner, stranger, is_limited
):
    limits = {"allowed_collections": [{"collection_id": two_collections[0]["id"]}]} if is_limited else {}
    tool = make.key(**limits)
    path = f"/api/collections/{two_collections[0]['id']}"
    admin.patch(path, {"owner_id": stranger.user_id})
    assert get_statuses(tool, two_collections[0]) == NEITHER_TYPE
    admin.patch(path, {"owner_id": owner.user_id})
    assert get_statuses(tool, two_collections[0]) == BOTH_TYPES


def test_a_viewer_s_key_reads_collections_transferred_to_them(app, make, truck, admin, viewer):
    tool = Poller(app, viewer.post("/api/api-keys", {"label": "vera's"}).json["key"])
    assert tool.poll("Truck 01").status_code == 404
    admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
    assert tool.poll("Truck 01").status_code == 200


@pytest.mark.parametrize("is_limited", [False, True], ids=["unlimited", "limited"])
def test_an_admin_s_key_reads_everything_until_they_lose_the_role(
    app, make, truck, admin, stranger, is_limited
):
    admin.patch(f"/api/users/{stranger.user_id}", {"role": "Admin"})
    promoted = Caller(app, headers={"Authorization": f"Bearer {_sign_in(app, 'stan')}"})
    limits = {"allowed_collections": [{"collection_id": truck["id"]}]} if is_limited else {}
    tool = Poller(app, promoted.post("/api/api-keys", {"label": "all"} | limits).json["key"])
    assert tool.poll("Truck 01").status_code == 200
    admin.patch(f"/api/users/{stranger.user_id}", {"role": "Editor"})
    assert tool.poll("Truck 01").status_code == 404
