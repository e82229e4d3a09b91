"""What every answer carries, whatever it is."""

import pytest
from flask import Flask

from app.web.access import public
from tests.support.problems import refused
from tests.support.signing_in import signed_in

DEFENCES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HUGE = b'{"name": "' + b"x" * (4 * 1024 * 1024) + b'"}'
NOT_JSON = {"data": "name=x", "content_type": "application/x-www-form-urlencoded"}

ANSWERS = {
    "200": ("GET", "/api/auth/me", 200, {}),
    "200 page": ("GET", "/api/docs", 200, {}),
    "200 static": ("GET", "/static/img/favicon.svg", 200, {}),
    "204": ("POST", "/api/auth/logout", 204, {}),
    "400": ("POST", "/api/collections", 400, {"data": "{", "content_type": "application/json"}),
    "401": ("GET", "/api/auth/me", 401, {"headers": {"Authorization": "none"}}),
    "403": ("GET", "/api/users", 403, {}),
    "404": ("GET", "/api/collections/999999", 404, {}),
    "404 no route": ("GET", "/api/nothing/here", 404, {}),
    "404 api": ("GET", "/api", 404, {}),
    "404 static": ("GET", "/static/nothing", 404, {}),
    "404 traversal": ("GET", "/static/..%2f..%2fconfig.py", 404, {}),
    "405": ("PUT", "/api/collections", 405, {}),
    "405 odd": ("BREW", "/api/collections", 405, {}),
    "405 trace": ("TRACE", "/api/auth/me", 405, {}),
    "413": ("POST", "/api/collections", 413, {"data": HUGE, "content_type": "application/json"}),
    "415": ("POST", "/api/collections", 415, NOT_JSON),
    "422": ("POST", "/api/collections", 422, {"json": {"name": ""}}),
}


def call(app: Flask, answer: str, headers: dict[str, str], **more):
    method, path, status, options = ANSWERS[answer]
    options = options | {"headers": headers | options.get("headers", {})} | more
    response = app.test_client().open(path, method=method, **options)
    assert response.status_code == status
    return response


def directives(response) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_carries_the_defences(app, owner, answer):
    with call(app, answer, owner.headers) as response:
        assert DEFENCES.items() <= dict(response.headers).items()
        policy = directives(response)
        assert policy["default-src"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert "unsafe" not in str(policy)
        assert "http" not in str(policy)
        assert "*" not in str(policy)


def test_json_names_its_encoding(app, owner, make):
    make.collection("Größe", {"name": "cpu"})
    for path in ("/api/auth/me", "/api/collections", "/api/health", "/api/openapi.json"):
        assert owner.get(path).content_type == "application/json; charset=utf-8", path
    made = owner.post("/api/collections", {"name": "Süd"})
    assert made.content_type == "application/json; charset=utf-8"
    assert make.key().poll("Größe").content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize("answer", [name for name in ANSWERS if ANSWERS[name][2] >= 400])
def test_every_refusal_under_api_is_problem_details(app, owner, answer):
    _method, path, status, _options = ANSWERS[answer]
    if path.startswith("/api"):
        refused(call(app, answer, owner.headers), status)


@pytest.mark.parametrize("answer", [name for name in ANSWERS if name != "200 static"])
def test_no_cache_keeps_an_answer(app, owner, answer):
    if "/static" not in ANSWERS[answer][1]:
        assert call(app, answer, owner.headers).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("answer", ANSWERS)
def test_behind_https_every_answer_asks_to_stay_there(app, owner, answer):
    with call(app, answer, owner.headers, base_url="https://spikecast.example") as response:
        assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    with call(app, answer, signed_in(app, "owen").headers) as response:
        assert "Strict-Transport-Security" not in response.headers


def test_a_wrong_method_is_told_the_right_ones(app, owner):
    assert set(call(app, "405", owner.headers).headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_the_data_endpoint_allows_get_alone(app, make):
    make.collection("Truck", {"name": "cpu"})
    tool = make.key()
    for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE"):
        response = tool.call(method, "/api/data/Truck/performance")
        assert response.status_code == 405
        assert "POST" not in response.headers["Allow"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_no_answer_lets_other_sites_read_it(app, owner):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        response = app.test_client().get("/api/auth/me", headers=owner.headers | headers)
        assert not [name for name, _value in response.headers if name.startswith("Access-Control")]


def test_a_fault_of_ours_is_told_without_a_trace(other_app):
    @public
    def fail():
        raise ZeroDivisionError("the secret of the trace")

    other_app.add_url_rule("/api/fail", view_func=fail)
    response = other_app.test_client().get("/api/fail")
    problem = refused(response, 500)
    assert problem["detail"] == "Something went wrong on the server; its log says what."
    assert "secret" not in response.text
    assert DEFENCES.items() <= dict(response.headers).items()
    assert directives(response)["default-src"] == ["'self'"]


def test_a_database_that_is_away_is_told_with_retry_after(other_app):
    response = other_app.test_client().get("/api/health")
    refused(response, 503)
    assert int(response.headers["Retry-After"]) > 0
    assert DEFENCES.items() <= dict(response.headers).items()


def test_the_answer_says_nothing_about_the_software(app, nobody):
    assert "Server" not in nobody.get("/api/health").headers
    assert "X-Powered-By" not in nobody.get("/api/health").headers
