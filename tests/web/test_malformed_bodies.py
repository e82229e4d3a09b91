"""What is read of a body, and when; that the rest is refused, the corpus tests (tests/tools/fuzz)."""

import json
from collections.abc import Iterator

import pytest

from tests.support.bodies import JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures

pytestmark = pytest.mark.any_database

DEEP = 100_000
LIMIT = 4 * 1024 * 1024
OF_ANY_WEB_PAGE = (
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)
"""Types that a page of another site may send without asking."""


class Sender:
    """Sends raw bodies to one route."""

    def __init__(self, things: RouteFixtures, route: str) -> None:
        self.method, rule = route.split()
        self.path = things.path(rule)
        (self.right_body, *_more) = bodies(things, route)

    def send(self, caller: Caller, data: bytes, content_type: str | None = "application/json"):
        return caller.call(self.method, self.path, data=data, content_type=content_type)


@pytest.fixture(params=JSON_ROUTES)
def route(request, things, rows) -> Iterator[Sender]:
    """Each route that takes JSON; whatever the test sends there, nothing is written."""
    sender = Sender(things, request.param)
    before = rows()
    yield sender
    assert rows() == before


def test_a_huge_body_is_refused(route, admin):
    refused(route.send(admin, b'{"name": "' + b"x" * LIMIT + b'"}'), 413)


def test_what_any_web_page_may_send_is_not_taken_for_json(route, admin):
    sent = json.dumps(route.right_body).encode()
    for content_type in OF_ANY_WEB_PAGE:
        problem = refused(route.send(admin, sent, content_type), 415)
        assert "application/json" in problem["detail"]


def test_nothing_is_read_before_it_is_clear_who_sends_it(route, nobody):
    if "login" not in route.path:
        refused(route.send(nobody, b"{" * DEEP), 401)
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
def test_json_may_be_called_by_its_other_names(admin, content_type):
    response = admin.post("/api/collections", data=b'{"name": "Truck"}', content_type=content_type)
    assert response.status_code == 201, response.text


def test_the_largest_body_is_read(admin):
    sent = b'{"name": "Truck"' + b" " * (LIMIT - 17) + b"}"
    assert len(sent) == LIMIT
    assert admin.post("/api/collections", data=sent, content_type="application/json").status_code == 201


ENCODED = {
    "utf-8-sig": "The body starts with a byte order mark (BOM); send UTF-8 without one.",
    "utf-16": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-16-le": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-16-be": "The body looks like UTF-16; send JSON in UTF-8.",
    "utf-32": "The body looks like UTF-32; send JSON in UTF-8.",
    "utf-32-be": "The body looks like UTF-32; send JSON in UTF-8.",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_body_in_another_encoding_is_told_so_in_words(route, admin, encoding):
    sent = json.dumps(route.right_body).encode(encoding)
    assert refused(route.send(admin, sent), 400)["detail"] == ENCODED[encoding]


def test_half_of_a_surrogate_pair_is_refused_wherever_it_is(admin):
    for sent in (b'{"name": "\\ud83d"}', b'{"\\uDE9A": 1}', b'{"name": ["\\uD83D x"]}'):
        answer = admin.post("/api/collections", data=sent, content_type="application/json")
        assert "surrogate" in refused(answer, 400)["detail"]


def test_a_pair_of_surrogates_is_one_character(admin):
    sent = b'{"name": "\\ud83d\\ude9a \\u0054ruck"}'
    assert (
        admin.post("/api/collections", data=sent, content_type="application/json").json["name"] == "🚚 Truck"
    )


def test_the_refusal_says_where(admin):
    sent = b'{\n  "name": "Truck",\n  oops\n}'
    problem = refused(admin.post("/api/collections", data=sent, content_type="application/json"), 400)
    assert "line 3, column 3" in problem["detail"]
    twice = b'{"name": "a", "name": "b"}'
    problem = refused(admin.post("/api/collections", data=twice, content_type="application/json"), 400)
    assert problem["detail"] == "The key 'name' is given twice in one object."
