"""Which JSON bodies are parsed, and when. The corpus (tests/tools/fuzz) has further malformed bodies."""

import json
from collections.abc import Iterator

import pytest

from tests.support.bodies import JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures

pytestmark = pytest.mark.any_database

NESTING_DEPTH = 100_000
LIMIT = 4 * 1024 * 1024
SIMPLE_CONTENT_TYPES = (
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)
"""Content types that a page of another site may send without a CORS preflight."""


class Sender:
    """Sends raw bodies to one route."""

    def __init__(self, route_fixtures: RouteFixtures, route: str) -> None:
        self.method, rule = route.split()
        self.path = route_fixtures.path(rule)
        (self.valid_body, *_more) = bodies(route_fixtures, route)

    def send(self, caller: Caller, data: bytes, content_type: str | None = "application/json"):
        return caller.call(self.method, self.path, data=data, content_type=content_type)


@pytest.fixture(params=JSON_ROUTES)
def route(request, route_fixtures, rows) -> Iterator[Sender]:
    """Yield a sender for each route that takes JSON. Checks that the test wrote nothing to the database."""
    sender = Sender(route_fixtures, request.param)
    before = rows()
    yield sender
    assert rows() == before


def test_a_body_above_the_limit_is_refused(route, admin):
    refused(route.send(admin, b'{"name": "' + b"x" * LIMIT + b'"}'), 413)


def test_content_types_that_need_no_cors_preflight_are_refused(route, admin):
    sent = json.dumps(route.valid_body).encode()
    for content_type in SIMPLE_CONTENT_TYPES:
        problem = refused(route.send(admin, sent, content_type), 415)
        assert "application/json" in problem["detail"]


def test_anonymous_requests_are_refused_before_the_body_is_parsed(route, nobody):
    if "login" not in route.path:
        refused(route.send(nobody, b"{" * NESTING_DEPTH), 401)
        refused(route.send(nobody, b"x", "text/plain"), 401)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/merge-patch+json",
        "application/json; v=1",
    ],
)
def test_every_json_content_type_is_accepted(admin, content_type):
    response = admin.post("/api/collections", data=b'{"name": "Truck"}', content_type=content_type)
    assert response.status_code == 201, response.text


def test_a_body_of_exactly_the_limit_is_accepted(admin):
    sent = b'{"name": "Truck"' + b" " * (LIMIT - 17) + b"}"
    assert len(sent) == LIMIT
    assert admin.post("/api/collections", data=sent, content_type="application/json").status_code == 201


ENCODING_ERRORS = {
    "utf-8-sig": "The body starts with a byte order mark (BOM); send UTF-8 without one.",
    "utf-16": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-16-le": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-16-be": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-32": "The body looks like UTF-32; send JSON in UTF-8.",
    "utf-32-be": "The body looks like UTF-32; send JSON in UTF-8.",
}


@pytest.mark.parametrize("encoding", ENCODING_ERRORS)
def test_the_error_for_a_wrong_encoding_names_that_encoding(route, admin, encoding):
    sent = json.dumps(route.valid_body).encode(encoding)
    assert refused(route.send(admin, sent), 400)["detail"] == ENCODING_ERRORS[encoding]


def test_a_lone_surrogate_is_refused_in_keys_and_values(admin):
    for sent in (b'{"name": "\\ud83d"}', b'{"\\uDE9A": 1}', b'{"name": ["\\uD83D x"]}'):
        answer = admin.post("/api/collections", data=sent, content_type="application/json")
        assert "surrogate" in refused(answer, 400)["detail"]


def test_a_surrogate_pair_is_decoded_to_one_character(admin):
    sent = b'{"name": "\\ud83d\\ude9a \\u0054ruck"}'
    assert (
        admin.post("/api/collections", data=sent, content_type="application/json").json["name"] == "🚚 Truck"
    )


def test_the_error_for_invalid_json_gives_the_position_or_the_duplicate_key(admin):
    sent = b'{\n  "name": "Truck",\n  oops\n}'
    problem = refused(admin.post("/api/collections", data=sent, content_type="application/json"), 400)
    assert "line 3, column 3" in problem["detail"]
    twice = b'{"name": "a", "name": "b"}'
    problem = refused(admin.post("/api/collections", data=twice, content_type="application/json"), 400)
    assert problem["detail"] == "The key 'name' is given twice in one object."
