"""Duplicate and unknown query parameters. Hostile values are in the corpus (tests/tools/fuzz)."""

from urllib.parse import quote

import pytest

from app.core.text import shorten
from tests.support.problems import faults, refused
from tests.support.route_fixtures import RouteFixtures

QUERIES = (
    "/api/alert-receivers",
    "/api/alert-receivers/<id:receiver_id>/episodes",
    "/api/api-keys",
    "/api/audit",
    "/api/collections",
    "/api/collections/<id:collection_id>/fields",
    "/api/collections/<id:collection_id>/spike-schedules",
    "/api/data",
    "/api/polls",
    "/api/prometheus/targets",
    "/api/rehearsals",
    "/api/spike-schedules",
    "/api/spike-schedules/counts",
    "/api/spike-schedules/<id:spike_id>/preview",
    "/api/timeline",
    "/api/users",
    "/api/users/<id:user_id>",
)
"""Every route with query parameters: all are GET except the last, which is DELETE."""

WITH_API_KEY = {"/api/data", "/api/prometheus/targets"}
REPEATABLE = {("/api/prometheus/targets", "type")}


def parameters(app, rule: str) -> list[str]:
    """Return the query parameters of a route from the OpenAPI document."""
    path = rule.replace("<id:", "{").replace(">", "}")
    item = app.extensions["openapi"]["paths"][path]
    operation = item["delete" if "users/{" in path else "get"]
    return [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]


def ask(admin, route_fixtures: RouteFixtures, rule: str, query: str):
    method = "DELETE" if "user_id" in rule else "GET"
    caller = route_fixtures.tool if rule in WITH_API_KEY else admin
    return caller.call(method, f"{route_fixtures.path(rule)}?{query}")


def test_the_list_has_every_route_with_query_parameters(migrated_app):
    described = {
        path.replace("{", "<id:").replace("}", ">")
        for path, item in migrated_app.extensions["openapi"]["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and any(each["in"] == "query" for each in operation.get("parameters", []))
    }
    assert described == set(QUERIES)


@pytest.mark.any_database
@pytest.mark.parametrize("rule", QUERIES)
def test_a_duplicate_query_parameter_is_refused(app, admin, route_fixtures, rows, rule):
    route_fixtures.path(rule)
    assert route_fixtures.tool
    before = rows()
    for name in parameters(app, rule):
        if (rule, name) in REPEATABLE:
            continue
        problem = refused(ask(admin, route_fixtures, rule, f"{name}=1&{name}=1"), 400)
        assert problem["detail"] == f"The query parameter '{name}' is given twice."
    assert rows() == before


@pytest.mark.any_database
@pytest.mark.parametrize("rule", QUERIES)
def test_an_unknown_query_parameter_is_refused(admin, route_fixtures, rows, rule):
    route_fixtures.path(rule)
    assert route_fixtures.tool
    before = rows()
    for name in ("zzz", "Page", "__proto__", "page[]", "\0", "ünknown", "x" * 5_000):
        assert faults(ask(admin, route_fixtures, rule, f"{quote(name)}=1")) == {
            shorten(name): ["is not a known key"]
        }
    many = "&".join(f"unknown{number}=1" for number in range(1_000))
    assert len(faults(ask(admin, route_fixtures, rule, many))) == 100
    assert rows() == before


LISTS = [rule for rule in QUERIES if not rule.endswith(("/preview", "/counts", "/targets", "<id:user_id>"))]


@pytest.mark.parametrize("rule", LISTS)
def test_a_page_beyond_the_last_is_empty(admin, route_fixtures, rule):
    page = ask(admin, route_fixtures, rule, "page=10000000&per_page=200")
    assert page.status_code == 200
    assert (page.json["items"], page.json["page"], page.json["per_page"]) == ([], 10_000_000, 200)
    assert faults(ask(admin, route_fixtures, rule, "page=10000001")) == {
        "page": ["must be a whole number from 1 to 10000000"]
    }


@pytest.mark.parametrize("rule", LISTS)
def test_a_search_takes_wildcards_and_quotes_literally(admin, route_fixtures, rule):
    route_fixtures.path(rule)
    for text in ("%", "_", "%%%", "\\", "/%", "'", '"', "[a-z]", ".*", "🚚", "\u202e", "a" * 255):
        if text not in "Device 1 / %":
            assert ask(admin, route_fixtures, rule, f"search={quote(text, safe='')}").json["items"] == [], (
                text
            )
    faults(ask(admin, route_fixtures, rule, f"search={'a' * 256}"))
