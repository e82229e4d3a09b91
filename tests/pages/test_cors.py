"""A dashboard of another origin polls from the browser if the settings list its origin."""

from collections.abc import Iterator

import pytest
import requests

from tests.support.browser import Complaints, context
from tests.support.other_site import OtherSite, other_site
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, RunningServer, running_server

POLL = """async ([address, headers]) => {
    try {
        const answer = await fetch(address, { headers });
        return [answer.status, (await answer.json()).data ?? null, answer.headers.get("X-Spike-Schedule")];
    } catch (error) {
        return [error.name, null, null];
    }
}"""
PATH = "/api/data/Truck%2001/performance"


@pytest.fixture(scope="module")
def dashboards() -> Iterator[list[OtherSite]]:
    """Yield a dashboard with a listed origin, and one with another."""
    with other_site() as named, other_site() as other:
        yield [named, other]


@pytest.fixture(scope="module")
def telemetry(dashboards, tmp_path_factory) -> Iterator[RunningServer]:
    database = tmp_path_factory.mktemp("telemetry") / "spikecast.db"
    origins = {"SPIKECAST_CORS_ORIGINS": dashboards[0].origin}
    with running_server(f"sqlite:///{database}", workers=1, env=origins) as server:
        yield server


@pytest.fixture(scope="module")
def key(telemetry) -> str:
    """Return a key for Truck 01, which has an active spike."""
    session = requests.Session()

    def post(path: str, body: object) -> dict:
        return session.post(f"{telemetry.url}/api{path}", json=body, timeout=60).json()

    tokens = post("/auth/login", {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD})
    session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    truck = post("/collections", {"name": "Truck 01"})
    field = {"collection_type": "Performance", "field_name": "cpu"}
    post(
        f"/collections/{truck['id']}/fields", field | {"value_type": "NUMBER_FIXED", "fixed_value_number": 7}
    )
    post("/spike-schedules", {"collection_id": truck["id"], "name": "Drill", "duration": 3600})
    return post("/api-keys", {"label": "dashboard"})["key"]


@pytest.fixture
def poll(browser, telemetry):
    """Return what a page of this site receives when it polls."""

    def ask(site: OtherSite, headers: dict, path: str = PATH) -> list:
        with context(browser, Complaints()) as opened:
            page = opened.new_page()
            page.goto(site.url)
            return page.evaluate(POLL, [telemetry.url + path, headers])

    return ask


@pytest.mark.parametrize("form", ["X-API-Key: {}", "Authorization: Bearer {}", "Authorization: {}"])
def test_a_dashboard_reads_values_and_the_spike(dashboards, poll, key, form):
    name, _, value = form.format(key).partition(": ")
    assert poll(dashboards[0], {name: value}) == [200, {"cpu": 7}, "1"]


def test_a_dashboard_can_read_why_it_is_refused(dashboards, poll):
    assert poll(dashboards[0], {"X-API-Key": "spk_mistyped"})[0] == 401
    assert poll(dashboards[0], {})[0] == 401


def test_a_dashboard_of_an_unlisted_origin_reads_nothing(dashboards, poll, key):
    assert poll(dashboards[1], {"X-API-Key": key}) == ["TypeError", None, None]


def test_a_dashboard_reads_nothing_else(dashboards, poll):
    assert poll(dashboards[0], {}, "/api/health") == ["TypeError", None, None]
