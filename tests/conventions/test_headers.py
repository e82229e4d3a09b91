"""Headers of every response, success or error."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from flask import Flask

from app.web.access import public
from tests.support.offenders import fail_if_any
from tests.support.problems import refused
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.any_database

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HUGE = b'{"name": "' + b"x" * (4 * 1024 * 1024) + b'"}'
NOT_JSON = {"data": "name=x", "content_type": "application/x-www-form-urlencoded"}

RESPONSES = {
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
    method, path, status, options = RESPONSES[answer]
    options = options | {"headers": headers | options.get("headers", {})} | more
    response = app.test_client().open(path, method=method, **options)
    assert response.status_code == status, answer
    return response


def parse_policy(headers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the sources of each directive of the content security policy."""
    parts = (part.split() for part in headers.get("Content-Security-Policy", "").split(";"))
    return {part[0]: part[1:] for part in parts if part}


def find_header_faults(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield each security header of a response that is missing or too weak."""
    yield from (
        f"{name} is not {value}" for name, value in SECURITY_HEADERS.items() if headers.get(name) != value
    )
    policy = parse_policy(headers)
    if policy.get("default-src") != ["'self'"]:
        yield "default-src is not 'self'"
    for name in ("object-src", "base-uri", "frame-ancestors"):
        if policy.get(name) != ["'none'"]:
            yield f"{name} is not 'none'"
    yield from (f"the policy has {word}" for word in ("unsafe", "http", "*") if word in str(policy))


def find_offenders(
    app: Flask, rule: Callable[[Mapping[str, str]], Iterable[str]], answers: Iterable[str], **options
) -> Iterator[str]:
    """Yield what breaks a rule about headers in any response to the owner."""
    for answer in answers:
        headers = signed_in(app, "owen").headers  # an earlier request may have signed them out
        with call(app, answer, headers, **options) as response:
            yield from (f"{answer}: {fault}" for fault in rule(dict(response.headers)))


def test_every_response_has_the_security_headers(app, owner):
    offenders = find_offenders(app, find_header_faults, RESPONSES)
    fail_if_any(offenders, "See app/web/security_headers.py.")


POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
GOOD_HEADERS = SECURITY_HEADERS | {"Content-Security-Policy": POLICY}


@pytest.mark.parametrize(
    "bad",
    [
        {"Referrer-Policy": "unsafe-url"},
        {"X-Content-Type-Options": ""},
        {"Content-Security-Policy": ""},
        {"Content-Security-Policy": POLICY + "; script-src 'unsafe-eval'"},
        {"Content-Security-Policy": POLICY + "; img-src https://x.example"},
        {"Content-Security-Policy": POLICY + "; img-src *"},
        {"Content-Security-Policy": POLICY.replace("; base-uri 'none'", "")},
    ],
)
def test_a_missing_or_weak_security_header_is_reported(bad):
    assert not list(find_header_faults(GOOD_HEADERS))
    assert list(find_header_faults(GOOD_HEADERS | bad))


def test_json_responses_declare_utf_8(app, owner, make):
    make.collection("Größe", {"name": "cpu"})
    for path in ("/api/auth/me", "/api/collections", "/api/health", "/api/openapi.json"):
        assert owner.get(path).content_type == "application/json; charset=utf-8", path
    made = owner.post("/api/collections", {"name": "Süd"})
    assert made.content_type == "application/json; charset=utf-8"
    assert make.key().poll("Größe").content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "answer",
    [
        name
        for name, (_method, path, status, _options) in RESPONSES.items()
        if status >= 400 and path[:4] == "/api"
    ],
)
def test_every_api_error_is_problem_details(app, owner, answer):
    refused(call(app, answer, owner.headers), RESPONSES[answer][2])


def find_storable(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the caching policy of a response that a cache may store."""
    if (policy := headers.get("Cache-Control")) != "no-store":
        yield f"Cache-Control is {policy}"


def test_every_response_except_static_files_is_no_store(app, owner):
    answers = [name for name in RESPONSES if "/static" not in RESPONSES[name][1]]
    fail_if_any(find_offenders(app, find_storable, answers), "Responses with data must not be cached.")
    assert list(find_storable({})) == ["Cache-Control is None"]


def find_missing_hsts(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield a complaint about a response that does not bind browsers to HTTPS for a year."""
    if "max-age=31536000" not in headers.get("Strict-Transport-Security", ""):
        yield "no Strict-Transport-Security"


def find_hsts(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield a complaint about a response over HTTP that binds browsers to HTTPS."""
    if "Strict-Transport-Security" in headers:
        yield "has Strict-Transport-Security"


def test_every_https_response_and_no_http_response_has_hsts(app, owner):
    secure = find_offenders(app, find_missing_hsts, RESPONSES, base_url="https://spikecast.example")
    fail_if_any(secure, "See app/web/security_headers.py.")
    fail_if_any(find_offenders(app, find_hsts, RESPONSES), "HTTP must not bind browsers to HTTPS.")
    assert list(find_missing_hsts({}))
    assert list(find_hsts({"Strict-Transport-Security": "max-age=31536000"}))


def test_a_405_lists_the_allowed_methods(app, owner):
    assert set(call(app, "405", owner.headers).headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_the_data_endpoint_allows_only_get(app, make):
    make.collection("Truck", {"name": "cpu"})
    tool = make.key()
    for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE"):
        response = tool.call(method, "/api/data/Truck/performance")
        assert response.status_code == 405
        assert "POST" not in response.headers["Allow"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_response_to_another_origin_has_no_cors_headers(app, owner):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        response = app.test_client().get("/api/auth/me", headers=owner.headers | headers)
        assert not [name for name, _value in response.headers if name.startswith("Access-Control")]


def test_a_server_error_reveals_no_exception_text(other_app):
    @public
    def fail():
        raise ZeroDivisionError("the secret of the trace")

    other_app.add_url_rule("/api/fail", view_func=fail)
    response = other_app.test_client().get("/api/fail")
    problem = refused(response, 500)
    assert problem["detail"] == "Internal server error. The server's log has the details."
    assert "secret" not in response.text
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()
    assert parse_policy(response.headers)["default-src"] == ["'self'"]


def test_an_unavailable_database_gives_503_with_retry_after(other_app):
    response = other_app.test_client().get("/api/health")
    refused(response, 503)
    assert int(response.headers["Retry-After"]) > 0
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()


def test_no_header_names_the_server_software(app, nobody):
    assert "Server" not in nobody.get("/api/health").headers
    assert "X-Powered-By" not in nobody.get("/api/health").headers
