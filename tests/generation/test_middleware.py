"""Polls are answered before Flask makes a request of them, exactly as its routes would answer them."""

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
def ways(app):
    """The app with its middleware, and without."""
    without = security_headers.with_headers(partial(type(app).wsgi_app, app))
    return SimpleNamespace(middleware=Client(app), routes=Client(without))


def seen(response):
    """All of an answer that a client sees; the order of headers means nothing."""
    return response.status, response.data, sorted(response.headers)


def by_both(ways, path, headers):
    return [seen(way.get(path, headers=headers)) for way in (ways.middleware, ways.routes)]


@pytest.mark.parametrize("path", ANSWERED)
def test_a_poll_is_answered_the_same(ways, truck, make, path):
    middleware, routes = by_both(ways, path.format(**truck), make.key().headers)
    assert middleware[0] == "200 OK"
    assert middleware == routes


def test_a_poll_during_a_spike_is_answered_the_same(ways, truck, make):
    make.spike(truck)
    middleware, routes = by_both(ways, ANSWERED[0], make.key().headers)
    assert "X-Spike-Ends" in dict(middleware[2])
    assert middleware == routes


@pytest.mark.parametrize("path", REFUSED, ids=ascii)
def test_a_poll_is_refused_the_same(ways, truck, make, path):
    middleware, routes = by_both(ways, path.format(**truck), make.key().headers)
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
def test_who_has_no_key_is_refused_the_same(ways, truck, headers):
    middleware, routes = by_both(ways, ANSWERED[0], headers)
    assert middleware[0] == "401 UNAUTHORIZED"
    assert middleware == routes


@pytest.mark.parametrize("path", [ANSWERED[0], f"{ANSWERED[0]}/"])
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_answered_the_same(ways, truck, make, method, path):
    options = {"path": path, "method": method, "headers": make.key().headers}
    assert seen(ways.middleware.open(**options)) == seen(ways.routes.open(**options))


def test_what_is_refused_was_looked_up_once(truck, make, queries):
    tool = make.key()
    with queries() as asked:
        assert tool.poll("nothing").status_code == 404
    # To note the refusal takes statements of its own, now and then.
    assert sum("LEFT JOIN collections" in each for each in asked.statements) == 1


def test_flask_makes_a_request_only_of_what_is_refused(app, truck, make):
    tool, begun = make.key(), []
    with flask.request_started.connected_to(lambda *_, **__: begun.append(True), app):
        tool.data("Truck 01")
        assert begun == []
        tool.poll("nothing")
        assert begun == [True]


def test_a_fault_of_ours_is_told_to_the_log_and_not_to_the_client(app, truck, make, monkeypatch, caplog):
    monkeypatch.setitem(app.extensions, "polls", None)
    response = make.key().poll("Truck 01")
    assert (response.status_code, response.json["title"]) == (500, "Internal error")
    assert "NoneType" not in response.text
    assert "Unhandled error at GET '/api/data/Truck 01/performance'" in caplog.text
