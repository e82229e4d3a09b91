"""Duplicate keys and oversized lists in JSON bodies, which the corpus (tests/tools/fuzz) cannot express."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.bodies import JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures

pytestmark = pytest.mark.any_database

Path = tuple[str | int, ...]
PLACEHOLDER = "put the hostile value here"


def values_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value below `node`, including lists, with its path."""
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in members:
        if not isinstance(value, dict):
            yield (*path, key), value
        if isinstance(value, dict | list):
            yield from values_in(value, (*path, key))


def objects_in(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every object from `node` down."""
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


def replace_at(body: Any, path: Path, text: str) -> bytes:
    """Return the body as JSON with `text` at `path`."""
    copied = copy.deepcopy(body)
    at(copied, path[:-1])[path[-1]] = PLACEHOLDER
    return json.dumps(copied).replace(f'"{PLACEHOLDER}"', text).encode()


@pytest.fixture(params=JSON_ROUTES)
def send(request, route_fixtures: RouteFixtures, admin: Caller, rows) -> Iterator[Callable]:
    """Yield a function that sends JSON text to a route. Checks that the test wrote nothing."""
    method, rule = request.param.split()
    path = route_fixtures.path(rule)
    valid_bodies = list(bodies(route_fixtures, request.param))
    before = rows()

    def call(data: bytes):
        return admin.call(method, path, data=data, content_type="application/json")

    call.bodies = valid_bodies
    yield call
    assert rows() == before


def test_a_duplicate_key_is_refused_at_every_level(send):
    for body in send.bodies:
        for path in objects_in(body):
            for key, value in at(body, path).items():
                text = json.dumps({PLACEHOLDER: value} | at(body, path)).replace(PLACEHOLDER, key)
                twice = replace_at(body, path, text) if path else text.encode()
                assert "twice" in refused(send(twice), 400)["detail"]


def test_a_list_with_too_many_entries_is_refused(send):
    for body in send.bodies:
        for path, value in values_in(body):
            if isinstance(value, list):
                refused(send(replace_at(body, path, json.dumps(value * 5_000))), 422)
