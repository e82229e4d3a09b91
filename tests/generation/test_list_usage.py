"""The list of who polled what, and when last."""

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


def listed(caller, query=""):
    response = caller.get(f"/api/polls{query}")
    assert response.status_code == 200, response.text
    return [(poll["collection_name"], poll["api_key_label"]) for poll in response.json["items"]]


NEWEST_FIRST = [("Gamma", "other"), ("Gamma", "one"), ("Beta", "one"), ("Alpha", "one")]


def test_the_newest_comes_first(owner, polled):
    assert listed(owner) == NEWEST_FIRST


def test_it_comes_in_pages(owner, polled):
    response = owner.get("/api/polls?per_page=3&page=2")
    assert {name: response.json[name] for name in ("total", "page", "per_page")} == {
        "total": 4,
        "page": 2,
        "per_page": 3,
    }
    assert listed(owner, "?per_page=3&page=2") == NEWEST_FIRST[3:]


def test_it_can_be_told_for_one_collection(owner, polled):
    gamma = next(item for item in owner.get("/api/collections").json["items"] if item["name"] == "Gamma")
    assert listed(owner, f"?collection_id={gamma['id']}") == NEWEST_FIRST[:2]


def test_it_can_be_told_for_one_key(owner, polled):
    assert listed(owner, f"?api_key_id={polled['other']}") == [("Gamma", "other")]


@pytest.mark.parametrize(("search", "found"), [("BET", [("Beta", "one")]), ("oth", [("Gamma", "other")])])
def test_it_is_searched_by_collection_and_by_key(owner, polled, search, found):
    assert listed(owner, f"?search={search}") == found


def test_it_is_sorted_as_asked(owner, polled):
    assert listed(owner, "?sort=collection_name")[:2] == [("Alpha", "one"), ("Beta", "one")]
    assert "sort" in faults(owner.get("/api/polls?sort=id"))


def test_an_admin_sees_all_and_a_stranger_none(admin, stranger, polled):
    assert listed(admin) == NEWEST_FIRST
    assert listed(stranger) == []


def test_an_owner_sees_the_polls_of_an_admins_key(owner, admin, make):
    make.collection("Alpha", {})
    key = admin.post("/api/api-keys", {"label": "ada's"}).json["key"]
    assert admin.get("/api/data/Alpha/performance", headers={"X-API-Key": key, "Authorization": ""}).is_json
    assert listed(owner) == [("Alpha", None)]  # whose keys an owner may not read


def test_nobody_may_look_without_signing_in(nobody):
    refused(nobody.get("/api/polls"), 401)


def test_the_number_of_queries_is_the_same_for_many(owner, make, polled, queries):
    with queries() as few:
        listed(owner)
    for number in range(5):
        make.collection(f"More {number}", {})
        make.key().data(f"More {number}")
    with queries() as many:
        listed(owner)
    assert len(work(few)) == len(work(many))


class TestInCollections:
    def test_the_list_says_when_each_was_last_polled_and_by_which_key(self, owner, make, polled):
        make.collection("Untouched")
        told = {
            item["name"]: (item["last_polled_at"], item["last_polled_by"])
            for item in owner.get("/api/collections").json["items"]
        }
        assert told == {
            "Alpha": (at(0), "one"),
            "Beta": (at(1), "one"),
            "Gamma": (at(3), "other"),
            "Untouched": (None, None),
        }

    def test_so_does_a_collection_by_itself(self, owner, polled):
        gamma = next(item for item in owner.get("/api/collections").json["items"] if item["name"] == "Gamma")
        for answer in (
            owner.get(f"/api/collections/{gamma['id']}"),
            owner.patch(f"/api/collections/{gamma['id']}", {"name": "Delta"}),
        ):
            assert answer.json["last_polled_at"] == at(3)
            assert answer.json["last_polled_by"] == "other"

    def test_they_sort_by_it_those_never_polled_last(self, owner, make, polled):
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


def test_a_key_of_somebody_else_has_neither_label_nor_id(owner, admin, polled_by_ada):
    response = owner.get("/api/polls")
    told = {(poll["api_key_label"], poll["api_key_id"] is None) for poll in response.json["items"]}
    assert told == {("of owen", False), (None, True)}
    assert "of ada" not in response.text
    assert {label for _, label in listed(admin)} == {"of owen", "of ada"}


@pytest.mark.parametrize("query", ["?search=of ada", "?search=ada", "?api_key_id={key}"])
def test_nothing_is_found_by_it(owner, admin, polled_by_ada, query):
    query = query.format(**polled_by_ada)
    assert listed(owner, query) == []
    assert listed(admin, query) == [("Truck 01", "of ada")]


def test_nor_sorted_by_it(owner, polled_by_ada):
    assert listed(owner, "?sort=api_key_label") == [("Truck 01", None), ("Truck 01", "of owen")]
    assert listed(owner, "?sort=-api_key_label") == [("Truck 01", "of owen"), ("Truck 01", None)]


def test_nor_is_it_named_as_the_last_that_polled(owner, admin, make, clock, polled_by_ada):
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
