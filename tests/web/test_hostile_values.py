"""JSON that is well formed and hostile: always refused with what is wrong where, nothing written."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.bodies import JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.things import Things

Path = tuple[str | int, ...]
HERE = "put the hostile value here"
DEPTH = 500

# Text of JSON that nothing takes, wherever a single value belongs.
FOR_ANYTHING = {
    "true": "true",
    "false": "false",
    "an array": "[]",
    "an array of the right kind": "[1]",
    "an object": "{}",
    "an object of one": '{"a": 1}',
    "arrays in arrays": "[" * DEPTH + "]" * DEPTH,
    "objects in objects": '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "1e400": "1e400",
    "-1e400": "-1e400",
    "1e999999999": "1e999999999",
    "-1e999999999": "-1e999999999",
    "300 digits": "9" * 400,
    "NUL": '"\\u0000"',
    "NUL within": '"2026-11-27T08:00:00Z\\u0000"',
    "70,000 characters": '"' + "x" * 70_000 + '"',
    "70,000 wide characters": '"' + "\\ud83d\\ude9a" * 70_000 + '"',
    "a lone surrogate": '"\\ud800"',
}
# As above, but a double can hold them.
FOR_ALL_BUT_FLOATS = {
    "2^63": "9223372036854775808",
    "-2^63-1": "-9223372036854775809",
    "2^53": "9007199254740992",
    "2^64": "18446744073709551616",
    "1e308": "1e308",
}
FOR_WHOLE_NUMBERS = {"a fraction": "1.5", "a tiny fraction": "1e-300", "digits as text": '"1"', "blank": '""'}
FOR_LISTS = {
    "an object": "{}",
    "an object with numbers as keys": '{"0": 1}',
    "a text": '"1,2"',
    "a number": "1",
    "true": "true",
    "a list of lists": "[[]]",
    "a list of null": "[null]",
    "a list of fractions": "[1.5]",
    "a list of texts": '["1"]',
    "a list of truth values": "[true]",
    "a list of nothings": "[{}]",
    "a list of huge ids": "[9223372036854775808]",
    "a list of objects with a huge id": '[{"collection_id": 1e400, "original_field_id": 1e400}]',
    "arrays in arrays": "[" * DEPTH + "]" * DEPTH,
}
FLOATS = {"fixed_value_float", "range_start_float", "range_end_float"}


def hostile_to(value: Any, key: str | int) -> dict[str, str]:
    """What to put in the place of `value`."""
    if isinstance(value, list):
        return FOR_LISTS
    if key in FLOATS:
        return FOR_ANYTHING
    if isinstance(value, int):
        whole = key not in {"start_number", "step_number", "reset_number", "randomization_percentage"}
        return FOR_ANYTHING | FOR_ALL_BUT_FLOATS | (FOR_WHOLE_NUMBERS if whole else {})
    return FOR_ANYTHING | FOR_ALL_BUT_FLOATS


def values_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value below `node`, lists too, with the way to it."""
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in members:
        if not isinstance(value, dict):
            yield (*path, key), value
        if isinstance(value, dict | list):
            yield from values_in(value, (*path, key))


def objects_in(node: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every object from `node` down."""
    if isinstance(node, dict):
        yield path
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in members:
        if isinstance(value, dict | list):
            yield from objects_in(value, (*path, key))


def at(body: Any, path: Path) -> Any:
    for key in path:
        body = body[key]
    return body


def spoilt(body: Any, path: Path, text: str) -> bytes:
    """The body as JSON with `text` at `path`."""
    copied = copy.deepcopy(body)
    at(copied, path[:-1])[path[-1]] = HERE
    return json.dumps(copied).replace(f'"{HERE}"', text).encode()


@pytest.fixture(params=JSON_ROUTES)
def send(request, things: Things, admin: Caller, rows) -> Iterator[Callable]:
    """Sends JSON text to each route; whatever the test sends there, nothing is written."""
    method, rule = request.param.split()
    path = things.path(rule)
    right_bodies = list(bodies(things, request.param))
    before = rows()

    def call(data: bytes):
        return admin.call(method, path, data=data, content_type="application/json")

    call.bodies = right_bodies
    yield call
    assert rows() == before


def test_no_place_takes_a_hostile_value(send):
    let_in = []
    # A place that several bodies have is tried once.
    places = {path: (body, value) for body in send.bodies for path, value in values_in(body)}
    for path, (body, value) in places.items():
        for name, text in hostile_to(value, path[-1]).items():
            response = send(spoilt(body, path, text))
            if response.status_code not in (400, 422):
                let_in.append((path, name, response.status_code, response.text[:80]))
            else:
                refused(response, 400, 422)
    assert let_in == []


def test_a_fault_is_told_at_its_place(send):
    for body in send.bodies:
        for path, _value in values_in(body):
            response = send(spoilt(body, path, '{"a": 1}'))
            place = ".".join(map(str, path))
            assert any(f"{key}.".startswith(f"{place}.") for key in refused(response, 422)["errors"])


def test_a_key_that_is_not_known_is_refused_at_its_place(send):
    for body in send.bodies:
        for path in objects_in(body):
            for key in ("zzz", "__proto__", "constructor", "", "Name", "name ", "\0", "id"):
                spoilt_body = copy.deepcopy(body)
                at(spoilt_body, path)[key] = 1
                problem = refused(send(json.dumps(spoilt_body).encode()), 422)
                place = ".".join(map(str, (*path, key))).lstrip(".")
                assert "is not a key that is known here" in problem["errors"].get(place or "body", []), key


def test_a_key_given_twice_is_refused_at_every_level(send):
    for body in send.bodies:
        for path in objects_in(body):
            for key, value in at(body, path).items():
                text = json.dumps({HERE: value} | at(body, path)).replace(HERE, key)
                twice = spoilt(body, path, text) if path else text.encode()
                assert "twice" in refused(send(twice), 400)["detail"]


def test_no_list_is_endless(send):
    for body in send.bodies:
        for path, value in values_in(body):
            if isinstance(value, list):
                refused(send(spoilt(body, path, json.dumps(value * 5_000))), 422)


def test_null_is_refused_or_means_nothing(send):
    """Only settings, the expiry and the limits of a key may be null."""
    for body in send.bodies:
        for path, _value in values_in(body):
            optional = str(path[-1]).endswith(("_number", "_float", "_text", "precision", "percentage"))
            if not optional and path[-1] not in ("expires_at", "allowed_collections", "collection_type"):
                place = ".".join(map(str, path))
                problem = refused(send(spoilt(body, path, "null")), 422)
                assert problem["errors"][place] == ["must not be null"]
