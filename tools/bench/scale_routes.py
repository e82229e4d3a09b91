"""The requests to a large installation: every page, every GET of the API, every way to list."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.db.session import db
from app.models import Actor, AlertReceiver, ApiKey, Collection, Field, Rehearsal, SpikeSchedule
from app.web import access
from tools.bench.scale_seed import KEYS

MAX_API_MS, MAX_PAGE_MS = 50, 150
MAX_MS = {"/api/prometheus/targets": 250}
"""Routes with a limit of their own: this one lists everything at once."""
NOT_MEASURED = {
    "/api/data/<name:name>/<type:collection_type>": "measured under load",
    "/api/collections/<id:collection_id>/data/<type:collection_type>": "measured under load",
    "/setup": "gone once there is a user",
    "/sign-in/code": "only between a password and its code",
    "/static/<path:filename>": "a file",
    "/help/images/<picture>": "a file",
    "/help/<path:page>": "a file; /help is measured",
}
SEARCHES = {
    "/api/collections": ["hall 7", "Device 09999", "nothing has this"],
    "/api/spike-schedules": ["r", "hall 7", "round 09999", "field 0003", "Größe", "nothing has this"],
    "/api/spike-schedules/counts": ["hall 7", "field 0003", "nothing has this"],
    "/api/rehearsals": ["hall 7", "round 09999", "Größe", "nothing has this"],
    "/api/timeline": ["hall 7", "round 09999", "field 0003", "nothing has this"],
    "/api/api-keys": ["Poller 099", "nothing has this"],
    "/api/data": ["hall 7", "nothing has this"],
    "/api/polls": ["hall 7", "Poller 099", "nothing has this"],
    "/api/users": ["user 07", "nothing has this"],
    "/api/alert-receivers": ["Receiver 0099", "nothing has this"],
    "/api/alert-receivers/<id:receiver_id>/episodes": ["hall-7", "Alert 099", "nothing has this"],
    "/api/collections/<id:collection_id>/fields": ["field 009", "nothing has this"],
    "/api/collections/<id:collection_id>/spike-schedules": ["Rush 3", "nothing has this"],
}
LAST_PAGES = {
    "/api/collections": 200,
    "/api/spike-schedules": 2000,
    "/api/rehearsals": 2000,
    "/api/timeline": 200,
    "/api/api-keys": KEYS // 50,
    "/api/polls": 400,
    "/api/users": 20,
    "/api/alert-receivers": 20,
    "/api/alert-receivers/<id:receiver_id>/episodes": 1000,
}


@dataclass(frozen=True)
class Request:
    """One request: a POST if it has a body, otherwise a GET."""

    rule: str
    path: str
    most_ms: int
    body: dict[str, Any] | None = None


@dataclass(frozen=True)
class RouteArguments:
    """Ids of one resource of each kind, taken from the middle of many."""

    collection_id: int
    field_id: int
    spike_id: int
    rehearsal_id: int
    key_id: int
    user_id: int
    receiver_id: int

    def path(self, rule: str) -> str:
        """Return the rule with these ids filled in."""
        values = vars(self) | {"collection_type": "performance"}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), rule)


def find_route_arguments(owner: Actor) -> RouteArguments:
    """Return resources that this user owns."""
    mine = sa.select(Collection.id).where(Collection.owner_id == owner.user_id)
    collection_id = db.session.scalars(mine.order_by(Collection.id).offset(500).limit(1)).one()
    spikes = sa.select(SpikeSchedule.id).where(SpikeSchedule.collection_id == collection_id)
    spikes = spikes.where(SpikeSchedule.name.startswith("Rush 2 "))
    arguments = RouteArguments(
        collection_id=collection_id,
        field_id=db.session.scalars(
            sa.select(Field.id).where(Field.collection_id == collection_id).order_by(Field.id).limit(1)
        ).one(),
        spike_id=db.session.scalars(spikes).one(),
        rehearsal_id=db.session.scalars(
            sa.select(Rehearsal.id).where(Rehearsal.collection_id == collection_id).limit(1)
        ).one(),
        key_id=db.session.scalars(sa.select(ApiKey.id).where(ApiKey.user_id == owner.user_id).limit(1)).one(),
        user_id=owner.user_id,
        receiver_id=db.session.scalars(
            sa.select(AlertReceiver.id)
            .where(AlertReceiver.owner_id == owner.user_id)
            .order_by(AlertReceiver.id)
            .limit(1)
        ).one(),
    )
    db.session.rollback()
    return arguments


def rules(app: Flask) -> list[str]:
    """Return every route with a GET, except those in NOT_MEASURED."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return sorted(rules - NOT_MEASURED.keys())


def rules_for(app: Flask, access_rule: access.AccessRule) -> set[str]:
    """Return the routes with a GET that these callers may use."""
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and access.get_access_rule(app.view_functions[rule.endpoint]) is access_rule
    }


def build_requests(app: Flask, arguments: RouteArguments) -> Iterator[Request]:
    """Yield every request to measure."""
    for rule in rules(app):
        path, is_page = arguments.path(rule), not rule.startswith("/api/") or rule == "/api/docs"
        most_ms = MAX_MS.get(rule, MAX_PAGE_MS if is_page else MAX_API_MS)
        yield Request(rule, path, most_ms)
        for query in [] if is_page else _queries(app, rule, arguments):
            yield Request(rule, f"{path}?{query}", most_ms)
    yield from _pages(arguments)
    yield _preview(arguments)


def _pages(arguments: RouteArguments) -> Iterator[Request]:
    """Yield pages whose query changes what they show."""
    yield Request("/spikes/new", f"/spikes/new?copy={arguments.spike_id}", MAX_PAGE_MS)
    yield Request("/spikes/new", f"/spikes/new?collection={arguments.collection_id}", MAX_PAGE_MS)
    yield Request("/spikes", "/spikes?view=timeline&status=active", MAX_PAGE_MS)


def _preview(arguments: RouteArguments) -> Request:
    body = {"collection_id": arguments.collection_id, "duration": 3600, "interval": 60}
    return Request("/api/spike-schedules/preview", "/api/spike-schedules/preview", MAX_API_MS, body)


def _queries(app: Flask, rule: str, arguments: RouteArguments) -> Iterator[str]:
    """Yield every documented sort and status, searches, filters and the last page."""
    parameters = _parameters(app, rule)
    for name in ("sort", "status", "state"):
        yield from (f"{name}={choice}" for choice in parameters.get(name, ()))
    yield from (f"search={text}" for text in SEARCHES.get(rule, ()))
    if rule in LAST_PAGES:
        yield f"page={LAST_PAGES[rule]}"
    if "per_page" in parameters:
        yield "per_page=200"
    filters = {
        "collection_id": arguments.collection_id,
        "owner_id": arguments.user_id,
        "user_id": arguments.user_id,
    }
    filters |= {"api_key_id": arguments.key_id, "spike_schedule_id": arguments.spike_id}
    yield from (f"{name}={value}" for name, value in filters.items() if name in parameters)
    if "since" in parameters:
        yield "since=2026-01-01T00:00:00Z&until=2099-01-01T00:00:00Z"
    if {"status", "search"} <= parameters.keys():
        for status, text in itertools.product(parameters["status"], ["hall 7", "field 0003"]):
            yield f"status={status}&search={text}&sort=standing"


def _parameters(app: Flask, rule: str) -> dict[str, list[str]]:
    """Return the query parameters of a GET, each with its choices if it has any."""
    described = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
    operation = app.extensions["openapi"]["paths"].get(described, {}).get("get", {})
    parameters = [each for each in operation.get("parameters", ()) if each.get("in") == "query"]
    return {each["name"]: each.get("schema", {}).get("enum", []) for each in parameters}
