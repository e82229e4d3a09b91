"""The middleware answers polls before Flask builds a request, exactly as Flask's routes would."""

from functools import partial
from types import SimpleNamespace

import flask
import pytest
from werkzeug.test import Client

from app.web import security_headers

UNKNOWN_KEY = "spk_00000000000000000000000000000000"
ANSWERED = [
    "/api/data/Truck%2001/performance",
    "/api/data/Truck%2001/PerFormance",
    "/api/data/%20Truck%2001%20/performance",
    "/api/data/Truck%2001/configuration",
    "/api/data/a%2Fb/performance",
    "/api/data/a/b/performance",
    "/api/data/Zoe%CC%88/performance",
    "/api/data/Truck%2001/performance?search=a&search=b",
    "/api/data/Truck%2001/performance/",
    "/api/data/Truck%2001/performance/?search=a",
    "/api/data/a%2Fb/performance/",
    "/api/data/a/b/PERFORMANCE/",
    "/api/data/Truck%2001/performance%2F",
    "/api/collections/{id}/data/performance",
    "/api/collections/{id}/data/Performance/",
]
REFUSED = [
    "/api/data/Truck%2001/weather",
    "/api/data/Truck%2001/performance//",
    "/api/data/Truck%2001/weather/",
    "/api/collections/{id}/data/performance//",
    "/api/collections/{id}/data/",
    "/api/data/Truck%2001/",
    "/api/data/Truck%2001",
    "/api/data//performance",
    "/api/data/a%2Fb/configuration",
    "/api/data/nothing/performance",
    "/api/data/%00/performance",
    "/api/data/%FF/performance",
    "/api/data/Truck%0A01/performance",
    "/api/data/Truck%2001/performance%0A",
    "/api/collections/0/data/performance",
    "/api/collections/0{id}/data/performance",
    "/api/collections/2147483647/data/performance",
    "/api/collections/2147483648/data/performance",
    "/api/collections/9999999999/data/performance",
    "/api/collections/{id}/data/weather",
    "/API/data/Truck%2001/performance",
]


@pytest.fixture
def truck(make):
    fixed = {"value_type": "NUMBER_FIXED", "name": "cpu"}
    for name in ("a/b", "Zoë"):
        make.collection(name, fixed)
    return make.collection("Truck 01", fixed, fixed | {"collection_type": "Configuration"})


@pytest.fixture
def clients(app):
    """Clients of the app with its middleware, and of its routes alone."""
    without = security_headers.with_headers(partial(type(app).wsgi_app, app))
    return SimpleNamespace(middleware=Client(app), routes=Client(without))


def get_visible(response):
    """Return all of a response that a client sees; the order of headers has no meaning."""
    return response.status, response.data, sorted(response.headers)


def get_by_both(clients, path, headers):
    return [get_visible(client.get(path, headers=headers)) for client in (clients.middleware, clients.routes)]


@pytest.mark.parametrize("path", ANSWERED)
def test_the_middleware_answers_a_poll_as_the_routes_do(clients, truck, make, path):
    middleware, routes = get_by_both(clients, path.format(**truck), make.key().headers)
    assert middleware[0] == "200 OK"
    assert middleware == routes


def test_the_middleware_answers_a_poll_during_a_spike_as_the_routes_do(clients, truck, make):
    make.spike(truck)
    middleware, routes = get_by_both(clients, ANSWERED[0], make.key().headers)
    assert "X-Spike-Ends" in dict(middleware[2])
    assert middleware == routes


@pytest.mark.parametrize("path", REFUSED, ids=ascii)
def test_the_middleware_refuses_a_poll_as_the_routes_do(clients, truck, make, path):
    middleware, routes = get_by_both(clients, path.format(**truck), make.key().headers)
    assert middleware[0] in {"400 BAD REQUEST", "404 NOT FOUND"}
    assert middleware == routes


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "spk_mistyped"},
        {"X-API-Key": f"{UNKNOWN_KEY}000000"},
        {"Authorization": "Basic c3BrOnNwaw=="},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "spk_mistyped"},
        {"Accept-Language": "en"},
        {"Cookie": "spikecast_session=a"},
    ],
    ids=str,
)
def test_the_middleware_refuses_a_missing_or_invalid_key_as_the_routes_do(clients, truck, headers):
    middleware, routes = get_by_both(clients, ANSWERED[0], headers)
    assert middleware[0] == "401 UNAUTHORIZED"
    assert middleware == routes


@pytest.mark.parametrize("path", [ANSWERED[0], f"{ANSWERED[0]}/"])
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_middleware_answers_other_methods_as_the_routes_do(clients, truck, make, method, path):
    options = {"path": path, "method": method, "headers": make.key().headers}
    assert get_visible(clients.middleware.open(**options)) == get_visible(clients.routes.open(**options))


def test_a_refused_poll_is_looked_up_once(truck, make, queries):
    tool = make.key()
    with queries() as seen:
        assert tool.poll("nothing").status_code == 404
    # Recording the refusal sometimes takes statements of its own.
    assert sum("LEFT JOIN collections" in each for each in seen.statements) == 1


def test_only_refused_polls_reach_flask(app, truck, make):
    tool, started = make.key(), []
    with flask.request_started.connected_to(lambda *_, **__: started.append(True), app):
        tool.data("Truck 01")
        assert started == []
        tool.poll("nothing")
        assert started == [True]


def test_an_internal_error_is_logged_and_hidden_from_the_client(app, truck, make, monkeypatch, caplog):
    monkeypatch.setitem(app.extensions, "polls", None)
    response = make.key().poll("Truck 01")
    assert (response.status_code, response.json["title"]) == (500, "Internal error")
    assert "NoneType" not in response.text
    assert "Unhandled error at GET '/api/data/Truck 01/performance'" in caplog.text
