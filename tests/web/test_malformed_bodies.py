"""Bodies that are no JSON, or none that every reader would read alike: always refused, nothing written."""

import json
from collections.abc import Iterator

import pytest

from tests.support.bodies import JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.problems import faults, refused
from tests.support.things import Things

DEEP = 100_000
LIMIT = 4 * 1024 * 1024

MALFORMED = {
    "empty": b"",
    "white space": b" \r\n\t",
    "words": b"name=Truck&owner=1",
    "one brace": b"{",
    "cut off": b'{"name": "Truck',
    "cut off key": b'{"name"',
    "trailing comma": b'{"name": "Truck",}',
    "trailing words": b'{"name": "Truck"} and more',
    "two values": b'{"name": "a"}{"name": "b"}',
    "single quotes": b"{'name': 'Truck'}",
    "comment": b'{"name": "Truck" /* mine */}',
    "unquoted key": b'{name: "Truck"}',
    "number as key": b'{1: "Truck"}',
    "raw line feed in a text": b'{"name": "a\nb"}',
    "raw NUL in a text": b'{"name": "a\0b"}',
    "unknown escape": b'{"name": "\\x41"}',
    "half an escape": b'{"name": "\\u12"}',
    "leading zero": b'{"name": 007}',
    "plus sign": b'{"name": +1}',
    "hexadecimal": b'{"name": 0x1F}',
    "point without digits": b'{"name": 1.}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": Infinity}',
    "-Infinity": b'{"name": -Infinity}',
    "NaN deep within": b'{"name": [[{"a": [NaN]}]]}',
    "byte order mark": b'\xef\xbb\xbf{"name": "Truck"}',
    "Latin-1": '{"name": "Zoë"}'.encode("latin-1"),
    "UTF-16": '{"name": "Truck"}'.encode("utf-16"),
    "UTF-32": '{"name": "Truck"}'.encode("utf-32"),
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "beyond Unicode": b'{"name": "\xf4\x90\x80\x80"}',
    "UTF-8 cut off": b'{"name": "\xe2\x82',
    "lone high surrogate": b'{"name": "\\ud800"}',
    "lone low surrogate": b'{"name": "a\\udfff"}',
    "surrogates the wrong way round": b'{"name": "\\udc00\\ud800"}',
    "lone surrogate in a key": b'{"\\ud800": 1}',
    "lone surrogate deep within": b'{"name": [{"a": ["\\udbff"]}]}',
    "a key twice": b'{"name": "a", "name": "b"}',
    "a key twice, once escaped": b'{"name": "a", "n\\u0061me": "b"}',
    "an unknown key twice": b'{"zzz": 1, "zzz": 1}',
    "a key twice deep within": b'{"name": [{"b": {"a": 1, "a": 1}}]}',
    "nested arrays": b"[" * DEEP,
    "nested arrays, closed": b"[" * DEEP + b"]" * DEEP,
    "nested objects": b'{"a":' * DEEP,
    "nested objects, closed": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "nested under a known key": b'{"name": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "5,000 digits": b'{"name": ' + b"9" * 5_000 + b"}",
    "5,000 digits, negative": b'{"name": -' + b"9" * 5_000 + b"}",
    "5,000 decimals": b'{"name": 0.' + b"9" * 5_000 + b"}",
    "an exponent of 5,000 digits": b'{"name": 1e' + b"9" * 5_000 + b"}",
    "an exponent beyond all": b'{"name": 1e99999999999999999999}',
    "an exponent below all": b'{"name": 1e-99999999999999999999}',
}

NO_OBJECT = (
    b"[]",
    b'[{"name": "Truck"}]',
    b'"name"',
    b"7",
    b"0.5",
    b"true",
    b"false",
    b"null",
    b"[[[[]]]]",
)

OTHER_TYPES = (
    None,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonp",
    "application",
    "json",
    "*/*",
    "text/plain; application/json",
    "application/json, text/plain",
    "\xff",
)


class Sender:
    """Sends raw bodies to one route."""

    def __init__(self, things: Things, route: str) -> None:
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


def test_what_is_no_json_is_refused(route, admin):
    answers = {name: route.send(admin, body) for name, body in MALFORMED.items()}
    assert {name for name, answer in answers.items() if answer.status_code != 400} == set()
    for answer in answers.values():
        refused(answer, 400)


def test_json_that_is_no_object_is_refused(route, admin):
    for body in NO_OBJECT:
        assert faults(route.send(admin, body)) == {"body": ["must be a JSON object"]}


def test_what_is_not_sent_as_json_is_refused(route, admin):
    sent = json.dumps(route.right_body).encode()
    for content_type in OTHER_TYPES:
        problem = refused(route.send(admin, sent, content_type), 415)
        assert "application/json" in problem["detail"]


def test_a_huge_body_is_refused(route, admin):
    refused(route.send(admin, b'{"name": "' + b"x" * LIMIT + b'"}'), 413)


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
