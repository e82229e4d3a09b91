"""What the corpus cannot say of every body: a key that is given twice, a list that is endless."""

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
HERE = "put the hostile value here"


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
def send(request, things: RouteFixtures, admin: Caller, rows) -> Iterator[Callable]:
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
