"""Browser pages of other origins read what is polled where the settings let them, and nothing else."""

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
def allowing(app, monkeypatch):
    """The app where the settings name these origins."""

    def make(origins: str):
        allowed = config.load({"SPIKECAST_CORS_ORIGINS": origins}).cors_origins
        monkeypatch.setattr(app, "wsgi_app", with_cors(app.wsgi_app, allowed))
        return app

    return make


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})


def told(response) -> dict[str, str]:
    """What an answer says to browsers about other origins. Polls depend on `Accept` besides."""
    return {
        name: value
        for name, value in response.headers
        if name.startswith("Access-Control") or (name, value) == ("Vary", "Origin")
    }


READABLE = {"Access-Control-Expose-Headers": "X-Spike-Schedule, X-Spike-Ends, Retry-After"}
TO_DASHBOARD = READABLE | {"Access-Control-Allow-Origin": DASHBOARD, "Vary": "Origin"}
TO_ALL = READABLE | {"Access-Control-Allow-Origin": "*"}


def preflight(app, path: str, origin: str, headers: str = "x-api-key"):
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": headers}
    return Caller(app).call("OPTIONS", path, headers={"Origin": origin} | asked)


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [DASHBOARD, "null", None])
def test_without_the_setting_no_page_reads_anything(app, make, truck, path, origin):
    headers = {"Origin": origin} if origin else {}
    response = make.key().get(path.format(**truck), headers=headers)
    assert (response.status_code, told(response)) == (200, {})
    assert told(preflight(app, path.format(**truck), origin or DASHBOARD)) == {}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_a_named_origin_reads_a_poll(allowing, make, truck, path):
    tool = make.key()
    tool.app = allowing(f"{DASHBOARD} {OTHERS}")
    response = tool.get(path.format(**truck), headers={"Origin": DASHBOARD})
    assert response.json["data"] == {"cpu": 7}
    assert told(response) == TO_DASHBOARD


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
def test_an_origin_is_compared_as_browsers_write_it(allowing, make, truck, setting, origin):
    tool = make.key()
    tool.app = allowing(setting)
    response = tool.poll("Truck 01")
    assert told(response) == {"Vary": "Origin"}
    response = tool.get(PATHS[0], headers={"Origin": origin})
    assert told(response)["Access-Control-Allow-Origin"] == origin


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
def test_a_page_of_another_origin_reads_nothing(allowing, make, truck, origin):
    tool = make.key()
    tool.app = allowing(DASHBOARD)
    response = tool.get(PATHS[0], headers={"Origin": origin})
    assert (response.status_code, told(response)) == (200, {"Vary": "Origin"})
    assert told(preflight(tool.app, PATHS[0], origin)) == {"Vary": "Origin"}


@pytest.mark.parametrize("origin", [DASHBOARD, "null", "https://anybody.example", None])
def test_with_a_star_any_page_reads(allowing, make, truck, origin):
    tool = make.key()
    tool.app = allowing("*")
    headers = {"Origin": origin} if origin else {}
    assert told(tool.get(PATHS[0], headers=headers)) == TO_ALL


@pytest.mark.parametrize(("setting", "read"), [(DASHBOARD, TO_DASHBOARD), ("*", TO_ALL)])
@pytest.mark.parametrize("path", PATHS)
def test_a_browser_may_ask_before_it_polls(allowing, make, truck, queries, setting, read, path):
    make.field(truck, "INCREMENT", name="n", start_number=1, step_number=1)
    app = allowing(setting)
    with queries() as seen:
        response = preflight(app, path.format(**truck), DASHBOARD, "authorization,x-api-key")
    assert (response.status_code, response.data, seen.count) == (200, b"", 0)
    assert read.items() <= told(response).items()
    assert told(response)["Access-Control-Allow-Methods"] == "GET"
    assert {"authorization", "x-api-key"} <= words(told(response)["Access-Control-Allow-Headers"])
    assert int(told(response)["Access-Control-Max-Age"]) > 0
    assert make.key().data("Truck 01")["n"] == 1


@pytest.mark.parametrize("setting", [DASHBOARD, "*"])
def test_no_page_may_send_cookies(allowing, make, truck, setting):
    tool = make.key()
    tool.app = allowing(setting)
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
def test_a_page_reads_why_it_is_refused(allowing, make, truck, path, headers, status):
    tool = make.key()
    tool.app = allowing(DASHBOARD)
    response = tool.get(path, headers={"Origin": DASHBOARD} | headers)
    assert (response.status_code, told(response)) == (status, TO_DASHBOARD)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_other_methods_stay_refused(allowing, make, truck, method):
    tool = make.key()
    tool.app = allowing(DASHBOARD)
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
def test_nothing_else_is_read_by_other_pages(allowing, make, truck, owner, setting, path):
    owner.app = allowing(setting)
    with owner.get(path.format(**truck), headers={"Origin": DASHBOARD}) as response:
        assert not [name for name in told(response) if name.startswith("Access-Control")]
    asked = preflight(owner.app, path.format(**truck), DASHBOARD)
    assert not [name for name in told(asked) if name.startswith("Access-Control")]


def test_the_headers_of_a_spike_can_be_read(allowing, make, truck):
    make.spike(truck)
    tool = Maker(make.person).key()
    tool.app = allowing(DASHBOARD)
    response = tool.get(PATHS[0], headers={"Origin": DASHBOARD})
    exposed = words(response.headers["Access-Control-Expose-Headers"])
    assert {name.lower() for name, _ in response.headers if name.startswith("X-Spike")} <= exposed
    assert "X-Spike-Ends" in response.headers


def test_the_setting_makes_the_app_answer_so(database_url, app, make, truck, tmp_path):
    settings = settings_for(database_url, tmp_path, SPIKECAST_CORS_ORIGINS=DASHBOARD)
    tool = make.key()
    tool.app = create_app(settings, TESTING=True)
    response = tool.get(PATHS[0], headers={"Origin": DASHBOARD})
    assert (response.status_code, told(response)) == (200, TO_DASHBOARD)
    with tool.app.app_context():
        tool.app.extensions["polls"].close()
        db.engine.dispose()
