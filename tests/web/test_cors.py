"""CORS: pages of other origins can read polls if the settings allow it, and nothing else."""

import pytest

import config
from app import create_app
from app.db.session import db
from app.web.cors import with_cors
from tests.conftest import settings_for
from tests.support.client import Caller
from tests.support.factory import Maker

pytestmark = pytest.mark.any_database

DASHBOARD = "https://dash.example.org"
OTHERS = "http://localhost:3000, capacitor://localhost https://[2001:db8::1]:8443"
PATHS = [
    "/api/data/Truck%2001/performance",
    "/api/data/Truck%2001/performance/",
    "/api/collections/{id}/data/performance",
]


@pytest.fixture
def app_allowing(app, monkeypatch):
    """Return a function that lets the app allow the given origins."""

    def make(origins: str):
        allowed = config.load({"SPIKECAST_CORS_ORIGINS": origins}).cors_origins
        monkeypatch.setattr(app, "wsgi_app", with_cors(app.wsgi_app, allowed))
        return app

    return make


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def get_cors_headers(response) -> dict[str, str]:
    """Return the CORS headers of a response, with `Vary: Origin` but without the `Vary: Accept` of polls."""
    return {
        name: value
        for name, value in response.headers
        if name.startswith("Access-Control") or (name, value) == ("Vary", "Origin")
    }


READABLE = {"Access-Control-Expose-Headers": "X-Spike-Schedule, X-Spike-Ends, Retry-After"}
TO_DASHBOARD = READABLE | {"Access-Control-Allow-Origin": DASHBOARD, "Vary": "Origin"}
TO_ALL = READABLE | {"Access-Control-Allow-Origin": "*"}


def preflight(app, path: str, origin: str, headers: str = "x-api-key"):
    request_headers = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": headers}
    return Caller(app).call("OPTIONS", path, headers={"Origin": origin} | request_headers)


def split_header(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [DASHBOARD, "null", None])
def test_without_the_setting_polls_have_no_cors_headers(app, make, truck, path, origin):
    headers = {"Origin": origin} if origin else {}
    response = make.key().get(path.format(**truck), headers=headers)
    assert (response.status_code, get_cors_headers(response)) == (200, {})
    assert get_cors_headers(preflight(app, path.format(**truck), origin or DASHBOARD)) == {}


@pytest.mark.parametrize("path", PATHS)
def test_an_allowed_origin_can_read_a_poll(app_allowing, make, truck, path):
    tool = make.key()
    tool.app = app_allowing(f"{DASHBOARD} {OTHERS}")
    response = tool.get(path.format(**truck), headers={"Origin": DASHBOARD})
    assert response.json["data"] == {"cpu": 7}
    assert get_cors_headers(response) == TO_DASHBOARD


@pytest.mark.parametrize(
    ("setting", "origin"),
    [
        (OTHERS, "http://localhost:3000"),
        (OTHERS, "capacitor://localhost"),
        (OTHERS, "https://[2001:db8::1]:8443"),
        ("HTTPS://Dash.Example.ORG:443", DASHBOARD),
        ("http://intranet:80", "http://intranet"),
        ("http://intranet:0080", "http://intranet"),
        (" , https://a.example,,https://b.example ", "https://b.example"),
    ],
)
def test_an_allowed_origin_is_normalized_as_browsers_send_it(app_allowing, make, truck, setting, origin):
    tool = make.key()
    tool.app = app_allowing(setting)
    response = tool.poll("Truck 01")
    assert get_cors_headers(response) == {"Vary": "Origin"}
    response = tool.get(PATHS[0], headers={"Origin": origin})
    assert get_cors_headers(response)["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        "http://dash.example.org",
        "https://dash.example.org:8443",
        "https://dash.example.org.evil.example",
        "https://evil.dash.example.org",
        "https://dash.example.or",
        "https://dash.example.org/",
        "null",
        "*",
        "",
    ],
)
def test_another_origin_cannot_read_a_poll(app_allowing, make, truck, origin):
    tool = make.key()
    tool.app = app_allowing(DASHBOARD)
    response = tool.get(PATHS[0], headers={"Origin": origin})
    assert (response.status_code, get_cors_headers(response)) == (200, {"Vary": "Origin"})
    assert get_cors_headers(preflight(tool.app, PATHS[0], origin)) == {"Vary": "Origin"}


@pytest.mark.parametrize("origin", [DASHBOARD, "null", "https://anybody.example", None])
def test_with_an_asterisk_every_origin_can_read_a_poll(app_allowing, make, truck, origin):
    tool = make.key()
    tool.app = app_allowing("*")
    headers = {"Origin": origin} if origin else {}
    assert get_cors_headers(tool.get(PATHS[0], headers=headers)) == TO_ALL


@pytest.mark.parametrize(("setting", "read"), [(DASHBOARD, TO_DASHBOARD), ("*", TO_ALL)])
@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_request_is_answered_without_polling(
    app_allowing, make, truck, queries, setting, read, path
):
    make.field(truck, "INCREMENT", name="n", start_number=1, step_number=1)
    app = app_allowing(setting)
    with queries() as seen:
        response = preflight(app, path.format(**truck), DASHBOARD, "authorization,x-api-key")
    assert (response.status_code, response.data, seen.count) == (200, b"", 0)
    assert read.items() <= get_cors_headers(response).items()
    assert get_cors_headers(response)["Access-Control-Allow-Methods"] == "GET"
    assert {"authorization", "x-api-key"} <= split_header(
        get_cors_headers(response)["Access-Control-Allow-Headers"]
    )
    assert int(get_cors_headers(response)["Access-Control-Max-Age"]) > 0
    assert make.key().data("Truck 01")["n"] == 1


@pytest.mark.parametrize("setting", [DASHBOARD, "*"])
def test_cors_never_allows_credentials(app_allowing, make, truck, setting):
    tool = make.key()
    tool.app = app_allowing(setting)
    for response in (
        tool.get(PATHS[0], headers={"Origin": DASHBOARD}),
        preflight(tool.app, PATHS[0], DASHBOARD),
    ):
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (PATHS[0], {"X-API-Key": ""}, 401),
        (PATHS[0], {"X-API-Key": "spk_mistyped"}, 401),
        ("/api/data/nothing/performance", {}, 404),
        ("/api/data/Truck%2001/configuration", {}, 404),
        ("/api/data/Truck%2001", {}, 404),
        ("/api/data/Truck%2001/weather", {}, 400),
    ],
)
def test_an_allowed_origin_can_read_errors(app_allowing, make, truck, path, headers, status):
    tool = make.key()
    tool.app = app_allowing(DASHBOARD)
    response = tool.get(path, headers={"Origin": DASHBOARD} | headers)
    assert (response.status_code, get_cors_headers(response)) == (status, TO_DASHBOARD)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_methods_other_than_get_are_refused_for_allowed_origins(app_allowing, make, truck, method):
    tool = make.key()
    tool.app = app_allowing(DASHBOARD)
    assert tool.call(method, PATHS[0], headers={"Origin": DASHBOARD}).status_code == 405


@pytest.mark.parametrize("setting", [DASHBOARD, "*"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sign-in",
        "/api/health",
        "/api/openapi.json",
        "/api/docs",
        "/api/auth/me",
        "/api/collections",
        "/api/collections/{id}",
        "/api/collections/{id}/sample/performance",
        "/api/dataset",
        "/api/polls",
        "/static/js/lib/format.js",
    ],
)
def test_other_routes_have_no_cors_headers(app_allowing, make, truck, owner, setting, path):
    owner.app = app_allowing(setting)
    with owner.get(path.format(**truck), headers={"Origin": DASHBOARD}) as response:
        assert not [name for name in get_cors_headers(response) if name.startswith("Access-Control")]
    response = preflight(owner.app, path.format(**truck), DASHBOARD)
    assert not [name for name in get_cors_headers(response) if name.startswith("Access-Control")]


def test_cors_exposes_the_headers_of_a_spike(app_allowing, make, truck):
    make.spike(truck)
    tool = Maker(make.person).key()
    tool.app = app_allowing(DASHBOARD)
    response = tool.get(PATHS[0], headers={"Origin": DASHBOARD})
    exposed = split_header(response.headers["Access-Control-Expose-Headers"])
    assert {name.lower() for name, _ in response.headers if name.startswith("X-Spike")} <= exposed
    assert "X-Spike-Ends" in response.headers


def test_the_app_applies_the_cors_setting(database_url, app, make, truck, tmp_path):
    settings = settings_for(database_url, tmp_path, SPIKECAST_CORS_ORIGINS=DASHBOARD)
    tool = make.key()
    tool.app = create_app(settings, TESTING=True)
    response = tool.get(PATHS[0], headers={"Origin": DASHBOARD})
    assert (response.status_code, get_cors_headers(response)) == (200, TO_DASHBOARD)
    with tool.app.app_context():
        tool.app.extensions["polls"].close()
        db.engine.dispose()
