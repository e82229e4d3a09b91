"""Every input of every route, found in the URL map, the OpenAPI document and the valid bodies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.support.bodies import DELIVERY_ROUTES, JSON_ROUTES

Path = tuple[str | int, ...]

PAGE_QUERIES = {
    "/sign-in": ("next",),
    "/setup": ("token",),
    "/spikes/new": ("collection", "copy", "start"),
}
"""The query parameters that pages read. Reading any other parameter is a finding."""
PUBLIC_PAGES = {"/sign-in", "/setup", "/api/docs", "/dialogs"}
FORMS = {
    "POST /sign-in": ("login", "password", "csrf_token"),
    "POST /setup": ("token", "email", "username", "password", "csrf_token"),
}
HEADERS = (
    "Authorization",
    "X-API-Key",
    "X-Spikecast-Token",
    "Cookie",
    "Origin",
    "X-CSRF-TOKEN",
    "Accept",
    "User-Agent",
    "Host",
)
CREDENTIALS = HEADERS[:4]
IF_MATCH = "If-Match"
HEADERS_OF_FILES = ("If-None-Match", "If-Modified-Since", "Range")


class Place(StrEnum):
    """Where an input is in a request."""

    BODY = "body"
    KEY = "key"
    QUERY = "query"
    PARAMETER = "parameter"
    PATH = "path"
    FORM = "form"
    HEADER = "header"


@dataclass(frozen=True)
class Route:
    """A method and a rule of the URL map, with its operation in the OpenAPI document."""

    method: str
    rule: str
    arguments: tuple[str, ...]
    operation: dict[str, Any] | None = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def is_api(self) -> bool:
        """Whether the OpenAPI document describes the route."""
        return self.operation is not None

    @property
    def takes_json(self) -> bool:
        """Whether the route takes a JSON body."""
        return self.is_delivery or "requestBody" in (self.operation or {})

    @property
    def takes_if_match(self) -> bool:
        """Whether the route changes a single resource and requires If-Match."""
        declared = (self.operation or {}).get("parameters", [])
        return any((each["in"], each["name"]) == ("header", IF_MATCH) for each in declared)

    @property
    def is_poll(self) -> bool:
        """Whether monitoring tools call it: with a key, and a GET advances counters."""
        return "/data/" in self.rule

    @property
    def takes_key(self) -> bool:
        """Whether the route takes an API key instead of a user's access token."""
        return self.is_poll or self.rule in {"/api/data", "/api/prometheus/targets"}

    @property
    def is_delivery(self) -> bool:
        """Whether tools deliver alerts to it: with the token of a receiver, in a format of their own."""
        return str(self) in DELIVERY_ROUTES

    @property
    def is_public(self) -> bool:
        """Whether the route needs no sign-in, so that no credential is wrong."""
        if self.operation is not None:
            return not self.operation["security"]
        return self.rule in {"/sign-in", "/setup", "/api/docs", "/dialogs"} or self.rule.startswith(
            "/static/"
        )

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The schemas of the query parameters by name."""
        if self.operation is None:
            return {name: {"type": "string"} for name in PAGE_QUERIES.get(self.rule, ())}
        declared = self.operation.get("parameters", [])
        return {each["name"]: each["schema"] for each in declared if each["in"] == "query"}


@dataclass(frozen=True)
class Input:
    """One input. `at` is its path in a body, otherwise its name; `body` says which valid body contains it."""

    route: Route
    place: Place
    at: Path = ()
    body: int = 0

    def __str__(self) -> str:
        return f"{self.route} {self.place}:{'.'.join(map(str, self.at))}"


def find_routes(app: Flask) -> list[Route]:
    """Return every route, with its operation if it belongs to the API."""
    described = app.extensions["openapi"]["paths"]
    inputs = [
        _route(method, rule, described.get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {}))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(inputs, key=str)


def _route(method: str, rule: Rule, item: dict[str, Any]) -> Route:
    names = tuple(re.findall(r"<(?:\w+:)?(\w+)>", rule.rule))
    return Route(method, rule.rule, names, item.get(method.lower()))


def get_inputs(route: Route, bodies: list[dict[str, Any]]) -> Iterator[Input]:
    """Yield the inputs of a route; `bodies` are the valid bodies that it takes."""
    yield from (Input(route, Place.PATH, (name,)) for name in route.arguments)
    yield from (Input(route, Place.QUERY, (name,)) for name in route.parameters)
    if route.parameters:
        yield Input(route, Place.PARAMETER)
    yield from (Input(route, Place.FORM, (name,)) for name in FORMS.get(str(route), ()))
    yield from _get_body_inputs(route, bodies)
    of_things = (IF_MATCH,) if route.takes_if_match else ()
    of_files = HEADERS_OF_FILES if route.rule.startswith("/static/") else ()
    of_bodies = ("Content-Type",) if route.takes_json or str(route) in FORMS else ()
    yield from (Input(route, Place.HEADER, (name,)) for name in (*HEADERS, *of_things, *of_files, *of_bodies))


def _get_body_inputs(route: Route, bodies: list[dict[str, Any]]) -> Iterator[Input]:
    """Yield the body as a whole, each value and list in it, and the keys of each object, once each.

    Raises:
        LookupError: tests/support/bodies.py has no valid body for the route.
    """
    if not route.takes_json:
        return
    if str(route) not in (*JSON_ROUTES, *DELIVERY_ROUTES) or not bodies:
        raise LookupError(f"{route}: there is no right body for it in tests/support/bodies.py")
    seen: set[Path] = {()}
    yield Input(route, Place.BODY)
    yield Input(route, Place.KEY)
    for number, body in enumerate(bodies):
        for path, node in nodes_in(body):
            if path not in seen:
                seen.add(path)
                if isinstance(node, dict):
                    yield Input(route, Place.KEY, path, number)
                yield Input(route, Place.BODY, path, number)


def nodes_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield everything below `node` with its path."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in members:
        yield (*path, key), value
        yield from nodes_in(value, (*path, key))
