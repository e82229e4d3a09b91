"""The list of what an API key may poll, with the paths to poll."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.client import Caller, Poller
from tests.support.names import VALID_NAMES
from tests.support.problems import refused

PERFORMANCE = {"value_type": "NUMBER_FIXED", "name": "cpu"}
CONFIGURATION = {"value_type": "TEXT_FIXED", "collection_type": "Configuration", "fixed_value_text": "X"}


def list_pollable(tool, query: str = "") -> list[tuple[str, str]]:
    """Return the collections and types in the list."""
    response = tool.get(f"/api/data{query}")
    assert response.status_code == 200, response.text
    return [(item["collection"], item["type"]) for item in response.json["items"]]


def test_the_list_has_this_exact_json(make):
    truck = make.collection("Truck 01", PERFORMANCE, CONFIGURATION)
    response = make.key().get("/api/data")
    assert response.content_type == "application/json; charset=utf-8"
    by_id = f"/api/collections/{truck['id']}/data"
    assert response.json == {
        "items": [
            {
                "collection_id": truck["id"],
                "collection": "Truck 01",
                "type": "Performance",
                "path": "/api/data/Truck%2001/performance",
                "path_by_id": f"{by_id}/performance",
            },
            {
                "collection_id": truck["id"],
                "collection": "Truck 01",
                "type": "Configuration",
                "path": "/api/data/Truck%2001/configuration",
                "path_by_id": f"{by_id}/configuration",
            },
        ],
        "total": 2,
        "page": 1,
        "per_page": 50,
    }


def test_every_listed_path_can_be_polled(make):
    names = {kept for _given, kept in VALID_NAMES}
    for name in names:
        make.collection(name, PERFORMANCE)
    tool = make.key()
    items = tool.get("/api/data").json["items"]
    assert {item["collection"] for item in items} == names
    for item in items:
        for path in (item["path"], item["path_by_id"]):
            assert path.isascii()
            assert tool.get(path).json["collection"] == item["collection"]


def test_a_type_without_fields_is_left_out(make):
    make.collection("Both", PERFORMANCE, CONFIGURATION)
    make.collection("Configured", CONFIGURATION)
    make.collection("Empty")
    assert list_pollable(make.key()) == [
        ("Both", "Performance"),
        ("Both", "Configuration"),
        ("Configured", "Configuration"),
    ]


@pytest.fixture
def two_collections(make):
    return [make.collection(name, PERFORMANCE, CONFIGURATION) for name in ("Truck 01", "Truck 02")]


@pytest.mark.parametrize(
    ("collection_type", "listed"),
    [
        (None, [("Truck 02", "Performance"), ("Truck 02", "Configuration")]),
        ("Performance", [("Truck 02", "Performance")]),
        ("Configuration", [("Truck 02", "Configuration")]),
    ],
)
def test_a_limited_key_lists_its_allowed_collections(make, two_collections, collection_type, listed):
    limits = [{"collection_id": two_collections[1]["id"], "collection_type": collection_type}]
    assert list_pollable(make.key(allowed_collections=limits)) == listed


def test_a_limited_key_without_any_collection_left_lists_nothing(make, two_collections):
    tool = make.key(allowed_collections=[{"collection_id": two_collections[0]["id"]}])
    make.person.delete(f"/api/collections/{two_collections[0]['id']}")
    assert list_pollable(tool) == []


@pytest.mark.parametrize("is_limited", [False, True], ids=["unlimited key", "limited key"])
def test_a_key_lists_what_its_owner_may_currently_read(
    app, make, two_collections, admin, stranger, is_limited
):
    limits = {"allowed_collections": [{"collection_id": two_collections[0]["id"]}]} if is_limited else {}
    tool = make.key(**limits)
    admin.patch(f"/api/collections/{two_collections[0]['id']}", {"owner_id": stranger.user_id})
    assert "Truck 01" not in dict(list_pollable(tool))
    theirs = Poller(app, stranger.post("/api/api-keys", {"label": "theirs"}).json["key"])
    assert set(dict(list_pollable(theirs))) == {"Truck 01"}
    everything = Poller(app, admin.post("/api/api-keys", {"label": "all"}).json["key"])
    assert len(list_pollable(everything)) == 4


def test_the_list_and_polls_agree(make, two_collections):
    limits = [{"collection_id": two_collections[0]["id"], "collection_type": "Configuration"}]
    for tool in (make.key(), make.key(allowed_collections=limits)):
        listed = set(list_pollable(tool))
        for name in ("Truck 01", "Truck 02"):
            for word in ("Performance", "Configuration"):
                assert (tool.poll(name, word).status_code == 200) == ((name, word) in listed)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?sort=name", ["a%", "B", "c_"]),
        ("?sort=-name", ["c_", "B", "a%"]),
        ("?sort=id", ["c_", "a%", "B"]),
        ("?sort=-id", ["B", "a%", "c_"]),
        ("?search=b", ["B"]),
        ("?search=%25", ["a%"]),
        ("?search=_", ["c_"]),
        ("?search=nothing", []),
        ("?per_page=1&page=2&sort=id", ["a%"]),
        ("?page=9", []),
        ("/?sort=id", ["c_", "a%", "B"]),
    ],
)
def test_the_list_can_be_searched_sorted_and_paged(make, query, names, database_url):
    if "name" in query and database_url.startswith("postgresql"):
        pytest.skip("the sort order of letter case depends on its collation")
    if "name" in query:
        names = sorted(names, reverse="-" in query)
    for name in ("c_", "a%", "B"):
        make.collection(name, PERFORMANCE)
    assert [name for name, _type in list_pollable(make.key(), query)] == names


@pytest.mark.parametrize("query", ["sort=colour", "page=0", "per_page=201", "nothing=1", "search=%00"])
def test_an_invalid_query_is_refused(make, query):
    refused(make.key().get(f"/api/data?{query}"), 422)


def test_the_number_of_queries_is_the_same_for_many_collections(make, queries):
    tool, seen = make.key(), []
    for number in range(12):
        make.collection(f"Truck {number}", PERFORMANCE, CONFIGURATION)
        with queries() as asked:
            list_pollable(tool)
        seen.append(asked.count)
    assert len(set(seen)) == 1
    assert seen[0] <= 4


def test_listing_is_not_recorded_as_a_poll(make, two_collections):
    make.field(two_collections[0], "INCREMENT", name="n", start_number=1, step_number=1)
    tool = make.key()
    list_pollable(tool)
    assert make.person.get(f"/api/api-keys/{tool.id}").json["last_used_at"] is None
    assert tool.data("Truck 01")["n"] == 1


# --- Authentication ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["Bearer {}", "{}"])
def test_the_list_accepts_a_key_in_the_authorization_header(make, two_collections, nobody, form):
    key = make.key().key
    assert nobody.get("/api/data", headers={"Authorization": form.format(key)}).json["total"] == 4


@pytest.mark.parametrize("path", ["/api/data", "/api/data/", "/api/data?sort=colour"])
def test_a_list_request_without_a_valid_key_is_refused(make, owner, nobody, clock, path):
    revoked, expiring = make.key(), make.key(expires_at="2026-11-27T09:00:00Z")
    make.person.post(f"/api/api-keys/{revoked.id}/revoke")
    clock.move_to(NOW + timedelta(hours=1))
    cookie = Caller(owner.app, headers={"Cookie": f"access_token_cookie={owner.tokens['access_token']}"})
    for caller in (nobody, owner, cookie, revoked, expiring):
        response = caller.get(path)
        refused(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
