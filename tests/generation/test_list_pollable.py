"""What an API key may poll, with the addresses to poll it at."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.client import Caller, Poller
from tests.support.names import VALID_NAMES
from tests.support.problems import refused

PERFORMANCE = {"value_type": "NUMBER_FIXED", "name": "cpu"}
CONFIGURATION = {"value_type": "TEXT_FIXED", "collection_type": "Configuration", "fixed_value_text": "X"}


def pollable(tool, query: str = "") -> list[tuple[str, str]]:
    """The collections and types in the list."""
    response = tool.get(f"/api/data{query}")
    assert response.status_code == 200, response.text
    return [(item["collection"], item["type"]) for item in response.json["items"]]


def test_a_list_reads_literally_like_this(make):
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


def test_every_address_in_it_can_be_polled(make):
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
    assert pollable(make.key()) == [
        ("Both", "Performance"),
        ("Both", "Configuration"),
        ("Configured", "Configuration"),
    ]


@pytest.fixture
def two(make):
    return [make.collection(name, PERFORMANCE, CONFIGURATION) for name in ("Truck 01", "Truck 02")]


@pytest.mark.parametrize(
    ("collection_type", "listed"),
    [
        (None, [("Truck 02", "Performance"), ("Truck 02", "Configuration")]),
        ("Performance", [("Truck 02", "Performance")]),
        ("Configuration", [("Truck 02", "Configuration")]),
    ],
)
def test_a_limited_key_sees_what_it_is_limited_to(make, two, collection_type, listed):
    limits = [{"collection_id": two[1]["id"], "collection_type": collection_type}]
    assert pollable(make.key(allowed_collections=limits)) == listed


def test_a_key_whose_list_was_emptied_sees_nothing(make, two):
    tool = make.key(allowed_collections=[{"collection_id": two[0]["id"]}])
    make.person.delete(f"/api/collections/{two[0]['id']}")
    assert pollable(tool) == []


@pytest.mark.parametrize("is_limited", [False, True], ids=["without a list", "with a list"])
def test_a_key_sees_what_its_owner_may_read_at_that_moment(app, make, two, admin, stranger, is_limited):
    limits = {"allowed_collections": [{"collection_id": two[0]["id"]}]} if is_limited else {}
    tool = make.key(**limits)
    admin.patch(f"/api/collections/{two[0]['id']}", {"owner_id": stranger.user_id})
    assert "Truck 01" not in dict(pollable(tool))
    theirs = Poller(app, stranger.post("/api/api-keys", {"label": "theirs"}).json["key"])
    assert set(dict(pollable(theirs))) == {"Truck 01"}
    everything = Poller(app, admin.post("/api/api-keys", {"label": "all"}).json["key"])
    assert len(pollable(everything)) == 4


def test_the_list_and_polls_agree(make, two):
    limits = [{"collection_id": two[0]["id"], "collection_type": "Configuration"}]
    for tool in (make.key(), make.key(allowed_collections=limits)):
        listed = set(pollable(tool))
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
def test_it_is_searched_sorted_and_paged_as_every_list(make, query, names, database_url):
    if "name" in query and database_url.startswith("postgresql"):
        pytest.skip("its collation decides about letter case")
    if "name" in query:
        names = sorted(names, reverse="-" in query)
    for name in ("c_", "a%", "B"):
        make.collection(name, PERFORMANCE)
    assert [name for name, _type in pollable(make.key(), query)] == names


@pytest.mark.parametrize("query", ["sort=colour", "page=0", "per_page=201", "nothing=1", "search=%00"])
def test_a_wrong_query_is_refused(make, query):
    refused(make.key().get(f"/api/data?{query}"), 422)


def test_it_takes_the_same_number_of_queries_for_any_number(make, queries):
    tool, seen = make.key(), []
    for number in range(12):
        make.collection(f"Truck {number}", PERFORMANCE, CONFIGURATION)
        with queries() as asked:
            pollable(tool)
        seen.append(asked.count)
    assert len(set(seen)) == 1
    assert seen[0] <= 4


def test_to_list_is_no_poll(make, two):
    make.field(two[0], "INCREMENT", name="n", start_number=1, step_number=1)
    tool = make.key()
    pollable(tool)
    assert make.person.get(f"/api/api-keys/{tool.id}").json["last_used_at"] is None
    assert tool.data("Truck 01")["n"] == 1


# --- Who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["Bearer {}", "{}"])
def test_the_key_comes_as_it_does_for_a_poll(make, two, nobody, form):
    key = make.key().key
    assert nobody.get("/api/data", headers={"Authorization": form.format(key)}).json["total"] == 4


@pytest.mark.parametrize("path", ["/api/data", "/api/data/", "/api/data?sort=colour"])
def test_without_a_key_that_counts_nothing_is_listed(make, owner, nobody, clock, path):
    revoked, expiring = make.key(), make.key(expires_at="2026-11-27T09:00:00Z")
    make.person.post(f"/api/api-keys/{revoked.id}/revoke")
    clock.move_to(NOW + timedelta(hours=1))
    cookie = Caller(owner.app, headers={"Cookie": f"access_token_cookie={owner.tokens['access_token']}"})
    for caller in (nobody, owner, cookie, revoked, expiring):
        response = caller.get(path)
        refused(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
