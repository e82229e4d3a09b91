"""POST /api/collections/bulk-delete."""

import pytest

from tests.support.problems import faults, refused


def bulk_delete(caller, ids):
    return caller.post("/api/collections/bulk-delete", {"collection_ids": ids})


def get_names(owner):
    return [item["name"] for item in owner.get("/api/collections").json["items"]]


@pytest.fixture
def ids(make):
    """Create three collections: a and b with a field and a spike, c empty."""
    collections = [
        make.collection("a", {"value_type": "NUMBER_RANGE"}),
        make.collection("b", {"value_type": "INCREMENT"}),
        make.collection("c"),
    ]
    for collection in collections[:2]:
        make.spike(collection)
    return [collection["id"] for collection in collections]


def test_bulk_delete_deletes_the_listed_collections_with_their_spikes(owner, ids):
    response = bulk_delete(owner, [ids[2], ids[0]])
    assert response.status_code == 204
    assert response.data == b""
    assert get_names(owner) == ["b"]
    assert owner.get("/api/spike-schedules").json["total"] == 1


def test_an_id_may_be_listed_twice(owner, ids):
    assert bulk_delete(owner, [ids[0], ids[0]]).status_code == 204
    assert get_names(owner) == ["b", "c"]


def test_nothing_is_deleted_if_one_collection_does_not_exist(owner, ids):
    problem = refused(bulk_delete(owner, [ids[0], 987654, ids[1]]), 404)
    assert problem["errors"] == {"collection_ids.1": ["there is no collection 987654"]}
    assert problem["detail"].startswith("Nothing was deleted")
    assert get_names(owner) == ["a", "b", "c"]


def test_nothing_is_deleted_if_one_collection_belongs_to_another_user(owner, stranger, ids):
    theirs = stranger.post("/api/collections", {"name": "d"}).json["id"]
    problem = refused(bulk_delete(owner, [*ids, theirs]), 404)
    assert problem["errors"] == {"collection_ids.3": [f"there is no collection {theirs}"]}
    assert get_names(owner) == ["a", "b", "c"]
    assert get_names(stranger) == ["d"]


def test_an_admin_may_bulk_delete_collections_of_all_users(admin, owner, stranger, ids):
    theirs = stranger.post("/api/collections", {"name": "d"}).json["id"]
    assert bulk_delete(admin, [ids[0], theirs]).status_code == 204
    assert (get_names(owner), get_names(stranger)) == (["b", "c"], [])


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ([], {"collection_ids": ["must list 1 to 1000 collections"]}),
        (list(range(1, 1002)), {"collection_ids": ["must list 1 to 1000 collections"]}),
        (None, {"collection_ids": ["must not be null"]}),
        (1, {"collection_ids": ["must be a list"]}),
        ({"0": 1}, {"collection_ids": ["must be a list"]}),
        (["1"], {"collection_ids.0": ["must be a whole number"]}),
        (
            [1, True, None, 0, 2.5],
            {
                "collection_ids.1": ["must be a whole number"],
                "collection_ids.2": ["must not be null"],
                "collection_ids.3": ["must be 1 or more"],
                "collection_ids.4": ["must be a whole number"],
            },
        ),
    ],
    ids=["empty list", "1001 ids", "null", "number", "object", "string", "several errors"],
)
def test_an_invalid_list_of_ids_is_refused(owner, ids, given, errors):
    assert faults(bulk_delete(owner, given)) == errors
    assert get_names(owner) == ["a", "b", "c"]


def test_the_list_of_ids_is_required(owner):
    response = owner.post("/api/collections/bulk-delete", {})
    assert faults(response) == {"collection_ids": ["is required"]}


def test_a_list_of_1000_ids_is_accepted_and_100_errors_are_reported(owner, ids):
    problem = refused(bulk_delete(owner, [*ids, *range(1_000_000, 1_000_997)]), 404)
    assert len(problem["errors"]) == 100
    assert "897 more" in problem["detail"]
    assert get_names(owner) == ["a", "b", "c"]
