"""POST /api/collections/bulk-delete."""

import pytest

from tests.support.problems import faults, refused


def bulk_delete(caller, ids):
    return caller.post("/api/collections/bulk-delete", {"collection_ids": ids})


def left(owner):
    return [item["name"] for item in owner.get("/api/collections").json["items"]]


@pytest.fixture
def ids(make):
    """Three collections: a and b with a field and a schedule, c empty."""
    made = [
        make.collection("a", {"value_type": "NUMBER_RANGE"}),
        make.collection("b", {"value_type": "INCREMENT"}),
        make.collection("c"),
    ]
    for collection in made[:2]:
        make.spike(collection)
    return [collection["id"] for collection in made]


def test_all_that_are_named_go_with_what_is_theirs(owner, ids):
    response = bulk_delete(owner, [ids[2], ids[0]])
    assert response.status_code == 204
    assert response.data == b""
    assert left(owner) == ["b"]
    assert owner.get("/api/spike-schedules").json["total"] == 1


def test_one_that_is_named_twice_goes_once(owner, ids):
    assert bulk_delete(owner, [ids[0], ids[0]]).status_code == 204
    assert left(owner) == ["b", "c"]


def test_where_one_does_not_exist_nothing_is_deleted(owner, ids):
    problem = refused(bulk_delete(owner, [ids[0], 987654, ids[1]]), 404)
    assert problem["errors"] == {"collection_ids.1": ["there is no collection 987654"]}
    assert problem["detail"].startswith("Nothing was deleted")
    assert left(owner) == ["a", "b", "c"]


def test_where_one_is_somebody_elses_nothing_is_deleted(owner, stranger, ids):
    theirs = stranger.post("/api/collections", {"name": "d"}).json["id"]
    problem = refused(bulk_delete(owner, [*ids, theirs]), 404)
    assert problem["errors"] == {"collection_ids.3": [f"there is no collection {theirs}"]}
    assert left(owner) == ["a", "b", "c"]
    assert left(stranger) == ["d"]


def test_an_admin_deletes_everybodys(admin, owner, stranger, ids):
    theirs = stranger.post("/api/collections", {"name": "d"}).json["id"]
    assert bulk_delete(admin, [ids[0], theirs]).status_code == 204
    assert (left(owner), left(stranger)) == (["b", "c"], [])


@pytest.mark.parametrize(
    ("given", "told"),
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
    ids=["none", "1001", "null", "a number", "an object", "a text", "several faults"],
)
def test_anything_but_a_list_of_1_to_1000_ids_is_refused(owner, ids, given, told):
    assert faults(bulk_delete(owner, given)) == told
    assert left(owner) == ["a", "b", "c"]


def test_the_list_is_required(owner):
    response = owner.post("/api/collections/bulk-delete", {})
    assert faults(response) == {"collection_ids": ["is required"]}


def test_a_thousand_are_taken(owner, ids):
    problem = refused(bulk_delete(owner, [*ids, *range(1_000_000, 1_000_997)]), 404)
    assert len(problem["errors"]) == 100
    assert "897 more" in problem["detail"]
    assert left(owner) == ["a", "b", "c"]
