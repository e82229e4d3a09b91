"""The OpenAPI document is valid, complete and usable by client generators."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis

from app.core.version import __version__
from app.web.openapi import BEARER
from tests.conventions.test_access import API
from tests.support.route_fixtures import RouteFixtures
from tools.fuzz.openapi_oracle import Document

METHODS = {"get", "post", "patch", "delete", "put", "head", "options", "trace"}
NOT_IN_DOCUMENT = {"/api/docs"}  # a page


def operations(description) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every operation with its `METHOD /path`."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def references(node: Any) -> Iterator[str]:
    """Yield every `$ref` below `node`."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    if isinstance(node, list):
        for below in node:
            yield from references(below)


def to_openapi_path(rule: str) -> str:
    """Return Flask's `/x/<id:y>` as OpenAPI's `/x/{y}`."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


def test_the_document_is_valid_by_the_official_schema(description):
    assert description["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(description).validate()


def test_the_official_schema_refuses_an_invalid_document(description):
    """Check that the test above can fail."""
    description["paths"]["/api/health"]["get"]["responses"]["200"].pop("description")
    with pytest.raises(Exception, match="description"):
        schemathesis.openapi.from_dict(description).validate()


def test_the_document_has_exactly_the_routes_of_the_api(description, other_app):
    described = {name for name, _operation in operations(description)}
    routed = {
        f"{method} {to_openapi_path(rule.rule)}"
        for rule in other_app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.rule not in NOT_IN_DOCUMENT
    }
    assert described == routed


def test_every_operation_has_a_unique_id_a_summary_and_tags(description):
    ids = [operation["operationId"] for _name, operation in operations(description)]
    assert len(ids) == len(set(ids))
    for name, operation in operations(description):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), name
        assert re.fullmatch(r"[A-Z].*\.", operation["summary"]), name
        assert operation["tags"], name


def test_every_tag_has_a_description(description):
    tags = {tag["name"]: tag["description"] for tag in description["tags"]}
    assert {tag for _name, operation in operations(description) for tag in operation["tags"]} == set(tags)
    assert all(tags.values())


def takes_key(route: str) -> bool:
    """Return whether monitoring tools call the route with an API key, or with the token of a receiver."""
    return "/data" in route or "/prometheus/" in route or "/api/alerts/" in route


def test_every_operation_declares_its_security_scheme(description):
    public = {name for name, operation in operations(description) if operation["security"] == []}
    by_address = {f"{method} /api/alerts/{{receiver_id}}/{{token}}" for method in ("POST", "PUT")}
    assert public == {"POST /api/auth/login", "GET /api/health", "GET /api/openapi.json"} | by_address
    for name, operation in operations(description):
        used = {scheme for option in operation["security"] for scheme in option}
        assert used <= description["components"]["securitySchemes"].keys(), name
        assert (BEARER in used) == (name not in public and not takes_key(name)), name


def test_every_error_response_is_problem_details(description):
    for name, operation in operations(description):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response == {"$ref": f"#/components/responses/Problem{status}"}, name
    for name, response in description["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name
        assert response["description"], name


def test_every_operation_documents_its_possible_errors(description):
    for name, operation in operations(description):
        documented = {int(status) for status in operation["responses"]}
        expected = {503}
        expected |= {401} if operation["security"] else set()
        expected |= {404} if "{" in name else set()
        expected |= {400, 413, 415, 422} if "requestBody" in operation else set()
        inputs = {each["in"] for each in operation.get("parameters", ())}
        expected |= {400, 422} if "query" in inputs else set()
        expected |= {400, 412} if "header" in inputs else set()
        assert expected <= documented, name
        assert len([status for status in documented if status < 300]) == 1, name


def test_a_created_resource_has_a_location_and_a_delete_has_no_body(description):
    for name, operation in operations(description):
        if "201" in operation["responses"]:
            assert "Location" in operation["responses"]["201"]["headers"], name
        if name.startswith("DELETE"):
            assert "content" not in operation["responses"]["204"], name


RESOURCE_PATH = re.compile(
    r"/api/(?!data|auth|alerts/)[a-z-]+/\{\w+\}(/(end|extend|reset|revoke|token|reset-two-factor|copy))?"
)


def test_every_resource_has_an_etag_and_its_writes_take_if_match(description):
    single = 0
    for name, operation in operations(description):
        method, path = name.split()
        has_etag = any(
            "ETag" in operation["responses"].get(ok, {}).get("headers", {}) for ok in ("200", "201")
        )
        takes_if_match = any(each.get("name") == "If-Match" for each in operation.get("parameters", ()))
        is_single = RESOURCE_PATH.fullmatch(path) is not None
        single += is_single
        assert takes_if_match == (is_single and method != "GET"), name
        assert has_etag == (
            (is_single and method != "DELETE") or (method == "POST" and "201" in operation["responses"])
        ), name
    assert single >= 20


def test_every_reference_resolves_and_every_component_is_used(description):
    used = set(references(description))
    defined = {
        f"#/components/{kind}/{name}"
        for kind, members in description["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert used == defined


def test_every_input_refuses_unknown_keys(description):
    for name, operation in operations(description):
        if body := operation.get("requestBody"):
            reference = body["content"]["application/json"]["schema"]["$ref"]
            schema = description["components"]["schemas"][reference.rpartition("/")[2]]
            assert schema["additionalProperties"] is False, name
            assert body["required"] is True, name


def find_schemas(node: Any, description: dict[str, Any]) -> set[str]:
    """Return the names of all schemas that `node` refers to, directly or indirectly."""
    found: set[str] = set()
    for reference in references(node):
        kind, name = reference.split("/")[-2:]
        if name not in found:
            found |= ({name} if kind == "schemas" else set()) | find_schemas(
                description["components"][kind][name], description
            )
    return found


def test_every_response_schema_requires_all_of_its_keys(description):
    """Otherwise generated clients would have to check each key for presence."""
    answers = [operation["responses"] for _name, operation in operations(description)]
    for name in find_schemas(answers, description) - {"Problem"}:
        schema = description["components"]["schemas"][name]
        assert sorted(schema["required"]) == sorted(schema["properties"]), name
        assert schema["additionalProperties"] is False, name


def test_no_schema_is_shared_by_requests_and_responses(description):
    """A key that is optional in a request is required in a response."""
    bodies = [operation.get("requestBody") for _name, operation in operations(description)]
    answers = [operation["responses"] for _name, operation in operations(description)]
    assert not find_schemas(bodies, description) & find_schemas(answers, description)


@pytest.fixture
def route_fixtures(app, nobody, viewer, owner, stranger, admin) -> RouteFixtures:
    return RouteFixtures({"owner": owner, "admin": admin}, owner)


GETS = [line.split()[1] for line in API.splitlines() if line.startswith("GET ") and "/docs" not in line]


@pytest.mark.parametrize("rule", GETS)
def test_every_get_response_matches_the_document(app, admin, route_fixtures, rule):
    assert route_fixtures.spike_id
    route_fixtures.tool.data(route_fixtures.collection["name"])
    document = Document(app.extensions["openapi"])
    caller = (
        route_fixtures.tool
        if takes_key(rule)
        else route_fixtures.holder
        if "_in" in rule or "key" in rule
        else admin
    )
    response = caller.get(route_fixtures.path(rule))
    assert response.status_code == 200, response.text
    operation = app.extensions["openapi"]["paths"][to_openapi_path(rule)]["get"]
    assert document.find_faults(operation, response) == []


def test_current_number_is_not_an_input(description):
    for name in ("FieldIn", "FieldPatch", "OverrideIn"):
        assert "current_number" not in description["components"]["schemas"][name]["properties"]


def test_the_server_url_is_the_path_prefix(description, other_app):
    assert description["servers"] == [{"url": "/"}]
    below = other_app.test_client().get("/api/openapi.json", environ_overrides={"SCRIPT_NAME": "/below"})
    assert below.json["servers"] == [{"url": "/below"}]


def test_the_document_names_the_title_and_version_of_the_app(description, other_app):
    assert description["info"]["version"] == __version__
    assert description["info"]["title"] == "Spikecast"


def test_response_schemas_have_no_passwords_or_hashes(description):
    for name, schema in description["components"]["schemas"].items():
        if name.endswith("Out"):
            assert not {"password", "password_hash", "key_hash"} & schema.get("properties", {}).keys(), name
