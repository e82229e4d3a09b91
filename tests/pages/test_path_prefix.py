"""Below a path prefix, behind nginx: every request of a browser has the prefix."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.pages.conftest import Api
from tests.support import nginx
from tests.support.browsing import go, row, visit
from tests.support.nginx import Proxy, running_nginx
from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server

PREFIX = "/tools/spikecast"
WAYS = {
    "the setting, the path stays": ({"SPIKECAST_URL_PREFIX": PREFIX}, {"sends_prefix": False}),
    "the setting, nginx takes the path away": (
        {"SPIKECAST_URL_PREFIX": f"{PREFIX}/"},
        {"sends_prefix": False, "strips": True},
    ),
    "nginx says so, the path stays": ({}, {}),
    "nginx says so and takes the path away": ({}, {"strips": True}),
    "with HTTPS": ({}, {"tls": True}),
}
OF_TWO_WAYS = pytest.mark.parametrize(
    "proxy", ["the setting, nginx takes the path away", "with HTTPS"], indirect=True, scope="module"
)
PAGES = [
    "/api/docs", "/", "/collections", "/collections/1", "/spikes", "/spikes/new", "/spikes/new?collection=1",
    "/spikes/1", "/spikes/1/edit",
    "/api-keys", "/integrations", "/integrations?collection=1", "/profile", "/users", "/audit",
]  # fmt: skip


@pytest.fixture(scope="module", params=WAYS)
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Yield an nginx that serves Spikecast below PREFIX."""
    nginx.need()
    settings, how = WAYS[request.param]
    database = f"sqlite:///{tmp_path_factory.mktemp('below') / 'spikecast.db'}"
    env = {"SPIKECAST_TRUSTED_PROXIES": "1", **settings}
    with ExitStack() as stack:
        server = stack.enter_context(running_server(database, env=env))
        machines = [server.url.removeprefix("http://")] * 2
        yield stack.enter_context(running_nginx(machines, prefix=PREFIX, **how))


@pytest.fixture
def page(proxy: Proxy, open_page: Callable[..., Page]) -> Iterator[Page]:
    """Yield a page; all its requests must have the path prefix."""
    page = open_page(ignore_https_errors=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    elsewhere = [
        url for url in asked if not f"{url}/".startswith((f"{proxy.url}/", "data:", "blob:", "about:"))
    ]
    assert elsewhere == []


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail or user name").fill(ADMIN_USERNAME)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.keyboard.press("Enter")


def test_every_page_and_link_has_the_path_prefix(proxy, page):
    page.goto(f"{proxy.url}/collections?search=x")
    sign_in(page)
    page.wait_for_url(f"{proxy.url}/collections?search=x")
    go(page, "Collections")
    page.get_by_role("button", name="New collection").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Truck 01")
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url(f"{proxy.url}/collections/*")
    collection = int(page.url.rpartition("/")[2])
    api = _api(proxy, page)
    api.post(f"/api/collections/{collection}/fields", {"collection_type": "Performance", "field_name": "km",
        "value_type": "NUMBER_RANGE", "range_start_number": 5, "range_end_number": 20})  # fmt: skip
    spike = api.post("/api/spike-schedules", {"collection_id": collection, "name": "Flood", "duration": 3600})
    for path in PAGES:
        path = path.replace("collection=1", f"collection={collection}")
        path = path.replace("/collections/1", f"/collections/{collection}").replace(
            "/spikes/1", f"/spikes/{spike['id']}"
        )
        visit(page, proxy.url + path)
        links = page.eval_on_selector_all(
            "a[href], use[href]", "all => all.map(each => each.getAttribute('href'))"
        )
        inner = [link for link in links if not link.startswith(("#", "http"))]
        assert [link for link in inner if not link.startswith(f"{PREFIX}/")] == [], path
    go(page, "Collections")
    row(page, "Truck 01").get_by_role("link").first.click()
    page.wait_for_url(f"{proxy.url}/collections/{collection}")
    page.wait_for_load_state("networkidle")  # requests that are under way would be refused after the sign-out
    page.get_by_role("button", name=ADMIN_USERNAME).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{proxy.url}/sign-in")


def _api(proxy: Proxy, page: Page) -> Api:
    """Return the API with the cookies of the page, which are valid for this path only."""
    cookies = page.context.cookies()
    assert {cookie["path"] for cookie in cookies} == {PREFIX, f"{PREFIX}/sign-in"}
    assert {cookie["secure"] for cookie in cookies} == {proxy.tls}
    api = Api.__new__(Api)
    api.site, api.session = proxy.url, requests.Session()
    api.session.trust_env = False  # or a variable of the machine says whose certificates count
    api.session.verify = str(proxy.folder / "certificate.pem") if proxy.tls else True
    api.session.headers["Referer"] = f"{proxy.url}/"
    for cookie in cookies:
        api.session.cookies.set(cookie["name"], cookie["value"], path=PREFIX)
    return api


@OF_TWO_WAYS
def test_snippets_and_the_openapi_document_have_the_path_prefix(proxy, page):
    page.goto(f"{proxy.url}/sign-in")
    sign_in(page)
    page.wait_for_url(f"{proxy.url}/")
    api = _api(proxy, page)
    made = api.ask("POST", "/api/collections", {"name": f"Snippet {proxy.address}"})
    assert made.headers["Location"] == f"{PREFIX}/api/collections/{made.json()['id']}"
    body = {"collection_type": "Performance", "field_name": "x", "value_type": "EPOCH_NOW"}
    api.post(f"/api/collections/{made.json()['id']}/fields", body)
    visit(page, f"{proxy.url}/integrations?collection={made.json()['id']}")
    expect(page.get_by_role("main")).to_contain_text(f"{proxy.url}/api/data/Snippet")
    assert api.get("/api/openapi.json")["servers"] == [{"url": PREFIX}]
    key = api.post("/api/api-keys", {"label": "below"})["key"]
    polled = requests.get(
        f"{proxy.url}/api/data/Snippet {proxy.address}/performance",
        headers={"X-API-Key": key},
        verify=api.session.verify,
        timeout=60,
    )
    assert polled.status_code == 200
    assert urlsplit(polled.url).path.startswith(PREFIX)


@OF_TWO_WAYS
def test_a_call_can_be_tried_on_the_api_page(proxy, page):
    visit(page, f"{proxy.url}/api/docs")
    page.locator("#operations-meta-health").get_by_role("button").first.click()
    with page.expect_response(f"{proxy.url}/api/health") as answer:
        page.locator("#operations-meta-health").get_by_role("button", name="Execute").click()
    assert answer.value.status == 200
