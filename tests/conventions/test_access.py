"""Access to every route by role, as a table. A new route needs a line in it."""

import re
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models import Role
from tests.conftest import add_user, delete_all_rows
from tests.support.client import Caller
from tests.support.offenders import fail_if_any
from tests.support.problems import refused
from tests.support.route_fixtures import RouteFixtures
from tests.support.signing_in import PASSWORD, signed_in

# nobody    without credentials
# viewer    a Viewer who owns nothing
# keeper    a Viewer to whom an Admin transferred the resources of the route
# owner     an Editor who owns the resources
# stranger  an Editor who does not own them
# admin     an Admin
# tool      an API key of the resources' owner
# revoked   a revoked API key of the resources' owner
COLUMNS = ("nobody", "viewer", "keeper", "owner", "stranger", "admin", "tool", "revoked")

API = """
                                                                     nob vie kee own str adm too rev
GET    /api/alert-receivers                                          401 200 200 200 200 200 401 401
POST   /api/alert-receivers                                          401 201 201 201 201 201 401 401
GET    /api/alert-receivers/<id:receiver_id>                         401 404 200 200 404 200 401 401
PATCH  /api/alert-receivers/<id:receiver_id>                         401 404 200 200 404 403 401 401
DELETE /api/alert-receivers/<id:receiver_id>                         401 404 204 204 404 204 401 401
GET    /api/alert-receivers/<id:receiver_id>/episodes                401 404 200 200 404 200 401 401
POST   /api/alert-receivers/<id:receiver_id>/revoke                  401 404 200 200 404 200 401 401
POST   /api/alert-receivers/<id:receiver_id>/token                   401 404 200 200 404 403 401 401
POST   /api/alerts/<id:receiver_id>                                  401 401 401 401 401 401 401 401
PUT    /api/alerts/<id:receiver_id>                                  401 401 401 401 401 401 401 401
POST   /api/alerts/<id:receiver_id>/<token>                          200 200 200 200 200 200 200 200
PUT    /api/alerts/<id:receiver_id>/<token>                          200 200 200 200 200 200 200 200
GET    /api/api-keys                                                 401 200 200 200 200 200 401 401
POST   /api/api-keys                                                 401 201 201 201 201 201 401 401
GET    /api/api-keys/<id:key_id>                                     401 404 200 200 404 200 401 401
PATCH  /api/api-keys/<id:key_id>                                     401 404 200 200 404 403 401 401
DELETE /api/api-keys/<id:key_id>                                     401 404 204 204 404 204 401 401
POST   /api/api-keys/<id:key_id>/revoke                              401 404 200 200 404 200 401 401
GET    /api/audit                                                    401 403 403 403 403 200 401 401
POST   /api/auth/change-email                                        401 200 200 200 200 200 401 401
POST   /api/auth/change-password                                     401 200 200 200 200 200 401 401
POST   /api/auth/login                                               200 200 200 200 200 200 200 200
POST   /api/auth/logout                                              401 204 204 204 204 204 401 401
GET    /api/auth/me                                                  401 200 200 200 200 200 401 401
POST   /api/auth/refresh                                             401 200 200 200 200 200 401 401
GET    /api/auth/sign-ins                                            401 200 200 200 200 200 401 401
DELETE /api/auth/sign-ins/<sign_in_id>                               401 404 204 204 404 404 401 401
POST   /api/auth/sign-ins/end-others                                 401 204 204 204 204 204 401 401
GET    /api/auth/two-factor                                          401 200 200 200 200 200 401 401
POST   /api/auth/two-factor                                          401 200 200 200 200 200 401 401
POST   /api/auth/two-factor/confirm                                  401 409 409 409 409 409 401 401
POST   /api/auth/two-factor/recovery-codes                           401 409 409 409 409 409 401 401
POST   /api/auth/two-factor/turn-off                                 401 409 409 409 409 409 401 401
GET    /api/collections                                              401 200 200 200 200 200 401 401
POST   /api/collections                                              401 403 403 201 201 201 401 401
GET    /api/collections/<id:collection_id>                           401 404 200 200 404 200 401 401
PATCH  /api/collections/<id:collection_id>                           401 403 403 200 404 200 401 401
DELETE /api/collections/<id:collection_id>                           401 403 403 204 404 204 401 401
POST   /api/collections/<id:collection_id>/copy                      401 403 403 201 404 201 401 401
GET    /api/collections/<id:collection_id>/data/<type:collection_type> 401 401 401 401 401 401 200 401
GET    /api/collections/<id:collection_id>/fields                    401 404 200 200 404 200 401 401
POST   /api/collections/<id:collection_id>/fields                    401 403 403 201 404 201 401 401
GET    /api/collections/<id:collection_id>/impact                    401 404 200 200 404 200 401 401
GET    /api/collections/<id:collection_id>/sample/<collection_type>  401 404 200 200 404 200 401 401
GET    /api/collections/<id:collection_id>/series/<collection_type>  401 404 200 200 404 200 401 401
GET    /api/collections/<id:collection_id>/spike-schedules           401 404 200 200 404 200 401 401
POST   /api/collections/bulk-delete                                  401 403 403 204 404 204 401 401
GET    /api/data                                                     401 401 401 401 401 401 200 401
GET    /api/data/<name:name>/<type:collection_type>                  401 401 401 401 401 401 200 401
GET    /api/docs                                                     200 200 200 200 200 200 200 200
GET    /api/fields/<id:field_id>                                     401 404 200 200 404 200 401 401
PATCH  /api/fields/<id:field_id>                                     401 403 403 200 404 200 401 401
DELETE /api/fields/<id:field_id>                                     401 403 403 204 404 204 401 401
POST   /api/fields/<id:field_id>/reset                               401 403 403 200 404 200 401 401
GET    /api/health                                                   200 200 200 200 200 200 200 200
GET    /api/openapi.json                                             200 200 200 200 200 200 200 200
GET    /api/polls                                                    401 200 200 200 200 200 401 401
GET    /api/prometheus/targets                                       401 401 401 401 401 401 200 401
GET    /api/rehearsals                                               401 200 200 200 200 200 401 401
GET    /api/rehearsals/<id:rehearsal_id>                             401 404 200 200 404 200 401 401
POST   /api/rehearsals/<id:rehearsal_id>/run-again                   401 403 403 201 404 201 401 401
PATCH  /api/rehearsals/<id:rehearsal_id>                             401 403 403 200 404 200 401 401
DELETE /api/rehearsals/<id:rehearsal_id>                             401 403 403 204 404 204 401 401
GET    /api/rehearsals/<id:rehearsal_id>/junit                       401 404 200 200 404 200 401 401
GET    /api/rehearsals/<id:rehearsal_id>/report.md                   401 404 200 200 404 200 401 401
GET    /api/spike-schedules                                          401 200 200 200 200 200 401 401
POST   /api/spike-schedules                                          401 403 403 201 404 201 401 401
GET    /api/spike-schedules/counts                                   401 200 200 200 200 200 401 401
GET    /api/spike-schedules/<id:spike_id>                            401 404 200 200 404 200 401 401
GET    /api/spike-schedules/<id:spike_id>/preview                    401 404 200 200 404 200 401 401
PATCH  /api/spike-schedules/<id:spike_id>                            401 403 403 200 404 200 401 401
DELETE /api/spike-schedules/<id:spike_id>                            401 403 403 204 404 204 401 401
POST   /api/spike-schedules/<id:spike_id>/end                        401 403 403 200 404 200 401 401
POST   /api/spike-schedules/<id:spike_id>/extend                     401 403 403 200 404 200 401 401
POST   /api/spike-schedules/<id:spike_id>/restore                    401 403 403 409 404 409 401 401
POST   /api/spike-schedules/preview                                  401 404 200 200 404 200 401 401
GET    /api/timeline                                                 401 200 200 200 200 200 401 401
GET    /api/users                                                    401 403 403 403 403 200 401 401
POST   /api/users                                                    401 403 403 403 403 201 401 401
GET    /api/users/<id:user_id>                                       401 403 403 403 403 200 401 401
PATCH  /api/users/<id:user_id>                                       401 403 403 403 403 200 401 401
DELETE /api/users/<id:user_id>                                       401 403 403 403 403 204 401 401
POST   /api/users/<id:user_id>/reset-two-factor                      401 403 403 403 403 200 401 401
"""

# Where the API responds 401, a page redirects to the sign-in (302).
PAGES = """
                                                                     nob vie kee own str adm too rev
GET    /                                                             302 200 200 200 200 200 302 302
GET    /api-keys                                                     302 200 200 200 200 200 302 302
GET    /audit                                                        302 403 403 403 403 200 302 302
GET    /collections                                                  302 200 200 200 200 200 302 302
GET    /collections/<id:collection_id>                               302 404 200 200 404 200 302 302
GET    /dialogs                                                      200 200 200 200 200 200 200 200
GET    /help                                                         302 200 200 200 200 200 302 302
GET    /help/<path:page>                                             302 200 200 200 200 200 302 302
GET    /help/images/<picture>                                        302 200 200 200 200 200 302 302
GET    /integrations                                                 302 200 200 200 200 200 302 302
GET    /profile                                                      302 200 200 200 200 200 302 302
GET    /receivers                                                    302 200 200 200 200 200 302 302
GET    /receivers/<id:receiver_id>                                   302 404 200 200 404 200 302 302
GET    /setup                                                        404 404 404 404 404 404 404 404
POST   /setup                                                        404 404 404 404 404 404 404 404
GET    /sign-in                                                      200 200 200 200 200 200 200 200
POST   /sign-in                                                      422 422 422 422 422 422 422 422
GET    /sign-in/code                                                 302 302 302 302 302 302 302 302
POST   /sign-in/code                                                 422 422 422 422 422 422 422 422
GET    /spikes                                                       302 200 200 200 200 200 302 302
GET    /spikes/<id:spike_id>                                         302 404 200 200 404 200 302 302
GET    /spikes/<id:spike_id>/edit                                    302 403 403 200 404 200 302 302
GET    /spikes/expect                                               302 403 403 200 200 200 302 302
GET    /spikes/new                                                   302 403 403 200 200 200 302 302
GET    /static/<path:filename>                                       200 200 200 200 200 200 200 200
GET    /users                                                        302 403 403 403 403 200 302 302
"""


def lines(table: str) -> dict[str, list[int]]:
    """Return the expected statuses of each route."""
    _heading, *rows = table.strip().splitlines()
    cells = [row.split() for row in rows]
    return {f"{method} {rule}": [int(status) for status in statuses] for method, rule, *statuses in cells}


EXPECTED = lines(API) | lines(PAGES)


def routes(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}"


def test_the_table_lists_exactly_the_registered_routes(migrated_app):
    assert set(EXPECTED) == set(routes(migrated_app))


def test_every_view_declares_an_access_rule(migrated_app):
    for endpoint, view in migrated_app.view_functions.items():
        assert hasattr(view, "access_rule"), endpoint


def build_body(route_fixtures: RouteFixtures, route: str):
    """Return a body that the route accepts."""
    new = f"new {route_fixtures.number}"
    field = {"collection_type": "Performance", "field_name": new, "value_type": "EPOCH_NOW"}
    user = {"email": f"new{route_fixtures.number}@example.org", "username": new, "password": PASSWORD}
    match route:
        case "POST /api/auth/change-password":
            return {"current_password": PASSWORD, "new_password": PASSWORD}
        case "POST /api/auth/change-email":
            return {"current_password": PASSWORD, "email": f"new{route_fixtures.number}@example.org"}
        case "POST /api/auth/two-factor":
            return {"current_password": PASSWORD}
        case "POST /api/auth/two-factor/confirm":
            return {"code": "123456"}
        case "POST /api/auth/two-factor/recovery-codes" | "POST /api/auth/two-factor/turn-off":
            return {"current_password": PASSWORD, "code": "123456"}
        case "POST /api/auth/login":
            return {"login": route_fixtures.holder.name, "password": PASSWORD}
        case _ if "/api/alerts/" in route:
            return {"alertname": new, "status": "firing"}
        case "POST /api/api-keys" | "PATCH /api/api-keys/<id:key_id>":
            return {"label": new}
        case "POST /api/collections/bulk-delete":
            return {"collection_ids": [route_fixtures.collection_id]}
        case "POST /api/collections/<id:collection_id>/fields":
            return field
        case "PATCH /api/fields/<id:field_id>":
            return {"field_name": new}
        case "POST /api/spike-schedules" | "POST /api/spike-schedules/preview":
            later = {"start_datetime": "2027-01-01T00:00:00Z", "duration": 60}
            return later | {"name": new, "collection_id": route_fixtures.collection_id}
        case "POST /api/rehearsals/<id:rehearsal_id>/run-again":
            return {"start_datetime": "2027-01-01T00:00:00Z", "duration": 60}
        case "POST /api/spike-schedules/<id:spike_id>/extend":
            return {"duration": 60}
        case "PATCH /api/rehearsals/<id:rehearsal_id>":
            return {"external_id": new}
        case "POST /api/users":
            return user | {"role": "Viewer"}
        case "PATCH /api/users/<id:user_id>":
            return {"username": new}
        case _ if route.endswith(("/copy", "/api/collections", "/api/alert-receivers")) or route.startswith(
            "PATCH "
        ):
            return {"name": new}
    return None


def make_people(app: Flask) -> dict[str, Caller]:
    """Return a caller for each column that is a person."""
    roles = {
        "viewer": (Role.VIEWER, "vera"),
        "keeper": (Role.VIEWER, "kim"),
        "owner": (Role.EDITOR, "owen"),
        "stranger": (Role.EDITOR, "stan"),
        "admin": (Role.ADMIN, "ada"),
    }
    return {"nobody": Caller(app)} | {who: add_user(app, *role) for who, role in roles.items()}


def each_route(app: Flask, routes: Iterable[str]) -> Iterator[tuple[str, dict[str, Caller]]]:
    """Yield each route with new users in an otherwise empty database."""
    for route in routes:
        delete_all_rows(app)
        yield route, make_people(app)


def call(route: str, caller: Caller, route_fixtures: RouteFixtures) -> int:
    method, rule = route.split()
    headers = {}
    if rule == "/api/auth/refresh" and caller.tokens:
        headers = {"Authorization": f"Bearer {caller.tokens['refresh_token']}"}
    body = build_body(route_fixtures, route) if method != "GET" else None
    with caller.call(method, route_fixtures.path(rule), body, headers=headers) as response:
        return response.status_code


def get_answers(route: str, people: dict[str, Caller]) -> dict[str, int]:
    """Return the status that each column gets from the route."""
    route_fixtures = {
        "owner": RouteFixtures(people, people["owner"]),
        "keeper": RouteFixtures(people, people["keeper"]),
    }
    answers = {}
    for who in COLUMNS:
        holder = "keeper" if who == "keeper" else "owner"
        caller = getattr(route_fixtures[holder], who) if who in ("tool", "revoked") else people[who]
        answers[who] = call(route, caller, route_fixtures[holder])
        if answers[who] < 300 and not route.startswith("GET "):
            if caller.tokens:
                people[who] = signed_in(caller.app, caller.name)  # the call may have signed them out
            route_fixtures[holder] = RouteFixtures(
                people, people[holder]
            )  # the next caller needs unchanged resources
    return answers


def find_wrong_answers(route: str, answers: dict[str, int], expected: list[int]) -> Iterator[str]:
    """Yield each caller whose status differs from the table."""
    for who, status in zip(COLUMNS, expected, strict=True):
        if answers[who] != status:
            yield f"{route}: {who} gets {answers[who]}, the table says {status}"


@pytest.mark.parametrize("table", [API, PAGES], ids=["api", "pages"])
def test_every_route_returns_the_status_in_the_table_to_every_caller(app, table):
    offenders: list[str] = []
    for route, people in each_route(app, lines(table)):
        offenders += find_wrong_answers(route, get_answers(route, people), EXPECTED[route])
    fail_if_any(offenders, "Change the access rule of the view, or the table in test_access.py.")


def test_a_status_that_differs_from_the_table_is_reported():
    answers = dict.fromkeys(COLUMNS, 200)
    expected = [401, *[200] * 7]
    assert list(find_wrong_answers("GET /x", answers, [200] * 8)) == []
    assert list(find_wrong_answers("GET /x", answers, expected)) == [
        "GET /x: nobody gets 200, the table says 401"
    ]


ROUTES_WITH_OWNER = [
    route
    for route in lines(API)
    if re.search(r"<id:(collection|field|spike|key|receiver)_id>", route)
    and "/data/" not in route
    and "/api/alerts/" not in route
]


def find_difference(route: str, hidden: dict, missing: dict, id_: str) -> Iterator[str]:
    """Yield the route if its 404 for a hidden object differs from that for a missing one."""
    if hidden | {"detail": hidden["detail"].replace(id_, MISSING_ID)} != missing:
        yield f"{route}: {hidden} of a hidden object, {missing} of a missing one"


MISSING_ID = "999999"


@pytest.mark.any_database
def test_another_users_object_gets_the_same_404_as_a_missing_one(app):
    offenders: list[str] = []
    for route, people in each_route(app, ROUTES_WITH_OWNER):
        theirs = RouteFixtures(people, people["owner"])
        method, rule = route.split()
        path = theirs.path(rule)
        id_ = str(getattr(theirs, re.search(r"<id:(\w+)>", rule)[1]))
        hidden, missing = (
            refused(people["stranger"].call(method, wanted, build_body(theirs, route)), 404)
            for wanted in (path, path.replace(f"/{id_}", f"/{MISSING_ID}", 1))
        )
        offenders += find_difference(route, hidden, missing, id_)
    assert len(ROUTES_WITH_OWNER) > 10
    fail_if_any(offenders, "Return the same 404 for both, or callers can find out the ids of others.")


def test_a_404_that_reveals_a_hidden_object_is_reported():
    missing = {"status": 404, "detail": f"There is no spike {MISSING_ID}."}
    assert not list(find_difference("GET /x", missing | {"detail": "There is no spike 7."}, missing, "7"))
    assert list(find_difference("GET /x", missing | {"detail": "Not yours."}, missing, "7"))
    assert list(find_difference("GET /x", missing | {"status": 403}, missing, "7"))


def find_leaks(path: str, get: TestResponse, head: TestResponse, options: TestResponse) -> Iterator[str]:
    """Yield what HEAD and OPTIONS reveal to an anonymous caller and GET does not."""
    if head.status_code != (405 if "/data/" in path else get.status_code):
        yield f"HEAD {path}: {head.status_code}, GET {get.status_code}"
    if head.data:
        yield f"HEAD {path}: has a body"
    if (options.status_code, options.data) != (200, b""):
        yield f"OPTIONS {path}: {options.status_code} with {len(options.data)} bytes"
    if "GET" not in options.headers.get("Allow", ""):
        yield f"OPTIONS {path}: does not allow GET"


@pytest.mark.any_database
def test_head_and_options_reveal_no_more_than_get(app):
    offenders: list[str] = []
    for route, people in each_route(app, [route for route in EXPECTED if route.startswith("GET ")]):
        path = RouteFixtures(people, people["owner"]).path(route.split()[1])
        nobody = people["nobody"]
        with nobody.get(path) as got, nobody.call("HEAD", path) as head:
            offenders += find_leaks(path, got, head, nobody.call("OPTIONS", path))
    fail_if_any(offenders, "HEAD and OPTIONS need the same rights as GET, and reveal no more.")


def test_information_leaked_by_head_or_options_is_reported():
    get, head = TestResponse([b"x"], "401", {}, None), TestResponse([], "401", {}, None)
    options = TestResponse([], "200", {"Allow": "GET, HEAD"}, None)
    assert not list(find_leaks("/x", get, head, options))
    assert len(list(find_leaks("/x", get, TestResponse([b"x"], "200", {}, None), options))) == 2
    assert len(list(find_leaks("/x", get, head, head))) == 2
