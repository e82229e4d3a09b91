"""The list of polls: which key polled which collection, and when last."""

import pytest

from tests.support.client import Poller
from tests.support.problems import faults, refused
from tests.support.statements import work
from tests.support.timestamps import at


@pytest.fixture
def polled(make, clock):
    """Three collections, polled a minute apart by two keys, the last one by both."""
    one, other = make.key(label="one"), make.key(label="other")
    for name in ("Alpha", "Beta", "Gamma"):
        make.collection(name, {})
        one.data(name)
        clock.shift(60)
    other.data("Gamma")
    return {"one": one.id, "other": other.id}


def list_polls(caller, query=""):
    response = caller.get(f"/api/polls{query}")
    assert response.status_code == 200, response.text
    return [(poll["collection_name"], poll["api_key_label"]) for poll in response.json["items"]]


NEWEST_FIRST = [("Gamma", "other"), ("Gamma", "one"), ("Beta", "one"), ("Alpha", "one")]


def test_the_list_starts_with_the_newest_poll(owner, polled):
    assert list_polls(owner) == NEWEST_FIRST


def test_the_list_is_paginated(owner, polled):
    response = owner.get("/api/polls?per_page=3&page=2")
    assert {name: response.json[name] for name in ("total", "page", "per_page")} == {
        "total": 4,
        "page": 2,
        "per_page": 3,
    }
    assert list_polls(owner, "?per_page=3&page=2") == NEWEST_FIRST[3:]


def test_the_list_can_be_filtered_by_collection(owner, polled):
    gamma = next(item for item in owner.get("/api/collections").json["items"] if item["name"] == "Gamma")
    assert list_polls(owner, f"?collection_id={gamma['id']}") == NEWEST_FIRST[:2]


def test_the_list_can_be_filtered_by_key(owner, polled):
    assert list_polls(owner, f"?api_key_id={polled['other']}") == [("Gamma", "other")]


@pytest.mark.parametrize(("search", "found"), [("BET", [("Beta", "one")]), ("oth", [("Gamma", "other")])])
def test_the_search_matches_collections_and_keys(owner, polled, search, found):
    assert list_polls(owner, f"?search={search}") == found


def test_the_list_can_be_sorted_by_collection_but_not_by_id(owner, polled):
    assert list_polls(owner, "?sort=collection_name")[:2] == [("Alpha", "one"), ("Beta", "one")]
    assert "sort" in faults(owner.get("/api/polls?sort=id"))


def test_an_admin_sees_all_polls_and_a_stranger_none(admin, stranger, polled):
    assert list_polls(admin) == NEWEST_FIRST
    assert list_polls(stranger) == []


def test_an_owner_sees_the_polls_of_an_admins_key(owner, admin, make):
    make.collection("Alpha", {})
    key = admin.post("/api/api-keys", {"label": "ada's"}).json["key"]
    assert admin.get("/api/data/Alpha/performance", headers={"X-API-Key": key, "Authorization": ""}).is_json
    assert list_polls(owner) == [("Alpha", None)]  # an owner may not read an Admin's keys


def test_the_list_requires_a_sign_in(nobody):
    refused(nobody.get("/api/polls"), 401)


def test_the_number_of_queries_is_the_same_for_many_polls(owner, make, polled, queries):
    with queries() as few:
        list_polls(owner)
    for number in range(5):
        make.collection(f"More {number}", {})
        make.key().data(f"More {number}")
    with queries() as many:
        list_polls(owner)
    assert len(work(few)) == len(work(many))


class TestInCollections:
    def test_the_collection_list_shows_the_last_poll_and_its_key(self, owner, make, polled):
        make.collection("Untouched")
        shown = {
            item["name"]: (item["last_polled_at"], item["last_polled_by"])
            for item in owner.get("/api/collections").json["items"]
        }
        assert shown == {
            "Alpha": (at(0), "one"),
            "Beta": (at(1), "one"),
            "Gamma": (at(3), "other"),
            "Untouched": (None, None),
        }

    def test_a_single_collection_shows_the_last_poll_and_its_key(self, owner, polled):
        gamma = next(item for item in owner.get("/api/collections").json["items"] if item["name"] == "Gamma")
        for answer in (
            owner.get(f"/api/collections/{gamma['id']}"),
            owner.patch(f"/api/collections/{gamma['id']}", {"name": "Delta"}),
        ):
            assert answer.json["last_polled_at"] == at(3)
            assert answer.json["last_polled_by"] == "other"

    def test_collections_never_polled_come_last_when_sorted_by_the_last_poll(self, owner, make, polled):
        make.collection("Untouched")
        for sort, names in (
            ("last_polled_at", ["Alpha", "Beta", "Gamma", "Untouched"]),
            ("-last_polled_at", ["Gamma", "Beta", "Alpha", "Untouched"]),
        ):
            items = owner.get(f"/api/collections?sort={sort}").json["items"]
            assert [item["name"] for item in items] == names


# --- Other people's keys -------------------------------------------------------------------------------


@pytest.fixture
def polled_by_ada(admin, make, app):
    """A collection of owen's that was polled by a key of his, and then by an Admin's."""
    collection = make.collection("Truck 01", {})
    make.key(label="of owen").data("Truck 01")
    created = admin.post("/api/api-keys", {"label": "of ada"}).json
    Poller(app, created["key"]).data("Truck 01")
    return {"key": created["id"], "collection": collection["id"]}


def test_another_users_key_is_listed_without_label_and_id(owner, admin, polled_by_ada):
    response = owner.get("/api/polls")
    shown = {(poll["api_key_label"], poll["api_key_id"] is None) for poll in response.json["items"]}
    assert shown == {("of owen", False), (None, True)}
    assert "of ada" not in response.text
    assert {label for _, label in list_polls(admin)} == {"of owen", "of ada"}


@pytest.mark.parametrize("query", ["?search=of ada", "?search=ada", "?api_key_id={key}"])
def test_a_search_or_filter_does_not_find_another_users_key(owner, admin, polled_by_ada, query):
    query = query.format(**polled_by_ada)
    assert list_polls(owner, query) == []
    assert list_polls(admin, query) == [("Truck 01", "of ada")]


def test_sorting_ignores_the_labels_of_another_users_keys(owner, polled_by_ada):
    assert list_polls(owner, "?sort=api_key_label") == [("Truck 01", None), ("Truck 01", "of owen")]
    assert list_polls(owner, "?sort=-api_key_label") == [("Truck 01", "of owen"), ("Truck 01", None)]


def test_another_users_key_is_not_named_as_the_last_that_polled(owner, admin, make, clock, polled_by_ada):
    path = f"/api/collections/{polled_by_ada['collection']}"
    clock.shift(60)
    admin_key = admin.post("/api/api-keys", {"label": "newest of ada"}).json["key"]
    Poller(owner.app, admin_key).data("Truck 01")
    for answer in (owner.get(path), owner.get("/api/collections"), owner.patch(path, {"name": "Truck 1"})):
        collection = answer.json["items"][0] if "items" in answer.json else answer.json
        assert collection["last_polled_by"] is None
        assert collection["last_polled_at"] is not None
        assert "of ada" not in answer.text
    assert admin.get(path).json["last_polled_by"] == "newest of ada"
    clock.shift(60)
    make.key(label="newest of owen").data("Truck 1")
    assert owner.get(path).json["last_polled_by"] == "newest of owen"
