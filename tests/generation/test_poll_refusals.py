"""Why a poll with a valid key is refused."""

import pytest

from tests.support.client import Poller

PATH = "/api/data/Truck%2001/performance"


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def get_visible(response) -> tuple:
    """Return all of a response that a client sees."""
    return response.status_code, sorted(response.headers.items()), response.data


def test_unknown_and_forbidden_collections_get_identical_responses(app, make, truck, stranger):
    other = make.collection("Truck 02", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    unlimited, theirs = make.key(), Poller(app, stranger.post("/api/api-keys", {"label": "x"}).json["key"])
    elsewhere = make.key(allowed_collections=[{"collection_id": other["id"]}])
    other_type = make.key(
        allowed_collections=[{"collection_id": truck["id"], "collection_type": "Configuration"}]
    )
    unknown = unlimited.poll("No such truck")
    assert unknown.status_code == 404
    forbidden = [tool.poll("Truck 01") for tool in (theirs, elsewhere, other_type)]
    by_id = [tool.get(f"/api/collections/{truck['id']}/data/performance") for tool in (theirs, elsewhere)]
    unknown_id = unlimited.get("/api/collections/2147483647/data/performance")
    assert {str(get_visible(each)) for each in [*forbidden, *by_id, unknown_id]} == {
        str(get_visible(unknown))
    }


def test_a_forbidden_collection_does_not_reveal_that_a_type_has_no_fields(app, truck, stranger):
    theirs = Poller(app, stranger.post("/api/api-keys", {"label": "x"}).json["key"])
    assert get_visible(theirs.poll("Truck 01", "configuration")) == get_visible(
        theirs.poll("Nothing", "configuration")
    )


@pytest.mark.parametrize(
    "name", ["truck 01", "TRUCK 01", "Truck 0", "Truck 01x", "Truck%2001", "Truck\u00a001"]
)
def test_a_name_has_to_match_exactly(make, truck, name):
    assert make.key().poll(name).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/api/data/x%00y/performance",
        "/api/data/%00/performance",
        "/api/data/%FF%FE/performance",
        "/api/data/%ED%A0%80/performance",
        "/api/data/%0A/performance",
        "/api/data//performance",
        "/api/data/Truck%2001",
        "/api/data/Truck%2001/",
        "/api/data/Truck%2001/performance//",
        "/api/data/performance",
        "/api/collections/0/data/performance",
        "/api/collections/-1/data/performance",
        "/api/collections/1e1/data/performance",
        "/api/collections/2147483648/data/performance",
        "/api/collections/99999999999999999999/data/performance",
        f"/api/data/{'x' * 10_000}/performance",
    ],
)
def test_an_invalid_poll_url_is_400_or_404_in_problem_details(make, truck, url):
    response = make.key().get(url)
    assert response.status_code in (400, 404)
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "word",
    ["no-type", "perf", "performances", "Performance ", "%20performance", "per%00formance", "%EF%BC%85", "1"],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_an_unknown_type_is_400_and_lists_the_types(make, truck, word, by):
    start = "/api/data/Truck%2001" if by == "name" else f"/api/collections/{truck['id']}/data"
    response = make.key().get(f"{start}/{word}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert response.json["detail"].endswith("Use performance or configuration.")


def test_a_type_without_fields_is_404_and_says_so(make, truck):
    response = make.key().poll("Truck 01", "configuration")
    assert response.status_code == 404
    assert response.json["detail"] == "'Truck 01' has no Configuration fields."


def test_a_collection_without_fields_is_404_for_both_types(make):
    make.collection("Truck 01")
    tool = make.key()
    details = [tool.poll("Truck 01", word).json["detail"] for word in ("performance", "configuration")]
    assert details == ["'Truck 01' has no Performance fields.", "'Truck 01' has no Configuration fields."]


def test_a_deleted_collection_is_404(make, truck):
    tool = make.key()
    make.person.delete(f"/api/collections/{truck['id']}")
    assert tool.poll("Truck 01").status_code == 404


def test_refused_polls_have_cache_control_no_store(make, truck):
    tool = make.key()
    for response in (tool.poll("x"), tool.poll("Truck 01", "x"), tool.call("HEAD", PATH)):
        assert response.headers["Cache-Control"] == "no-store"


# --- Methods -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_any_method_but_get_is_405_and_names_the_allowed_methods(make, truck, method, by):
    path = PATH if by == "name" else f"/api/collections/{truck['id']}/data/performance"
    response = make.key().call(method, path)
    assert response.status_code == 405
    assert {word.strip() for word in response.headers["Allow"].split(",")} == {"GET", "OPTIONS"}
    assert response.content_type == "application/problem+json"


def test_the_response_to_head_has_no_body(make, truck):
    assert make.key().call("HEAD", PATH).data == b""


def test_options_needs_no_key_and_returns_only_the_methods(truck, nobody, queries):
    with queries() as seen:
        response = nobody.call("OPTIONS", PATH)
    assert response.status_code == 200
    assert {word.strip() for word in response.headers["Allow"].split(",")} == {"GET", "OPTIONS"}
    assert response.data == b""
    assert not [name for name in dict(response.headers) if name.startswith("Access-Control")]
    assert seen.count == 0


def test_a_method_override_header_is_ignored(make, truck):
    tool = make.key()
    assert tool.get(PATH, headers={"X-HTTP-Method-Override": "HEAD"}).status_code == 200
    assert tool.post(PATH, headers={"X-HTTP-Method-Override": "GET"}).status_code == 405
